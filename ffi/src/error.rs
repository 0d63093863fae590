//! What went wrong, for an app: which screen it belongs on, a stable code for logs and tests, and the
//! words for the officer. What the core's errors become is in [`crate::causes`].

use lastmile_core::records::Label;

use crate::words::Words;

/// A call failed; the store is as it was before it. `code` is stable and fit for logs, `said` is for the
/// officer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum LastmileError {
    /// What was wished is not allowed, or not now: `said` names the way out.
    #[error("{code}")]
    Refused {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
    },
    /// The law still asks for something before the record can be finalised.
    #[error("{code}")]
    RulesBlock {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
        /// Ids of the rules.
        rules: Vec<String>,
    },
    /// Nobody is signed in.
    #[error("{code}")]
    SignedOut {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
    },
    /// The PIN did not open the phone.
    #[error("{code}")]
    Pin {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
        /// Until the next attempt, milliseconds.
        wait_ms: u64,
    },
    /// The key store did not sign. What was to be signed is kept and waits.
    #[error("{code}")]
    Key {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
    },
    /// No such record, case or file here for the person signed in.
    #[error("{code}")]
    NotHere {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
    },
    /// No answer of the court's server came, or it refused. Nothing is lost; try again later.
    #[error("{code}")]
    Network {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
        /// HTTP status, when something answered.
        status: Option<u16>,
        /// When to come again, seconds, when the court said so.
        retry_after_s: Option<u32>,
    },
    /// What came from outside cannot be believed or read.
    #[error("{code}")]
    NotBelieved {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
    },
    /// The store or the phone's disk.
    #[error("{code}")]
    Store {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
    },
    /// The app called with something that cannot be read: a fault of the app.
    #[error("{code}: {field}")]
    Input {
        /// Stable code.
        code: String,
        /// For the officer.
        said: Words,
        /// Which argument.
        field: String,
    },
}

impl LastmileError {
    /// Stable code, the same as in the core.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. }
            | Self::RulesBlock { code, .. }
            | Self::SignedOut { code, .. }
            | Self::Pin { code, .. }
            | Self::Key { code, .. }
            | Self::NotHere { code, .. }
            | Self::Network { code, .. }
            | Self::NotBelieved { code, .. }
            | Self::Store { code, .. }
            | Self::Input { code, .. } => code,
        }
    }

    pub(crate) fn input(field: &str) -> Self {
        let said = Label::new(
            "应用传入的内容无法识别,请更新应用或联系技术人员",
            "The app passed something that cannot be read: update it, or ask support.",
        );
        Self::Input { code: "input".to_owned(), said: said.into(), field: field.to_owned() }
    }

    pub(crate) fn not_here(code: &str) -> Self {
        let said = Label::new(
            "本机没有该内容,或您无权查看",
            "This is not on this phone, or not for you to see.",
        );
        Self::NotHere { code: code.to_owned(), said: said.into() }
    }

    pub(crate) fn refused(code: &str, said: impl Into<Words>) -> Self {
        Self::Refused { code: code.to_owned(), said: said.into() }
    }

    pub(crate) fn not_believed(code: &str) -> Self {
        let said = Label::new(
            "收到的内容未通过校验,未予采用",
            "What came did not pass its checks and was not used.",
        );
        Self::NotBelieved { code: code.to_owned(), said: said.into() }
    }

    pub(crate) fn store(code: &str) -> Self {
        let said = match code {
            "store_locked_key" => Label::new(
                "数据库密钥不符,内容保持原样,请联系法院技术人员",
                "The store's key does not fit; nothing was changed. Ask the court's support.",
            ),
            "disk_full" => Label::new(
                "手机存储空间已满,请清理后重试",
                "The phone's storage is full: free some space, then try again.",
            ),
            _ => Label::new(
                "手机存储出现故障,内容保持原样,请联系法院技术人员",
                "The phone's storage has a fault; nothing was changed. Ask the court's support.",
            ),
        };
        Self::Store { code: code.to_owned(), said: said.into() }
    }

    /// Something between two phones.
    pub(crate) fn peer(code: &str, said: impl Into<Words>) -> Self {
        let code = code.to_owned();
        Self::Network { code, said: said.into(), status: None, retry_after_s: None }
    }
}
