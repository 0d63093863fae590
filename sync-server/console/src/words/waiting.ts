// Why a change is not part of its record, one sentence for each code of the court's server and of the
// phones. A test holds the table against the codes of the core.

export const WAITING = {
  wait_malformed_change: ["内容损坏，无法读取。", "The change is damaged and cannot be read."],
  wait_change_too_large: [
    "单次改动超出上限，请分次保存。",
    "The change is too large; save in smaller steps.",
  ],
  wait_foreign_operation: [
    "含有不允许的操作。",
    "The change uses operations that records do not have.",
  ],
  wait_wrong_document: ["改动不属于该文书。", "The change belongs to another document."],
  wait_wrong_hash: ["内容与签名不符。", "The content does not match what was signed."],
  wait_wrong_actor: ["写入身份与证书不符。", "The writer does not match the certificate."],
  wait_twin: [
    "本机数据曾被复制或恢复，改动将以新编号重新登记。",
    "This phone's data was copied or restored; the change will be recorded anew.",
  ],
  wait_out_of_sequence: ["改动次序不连续。", "The change does not follow the writer's last one."],
  wait_wrong_start: ["改动编号不连续。", "The change's numbering does not follow its ancestors."],
  wait_second_root: ["该文书已有首次记录。", "The document has a beginning already."],
  wait_document_full: ["该文书改动过多，请另立文书。", "The document is full; begin another one."],
  wait_not_allowed: ["该角色无权进行此项操作。", "This role may not do that."],
  wait_not_handler: ["仅承办人可以进行此项操作。", "Only the handling officer may do that."],
  wait_not_own: [
    "该角色只能修改本人登记的内容。",
    "This role may change only what it added itself.",
  ],
  wait_outside_verb: ["改动超出所声明的操作范围。", "The change does more than it declares."],
  wait_wrong_predecessors: [
    "改动未如实对应原有内容。",
    "The change does not name exactly what it replaces.",
  ],
  wait_fact_stands: [
    "已记录的事实不得改写，请另作补充。",
    "A recorded fact cannot be rewritten; add to it.",
  ],
  wait_contested: [
    "该项有分歧，须先确定。",
    "The field differs between people; settle that first.",
  ],
  wait_struck: ["该行已划除，不得再改。", "The line is struck and cannot be changed."],
  wait_bad_value: ["填写内容不符合该项要求。", "A value does not fit its field."],
  wait_finalised: [
    "已定稿，只能以补正笔录更正。",
    "The record is finalised; correct it by a correction record.",
  ],
  wait_open_conflicts: [
    "尚有分歧未确定，不能定稿。",
    "Conflicts are open; the record cannot be finalised.",
  ],
  wait_wrong_digest: ["定稿摘要与内容不符。", "The finalisation does not match the content."],
  wait_signature_incomplete: [
    "签名不完整：应有姓名、身份及笔迹或影像；捺印须有影像和见证人；拒签须记明理由和见证人。",
    "The signature is incomplete: name, part, and strokes or a picture; a fingerprint needs picture and witness; a refusal needs reason and witness.",
  ],
  wait_signed_other_content: [
    "宣读后内容已有改动，请重新宣读再签名。",
    "The content has changed since it was read back; read it back and sign again.",
  ],
  wait_no_such_conflict: [
    "所处理的分歧已变化，请重新确定。",
    "The conflict has changed; settle it again.",
  ],
  wait_unloadable: ["内容无法并入文书。", "The change cannot be merged into the document."],
  wait_depends_on_refused: [
    "所依据的改动未被接受，将自动重新登记。",
    "It was made on a change that was refused; it will be recorded anew.",
  ],
  wait_missing_dependency: [
    "前面的记录尚未到达，已保存待接。",
    "Kept: an earlier change has not arrived yet.",
  ],
  wait_unknown_kind: [
    "由新版应用写入的文书，已保存；服务器升级后自动处理。",
    "Kept: a kind of record of a newer app; taken up when the server is updated.",
  ],
  wait_unknown_verb: [
    "由新版应用写入的操作，已保存；服务器升级后自动处理。",
    "Kept: written by a newer app; taken up when the server is updated.",
  ],
  wait_newer_schema: [
    "由新版应用写入，已保存；服务器升级后自动处理。",
    "Kept: written by a newer app; taken up when the server is updated.",
  ],
  wait_not_a_member: ["作者不是该案经办人员。", "Its author does not belong to the case."],
  wait_unknown_case: [
    "服务器没有该案件，案件包到达后自动处理。",
    "The server does not know the case; taken up when its pack arrives.",
  ],
  wait_depends_on_quarantined: [
    "所依据的改动尚待核定。",
    "It was made on a change that still waits for a decision.",
  ],
  wait_revoked: [
    "到达法院前，作者的证书已被吊销。",
    "Its author’s certificate was withdrawn before it came.",
  ],
  wait_expired: [
    "记录时作者的证书已经到期。",
    "Its author’s certificate had run out when it was recorded.",
  ],
  wait_set_aside: [
    "经人核定搁置，原件保留。",
    "Somebody decided that it stays out; its bytes are kept.",
  ],
  wait_too_many_held: [
    "该设备待接的改动已达上限。",
    "The device has as many changes waiting as it may have.",
  ],
  wait_unknown_certificate: [
    "本院尚未登记作者的证书，登记后自动处理。",
    "The court does not know the author’s certificate yet; taken up once it does.",
  ],
  wait_wrong_certificate_kind: [
    "证书种类不能用于签署记录。",
    "A certificate of this kind signs no records.",
  ],
  wait_wrong_key_purpose: ["签名密钥的用途不符。", "The key was certified for something else."],
  wait_root_not_pinned: ["证书不是由本院签发。", "The certificate was not issued by this court."],
  wait_certificate_chain_too_long: [
    "证书层级过多。",
    "The certificate stands too far below the court’s root.",
  ],
  wait_directory_full: [
    "证书目录已满，请联系管理员。",
    "The directory of certificates is full; call the administrator.",
  ],
  wait_wrong_court: ["属于其他法院。", "It belongs to another court."],
  wait_signature_mismatch: ["签名与内容不符。", "The signature does not match the content."],
  wait_signature_form: ["签名无法读取。", "The signature cannot be read."],
  wait_signature_range: ["签名无效。", "The signature is not valid."],
  wait_signature_high_s: ["签名格式不被接受。", "The signature’s form is not accepted."],
  wait_public_key_form: ["公钥无法读取。", "The public key cannot be read."],
  wait_change_too_long: ["单次改动超出上限。", "The change is too long."],
  wait_change_hash_mismatch: [
    "内容与签名所列校验值不符。",
    "The content does not match the digest that was signed.",
  ],
  wait_unsupported_version: [
    "由新版应用写入，服务器升级后自动处理。",
    "Written by a newer app; taken up when the server is updated.",
  ],
  wait_too_long: ["内容过长，无法读取。", "It is too long to be read."],
  wait_malformed: ["内容损坏，无法读取。", "It is damaged and cannot be read."],
  wait_not_canonical: ["编码不规范，不予接受。", "Its encoding is not the one that is signed."],
  wait_trailing_bytes: ["内容后有多余数据，不予接受。", "Something follows after its end."],
  wait_wrong_tag: ["不是记录的签名。", "The signature is not that of a record."],
  wait_field_out_of_bounds: ["某项超出允许范围。", "A part of it lies outside its bounds."],
  wait_unknown: ["原因：{code}", "reason: {code}"],
} as const;
