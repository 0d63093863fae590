//! A request for police assistance (请求公安协助). Goes first, and goes to the police station that
//! serves its position. It carries what the police need to come and to be safe, and nothing about
//! the debtor. What the police answer (accepted, on the way, arrived) is a signed transition of the
//! server, never content of this document: the police are asked, not commanded.

use super::codes::{Codes, OBSTRUCTION, code};
use super::descriptor::{Action, Collection, Envelope, Field, FieldType, Kind, Label, Role, Verb};
use super::shared::{self, CREW_ROLES, LINE, NAME, OFFICER, PASSAGE, PHOTOS, PROOFS, SIGNATURES};

/// The crew asks; the command centre asks for it.
const ASKERS: &[Role] = &[Role::Officer, Role::Clerk, Role::JudicialPolice, Role::Command];
/// And the dispatcher enters what was asked by voice: adds, and changes nothing that others wrote.
const VOICES: &[Role] =
    &[Role::Officer, Role::Clerk, Role::JudicialPolice, Role::Command, Role::Dispatcher];

const CHANNEL: Codes = &[
    code("app", "本系统", "app"),
    code("sms", "短信", "text message"),
    code("voice", "电话", "voice call"),
    code("radio", "对讲机", "radio"),
];

const SITUATION: Codes = &[
    code("blockade", "围堵", "blockade"),
    code("surrounding", "包围执行人员、车辆", "crew or vehicle surrounded"),
    code("threat", "威胁", "threat"),
    code("violence", "暴力抗拒", "violence"),
    code("self_harm", "自伤自残", "self-harm"),
    code("property_damage", "毁损财物", "property damage"),
    code("other", "其他", "other"),
];

const NEED: Codes = &[
    code("officers", "出警", "police officers"),
    code("crowd_control", "维持秩序", "crowd control"),
    code("ambulance", "救护", "ambulance"),
    code("fire_service", "消防", "fire service"),
    code("evidence", "固定证据", "securing evidence"),
    code("custody", "接收被拘留人", "taking a detainee"),
];

const HEAD: &[Field] = &[
    Field::fact("asked_at", "求助时间", "asked at", FieldType::Time),
    Field::fact("channel", "方式", "channel", FieldType::Code(CHANNEL)),
    Field::fact("position", "位置", "position", FieldType::Position),
    Field::multi("place", "地点", "place", LINE),
    Field::multi("callback", "回拨电话", "call-back number", FieldType::Text(40)),
    Field::multi("situation_code", "情况", "situation", FieldType::Code(SITUATION)),
    Field::winner("situation_text", "情况说明", "what happens", LINE),
    Field::winner("people_count_est", "对方人数(约)", "people, about", FieldType::Int(0, 100_000)),
    Field::multi("weapons_seen", "发现器械", "weapons seen", FieldType::Bool),
    Field::multi("injured", "有人受伤", "somebody injured", FieldType::Bool),
    Field::winner(
        "officers_on_site",
        "法院人数",
        "court staff on the spot",
        FieldType::Int(0, 10_000),
    ),
    Field::winner("act_record", "相关执行活动", "the act", FieldType::Record),
    Field::winner("cancelled_at", "撤回时间", "withdrawn at", FieldType::Time),
    Field::winner("cancel_reason", "撤回原因", "why withdrawn", LINE),
];

const COLLECTIONS: &[Collection] = &[
    Collection::new(
        "needs",
        "需要",
        "needs",
        &[
            Field::fact("need", "需要", "need", FieldType::Code(NEED)),
            Field::fact("note", "说明", "note", LINE),
        ],
    ),
    Collection::new(
        "updates",
        "现场情况更新",
        "updates",
        &[
            Field::fact("at", "时间", "at", FieldType::Time),
            Field::fact("text", "情况", "what", LINE),
            Field::fact("situation_code", "情况类别", "situation", FieldType::Code(SITUATION)),
            Field::fact("position", "位置", "position", FieldType::Position),
        ],
    ),
    Collection::new(
        "handed_over",
        "移交人员",
        "persons handed over",
        &[
            Field::fact("person", "被移交人", "person", FieldType::Person),
            Field::fact("conduct", "行为", "conduct", FieldType::Code(OBSTRUCTION)),
            Field::fact("unit", "接收单位", "to which unit", NAME),
            Field::fact("received_by", "接收人", "received by", NAME),
            Field::fact("paper_no", "文书编号", "paper number", NAME),
            Field::fact("receipt", "签收单照片", "photo of the receipt", FieldType::Item),
            Field::fact("at", "移交时间", "at", FieldType::Time),
        ],
    ),
    Collection::new(
        "reports",
        "处置情况",
        "closing reports",
        &[
            Field::fact("at", "时间", "at", FieldType::Time),
            Field::fact(
                "arrived_seen_at",
                "民警到场时间(现场所见)",
                "police seen to arrive at",
                FieldType::Time,
            ),
            Field::fact("text", "处置情况", "what was done", PASSAGE),
        ],
    ),
    PHOTOS,
    PROOFS,
    SIGNATURES,
];

const VERBS: &[Verb] = &[
    Verb::new("create", "请求公安协助", "ask for police assistance", Action::Create, VOICES),
    Verb::new("set", "补充", "fill in", Action::Set(&[]), ASKERS),
    Verb::new(
        "cancel",
        "撤回求助",
        "withdraw",
        Action::Set(&["cancelled_at", "cancel_reason"]),
        CREW_ROLES,
    ),
    Verb::new("add_need", "添加需要", "add need", Action::Add("needs"), VOICES),
    Verb::new("strike_need", "划去需要", "strike need", Action::Strike("needs"), ASKERS),
    Verb::new("add_update", "更新情况", "add update", Action::Add("updates"), VOICES),
    Verb::new("strike_update", "划去更新", "strike update", Action::Strike("updates"), CREW_ROLES),
    Verb::new(
        "add_handed_over",
        "移交人员",
        "hand a person over",
        Action::Add("handed_over"),
        CREW_ROLES,
    ),
    Verb::new(
        "strike_handed_over",
        "划去移交",
        "strike hand-over",
        Action::Strike("handed_over"),
        OFFICER,
    ),
    Verb::new(
        "add_report",
        "记录处置情况",
        "add closing report",
        Action::Add("reports"),
        CREW_ROLES,
    ),
    Verb::new(
        "strike_report",
        "划去处置情况",
        "strike closing report",
        Action::Strike("reports"),
        CREW_ROLES,
    ),
    Verb::new("add_photo", "拍照", "add photo", Action::Add("photos"), CREW_ROLES),
    Verb::new("strike_photo", "划去照片", "strike photo", Action::Strike("photos"), CREW_ROLES),
    shared::ADD_PROOF,
    Verb::new("sign", "签名", "sign", Action::Add("signatures"), CREW_ROLES),
    shared::RESOLVE,
    shared::FINALISE,
];

/// Request for police assistance.
pub(super) static ASSISTANCE: Kind = Kind {
    name: "assistance",
    schema: 1,
    label: Label::new("请求公安协助", "request for police assistance"),
    form: None,
    head: HEAD,
    collections: COLLECTIONS,
    verbs: VERBS,
    rules: &["R-POL-01", "R-POL-02", "R-POL-03", "R-POL-04"],
    title: &["place", "situation_text"],
    envelope: Envelope { priority: 0, to_station: true },
};
