//! Eviction (强制迁出房屋、退出土地): the facts of the notice (F-03), the goods moved out (F-05), the
//! vulnerable persons, the utilities and the hand-over.

use super::codes::{Codes, PART, READ_BACK, code};
use super::descriptor::{Action, Collection, Envelope, Field, FieldType, Kind, Label, Verb};
use super::onsite::PERSUASION_FIELDS;
use super::shared::{self, COUNT, CREW_ROLES, LINE, NAME, PASSAGE, WRITERS};

const PREMISES: Codes = &[
    code("dwelling", "住房", "dwelling"),
    code("shop", "商铺", "shop"),
    code("plant", "厂房", "plant"),
    code("office", "办公用房", "office"),
    code("land", "土地", "land"),
];

const UTILITY: Codes =
    &[code("gas", "燃气", "gas"), code("power", "电", "power"), code("water", "水", "water")];

const UTILITY_STATE: Codes = &[
    code("off", "已关闭", "off"),
    code("on", "未关闭", "on"),
    code("none", "未接入", "not connected"),
];

const VULNERABLE: Codes = &[
    code("elderly", "老人", "elderly person"),
    code("child", "儿童", "child"),
    code("ill", "病人", "ill person"),
    code("pregnant", "孕妇", "pregnant person"),
    code("disabled", "残疾人", "disabled person"),
];

const HEAD: &[Field] = &[
    Field::multi("notice_doc_no", "公告文号", "notice number", NAME),
    Field::multi("basis", "执行依据", "basis", LINE),
    Field::winner("notice_posted_at", "公告张贴时间", "notice posted at", FieldType::Time),
    Field::winner("notice_posted_place", "公告张贴地点", "notice posted where", LINE),
    Field::multi(
        "notice_deadline_on",
        "公告指定期间届满日",
        "period of the notice ends on",
        FieldType::Date,
    ),
    Field::multi("premises_address", "房屋(土地)坐落", "premises", LINE),
    Field::multi("estate_unit_no", "不动产单元号", "estate unit number", FieldType::Text(40)),
    Field::multi("premises_kind", "性质", "kind of premises", FieldType::Code(PREMISES)),
    Field::winner("area_m2", "面积(平方米)", "area (m²)", FieldType::Int(0, 100_000_000)),
    Field::multi(
        "delivery_of_dwelling",
        "依判决交付住房",
        "dwelling to be delivered under the judgment",
        FieldType::Bool,
    ),
    Field::fact("position", "现场位置", "position", FieldType::Position),
    Field::fact("start_at", "开始时间", "started at", FieldType::Time),
    Field::fact("end_at", "结束时间", "ended at", FieldType::Time),
    Field::fact("credential_shown_at", "出示工作证件时间", "credentials shown at", FieldType::Time),
    Field::fact("dress_worn", "按规定着装", "in required dress", FieldType::Bool),
    Field::multi(
        "debtor_came",
        "被执行人(成年家属)到场",
        "debtor or adult family came",
        FieldType::Bool,
    ),
    Field::winner("whole_course_video", "全程录像", "video of the whole course", FieldType::Bool),
    Field::multi("notary_no", "公证书编号", "notarial certificate number", NAME),
    Field::multi("occupants_checked", "已核查屋内人员", "persons inside checked", FieldType::Bool),
    Field::winner("plan_started_at", "启动预案时间", "plan started at", FieldType::Time),
    Field::winner("ambulance_waiting", "救护车待命", "ambulance waiting", FieldType::Bool),
    Field::multi("police_support_no", "用警申请编号", "police support application", NAME),
    Field::winner(
        "police_support_asked_at",
        "用警申请时间",
        "police support asked at",
        FieldType::Time,
    ),
    Field::winner(
        "no_grassroots_reason",
        "基层组织未派员的原因",
        "why no grassroots representative",
        LINE,
    ),
    Field::winner("no_goods", "无财物需搬出", "nothing to move out", FieldType::Bool),
    Field::winner("suspended_at", "暂停时间", "suspended at", FieldType::Time),
    Field::winner("suspended_reason", "暂停原因", "why suspended", LINE),
    Field::multi("goods_custodian", "财物保管人", "custodian of the goods", FieldType::Person),
    Field::multi("pick_up_by", "领取财物期限", "goods to be picked up by", FieldType::Date),
    Field::winner("read_back", "阅看、宣读", "read back", FieldType::Code(READ_BACK)),
    Field::winner("onsite", "执行笔录", "on-site record", FieldType::Record),
    Field::winner("remark", "备注", "remark", LINE),
];

const OWN_COLLECTIONS: [Collection; 7] = [
    Collection::new(
        "vulnerable",
        "需照护人员",
        "vulnerable persons",
        &[
            Field::fact("person", "人员", "person", FieldType::Person),
            Field::fact("flag", "情形", "what", FieldType::Code(VULNERABLE)),
            Field::fact("seen_at", "发现时间", "seen at", FieldType::Time),
            Field::winner("care", "照护安排", "care", LINE),
        ],
    ),
    Collection::new(
        "utilities",
        "水电气",
        "utilities",
        &[
            Field::fact("utility", "种类", "utility", FieldType::Code(UTILITY)),
            Field::fact("state", "状态", "state", FieldType::Code(UTILITY_STATE)),
            Field::fact("reading", "表底数", "meter reading", FieldType::Text(40)),
            Field::fact("checked_by", "检查人", "checked by", FieldType::Person),
            Field::fact("checked_at", "检查时间", "checked at", FieldType::Time),
            Field::fact("photo", "照片", "photo", FieldType::Item),
        ],
    ),
    Collection::new("persuasions", "释法说理", "explaining and persuading", &PERSUASION_FIELDS),
    Collection::new(
        "moved_items",
        "搬出财物清单",
        "goods moved out",
        &[
            Field::winner("room", "房间", "room", NAME),
            Field::winner("line_no", "序号", "number", FieldType::Int(1, 100_000)),
            Field::multi("name", "名称", "name", NAME),
            Field::multi("quantity", "数量", "quantity", COUNT),
            Field::winner("unit", "单位", "unit", FieldType::Text(20)),
            Field::winner("condition", "状况", "condition", LINE),
            Field::multi("packing_no", "装箱号", "packing number", FieldType::Text(40)),
            Field::multi("fragile", "易碎", "fragile", FieldType::Bool),
            Field::multi("valuable", "贵重", "valuable", FieldType::Bool),
            Field::multi("perishable", "易腐", "perishable", FieldType::Bool),
            Field::winner("perishable_handling", "易腐物处理", "handling of perishables", LINE),
            Field::multi("left_in_place", "留置原处", "left in place", FieldType::Bool),
            Field::multi("destination", "存放地点", "destination", LINE),
            Field::winner("carrier", "搬运单位", "carrier", NAME),
            Field::winner("remark", "备注", "remark", LINE),
        ],
    ),
    Collection::new(
        "goods_handed",
        "财物交付",
        "goods handed over",
        &[
            Field::fact("item", "财物(空为全部)", "which (empty: all)", FieldType::Item),
            Field::fact("to", "接收人", "to", FieldType::Person),
            Field::fact("name", "姓名", "name", NAME),
            Field::fact("role", "身份", "part", FieldType::Code(PART)),
            Field::fact("refused", "拒绝接收", "refused", FieldType::Bool),
            Field::fact("reason", "拒收情况", "how refused", LINE),
            Field::fact("seen_by", "拒收见证人", "who saw it", FieldType::Person),
            Field::fact("at", "交付时间", "at", FieldType::Time),
            Field::fact("photo", "照片", "photo", FieldType::Item),
        ],
    ),
    Collection::new(
        "incidents",
        "突发情况",
        "incidents",
        &[
            Field::fact("at", "时间", "at", FieldType::Time),
            Field::fact(
                "act_code",
                "妨害行为",
                "conduct",
                FieldType::Code(super::codes::OBSTRUCTION),
            ),
            Field::fact("person", "行为人", "by", FieldType::Person),
            Field::fact("text", "经过", "what happened", PASSAGE),
            Field::fact("assistance", "请求公安协助", "assistance request", FieldType::Record),
        ],
    ),
    Collection::new(
        "handovers",
        "房屋(土地)交付",
        "hand-over of the premises",
        &[
            Field::fact("to", "接收人", "receiver", FieldType::Person),
            Field::fact("name", "姓名", "name", NAME),
            Field::fact("role", "身份", "part", FieldType::Code(PART)),
            Field::fact("special_authority", "特别授权", "special authority", FieldType::Bool),
            Field::fact("at", "交付时间", "at", FieldType::Time),
            Field::fact("keys_count", "钥匙(把)", "keys", FieldType::Int(0, 999)),
            Field::fact("meter_power", "电表底数", "power meter", FieldType::Text(40)),
            Field::fact("meter_water", "水表底数", "water meter", FieldType::Text(40)),
            Field::fact("meter_gas", "燃气表底数", "gas meter", FieldType::Text(40)),
            Field::fact("condition", "房屋状况", "condition", LINE),
            Field::fact("photo", "照片", "photo", FieldType::Item),
        ],
    ),
];

const COLLECTIONS: [Collection; shared::COLLECTIONS.len() + OWN_COLLECTIONS.len()] =
    shared::join(&shared::COLLECTIONS, &OWN_COLLECTIONS);

const OWN_VERBS: [Verb; 18] = [
    Verb::new("create", "新建强制迁出记录", "new eviction", Action::Create, WRITERS),
    Verb::new("set", "填写", "fill in", Action::Set(&[]), WRITERS),
    Verb::new(
        "add_vulnerable",
        "登记需照护人员",
        "add vulnerable person",
        Action::Add("vulnerable"),
        CREW_ROLES,
    ),
    Verb::new(
        "edit_vulnerable",
        "填写照护安排",
        "note care",
        Action::Edit("vulnerable"),
        CREW_ROLES,
    )
    .own_items(shared::POLICE),
    Verb::new(
        "strike_vulnerable",
        "划去需照护人员",
        "strike vulnerable person",
        Action::Strike("vulnerable"),
        WRITERS,
    ),
    Verb::new("add_utility", "检查水电气", "check utility", Action::Add("utilities"), CREW_ROLES),
    Verb::new(
        "strike_utility",
        "划去检查",
        "strike utility check",
        Action::Strike("utilities"),
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
    Verb::new("add_moved_item", "登记搬出财物", "add goods", Action::Add("moved_items"), WRITERS),
    Verb::new(
        "edit_moved_item",
        "修改搬出财物",
        "edit goods",
        Action::Edit("moved_items"),
        WRITERS,
    ),
    Verb::new(
        "strike_moved_item",
        "划去搬出财物",
        "strike goods",
        Action::Strike("moved_items"),
        WRITERS,
    ),
    Verb::new(
        "add_goods_handed",
        "交付财物",
        "hand goods over",
        Action::Add("goods_handed"),
        WRITERS,
    ),
    Verb::new(
        "strike_goods_handed",
        "划去交付",
        "strike hand-over of goods",
        Action::Strike("goods_handed"),
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
    Verb::new(
        "add_handover",
        "交付房屋(土地)",
        "hand premises over",
        Action::Add("handovers"),
        WRITERS,
    ),
    Verb::new(
        "strike_handover",
        "划去房屋交付",
        "strike hand-over",
        Action::Strike("handovers"),
        WRITERS,
    ),
];

const VERBS: [Verb; OWN_VERBS.len() + shared::VERBS.len()] =
    shared::join(&OWN_VERBS, &shared::VERBS);

/// Eviction.
pub(super) static EVICTION: Kind = Kind {
    name: "eviction",
    schema: 1,
    label: Label::new("强制迁出记录", "eviction"),
    form: Some("F-05"),
    head: HEAD,
    collections: &COLLECTIONS,
    verbs: &VERBS,
    rules: &[
        "R-GEN-01", "R-GEN-02", "R-GEN-03", "R-GEN-04", "R-GEN-05", "R-GEN-06", "R-GEN-09",
        "R-GEN-12", "R-EVI-01", "R-EVI-02", "R-EVI-03", "R-EVI-04", "R-EVI-05", "R-EVI-06",
        "R-EVI-07", "R-EVI-08", "R-EVI-09", "R-EVI-10", "R-EVI-11", "R-POL-05",
    ],
    title: &["premises_address", "notice_doc_no"],
    envelope: Envelope::USUAL,
};
