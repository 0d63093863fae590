//! Somebody met on the spot who is not in the case pack's party table. The only kind that holds
//! identity numbers and telephones; every other record refers to it by id, so that a list can be
//! shown, printed and handed over without them.

use super::codes::{Codes, PART, code};
use super::descriptor::{Action, Collection, Envelope, Field, FieldType, Kind, Label, Verb};
use super::shared::{self, LINE, NAME, PHOTOS, WRITERS};

const SEX: Codes = &[code("male", "男", "male"), code("female", "女", "female")];

const IDENTITY_PAPER: Codes = &[
    code("resident_id", "居民身份证", "resident identity card"),
    code("credit_code", "统一社会信用代码", "unified social credit code"),
    code("hk_macao_permit", "港澳居民来往内地通行证", "Hong Kong and Macao permit"),
    code("taiwan_permit", "台湾居民来往大陆通行证", "Taiwan permit"),
    code("hmt_residence", "港澳台居民居住证", "residence permit, Hong Kong, Macao, Taiwan"),
    code("passport", "护照", "passport"),
    code("police_id", "人民警察证", "police identity card"),
    code("work_id", "工作证", "work identity card"),
    code("not_shown", "未出示", "not shown"),
];

const HEAD: &[Field] = &[
    Field::multi("name", "姓名(名称)", "name", NAME),
    Field::winner("role", "身份", "part", FieldType::Code(PART)),
    Field::winner("sex", "性别", "sex", FieldType::Code(SEX)),
    Field::multi("birth_date", "出生日期", "date of birth", FieldType::Date),
    Field::multi("id_kind", "证件种类", "identity paper", FieldType::Code(IDENTITY_PAPER)),
    Field::multi("id_no", "证件号码", "identity number", FieldType::Text(40)),
    Field::multi("phone", "电话", "telephone", FieldType::Text(40)),
    Field::multi("address", "住址", "address", LINE),
    Field::winner("employer", "工作单位、职务", "employer and position", NAME),
    Field::multi("relation", "与被执行人的关系", "relation to the debtor", NAME),
    Field::winner("note", "备注", "note", LINE),
];

const COLLECTIONS: &[Collection] = &[PHOTOS];

const VERBS: &[Verb] = &[
    Verb::new("create", "登记人员", "new person", Action::Create, WRITERS),
    Verb::new("set", "填写", "fill in", Action::Set(&[]), WRITERS),
    Verb::new("add_photo", "拍摄证件", "add photo", Action::Add("photos"), WRITERS),
    shared::STRIKE_PHOTO,
    shared::RESOLVE,
    shared::FINALISE,
];

/// Person met on the spot.
pub(super) static PERSON: Kind = Kind {
    name: "person",
    schema: 1,
    label: Label::new("现场人员", "person met on the spot"),
    form: None,
    head: HEAD,
    collections: COLLECTIONS,
    verbs: VERBS,
    rules: &[],
    title: &["name", "role"],
    envelope: Envelope::USUAL,
};
