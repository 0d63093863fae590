//! Seizure and impoundment (查封、扣押): form F-01 with its seals and posted notices (F-02).
//!
//! A vehicle is a line, not an item of its own: two officers who describe the same car then meet in
//! the same fields, where a difference is seen, instead of in two blocks, where it is not. Measure,
//! method, custodian and place are chosen per line, because one list may seal a machine in place and
//! take a car away.

use super::codes::{Codes, PART, READ_BACK, code};
use super::descriptor::{Action, Collection, Envelope, Field, FieldType, Kind, Label, Role, Verb};
use super::shared::{self, COUNT, LINE, NAME, OFFICER, WRITERS};

const MEASURE: Codes = &[
    code("seal", "查封", "seal in place"),
    code("impound", "扣押", "impound"),
    code("live_seal", "活封(允许继续使用)", "live seal (use goes on)"),
    code("not_seized", "未查封(注明)", "not seized (noted)"),
];

const METHOD: Codes = &[
    code("seal_strip", "加贴封条", "seal strip"),
    code("notice", "张贴公告", "posted notice"),
    code("registration", "办理登记", "registration"),
    code("direct_control", "直接控制", "direct control"),
];

const CATEGORY: Codes = &[
    code("vehicle", "机动车", "motor vehicle"),
    code("equipment", "机器设备", "machinery"),
    code("stock", "存货、原材料", "stock"),
    code("movable", "其他动产", "other movable"),
    code("real_estate", "不动产", "real estate"),
    code("unregistered_building", "未登记建筑物", "unregistered building"),
    code("deposit", "存款", "deposit"),
    code("equity", "股权、基金份额", "equity"),
    code("other_right", "其他财产权", "other right"),
    code("cash", "现金", "cash"),
    code("document", "证照、账册", "papers and books"),
];

const OWNER_BASIS: Codes = &[
    code("possession", "占有", "possession"),
    code("registration", "登记", "registration"),
    code("third_party_confirmation", "第三人书面确认", "third party's written confirmation"),
    code("disputed", "案外人主张权属", "claimed by a third party"),
];

/// L-SEAL 3, L-CPL 255(1).
const EXEMPTION: Codes = &[
    code("none", "不属豁免财产", "not exempt"),
    code(
        "daily_necessities",
        "生活必需的衣物、家具、炊具、餐具等",
        "necessary clothes, furniture, kitchen things",
    ),
    code("living_costs", "必需的生活费用", "necessary living costs"),
    code("schooling", "义务教育必需物品", "compulsory-schooling things"),
    code("unpublished_work", "未公开的发明、作品", "unpublished inventions and works"),
    code("disability_aid", "身体缺陷辅助工具、医疗物品", "disability aids and medical items"),
    code("medal", "勋章及荣誉表彰物品", "medals and honours"),
    code("treaty", "条约豁免财产", "treaty property"),
];

const CUSTODIAN_KIND: Codes = &[
    code("court", "人民法院", "the court"),
    code("debtor", "被执行人", "debtor"),
    code("third_party", "第三人", "third party"),
    code("applicant", "申请执行人", "applicant"),
    code("secured_creditor", "担保物权人", "secured creditor in possession"),
];

const DWELLING: Codes = &[
    code("not_dwelling", "非住房", "not a dwelling"),
    code("other_home", "有其他住房", "there is another home"),
    code("only_home", "唯一住房", "only home"),
    code("above_need", "超过必需的住房", "above need"),
];

const SEAL_STATE: Codes = &[
    code("intact", "完好", "intact"),
    code("broken", "破损", "broken"),
    code("missing", "缺失", "missing"),
];

const PLATE_KIND: Codes = &[
    code("ordinary", "普通号牌", "ordinary"),
    code("new_energy", "新能源号牌", "new energy"),
    code("special", "挂、学、警、港、澳", "special"),
    code("none", "未登记、无号牌", "none"),
];

const FUEL: Codes = &[
    code("petrol", "汽油", "petrol"),
    code("diesel", "柴油", "diesel"),
    code("electric", "纯电动", "electric"),
    code("hybrid", "混合动力", "hybrid"),
    code("gas", "燃气", "gas"),
];

const HEAD: &[Field] = &[
    Field::multi("ruling_no", "裁定书文号", "ruling number", NAME),
    Field::multi("assistance_notice_no", "协助执行通知书文号", "assistance notice number", NAME),
    Field::winner(
        "assistance_served_at",
        "协助执行通知书送达时间",
        "assistance notice served at",
        FieldType::Time,
    ),
    Field::fact("start_at", "开始时间", "started at", FieldType::Time),
    Field::fact("end_at", "完成时间", "completed at", FieldType::Time),
    Field::multi("term_from", "期限自", "term from", FieldType::Date),
    Field::multi("term_to", "期限至", "term to", FieldType::Date),
    Field::winner("location", "所在地", "location", LINE),
    Field::fact("position", "现场位置", "position", FieldType::Position),
    Field::fact("credential_shown_at", "出示工作证件时间", "credentials shown at", FieldType::Time),
    Field::fact("dress_worn", "按规定着装", "in required dress", FieldType::Bool),
    Field::fact("ruling_shown_at", "出示裁定书时间", "ruling shown at", FieldType::Time),
    Field::winner(
        "no_grassroots_reason",
        "基层组织未派员的原因",
        "why no grassroots representative",
        LINE,
    ),
    Field::winner("prior_seizure", "在先查封情况", "earlier seizure by another court", LINE),
    Field::multi("waiting", "轮候查封", "waiting seizure", FieldType::Bool),
    Field::winner(
        "waiting_notice_at",
        "轮候查封书面告知时间",
        "waiting seizure told in writing at",
        FieldType::Time,
    ),
    Field::winner("live_seal_reason", "是否采取活封及理由", "live sealing or why not", LINE),
    Field::winner("over_value_reason", "超标的查封的理由", "why the value exceeds the claim", LINE),
    Field::winner(
        "parties_notified_at",
        "通知当事人勘验时间",
        "parties told of the inspection at",
        FieldType::Time,
    ),
    Field::winner(
        "for_appraisal",
        "用于评估的现场勘验",
        "inspection for appraisal",
        FieldType::Bool,
    ),
    Field::winner("read_back", "阅看、宣读", "read back", FieldType::Code(READ_BACK)),
    Field::fact("renews", "续行查封所续的清单", "the seizure it renews", FieldType::Record),
    Field::winner("onsite", "执行笔录", "on-site record", FieldType::Record),
    Field::winner("remark", "备注", "remark", LINE),
];

/// 执行指挥中心 may settle what two officers value differently.
const COMMAND: &[Role] = &[Role::Command];

const THING: [Field; 33] = [
    Field::winner("line_no", "序号", "number", FieldType::Int(1, 100_000)),
    Field::multi("label_no", "标签号", "label number", FieldType::Text(40)),
    Field::multi("name", "名称", "name", NAME),
    Field::multi("category", "种类", "kind", FieldType::Code(CATEGORY)),
    Field::multi("measure", "措施", "measure", FieldType::Code(MEASURE)),
    Field::multi("method", "公示方式", "method", FieldType::Code(METHOD)),
    Field::winner("brand", "品牌", "brand", NAME),
    Field::winner("model", "型号规格", "model", NAME),
    Field::multi("serial_no", "编号", "serial number", NAME),
    Field::multi("quantity", "数量", "quantity", COUNT),
    Field::winner("unit", "单位", "unit", FieldType::Text(20)),
    Field::winner("condition", "外观及瑕疵", "condition", LINE),
    Field::winner("location_detail", "具体位置", "exact place", LINE),
    Field::multi("owner_basis", "权属依据", "basis of ownership", FieldType::Code(OWNER_BASIS)),
    Field::multi("third_party", "占有(登记)的第三人", "third party holding it", FieldType::Person),
    Field::winner(
        "third_party_confirmed_at",
        "第三人书面确认时间",
        "confirmed in writing at",
        FieldType::Time,
    ),
    Field::multi("co_owner", "共有人", "co-owner", FieldType::Person),
    Field::winner("co_owner_told_at", "通知共有人时间", "co-owner told at", FieldType::Time),
    Field::multi("encumbrance", "担保、租赁等负担", "encumbrance", LINE),
    Field::multi("exempt_check", "豁免核对", "exemption check", FieldType::Code(EXEMPTION)),
    Field::multi("dwelling", "住房情况", "dwelling", FieldType::Code(DWELLING)),
    Field::winner("housing_note", "居住保障", "housing secured how", LINE),
    Field::multi(
        "field_estimate_fen",
        "现场估值(仅供参考)",
        "field estimate (for reference)",
        FieldType::Money,
    )
    .written_by(OFFICER)
    .settled_by(COMMAND),
    Field::multi(
        "estimate_label",
        "估值标注",
        "estimate label",
        FieldType::Code(&[
            code("reference_only", "现场估值,仅供参考", "field estimate, for reference only"),
            code(
                "disputed",
                "估值有分歧,待确定参考价",
                "estimates differ, reference price to be set",
            ),
        ]),
    )
    .written_by(OFFICER)
    .settled_by(COMMAND),
    Field::multi("registered", "已登记财产", "registered property", FieldType::Bool),
    Field::winner(
        "registry_notified_at",
        "查封登记办理时间",
        "registry notified at",
        FieldType::Time,
    ),
    Field::multi("custodian", "保管人", "custodian", FieldType::Person),
    Field::multi(
        "custodian_kind",
        "保管人身份",
        "kind of custodian",
        FieldType::Code(CUSTODIAN_KIND),
    ),
    Field::multi("place_kept", "保管地点", "kept at", LINE),
    Field::multi("may_use", "允许使用", "may be used", FieldType::Bool),
    Field::winner("sale_intended", "拟处置", "to be sold", FieldType::Bool),
    Field::winner("pricing_started_on", "启动参考价日期", "pricing started on", FieldType::Date),
    Field::winner("remark", "备注", "remark", LINE),
];

const VEHICLE: [Field; 16] = [
    Field::multi("plate", "号牌号码", "plate", FieldType::Text(20)),
    Field::winner("plate_kind", "号牌种类", "plate kind", FieldType::Code(PLATE_KIND)),
    Field::multi("vin", "车辆识别代号", "VIN", FieldType::Text(20)),
    Field::multi("engine_no", "发动机编号", "engine number", FieldType::Text(40)),
    Field::winner("brand_model", "品牌型号", "brand and model", NAME),
    Field::winner("colour", "颜色", "colour", FieldType::Text(40)),
    Field::multi("mileage_km", "里程(公里)", "mileage (km)", FieldType::Int(0, 9_999_999)),
    Field::winner("fuel", "燃料种类", "fuel", FieldType::Code(FUEL)),
    Field::multi("keys_count", "钥匙(把)", "keys", FieldType::Int(0, 99)),
    Field::multi("vehicle_licence", "行驶证", "vehicle licence taken", FieldType::Bool),
    Field::multi(
        "registration_certificate",
        "登记证书",
        "registration certificate taken",
        FieldType::Bool,
    ),
    Field::winner("annual_check_to", "年检有效期至", "inspection valid to", FieldType::Date),
    Field::winner("insurance_to", "保险有效期至", "insured to", FieldType::Date),
    Field::winner("damage_marks", "损伤部位", "damage", LINE),
    Field::winner("parking_place", "停放地点", "parked at", LINE),
    Field::winner("tow_company", "拖车单位", "tow company", NAME),
];

const LINES: [Field; THING.len() + VEHICLE.len()] = shared::join(&THING, &VEHICLE);

const OWN_COLLECTIONS: [Collection; 5] = [
    Collection::new("lines", "财产清单", "list", &LINES).unique("label_no"),
    Collection::new(
        "seals",
        "封条",
        "seal strips",
        &[
            Field::fact("seal_no", "封条编号", "seal number", FieldType::Text(40)),
            Field::fact("line", "所封财产", "on", FieldType::Item),
            Field::fact("affixed_place", "加贴部位", "affixed where", LINE),
            Field::fact("affixed_by", "加贴人", "affixed by", FieldType::Person),
            Field::fact("affixed_by_second", "加贴人(二)", "and by", FieldType::Person),
            Field::fact("affixed_at", "加贴时间", "affixed at", FieldType::Time),
            Field::fact("photo", "照片", "photo", FieldType::Item),
        ],
    )
    .unique("seal_no"),
    Collection::new(
        "seal_checks",
        "封条检查",
        "seal checks",
        &[
            Field::fact("seal", "封条", "seal", FieldType::Item),
            Field::fact("state", "状态", "state", FieldType::Code(SEAL_STATE)),
            Field::fact("found_at", "发现时间", "found at", FieldType::Time),
            Field::fact("found_by", "发现人", "found by", FieldType::Person),
            Field::fact("reported_as", "处理情况", "reported as", LINE),
            Field::fact("photo", "照片", "photo", FieldType::Item),
        ],
    ),
    Collection::new(
        "notices",
        "查封公告",
        "posted notices",
        &[
            Field::fact("line", "所涉财产", "on", FieldType::Item),
            Field::fact("posted_place", "张贴地点", "posted where", LINE),
            Field::fact("posted_at", "张贴时间", "posted at", FieldType::Time),
            Field::fact("posted_by", "张贴人", "posted by", FieldType::Person),
            Field::fact(
                "told_occupant",
                "已告知管理人、占有人",
                "manager or occupant told",
                FieldType::Bool,
            ),
            Field::fact("photo_near", "近景照片", "photo, near", FieldType::Item),
            Field::fact("photo_far", "远景照片", "photo, far", FieldType::Item),
        ],
    ),
    Collection::new(
        "items_inside",
        "车内(箱内)物品",
        "things inside",
        &[
            Field::fact("line", "所在财产", "inside", FieldType::Item),
            Field::fact("name", "名称", "name", NAME),
            Field::fact("quantity", "数量", "quantity", COUNT),
            Field::fact("given_to", "交还", "given back to", FieldType::Code(PART)),
            Field::winner("note", "备注", "note", LINE),
        ],
    ),
];

const COLLECTIONS: [Collection; shared::COLLECTIONS.len() + OWN_COLLECTIONS.len()] =
    shared::join(&shared::COLLECTIONS, &OWN_COLLECTIONS);

/// Judicial police sign the list as people present; those who help with the auction add pictures.
const PHOTOGRAPHERS: &[Role] = &[Role::Officer, Role::Clerk, Role::Contractor];

const OWN_VERBS: [Verb; 15] = [
    Verb::new("create", "新建查封(扣押)清单", "new seizure", Action::Create, WRITERS),
    Verb::new("set", "填写", "fill in", Action::Set(&[]), WRITERS),
    Verb::new("add_line", "添加一项财产", "add line", Action::Add("lines"), WRITERS),
    Verb::new("edit_line", "修改", "edit line", Action::Edit("lines"), WRITERS),
    Verb::new(
        "note_condition",
        "注明外观及瑕疵",
        "note condition",
        Action::Edit("lines"),
        &[Role::Contractor],
    )
    .only(&["condition"]),
    Verb::new("strike_line", "划去", "strike line", Action::Strike("lines"), WRITERS),
    Verb::new("add_seal", "加贴封条", "affix seal", Action::Add("seals"), WRITERS),
    Verb::new("strike_seal", "划去封条", "strike seal", Action::Strike("seals"), WRITERS),
    Verb::new("add_seal_check", "检查封条", "check seal", Action::Add("seal_checks"), WRITERS),
    Verb::new(
        "strike_seal_check",
        "划去封条检查",
        "strike seal check",
        Action::Strike("seal_checks"),
        WRITERS,
    ),
    Verb::new("add_notice", "张贴公告", "post notice", Action::Add("notices"), WRITERS),
    Verb::new("strike_notice", "划去公告", "strike notice", Action::Strike("notices"), WRITERS),
    Verb::new(
        "add_item_inside",
        "登记车内(箱内)物品",
        "add thing inside",
        Action::Add("items_inside"),
        WRITERS,
    ),
    Verb::new(
        "edit_item_inside",
        "修改车内(箱内)物品",
        "edit thing inside",
        Action::Edit("items_inside"),
        WRITERS,
    ),
    Verb::new(
        "strike_item_inside",
        "划去车内(箱内)物品",
        "strike thing inside",
        Action::Strike("items_inside"),
        WRITERS,
    ),
];

const VERBS: [Verb; OWN_VERBS.len() + shared::VERBS.len()] =
    shared::join(&OWN_VERBS, &shared::verbs(WRITERS, PHOTOGRAPHERS));

/// Seizure and impoundment.
pub(super) static SEIZURE: Kind = Kind {
    name: "seizure",
    schema: 1,
    label: Label::new("查封(扣押)财产清单", "seizure and impoundment"),
    form: Some("F-01"),
    head: HEAD,
    collections: &COLLECTIONS,
    verbs: &VERBS,
    rules: &[
        "R-GEN-01", "R-GEN-02", "R-GEN-03", "R-GEN-04", "R-GEN-05", "R-GEN-06", "R-GEN-09",
        "R-GEN-12", "R-SEZ-01", "R-SEZ-02", "R-SEZ-03", "R-SEZ-04", "R-SEZ-05", "R-SEZ-06",
        "R-SEZ-07", "R-SEZ-08", "R-SEZ-09", "R-SEZ-10", "R-SEZ-11", "R-SEZ-12", "R-SEZ-13",
        "R-SEZ-14", "R-SEZ-15", "R-SEZ-16", "R-SEZ-17", "R-SEZ-18", "R-SEZ-19", "R-SEZ-20",
        "R-SEZ-21", "R-SEZ-22", "R-SEZ-23", "R-SEZ-24", "R-SEZ-25", "R-SEZ-26",
    ],
    title: &["location", "ruling_no"],
    envelope: Envelope::USUAL,
};
