//! What every act on the spot has in common: the crew, the recorders, who was told, who was there,
//! photos, signatures, copies handed over, rules set aside. Kinds add their own to these.
//!
//! Nothing here says what must be recorded; that is the law's business ([`crate::rules`]).

use super::codes::{
    CREW, HANDED_BY, PAPER, PART, PHOTO_PURPOSE, READ_BACK, SIGN_MODE, TOLD_BY, TOLD_RESULT,
};
use super::descriptor::{Action, Collection, Field, FieldType, Role, Verb};

/// A name or a number.
pub(super) const NAME: FieldType = FieldType::Text(120);
/// A line of text.
pub(super) const LINE: FieldType = FieldType::Text(600);
/// A passage: a statement, a course of events.
pub(super) const PASSAGE: FieldType = FieldType::Text(6_000);
/// How many of something.
pub(super) const COUNT: FieldType = FieldType::Int(0, 1_000_000);

/// Those who decide on the spot.
pub(super) const OFFICER: &[Role] = &[Role::Officer];
/// Those who write lists and records.
pub(super) const WRITERS: &[Role] = &[Role::Officer, Role::Clerk];
/// The court's whole crew.
pub(super) const CREW_ROLES: &[Role] = &[Role::Officer, Role::Clerk, Role::JudicialPolice];
/// Judicial police: on records they write their own lines only.
pub(super) const POLICE: &[Role] = &[Role::JudicialPolice];
/// The crew, and a liaison who signs for the grassroots organisation.
pub(super) const SIGNERS: &[Role] =
    &[Role::Officer, Role::Clerk, Role::JudicialPolice, Role::Liaison];
/// 院长.
pub(super) const PRESIDENT: &[Role] = &[Role::President];

/// A picture. Fields are facts; whether the original is with the court is the store's knowledge.
const PICTURE: &[Field] = &[
    Field::fact("hash", "原件校验值", "digest of the original", FieldType::File),
    Field::fact("bytes", "原件大小", "size of the original", FieldType::Int(0, 1 << 40)),
    Field::fact("mime", "原件格式", "media type", NAME),
    Field::fact("file_name", "文件名", "file name", FieldType::Text(255)),
    Field::fact("taken_at", "拍摄时间", "taken at", FieldType::Time),
    Field::fact("position", "拍摄位置", "taken where", FieldType::Position),
    Field::fact("purpose", "用途", "purpose", FieldType::Code(PHOTO_PURPOSE)),
    Field::fact("item", "对应项目", "shows", FieldType::Item),
    Field::fact("redacts", "遮盖自", "covers parts of", FieldType::Item),
    Field::fact("note", "说明", "note", LINE),
];

/// Photos that are part of the content.
pub(super) const PHOTOS: Collection = Collection::new("photos", "照片", "photos", PICTURE);

/// Photos of signing and handing over, taken when the content is already fixed.
pub(super) const PROOFS: Collection =
    Collection::new("proofs", "签收影像", "pictures of signing", PICTURE).attesting();

/// Who signed, in which mode, and exactly what (L-ESIG 13; a refusal is written down: L-INT 498).
pub(super) const SIGNATURES: Collection = Collection::new(
    "signatures",
    "签名",
    "signatures",
    &[
        Field::fact("person", "签名人", "signer", FieldType::Person),
        Field::fact("name", "姓名", "name", NAME),
        Field::fact("role", "身份", "part", FieldType::Code(PART)),
        Field::fact("org", "单位", "organisation", NAME),
        Field::fact("mode", "方式", "mode", FieldType::Code(SIGN_MODE)),
        Field::fact("reason", "拒签理由", "reason of refusal", LINE),
        Field::fact("seen_by", "见证人", "witness", FieldType::Person),
        Field::fact("content", "所签内容校验值", "digest of what was signed", FieldType::Hash),
        Field::fact("finalisation", "所签定稿", "the finalisation countersigned", FieldType::Item),
        Field::fact("stroke", "笔迹校验值", "digest of the strokes", FieldType::File),
        Field::fact("declaration", "签名人声明", "declaration", LINE),
        Field::fact("declared", "声明文本编号", "which declaration", FieldType::Text(64)),
        Field::fact("read_back", "阅看、宣读", "read back", FieldType::Code(READ_BACK)),
        Field::fact("proof", "签名影像", "picture", FieldType::Item),
        Field::fact("signed_at", "签名时间", "signed at", FieldType::Time),
        Field::fact("position", "签名位置", "signed where", FieldType::Position),
    ],
)
.signing();

/// Copies handed over (L-CPL 256(2)).
const DELIVERIES: Collection = Collection::new(
    "deliveries",
    "文书交付",
    "copies handed over",
    &[
        Field::fact("document", "文书", "paper", FieldType::Code(PAPER)),
        Field::fact("copies", "份数", "copies", FieldType::Int(1, 99)),
        Field::fact("to", "收件人", "to", FieldType::Person),
        Field::fact("name", "姓名", "name", NAME),
        Field::fact("role", "身份", "part", FieldType::Code(PART)),
        Field::fact("method", "方式", "method", FieldType::Code(HANDED_BY)),
        Field::fact("reason", "未直接交付的理由", "why not directly", LINE),
        Field::fact("place", "交付地点", "place", LINE),
        Field::fact("proof", "交付影像", "picture", FieldType::Item),
        Field::fact("delivered_by", "交付人", "by", FieldType::Person),
        Field::fact("delivered_at", "交付时间", "at", FieldType::Time),
    ],
)
.attesting();

const SET_ASIDE: &[Field] = &[
    Field::fact("rule", "规则编号", "rule", FieldType::Text(32)),
    Field::fact("item", "对应项目", "item", FieldType::Item),
    Field::fact("reason", "理由", "reason", LINE),
    Field::fact("decided_at", "决定时间", "decided at", FieldType::Time),
];

/// Rules the handling officer set aside with a reason. Who may set aside which is in the rule; which
/// role did it is certain, because each role has its own collection and verb.
const OVERRIDES: Collection =
    Collection::new("overrides", "承办人说明后继续", "set aside by the officer", SET_ASIDE)
        .attesting();

/// Rules the president set aside.
const PRESIDENT_OVERRIDES: Collection =
    Collection::new("president_overrides", "院长批准继续", "set aside by the president", SET_ASIDE)
        .attesting();

const OFFICERS: Collection = Collection::new(
    "officers",
    "执行人员",
    "crew",
    &[
        Field::fact("person", "人员", "person", FieldType::Person),
        Field::fact("role", "身份", "part", FieldType::Code(CREW)),
        Field::fact("work_id", "工作证号", "work ID number", FieldType::Text(40)),
    ],
);

const RECORDERS: Collection = Collection::new(
    "recorders",
    "执法记录仪",
    "body-worn recorders",
    &[
        Field::fact("device_no", "设备编号", "device number", FieldType::Text(40)),
        Field::fact("carried_by", "佩戴人", "carried by", FieldType::Person),
        Field::fact("started_at", "开启时间", "started at", FieldType::Time),
        Field::fact("announced_at", "告知录音录像时间", "recording announced at", FieldType::Time),
        Field::winner("ended_at", "关闭时间", "stopped at", FieldType::Time),
        Field::winner("gap_reason", "中断原因", "reason of a gap", LINE),
    ],
);

const PRESENT: Collection = Collection::new(
    "present",
    "在场人员",
    "persons present",
    &[
        Field::fact("person", "人员", "person", FieldType::Person),
        Field::fact("name", "姓名", "name", NAME),
        Field::fact("role", "身份", "part", FieldType::Code(PART)),
        Field::fact("org", "单位", "organisation", NAME),
        Field::fact("appointed_by_org", "受该组织指派", "appointed by it", FieldType::Bool),
        Field::fact("arrived_at", "到场时间", "arrived at", FieldType::Time),
        Field::winner("left_at", "离场时间", "left at", FieldType::Time),
        Field::winner("note", "备注", "note", LINE),
    ],
);

/// Who was told to be present, by whom, how, with what result (L-CPL 256(1), 261(2)).
const NOTIFICATIONS: Collection = Collection::new(
    "notifications",
    "通知到场",
    "notices to be present",
    &[
        Field::fact("person", "被通知人", "who", FieldType::Person),
        Field::fact("name", "姓名", "name", NAME),
        Field::fact("role", "身份", "part", FieldType::Code(PART)),
        Field::fact("org", "单位", "organisation", NAME),
        Field::fact("notified_at", "通知时间", "told at", FieldType::Time),
        Field::fact("method", "方式", "how", FieldType::Code(TOLD_BY)),
        Field::fact("notified_by", "通知人", "told by", FieldType::Person),
        Field::fact("result", "结果", "result", FieldType::Code(TOLD_RESULT)),
        Field::fact("note", "备注", "note", LINE),
    ],
);

/// Collections of every act.
pub(super) const COLLECTIONS: [Collection; 10] = [
    OFFICERS,
    RECORDERS,
    PRESENT,
    NOTIFICATIONS,
    PHOTOS,
    PROOFS,
    SIGNATURES,
    DELIVERIES,
    OVERRIDES,
    PRESIDENT_OVERRIDES,
];

pub(super) const STRIKE_PHOTO: Verb =
    Verb::new("strike_photo", "划去照片", "strike photo", Action::Strike("photos"), WRITERS);
pub(super) const ADD_PROOF: Verb = Verb::new(
    "add_proof",
    "拍摄签收影像",
    "add picture of signing",
    Action::Add("proofs"),
    CREW_ROLES,
);
pub(super) const SIGN: Verb = Verb::new("sign", "签名", "sign", Action::Add("signatures"), SIGNERS);
pub(super) const RESOLVE: Verb =
    Verb::new("resolve", "确定分歧", "settle", Action::Resolve, OFFICER).by_handler();
pub(super) const FINALISE: Verb =
    Verb::new("finalise", "定稿", "finalise", Action::Finalise, OFFICER).by_handler();
const OVERRIDE_RULE: Verb = Verb::new(
    "override_rule",
    "说明理由后继续",
    "set a rule aside",
    Action::Add("overrides"),
    OFFICER,
)
.by_handler();
const OVERRIDE_AS_PRESIDENT: Verb = Verb::new(
    "override_as_president",
    "院长批准继续",
    "set a rule aside as president",
    Action::Add("president_overrides"),
    PRESIDENT,
);

/// Verbs of every act, besides `create` and `set`: `crew` notes recorders and people, `photographers`
/// take pictures. Facts that were wrong are struck, not edited. Attestations are never struck: whoever
/// signed, signs again.
pub(super) const fn verbs(crew: &'static [Role], photographers: &'static [Role]) -> [Verb; 19] {
    [
        Verb::new(
            "add_officer",
            "登记执行人员",
            "add crew member",
            Action::Add("officers"),
            WRITERS,
        ),
        Verb::new(
            "strike_officer",
            "划去执行人员",
            "strike crew member",
            Action::Strike("officers"),
            WRITERS,
        ),
        Verb::new("add_recorder", "开启记录仪", "start recorder", Action::Add("recorders"), crew),
        Verb::new("edit_recorder", "关闭记录仪", "stop recorder", Action::Edit("recorders"), crew)
            .own_items(POLICE),
        Verb::new(
            "strike_recorder",
            "划去记录仪",
            "strike recorder",
            Action::Strike("recorders"),
            WRITERS,
        ),
        Verb::new("add_present", "登记在场人", "add person present", Action::Add("present"), crew),
        Verb::new("edit_present", "登记离场", "note departure", Action::Edit("present"), crew)
            .own_items(POLICE),
        Verb::new(
            "strike_present",
            "划去在场人",
            "strike person present",
            Action::Strike("present"),
            WRITERS,
        ),
        Verb::new(
            "add_notification",
            "记录通知到场",
            "add notice",
            Action::Add("notifications"),
            WRITERS,
        ),
        Verb::new(
            "strike_notification",
            "划去通知记录",
            "strike notice",
            Action::Strike("notifications"),
            WRITERS,
        ),
        Verb::new("add_photo", "拍照", "add photo", Action::Add("photos"), photographers),
        STRIKE_PHOTO,
        ADD_PROOF,
        SIGN,
        Verb::new("deliver", "交付文书", "hand over copy", Action::Add("deliveries"), WRITERS),
        OVERRIDE_RULE,
        OVERRIDE_AS_PRESIDENT,
        RESOLVE,
        FINALISE,
    ]
}

/// The verbs of records (执行笔录 and its like), which the whole crew keeps.
pub(super) const VERBS: [Verb; 19] = verbs(CREW_ROLES, CREW_ROLES);

/// Two lists in one; `N` must be the sum of their lengths, which the compiler checks.
pub(super) const fn join<T: Copy, const N: usize>(first: &[T], second: &[T]) -> [T; N] {
    assert!(N == first.len() + second.len(), "lengths must add up");
    let mut out = [first[0]; N];
    let mut at = 0;
    while at < N {
        out[at] = if at < first.len() { first[at] } else { second[at - first.len()] };
        at += 1;
    }
    out
}
