//! Errors on the wire: RFC 9457 problem documents with stable codes, in Chinese and English.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use lastmile_core::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION};

use crate::store::StoreError;

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $code:literal, $zh:literal, $en:literal;)*) => {
        /// Everything the server can refuse a request for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemCode {
            $($(#[$doc])* $name,)*
        }

        impl ProblemCode {
            /// Every code, for the documentation and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// What to tell a person, in Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$name => $zh,)* }
            }

            /// What to tell a person, in English.
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }
        }
    };
}

problems! {
    /// Another media type than the sync message's.
    UnsupportedMediaType = 415, "unsupported_media_type", "请求的内容类型不是同步消息", "The request is not a sync message.";
    /// Another protocol version.
    WrongProtocol = 400, "wrong_protocol", "同步协议版本不符,请升级应用或服务器", "The protocol version differs; update the app or the server.";
    /// Another court's code in the address or the message.
    WrongCourt = 404, "wrong_court", "本服务器不属于该法院", "This server belongs to another court.";
    /// More bytes than allowed.
    MessageTooLarge = 413, "message_too_large", "消息超出上限,请分批上传", "The message is too large; send less at a time.";
    /// The compressed stream is cut or damaged.
    MessageDamaged = 400, "message_damaged", "消息不完整或已损坏,请重新上传", "The message is incomplete or damaged; send it again.";
    /// The message inside cannot be read.
    MalformedRequest = 400, "malformed_request", "请求内容无法读取", "The request cannot be read.";
    /// The body did not arrive in time.
    BodyTimeout = 408, "body_timeout", "上传超时,请重试", "The upload took too long; try again.";
    /// The token is missing, is for another request, or its signature does not hold.
    BadRequestToken = 401, "bad_request_token", "请求凭证无效,请重新登录后再试", "The request's token does not hold; sign in again and retry.";
    /// The token's time is too far from the server's.
    ClockOutOfWindow = 401, "clock_out_of_window", "手机时间与服务器相差过大,请校准手机时间后重试(本机记录不受影响)", "The phone's clock is far from the server's; set it and try again. What is recorded on the phone is not affected.";
    /// The token was used before.
    TokenUsed = 401, "token_used", "该请求已受理过,请重新发起", "This request was answered before; make a new one.";
    /// Nobody here knows the certificate.
    UnknownCertificate = 401, "unknown_certificate", "本院未登记该设备证书", "This court has not registered the device's certificate.";
    /// The phone brings a certificate that this court does not have and does not take from a phone.
    CertificateNotTaken = 403, "certificate_not_taken", "本院没有该设备证书,也不采信手机自带的证书;手机上的记录不受影响,请向管理员另取登记码", "This court does not have the device's certificate and takes none from a phone. What is recorded on the phone is not affected; ask the administrator for a code.";
    /// The certificate is not a person's.
    NotAPerson = 403, "not_a_person", "该证书不是人员证书", "The certificate is not a person's.";
    /// A new key does not sign for itself.
    NoPossession = 400, "enrolment_no_possession", "新密钥未能证明由本机持有,请重新登记", "A new key does not prove that the phone holds it; begin again.";
    /// No such code, or another secret.
    EnrolmentUnknown = 404, "enrolment_unknown", "登记码不正确,请与登记单核对", "There is no such code; compare it with the sheet.";
    /// Too many attempts.
    EnrolmentLocked = 403, "enrolment_locked", "登记码尝试次数过多,已锁定,请向管理员另取登记码", "The code was tried too often; ask the administrator for another.";
    /// Withdrawn.
    EnrolmentRevoked = 403, "enrolment_revoked", "登记码已作废,请向管理员另取登记码", "The code was withdrawn; ask the administrator for another.";
    /// Used by another phone.
    EnrolmentUsed = 409, "enrolment_used", "登记码已被另一部手机使用,请立即告知管理员", "Another phone used the code; tell the administrator at once.";
    /// Too late.
    EnrolmentExpired = 403, "enrolment_expired", "登记码已过期,请向管理员另取登记码", "The code has expired; ask the administrator for another.";
    /// Keys in the wrong place.
    EnrolmentProtection = 403, "enrolment_protection", "本机密钥的保管方式不符合法院要求", "The court demands keys kept in better hardware than this phone's.";
    /// One of the keys has a certificate already.
    KeyCertified = 409, "key_certified", "该密钥已签发证书,请生成新密钥后重试", "This key has a certificate already; make new keys and try again.";
    /// No role.
    EnrolmentNoRole = 403, "enrolment_no_role", "该人员在本院没有任何角色,请联系管理员", "The person has no role at this court; call the administrator.";
    /// A courier's bundle that is not as it was sealed.
    CourierDamaged = 400, "courier_damaged", "捎带包已损坏或被改动,请发送人重新封装", "The courier's bundle is damaged or was changed; its sender has to seal it again.";
    /// A courier's bundle for a key that is not here.
    CourierKeyUnknown = 404, "courier_key_unknown", "捎带包不是用本院的加密证书封装的,请发送人重新封装", "The courier's bundle is sealed to a key that this court does not have; its sender has to seal it again.";
    /// The request in a courier's bundle is refused whole; `reason` says why.
    CourierRefused = 422, "courier_refused", "捎带包内的请求未被受理,请发送人直接联系法院", "The request in the courier's bundle is refused; its sender has to contact the court.";
    /// No token, or one that does not hold.
    Unauthorized = 401, "unauthorized", "缺少访问令牌,或令牌无效", "An operator's token is needed, and this is none that holds.";
    /// Administrators run the service and read no content.
    NoContentForAdmin = 403, "no_content_for_admin", "管理员令牌不能查看案件内容", "An administrator's token shows no content of cases.";
    /// Deciding needs the token of a person.
    TokenOfNobody = 403, "token_of_nobody", "此访问令牌未指明持有人,只能查看;作决定须用本人的令牌", "This token names nobody and only reads; to decide something, use a token that names you.";
    /// Person, password or one-time code.
    SignInRefused = 401, "sign_in_refused", "人员编号、密码或动态码不正确", "Staff id, password or one-time code is wrong.";
    /// The account has one-time codes.
    TotpNeeded = 401, "totp_needed", "请输入动态码", "Enter the one-time code of your app.";
    /// Whoever guesses waits.
    SignInThrottled = 429, "sign_in_throttled", "尝试次数过多,请稍后再试", "Too many attempts; wait before you try again.";
    /// The session has ended.
    SessionExpired = 401, "session_expired", "登录已失效,请重新登录;已填写的内容不会丢失", "Your session has ended; sign in again. What you typed stays.";
    /// A request that another site may have made.
    BadCsrf = 403, "bad_csrf", "请求来源无法确认,请刷新页面后重试", "The request does not prove that it comes from this page; reload and try again.";
    /// The person's roles do not allow it.
    NotYourRole = 403, "not_your_role", "您的角色不能进行此项操作", "Your role does not allow this.";
    /// A password that is not taken.
    BadPassword = 422, "bad_password", "密码须10至128个字符,不得包含本人编号,不得全为同一字符", "A password has 10 to 128 characters, not your id, not one character over and over.";
    /// The password that was asked for again.
    WrongPassword = 403, "wrong_password", "密码不正确,未作改动", "The password is wrong; nothing was done.";
    /// A step that does not follow where the request stands.
    StepUnfit = 409, "step_unfit", "该求助的状态已有变化,未作改动", "The request has moved on; nothing was changed.";
    /// Somebody else has saved the duty plan; `plan` is how it stands.
    DutyPlanMoved = 412, "duty_plan_moved", "值班警力刚被他人改过,未保存;请核对后再保存", "Somebody else has saved the duty plan meanwhile; nothing was saved. Compare the two, then save again.";
    /// A duty plan in place of one that nobody says to have seen.
    DutyPlanUnread = 428, "duty_plan_unread", "保存值班警力须以If-Match注明所改的版本,未保存;请重新读取", "Saving a duty plan takes the version it was made from, in If-Match; nothing was saved. Read the plan again.";
    /// A part of the address cannot be what it should be.
    BadPath = 400, "bad_path", "地址中的编号格式不正确", "A part of the address has the wrong form.";
    /// A query parameter that is unknown, repeated, or out of bounds.
    BadQuery = 400, "bad_query", "查询参数不正确", "A query parameter is unknown, repeated or out of bounds.";
    /// `after` does not come from an answer of this list.
    BadCursor = 400, "bad_cursor", "翻页位置无效,请从第一页重新读取", "The place to go on from is not one of this list; start again.";
    /// The body is not the JSON this address takes.
    BadBody = 400, "bad_body", "请求内容不正确", "The body is not what this address takes.";
    /// Somebody settled it, or another side has come.
    ConflictGone = 409, "conflict_gone", "该分歧已变化,未作改动", "The conflict has changed; nothing was done.";
    /// The record is another one than the screen showed.
    RecordMoved = 409, "record_moved", "记录内容已有变化,未定稿,请核对后再办", "The record has changed and was not finalised; look at it again.";
    /// Only the handling officer.
    NotHandler = 403, "not_handler", "仅本案承办人可以确定分歧、定稿", "Only the handling officer may settle conflicts and finalise.";
    /// Not of the case.
    NotAMember = 403, "not_a_member", "您不是本案办案人员,不能写入本案记录", "You do not belong to this case and cannot write into its records.";
    /// A finalised record.
    RecordFinalised = 409, "record_finalised", "已定稿,只能以补正笔录更正", "The record is finalised; correct it by a correction record.";
    /// The record's rules refuse it; `reason` is their code.
    ChangeRefused = 422, "change_refused", "该项改动不符合记录的要求,未作改动", "The record does not take this change; nothing was done.";
    /// Rules of the law are not kept yet; `rules` names them.
    RulesBlock = 422, "rules_block", "尚缺法定事项,不能定稿", "What the law asks for is missing; the record cannot be finalised.";
    /// The change does not wait for a person.
    NotWaiting = 409, "not_waiting", "该改动不在待处理之列", "The change does not wait for a decision.";
    /// No such case here.
    UnknownCase = 404, "unknown_case", "本院没有该案件", "This court has no such case.";
    /// No such record here.
    UnknownRecord = 404, "unknown_record", "没有该记录", "There is no such record.";
    /// No such phone here.
    UnknownDevice = 404, "unknown_device", "没有该设备", "There is no such phone.";
    /// Nobody of this id in the roster.
    UnknownPerson = 404, "unknown_person", "人员名册中没有该人员", "The roster has no such person.";
    /// What takes the approval of two persons is not done at a console.
    ApprovalsNeeded = 409, "approvals_needed", "院长、管理员角色及本人角色的变更须由两人批准,请用命令行 enrol add --approval 办理", "An administrator's or president's role, and one's own, needs the approval of two persons; use the command line: enrol add --approval.";
    /// No text of this name was to be sent.
    UnknownText = 404, "unknown_text", "没有这条待发短信", "There is no such text to be sent.";
    /// No such promise of the person's crew.
    UnknownWatch = 404, "unknown_watch", "没有这条报备", "There is no such promise of your crew.";
    /// No request of the person's crews is open.
    NoOpenRequest = 409, "no_open_request", "没有进行中的求助,不接收位置", "No request of your crew is open; positions are not taken.";
    /// Too many open promises.
    WatchesTooMany = 429, "watches_too_many", "未结束的报备过多,请先报平安", "You have too many open promises; check in first.";
    /// Another version of tus.
    WrongTus = 412, "wrong_tus", "上传协议版本不符,请升级应用", "The upload follows another version of tus; update the app.";
    /// A header of an upload is missing or cannot be read.
    BadUpload = 400, "bad_upload", "上传请求不完整或格式不正确", "A header of the upload is missing or has the wrong form.";
    /// No record that concerns the person names the file.
    FileNotNamed = 409, "file_not_named", "法院尚未收到引用该文件的记录,请先同步记录再上传", "The court has no record of yours that names the file; sync the record first, then come again.";
    /// Larger than a file of its kind may be.
    FileTooLarge = 413, "file_too_large", "文件超出上限", "The file is larger than its kind may be.";
    /// Another length than its record says.
    FileLength = 400, "file_length", "文件大小与记录不符", "The file's length is not the one its record says.";
    /// What arrived has another hash than the one signed.
    FileDiffers = 422, "file_differs", "照片校验不符,待重传", "What arrived is another file than the one signed; send it again.";
    /// A derived picture that is none.
    FileNoPicture = 422, "file_no_picture", "缩略图不是JPEG图片", "The small picture is no JPEG.";
    /// No such upload.
    UploadUnknown = 404, "upload_unknown", "没有该上传任务,或已过期,请重新上传", "There is no such upload, or it has ended; begin again.";
    /// Two requests at a time.
    UploadBusy = 423, "upload_busy", "该文件正在上传中,请稍后继续", "Another request writes to this upload; go on in a moment.";
    /// It goes on elsewhere.
    UploadOffset = 409, "upload_offset", "上传位置不符,请查询后继续", "The upload goes on at another byte; ask where.";
    /// More bytes than announced.
    UploadTooLong = 413, "upload_too_long", "上传内容超出所报大小", "More bytes came than the upload has.";
    /// The chunk's checksum differs.
    UploadChecksum = 460, "upload_checksum", "本段校验不符,请重传本段", "The chunk was damaged on its way; send it again.";
    /// Too many unfinished uploads of one person.
    UploadsTooMany = 429, "uploads_too_many", "未完成的上传过多,请先完成或取消", "You have too many unfinished uploads; finish or end some first.";
    /// A range behind the file's end.
    BadRange = 416, "bad_range", "请求的范围超出文件", "The range lies behind the file's end.";
    /// No room for files.
    StorageFull = 507, "storage_full", "服务器文件存储已满,请联系管理员;已收到的部分已保留", "The server has no room for files; call the administrator. What arrived is kept.";
    /// Files cannot be read or written.
    StorageUnavailable = 503, "storage_unavailable", "文件存储暂时无法读写,请稍后重试", "Files cannot be read or written at the moment; try again later.";
    /// The form is not made of this kind of record.
    NoSuchPaper = 404, "no_such_paper", "这类记录没有该种文书", "This kind of record has no such paper.";
    /// More pages than a paper may have.
    PaperTooLong = 422, "paper_too_long", "文书页数超过上限", "The paper has more pages than are made.";
    /// The database cannot be read or written.
    StoreUnavailable = 503, "store_unavailable", "数据库无法读写,请联系管理员", "The database cannot be read or written; call the administrator.";
    /// No such address.
    NotFound = 404, "not_found", "没有这个地址", "There is nothing at this address.";
    /// Not the method of this address.
    MethodNotAllowed = 405, "method_not_allowed", "该地址不支持此种请求", "The address does not take this method.";
    /// Too many requests at once.
    Busy = 503, "busy", "服务器繁忙,请稍后重试", "The server is busy; try again soon.";
    /// The database cannot take more.
    StoreFull = 507, "store_full", "服务器存储已满,请联系管理员", "The server's disk is full; call the administrator.";
    /// The server's own fault.
    Internal = 500, "internal", "服务器内部错误,未作任何改动", "The server failed; nothing was changed.";
}

/// A problem, ready to be sent.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What kind.
    pub code: ProblemCode,
    /// What exactly, without personal data.
    pub detail: Option<String>,
    /// Further members.
    pub more: Map<String, Value>,
}

impl Problem {
    /// A problem without further words.
    pub fn new(code: ProblemCode) -> Self {
        Self { code, detail: None, more: Map::new() }
    }

    /// With words about this case.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With a further member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}

impl From<ProblemCode> for Problem {
    fn from(code: ProblemCode) -> Self {
        Self::new(code)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(code = error.code(), "database failed");
        match error.code() {
            "store_full" => ProblemCode::StoreFull,
            "store_busy" => ProblemCode::Busy,
            _ => ProblemCode::Internal,
        }
        .into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:lastmile:problem:{}", self.code.code()),
            "title": self.code.zh(),
            "title_en": self.code.en(),
            "status": self.code.status(),
            "code": self.code.code(),
        });
        if let Some(detail) = self.detail {
            body["detail"] = detail.into();
        }
        if let Value::Object(members) = &mut body {
            for (name, value) in self.more {
                members.entry(name).or_insert(value);
            }
        }
        let status =
            StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(PROTOCOL_HEADER, HeaderValue::from_static(PROTOCOL_VERSION));
        if self.code == ProblemCode::Busy {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if self.code == ProblemCode::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_say_what_to_do_in_both_languages() {
        let codes: BTreeSet<_> = ProblemCode::ALL.iter().map(|problem| problem.code()).collect();
        assert_eq!(codes.len(), ProblemCode::ALL.len());
        for problem in ProblemCode::ALL {
            assert!((400..600).contains(&problem.status()));
            assert!(!problem.zh().is_ascii() && problem.en().is_ascii());
        }
    }
}
