//! Texts for people, in both languages.

use lastmile_core::identifier::Reason;
use lastmile_core::records::Label;
use lastmile_core::rules::Texts;

/// A text for people in both languages; zh-CN is shown unless the phone is set to English.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Words {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Label> for Words {
    fn from(label: Label) -> Self {
        Self { zh: label.zh.to_owned(), en: label.en.to_owned() }
    }
}

impl From<Texts> for Words {
    fn from(texts: Texts) -> Self {
        Self { zh: texts.zh, en: texts.en }
    }
}

impl From<Reason> for Words {
    fn from(reason: Reason) -> Self {
        Self { zh: reason.zh.to_owned(), en: reason.en.to_owned() }
    }
}
