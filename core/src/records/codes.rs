//! Code lists that more than one kind uses. A code is stored, its labels are read; a code that this
//! version does not know is kept and shown as it is.

use super::descriptor::Label;

/// A closed list of codes with what people read for each.
pub(super) type Codes = &'static [(&'static str, Label)];

/// One code.
pub(super) const fn code(
    name: &'static str,
    zh: &'static str,
    en: &'static str,
) -> (&'static str, Label) {
    (name, Label::new(zh, en))
}

/// In which part somebody is at the scene, is told, receives or signs (forms F-01, F-04).
pub(super) const PART: Codes = &[
    code("debtor", "被执行人", "debtor"),
    code("adult_family", "成年家属", "adult family member"),
    code("legal_representative", "法定代表人", "legal representative"),
    code("principal", "主要负责人", "principal person in charge"),
    code("applicant", "申请执行人", "applicant"),
    code("agent", "委托代理人", "agent"),
    code("third_party", "第三人", "third party"),
    code("co_owner", "共有人", "co-owner"),
    code("work_unit", "所在单位代表", "representative of the work unit"),
    code("grassroots", "基层组织代表", "representative of the grassroots organisation"),
    code("liaison", "协助执行联络员", "enforcement liaison"),
    code("witness", "见证人", "witness"),
    code("custodian", "保管人", "custodian"),
    code("assistant", "协助人", "assistant"),
    code("notary", "公证员", "notary"),
    code("interpreter", "翻译人员", "interpreter"),
    code("medical", "医护人员", "medical staff"),
    code("police", "公安民警", "police officer"),
    code("officer", "执行人员", "enforcement officer"),
    code("clerk", "书记员", "clerk"),
    code("judicial_police", "司法警察", "judicial police officer"),
    code("other", "其他人员", "other"),
];

/// Which part of the court's crew somebody is.
pub(super) const CREW: Codes = &[
    code("judge", "执行法官", "enforcement judge"),
    code("officer", "执行员", "enforcement officer"),
    code("assistant_judge", "法官助理", "judge's assistant"),
    code("clerk", "书记员", "clerk"),
    code("judicial_police", "司法警察", "judicial police officer"),
];

/// How somebody was told.
pub(super) const TOLD_BY: Codes = &[
    code("in_person", "当面", "in person"),
    code("phone", "电话", "by phone"),
    code("written", "书面", "in writing"),
    code("message", "短信、微信", "by message"),
    code("posted", "张贴", "by posting"),
    code("through_family", "家属转告", "through family"),
];

/// What came of telling somebody to be present.
pub(super) const TOLD_RESULT: Codes = &[
    code("came", "到场", "came"),
    code("will_come", "表示到场", "says they will come"),
    code("refused", "拒不到场", "refused"),
    code("no_answer", "无人接听", "no answer"),
    code("unreachable", "无法联系", "cannot be reached"),
    code("sent_representative", "派员到场", "sent a representative"),
];

/// How a paper was handed over. A copy may be printed on the spot, or written by hand and photographed
/// (R-SEZ-05): both are known by name, because a photo is the only copy the court keeps of the second.
pub(super) const HANDED_BY: Codes = &[
    code("direct", "直接交付", "handed over"),
    code("printed", "现场打印交付", "printed on the spot and handed over"),
    code("handwritten", "手写副本拍照后交付", "written by hand, photographed and handed over"),
    code("left_on_site", "留置现场", "left on site"),
    code("through_family", "交成年家属", "handed to adult family"),
    code("electronic", "电子送达", "electronically"),
    code("post", "邮寄", "by post"),
];

/// Which paper was handed over.
pub(super) const PAPER: Codes = &[
    code("list", "清单", "list"),
    code("record", "笔录", "record"),
    code("ruling", "裁定书", "ruling"),
    code("assistance_notice", "协助执行通知书", "notice to assist"),
    code("execution_notice", "执行通知书", "execution notice"),
    code("eviction_notice", "强制迁出公告", "eviction notice"),
    code("correction", "补正笔录", "correction record"),
    code("other", "其他文书", "other paper"),
];

/// How somebody signed, or that they did not.
pub(super) const SIGN_MODE: Codes = &[
    code("sign", "签名", "signature"),
    code("seal", "盖章", "stamp"),
    code("fingerprint", "捺指印", "fingerprint"),
    code("refused", "拒绝签名", "refused"),
];

/// What a photo is for.
pub(super) const PHOTO_PURPOSE: Codes = &[
    code("overall", "全貌", "overall view"),
    code("detail", "细节", "detail"),
    code("label", "铭牌、标签", "name plate or label"),
    code("damage", "瑕疵、损坏", "damage"),
    code("seal", "封条", "seal strip"),
    code("notice", "公告", "notice"),
    code("meter", "仪表底数", "meter reading"),
    code("premises", "房屋状况", "premises"),
    code("scene", "现场情况", "scene"),
    code("document", "证件、书证", "document"),
    code("ownership", "权属确认书", "confirmation of ownership"),
    code("injury", "伤情", "injury"),
    code("signing", "签名过程", "signing"),
    code("fingerprint", "指印", "fingerprint"),
    code("delivery", "文书交付", "hand-over of papers"),
    code("other", "其他", "other"),
];

/// How the record was made known to those who sign it.
pub(super) const READ_BACK: Codes = &[
    code("read_by_signers", "以上笔录已阅,无误", "read by those who sign"),
    code("read_aloud", "以上笔录已向其宣读,无误", "read aloud"),
    code("refused", "拒绝阅看、听取", "refused to read or listen"),
];

/// Outcome of explaining and persuading (释法说理).
pub(super) const PERSUASION: Codes = &[
    code("agreed", "同意配合", "agreed"),
    code("partly", "部分同意", "partly agreed"),
    code("refused", "拒绝", "refused"),
    code("left", "中途离开", "left"),
];

/// Obstruction of enforcement (L-CPL 114; L-INT 187, 188).
pub(super) const OBSTRUCTION: Codes = &[
    code("blockade", "围堵、阻拦", "blockade"),
    code("storming", "哄闹、冲击执行现场", "storming the scene"),
    code("violence", "暴力抗拒", "violence"),
    code("threat", "威胁、侮辱", "threat or insult"),
    code("damage_seal", "损毁封条、公告", "damaging a seal or notice"),
    code("damage_property", "损毁查封财物", "damaging seized property"),
    code("hide", "隐匿、转移财产", "hiding or moving property"),
    code("injury", "致人受伤", "injury"),
    code("other", "其他妨害行为", "other obstruction"),
];
