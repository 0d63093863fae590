//! What the core's errors become for an app, with words for the officer where the core has none.

use lastmile_core::identity::{SignError, TrustError};
use lastmile_core::phone::enrol::EnrolError;
use lastmile_core::phone::transport::TransportError;
use lastmile_core::phone::{
    PeerError, PhoneError, PhoneExportError, PinError, SyncTrouble, Trouble, UploadTrouble,
};
use lastmile_core::records::Label;
use lastmile_core::store::StoreError;
use lastmile_papers::{PaperError, PhonePaperError};

use crate::error::LastmileError;
use crate::words::Words;

impl From<PhoneError> for LastmileError {
    fn from(error: PhoneError) -> Self {
        let code = error.code().to_owned();
        let said = error.sentence().map(Words::from);
        match (error, said) {
            (PhoneError::RulesBlock(rules), Some(said)) => Self::RulesBlock { code, said, rules },
            (PhoneError::NotSignedIn, Some(said)) => Self::SignedOut { code, said },
            (PhoneError::Sign(error), _) => error.into(),
            (PhoneError::Store(error), _) => error.into(),
            (PhoneError::Trust(error), _) => error.into(),
            (PhoneError::NoRecord | PhoneError::NoFile, _) => Self::not_here(&code),
            (PhoneError::Log(_), _) | (PhoneError::File(_), None) => Self::store(&code),
            (_, Some(said)) => Self::Refused { code, said },
            _ => Self::not_believed(&code),
        }
    }
}

impl From<StoreError> for LastmileError {
    fn from(error: StoreError) -> Self {
        Self::store(error.code())
    }
}

impl From<TrustError> for LastmileError {
    fn from(error: TrustError) -> Self {
        Self::not_believed(error.code())
    }
}

impl From<SignError> for LastmileError {
    fn from(error: SignError) -> Self {
        let said = match error {
            SignError::NotAuthenticated | SignError::Locked => Label::new(
                "请先解锁手机或用指纹、面容确认;内容已保存,解锁后签名",
                "Unlock the phone, or confirm by fingerprint or face; what was recorded is kept.",
            ),
            SignError::KeyInvalidated => Label::new(
                "本机密钥已失效(锁屏或指纹有变动),请向法院管理员重新申领;内容已保存",
                "The key became invalid (screen lock or fingerprints changed): have a new one issued. What was recorded is kept.",
            ),
            _ => Label::new(
                "密钥暂时无法使用,内容已保存,稍后自动签名",
                "The key cannot be used at present; what was recorded is kept and signed later.",
            ),
        };
        Self::Key { code: error.code().to_owned(), said: said.into() }
    }
}

impl From<PinError> for LastmileError {
    fn from(error: PinError) -> Self {
        let code = error.code().to_owned();
        let (said, wait_ms) = match error {
            PinError::Phone(error) => return error.into(),
            PinError::Form => (
                Label::new(
                    "口令应为6至12位数字,不能全部相同或连续",
                    "A PIN has 6 to 12 digits, neither one repeated nor a run.",
                ),
                0,
            ),
            PinError::NoPin => {
                (Label::new("此人在本机未设口令", "This person has no PIN on this phone."), 0)
            }
            PinError::Wrong { wait_ms } => (Label::new("口令不正确", "The PIN is wrong."), wait_ms),
            PinError::Wait { wait_ms } => (
                Label::new("多次输错,请稍候再试", "Too many wrong PINs: wait, then try again."),
                wait_ms,
            ),
            PinError::KeyMissing => {
                (Label::new("本机没有此人的密钥", "This person's key is not on this phone."), 0)
            }
            _ => (
                Label::new(
                    "此人在本机的证书已被法院吊销",
                    "The court has withdrawn this person's certificate.",
                ),
                0,
            ),
        };
        Self::Pin { code, said: said.into(), wait_ms }
    }
}

impl From<TransportError> for LastmileError {
    fn from(error: TransportError) -> Self {
        let (said, status) = match &error {
            TransportError::Unreachable => (
                Label::new(
                    "现在无法连接法院服务器,内容已保存在本机",
                    "The court's server cannot be reached now; everything is kept on this phone.",
                ),
                None,
            ),
            TransportError::NotTheServer(status) => (
                Label::new(
                    "应答的不是法院服务器,请检查网络(可能需要网页登录)",
                    "Something else than the court's server answered: check the network (it may want a login).",
                ),
                Some(*status),
            ),
            TransportError::Problem { status, .. } => (
                Label::new(
                    "法院服务器未受理本次请求,内容已保存在本机",
                    "The court's server did not take this request; everything is kept on this phone.",
                ),
                Some(*status),
            ),
            TransportError::TooLarge => {
                (Label::new("应答内容超出上限", "The answer is larger than allowed."), None)
            }
        };
        let retry_after_s = match &error {
            TransportError::Problem { retry_after_s, .. } => *retry_after_s,
            _ => None,
        };
        let code = error.code().to_owned();
        Self::Network { code, said: said.into(), status, retry_after_s }
    }
}

impl From<SyncTrouble> for LastmileError {
    fn from(trouble: SyncTrouble) -> Self {
        match trouble {
            SyncTrouble::Transport(error) => error.into(),
            SyncTrouble::Phone(error) => error.into(),
            SyncTrouble::Answer(code) => Self::not_believed(code),
        }
    }
}

impl From<Trouble> for LastmileError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Road(error) => error.into(),
            Trouble::Phone(error) => error.into(),
        }
    }
}

impl From<UploadTrouble> for LastmileError {
    fn from(trouble: UploadTrouble) -> Self {
        trouble.trouble.into()
    }
}

impl From<EnrolError> for LastmileError {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Sign(error) => error.into(),
            EnrolError::Transport(error) => error.into(),
            other => Self::not_believed(other.code()),
        }
    }
}

impl From<PeerError> for LastmileError {
    fn from(error: PeerError) -> Self {
        let said = match error {
            PeerError::Phone(error) => return error.into(),
            PeerError::NotProven => Label::new(
                "对方手机不能证明属于本院,未交换任何内容",
                "The other phone could not prove that it belongs to this court; nothing was exchanged.",
            ),
            PeerError::Stream(_) => Label::new(
                "与对方手机的连接中断,请靠近后重试",
                "The connection to the other phone broke: come closer and try again.",
            ),
        };
        Self::peer(error.code(), said)
    }
}

impl From<PhoneExportError> for LastmileError {
    fn from(error: PhoneExportError) -> Self {
        let code = error.code().to_owned();
        match (error.sentence(), error) {
            (_, PhoneExportError::Phone(error)) => error.into(),
            (Some(said), _) => Self::Refused { code, said: said.into() },
            (None, _) => Self::store(&code),
        }
    }
}

impl From<PaperError> for LastmileError {
    fn from(error: PaperError) -> Self {
        let said = Label::new(
            "文书未能生成,请检查内容后重试",
            "The paper could not be made: check the record, then try again.",
        );
        Self::refused(error.code(), said)
    }
}

impl From<PhonePaperError> for LastmileError {
    fn from(error: PhonePaperError) -> Self {
        match error {
            PhonePaperError::Phone(error) => error.into(),
            PhonePaperError::Paper(error) => error.into(),
        }
    }
}
