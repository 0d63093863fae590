//! The on-site record (执行笔录): form F-04. What happened, who said what, in the order it happened.

use super::codes::{Codes, OBSTRUCTION, PART, PERSUASION, READ_BACK, code};
use super::descriptor::{Action, Collection, Envelope, Field, FieldType, Kind, Label, Verb};
use super::shared::{self, CREW_ROLES, LINE, NAME, PASSAGE, WRITERS};

pub(super) const ACT: Codes = &[
    code("seizure", "查封、扣押", "seizure"),
    code("eviction", "强制迁出", "eviction"),
    code("search", "搜查", "search"),
    code("inquiry", "调查", "inquiry"),
    code("service", "送达", "service of documents"),
    code("delivery", "交付财物", "delivery of a thing"),
    code("conversation", "谈话、和解", "conversation"),
    code("other", "其他", "other"),
];

const HEAD: &[Field] = &[
    Field::multi("act", "执行事项", "act", FieldType::Code(ACT)),
    Field::multi("purpose", "执行目的", "purpose", LINE),
    Field::fact("start_at", "开始时间", "from", FieldType::Time),
    Field::fact("end_at", "结束时间", "to", FieldType::Time),
    Field::winner("place", "地点", "place", LINE),
    Field::fact("position", "现场位置", "position", FieldType::Position),
    Field::winner("weather", "天气", "weather", FieldType::Text(60)),
    Field::fact("credential_shown_at", "出示工作证件时间", "credentials shown at", FieldType::Time),
    Field::fact("dress_worn", "按规定着装", "in required dress", FieldType::Bool),
    Field::multi("result", "执行结果", "result", LINE),
    Field::winner(
        "reoccupation_of",
        "再次占用所涉的强制迁出",
        "re-occupation after this eviction",
        FieldType::Record,
    ),
    Field::winner("read_back", "阅看、宣读", "read back", FieldType::Code(READ_BACK)),
    Field::winner("remark", "备注", "remark", LINE),
];

const OWN_COLLECTIONS: [Collection; 8] = [
    Collection::new(
        "documents_shown",
        "出示的文书",
        "papers shown",
        &[
            Field::fact("doc_no", "文号", "number", NAME),
            Field::fact("name", "名称", "name", NAME),
            Field::fact("shown_to", "出示对象", "shown to", FieldType::Person),
            Field::fact("role", "身份", "part", FieldType::Code(PART)),
            Field::fact("shown_at", "出示时间", "shown at", FieldType::Time),
        ],
    ),
    Collection::new(
        "events",
        "执行经过",
        "course of events",
        &[
            Field::fact("at", "时间", "at", FieldType::Time),
            Field::fact("text", "经过", "what happened", PASSAGE),
            Field::fact("position", "位置", "position", FieldType::Position),
        ],
    ),
    Collection::new(
        "statements",
        "询问与陈述",
        "questions and statements",
        &[
            Field::fact("at", "时间", "at", FieldType::Time),
            Field::fact("person", "陈述人", "speaker", FieldType::Person),
            Field::fact("name", "姓名", "name", NAME),
            Field::fact("role", "身份", "part", FieldType::Code(PART)),
            Field::fact("question", "问", "question", PASSAGE),
            Field::fact("text", "答、陈述", "answer or statement", PASSAGE),
        ],
    ),
    Collection::new(
        "objections",
        "提出的异议",
        "objections raised",
        &[
            Field::fact("at", "时间", "at", FieldType::Time),
            Field::fact("person", "异议人", "by", FieldType::Person),
            Field::fact("name", "姓名", "name", NAME),
            Field::fact("role", "身份", "part", FieldType::Code(PART)),
            Field::fact("text", "异议内容", "objection", PASSAGE),
            Field::fact(
                "told_rights",
                "已告知异议权利",
                "told of the right to object",
                FieldType::Bool,
            ),
        ],
    ),
    Collection::new("persuasions", "释法说理", "explaining and persuading", &PERSUASION_FIELDS),
    Collection::new(
        "incidents",
        "突发情况",
        "incidents",
        &[
            Field::fact("at", "时间", "at", FieldType::Time),
            Field::fact("act_code", "妨害行为", "conduct", FieldType::Code(OBSTRUCTION)),
            Field::fact("person", "行为人", "by", FieldType::Person),
            Field::fact("text", "经过", "what happened", PASSAGE),
            Field::fact("assistance", "请求公安协助", "assistance request", FieldType::Record),
        ],
    ),
    Collection::new(
        "acts",
        "相关清单",
        "lists made",
        &[
            Field::fact("record", "清单", "record", FieldType::Record),
            Field::fact("note", "说明", "note", LINE),
        ],
    ),
    Collection::new(
        "amendments",
        "当场更正",
        "amendments on the spot",
        &[
            Field::fact("item", "更正处", "where", FieldType::Item),
            Field::fact("stands", "原记载", "as it stands", PASSAGE),
            Field::fact("should_stand", "更正为", "as it should stand", PASSAGE),
            Field::fact("confirmed_by", "捺印确认人", "initialled by", FieldType::Person),
            Field::fact("at", "时间", "at", FieldType::Time),
        ],
    ),
];

pub(super) const PERSUASION_FIELDS: [Field; 8] = [
    Field::fact("person", "劝导人", "by", FieldType::Person),
    Field::fact("role", "身份", "part", FieldType::Code(PART)),
    Field::fact("start_at", "开始时间", "from", FieldType::Time),
    Field::fact("end_at", "结束时间", "to", FieldType::Time),
    Field::fact("audience_count", "劝导人数", "audience", FieldType::Int(0, 10_000)),
    Field::fact("summary", "劝导情况", "summary", PASSAGE),
    Field::fact("outcome", "结果", "outcome", FieldType::Code(PERSUASION)),
    Field::fact("follow_up", "后续安排", "follow-up", LINE),
];

const COLLECTIONS: [Collection; shared::COLLECTIONS.len() + OWN_COLLECTIONS.len()] =
    shared::join(&shared::COLLECTIONS, &OWN_COLLECTIONS);

const OWN_VERBS: [Verb; 18] = [
    Verb::new("create", "新建执行笔录", "new on-site record", Action::Create, WRITERS),
    Verb::new("set", "填写", "fill in", Action::Set(&[]), WRITERS),
    Verb::new(
        "add_document_shown",
        "记录出示文书",
        "add paper shown",
        Action::Add("documents_shown"),
        WRITERS,
    ),
    Verb::new(
        "strike_document_shown",
        "划去出示文书",
        "strike paper shown",
        Action::Strike("documents_shown"),
        WRITERS,
    ),
    Verb::new("add_event", "记录经过", "add event", Action::Add("events"), CREW_ROLES),
    Verb::new("strike_event", "划去经过", "strike event", Action::Strike("events"), WRITERS),
    Verb::new("add_statement", "记录陈述", "add statement", Action::Add("statements"), WRITERS),
    Verb::new(
        "strike_statement",
        "划去陈述",
        "strike statement",
        Action::Strike("statements"),
        WRITERS,
    ),
    Verb::new("add_objection", "记录异议", "add objection", Action::Add("objections"), WRITERS),
    Verb::new(
        "strike_objection",
        "划去异议",
        "strike objection",
        Action::Strike("objections"),
        WRITERS,
    ),
    Verb::new(
        "add_persuasion",
        "记录释法说理",
        "add persuasion",
        Action::Add("persuasions"),
        WRITERS,
    ),
    Verb::new(
        "strike_persuasion",
        "划去释法说理",
        "strike persuasion",
        Action::Strike("persuasions"),
        WRITERS,
    ),
    Verb::new("add_incident", "记录突发情况", "add incident", Action::Add("incidents"), CREW_ROLES),
    Verb::new(
        "strike_incident",
        "划去突发情况",
        "strike incident",
        Action::Strike("incidents"),
        WRITERS,
    ),
    Verb::new("add_act", "关联清单", "link a list", Action::Add("acts"), WRITERS),
    Verb::new("strike_act", "取消关联", "unlink a list", Action::Strike("acts"), WRITERS),
    Verb::new("add_amendment", "当场更正", "amend on the spot", Action::Add("amendments"), WRITERS),
    Verb::new(
        "strike_amendment",
        "划去更正",
        "strike amendment",
        Action::Strike("amendments"),
        WRITERS,
    ),
];

const VERBS: [Verb; OWN_VERBS.len() + shared::VERBS.len()] =
    shared::join(&OWN_VERBS, &shared::VERBS);

/// On-site record.
pub(super) static ONSITE: Kind = Kind {
    name: "onsite",
    schema: 1,
    label: Label::new("执行笔录", "on-site record"),
    form: Some("F-04"),
    head: HEAD,
    collections: &COLLECTIONS,
    verbs: &VERBS,
    rules: &["R-GEN-01", "R-GEN-02", "R-GEN-03", "R-GEN-04", "R-GEN-09"],
    title: &["place", "purpose"],
    envelope: Envelope::USUAL,
};
