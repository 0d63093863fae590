//! What can go wrong on a phone, as one enum with stable codes.

use super::log::LogTrouble;
use crate::document::{Hold, LogDamaged, Refusal, WriteError};
use crate::identifier::Reason;
use crate::identity::{CanonicalError, SealError, SignError, TrustError};
use crate::records::Label;
use crate::store::StoreError;
use crate::vault::VaultError;

/// A call on the phone failed; the store is as it was before the call.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The wish is not allowed; the code and sentence are [`Refusal`]'s.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The wish cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The record needs a newer app.
    #[error("the record needs a newer app")]
    Newer(Hold),
    /// The key store did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The person signed in has no key here that may finalise.
    #[error(
        "the finalising key is not set up on this phone; unlock it or have the court issue one"
    )]
    NoFinalisingKey,
    /// No such file on this phone.
    #[error("no such file on this phone")]
    NoFile,
    /// No such form of a colleague on this phone.
    #[error("no such form of a colleague on this phone")]
    NoForm,
    /// Another form stands under the same id here.
    #[error("this form was begun on this phone as well")]
    FormBegunHere,
    /// A file of evidence could not be kept or read.
    #[error(transparent)]
    File(#[from] VaultError),
    /// A picture cannot be made of a file, or not as asked.
    #[error("no picture can be made: {}", .0.code)]
    Picture(Reason),
    /// No such record on this phone.
    #[error("no such record on this phone")]
    NoRecord,
    /// Certificates or signatures do not hold.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A message does not follow the protocol.
    #[error(transparent)]
    Message(#[from] CanonicalError),
    /// The stored log of a record does not make a document.
    #[error(transparent)]
    Log(#[from] LogDamaged),
    /// Blocking rules fail; their ids. The officer may settle what is missing or set a rule aside.
    #[error("rules block finalising: {}", .0.join(", "))]
    RulesBlock(Vec<String>),
    /// A courier's bundle or receipt; the code says what.
    #[error("the courier's bundle cannot be used: {0}")]
    Courier(&'static str),
    /// The court's log is not what it was; the answer was refused and the evidence kept.
    #[error("the court's log cannot be believed: {0}")]
    Rewritten(#[from] LogTrouble),
    /// The answer does not fit the question.
    #[error("the server's answer does not fit the question: {0}")]
    Protocol(&'static str),
}

impl From<SealError> for PhoneError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Body(error) => Self::Message(error),
            SealError::Sign(error) => Self::Sign(error),
        }
    }
}

impl PhoneError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::Write(error) => Refusal::from(*error).code(),
            Self::Newer(hold) => hold.code(),
            Self::Sign(error) => error.code(),
            Self::NotSignedIn => "not_signed_in",
            Self::NoFinalisingKey => "no_finalising_key",
            Self::NoRecord => "no_record",
            Self::NoFile => "no_file",
            Self::NoForm => "no_form",
            Self::FormBegunHere => "form_begun_here",
            Self::File(error) => error.code(),
            Self::Picture(reason) => reason.code,
            Self::Trust(error) => error.code(),
            Self::Message(error) => error.code(),
            Self::Log(_) => "log_damaged",
            Self::RulesBlock(_) => "rules_block",
            Self::Courier(code) => code,
            Self::Rewritten(trouble) => trouble.code(),
            Self::Protocol(_) => "protocol",
        }
    }

    /// What to tell the officer, where the way out is the officer's; `None` for faults of the phone.
    pub fn sentence(&self) -> Option<Label> {
        let said = match self {
            Self::Refused(refusal) => refusal.sentence(),
            Self::Write(error) => Refusal::from(*error).sentence(),
            Self::Newer(hold) => hold.sentence(),
            Self::NotSignedIn => Label::new("请先登录", "Sign in first."),
            Self::NoFinalisingKey => Label::new(
                "本机尚无定稿密钥或未解锁,请用指纹或面容解锁,或向法院管理员申领",
                "This phone has no finalising key, or it is locked: unlock it, or ask the administrator.",
            ),
            Self::RulesBlock(_) => Label::new(
                "尚有必须补正的事项,暂不能定稿,请按清单逐项补正或说明理由",
                "Something the law asks for is missing; settle each item, or set it aside with a reason.",
            ),
            Self::NoForm => Label::new(
                "对方手机上的这张表单已录入或已删除,请返回后刷新",
                "The colleague has recorded or removed this form: go back and look again.",
            ),
            Self::FormBegunHere => Label::new(
                "本机此处正在填写别的内容,请先存入记录或删除,再接着填同事的",
                "Something else is being written here on this phone: record or remove it first.",
            ),
            Self::Picture(reason) => Label::new(reason.zh, reason.en),
            Self::File(VaultError::Full) => Label::new(
                "手机存储空间已满,本次拍摄未能保存。请先上传并清理已核验的原件,再重新拍摄",
                "The phone's storage is full; this was not kept. Upload, free originals whose receipts are verified, then capture it again.",
            ),
            Self::File(VaultError::Empty) => Label::new(
                "文件是空的,未保存,请重新拍摄",
                "The file is empty and was not kept; capture it again.",
            ),
            Self::File(VaultError::TooLarge) => Label::new(
                "文件超过4GB,请分段录制后再添加",
                "The file is larger than 4 GB; record it in parts.",
            ),
            Self::File(VaultError::Disk(_)) => Label::new(
                "文件读取失败,未保存,请重新拍摄或重新选择文件",
                "The file could not be read and was not kept; capture or choose it again.",
            ),
            _ => return None,
        };
        Some(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_officer_can_mend_is_said_in_both_languages() {
        let rules = PhoneError::RulesBlock(vec!["R-SEZ-05".into()]);
        for error in [PhoneError::NoFinalisingKey, rules, Refusal::SignedOtherContent.into()] {
            let said = error.sentence();
            assert!(said.is_some_and(|said| !said.zh.is_ascii() && said.en.is_ascii()), "{error}");
        }
        assert!(PhoneError::Protocol("anything").sentence().is_none());
    }
}
