//! A supplement (补充笔录): adds to a finalised record what it does not say, and contradicts nothing.

use super::codes::READ_BACK;
use super::descriptor::{Action, Collection, Envelope, Field, FieldType, Kind, Label, Verb};
use super::shared::{self, LINE, PASSAGE, WRITERS};

const HEAD: &[Field] = &[
    Field::fact("original", "原笔录(清单)", "the original record", FieldType::Record),
    Field::fact("original_digest", "原定稿校验值", "digest it was finalised with", FieldType::Hash),
    Field::fact("start_at", "制作时间", "made at", FieldType::Time),
    Field::winner("place", "制作地点", "place", LINE),
    Field::multi("reason", "补充理由", "why", LINE),
    Field::winner("read_back", "阅看、宣读", "read back", FieldType::Code(READ_BACK)),
];

const OWN_COLLECTIONS: [Collection; 1] = [Collection::new(
    "additions",
    "补充内容",
    "additions",
    &[
        Field::fact("about", "涉及", "about", LINE),
        Field::multi("text", "补充内容", "addition", PASSAGE),
    ],
)];

const COLLECTIONS: [Collection; shared::COLLECTIONS.len() + OWN_COLLECTIONS.len()] =
    shared::join(&shared::COLLECTIONS, &OWN_COLLECTIONS);

const OWN_VERBS: [Verb; 5] = [
    Verb::new("create", "新建补充笔录", "new supplement", Action::Create, WRITERS),
    Verb::new("set", "填写", "fill in", Action::Set(&[]), WRITERS),
    Verb::new("add_addition", "添加补充", "add addition", Action::Add("additions"), WRITERS),
    Verb::new("edit_addition", "修改补充", "edit addition", Action::Edit("additions"), WRITERS),
    Verb::new(
        "strike_addition",
        "划去补充",
        "strike addition",
        Action::Strike("additions"),
        WRITERS,
    ),
];

const VERBS: [Verb; OWN_VERBS.len() + shared::VERBS.len()] =
    shared::join(&OWN_VERBS, &shared::VERBS);

/// Supplement.
pub(super) static SUPPLEMENT: Kind = Kind {
    name: "supplement",
    schema: 1,
    label: Label::new("补充笔录", "supplement"),
    form: Some("F-12"),
    head: HEAD,
    collections: &COLLECTIONS,
    verbs: &VERBS,
    rules: &["R-GEN-04"],
    title: &["reason", "place"],
    envelope: Envelope::USUAL,
};
