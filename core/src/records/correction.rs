//! A correction record (补正笔录): the only way to say that a finalised record is wrong. It names the
//! record and the digest it was finalised with, what stands, what should stand, and why. It is also
//! what closes two concurrent finalisations of one record: both stay, and this says which one holds.

use super::codes::{Codes, READ_BACK, code};
use super::descriptor::{Action, Collection, Envelope, Field, FieldType, Kind, Label, Verb};
use super::shared::{self, LINE, PASSAGE, WRITERS};

const PURPOSE: Codes = &[
    code("correct", "补正错漏", "correct an error"),
    code("close_double_finalisation", "确认以哪次定稿为准", "settle two finalisations"),
    code("take_late", "采纳定稿后到达的内容", "take what arrived late"),
];

const HEAD: &[Field] = &[
    Field::fact("original", "原笔录(清单)", "the original record", FieldType::Record),
    Field::fact("original_digest", "原定稿校验值", "digest it was finalised with", FieldType::Hash),
    Field::fact("purpose", "补正事由", "purpose", FieldType::Code(PURPOSE)),
    Field::fact("kept_digest", "以此定稿为准", "digest that holds", FieldType::Hash),
    Field::fact("start_at", "制作时间", "made at", FieldType::Time),
    Field::winner("place", "制作地点", "place", LINE),
    Field::winner("read_back", "阅看、宣读", "read back", FieldType::Code(READ_BACK)),
    Field::winner("remark", "备注", "remark", LINE),
];

const OWN_COLLECTIONS: [Collection; 2] = [
    Collection::new(
        "corrections",
        "补正内容",
        "corrections",
        &[
            Field::fact("target", "补正处", "where", LINE),
            Field::multi("stands", "原记载", "what stands", PASSAGE),
            Field::multi("should_stand", "应为", "what should stand", PASSAGE),
            Field::multi("reason", "补正理由", "why", LINE),
        ],
    ),
    Collection::new(
        "closed_finalisations",
        "涉及的定稿",
        "finalisations concerned",
        &[
            Field::fact("digest", "定稿校验值", "digest", FieldType::Hash),
            Field::fact("holds", "以此为准", "holds", FieldType::Bool),
            Field::fact("reason", "理由", "why", LINE),
        ],
    ),
];

const COLLECTIONS: [Collection; shared::COLLECTIONS.len() + OWN_COLLECTIONS.len()] =
    shared::join(&shared::COLLECTIONS, &OWN_COLLECTIONS);

const OWN_VERBS: [Verb; 7] = [
    Verb::new("create", "新建补正笔录", "new correction record", Action::Create, WRITERS),
    Verb::new("set", "填写", "fill in", Action::Set(&[]), WRITERS),
    Verb::new("add_correction", "添加补正", "add correction", Action::Add("corrections"), WRITERS),
    Verb::new(
        "edit_correction",
        "修改补正",
        "edit correction",
        Action::Edit("corrections"),
        WRITERS,
    ),
    Verb::new(
        "strike_correction",
        "划去补正",
        "strike correction",
        Action::Strike("corrections"),
        WRITERS,
    ),
    Verb::new(
        "add_closed_finalisation",
        "登记涉及的定稿",
        "add finalisation",
        Action::Add("closed_finalisations"),
        WRITERS,
    ),
    Verb::new(
        "strike_closed_finalisation",
        "划去涉及的定稿",
        "strike finalisation",
        Action::Strike("closed_finalisations"),
        WRITERS,
    ),
];

const VERBS: [Verb; OWN_VERBS.len() + shared::VERBS.len()] =
    shared::join(&OWN_VERBS, &shared::VERBS);

/// Correction record.
pub(super) static CORRECTION: Kind = Kind {
    name: "correction",
    schema: 1,
    label: Label::new("补正笔录", "correction record"),
    form: Some("F-12"),
    head: HEAD,
    collections: &COLLECTIONS,
    verbs: &VERBS,
    rules: &["R-GEN-04"],
    title: &["remark", "place"],
    envelope: Envelope::USUAL,
};
