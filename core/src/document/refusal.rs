//! Why a change was not accepted, as stable codes with a sentence a person can act on. A verdict
//! never depends on who carried the change or when it arrived, only on the change and its ancestors.

use super::expand::ExpandError;
use super::prescan::PrescanError;
use crate::guard::Panicked;
use crate::records::Label;

/// The verdict on one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is part of the record now.
    Accepted,
    /// It was part of the record already.
    Known,
    /// It is kept, unread, until something else arrives.
    Held(Hold),
    /// It can never become part of the record.
    Rejected(Refusal),
}

/// Why a change waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hold {
    /// A change it was made on is not here yet.
    MissingDependency,
    /// The record's kind is of a later version.
    UnknownKind,
    /// The verb is of a later version.
    UnknownVerb,
    /// The change follows a later schema than this version knows.
    NewerSchema,
}

impl Hold {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingDependency => "missing_dependency",
            Self::UnknownKind => "unknown_kind",
            Self::UnknownVerb => "unknown_verb",
            Self::NewerSchema => "newer_schema",
        }
    }

    /// What to tell the person.
    pub fn sentence(self) -> Label {
        match self {
            Self::MissingDependency => Label::new(
                "前面的记录尚未到达,已保存待接",
                "Kept: an earlier change has not arrived yet.",
            ),
            Self::UnknownKind | Self::UnknownVerb | Self::NewerSchema => Label::new(
                "由新版应用写入,已保存,请升级应用后查看",
                "Kept: written by a newer app; update to read it.",
            ),
        }
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// Why a change is refused for good.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        pub enum Refusal {
            $($(#[$doc])* #[error($en)] $name,)*
        }

        impl Refusal {
            /// Every refusal, for documentation and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What to tell the person.
            pub fn sentence(self) -> Label {
                match self { $(Self::$name => Label::new($zh, $en),)* }
            }
        }
    };
}

refusals! {
    /// The bytes are not one plain Automerge change.
    Malformed = "malformed_change", "内容损坏,无法读取", "The change is damaged and cannot be read.";
    /// More bytes or operations than one change may have.
    TooLarge = "change_too_large", "单次改动超出上限,请分次保存", "The change is too large; save in smaller steps.";
    /// Lists, text, deletions or other operations that records do not have.
    ForeignOperation = "foreign_operation", "含有不允许的操作", "The change uses operations that records do not have.";
    /// The document id is not that of the creating change.
    WrongDocument = "wrong_document", "改动不属于该文书", "The change belongs to another document.";
    /// The hash in the envelope is not that of the bytes.
    WrongHash = "wrong_hash", "内容与签名不符", "The content does not match what was signed.";
    /// The actor is not the one of this certificate, epoch and generation.
    WrongActor = "wrong_actor", "写入身份与证书不符", "The writer does not match the certificate.";
    /// Another change has this actor's place already: a cloned or restored phone.
    Twin = "twin", "本机数据曾被复制或恢复,改动将以新编号重新登记", "This phone's data was copied or restored; the change will be recorded anew.";
    /// The actor's sequence number does not follow its last one.
    OutOfSequence = "out_of_sequence", "改动次序不连续", "The change does not follow the writer's last one.";
    /// The first operation counter does not follow its ancestors.
    WrongStart = "wrong_start", "改动编号不连续", "The change's numbering does not follow its ancestors.";
    /// The document has a beginning already.
    SecondRoot = "second_root", "该文书已有首次记录", "The document has a beginning already.";
    /// The document has as many changes or bytes as it may have.
    DocumentFull = "document_full", "该文书改动过多,请另立文书", "The document is full; begin another one.";
    /// The role may not use this verb.
    NotAllowed = "not_allowed", "该角色无权进行此项操作", "This role may not do that.";
    /// Only the handling officer may.
    NotHandler = "not_handler", "仅承办人可以进行此项操作", "Only the handling officer may do that.";
    /// The role may do that only to what the author added.
    NotOwn = "not_own", "该角色只能修改本人登记的内容", "This role may change only what it added itself.";
    /// The operations are not those of the verb.
    OutsideVerb = "outside_verb", "改动超出所声明的操作范围", "The change does more than it declares.";
    /// The operations do not replace exactly what was visible.
    WrongPredecessors = "wrong_predecessors", "改动未如实对应原有内容", "The change does not name exactly what it replaces.";
    /// A fact has a value already.
    FactStands = "fact_stands", "已记录的事实不得改写,请另作补充", "A recorded fact cannot be rewritten; add to it.";
    /// The field has several values; somebody must settle that first.
    Contested = "contested", "该项有分歧,须先确定", "The field differs between people; settle that first.";
    /// The item is struck.
    Struck = "struck", "该行已划除,不得再改", "The line is struck and cannot be changed.";
    /// A value does not fit its field.
    BadValue = "bad_value", "填写内容不符合该项要求", "A value does not fit its field.";
    /// The record is finalised.
    Finalised = "finalised", "已定稿,只能以补正笔录更正", "The record is finalised; correct it by a correction record.";
    /// Conflicts are open.
    OpenConflicts = "open_conflicts", "尚有分歧未确定,不能定稿", "Conflicts are open; the record cannot be finalised.";
    /// The finalisation's digests are not those of the record.
    WrongDigest = "wrong_digest", "定稿摘要与内容不符", "The finalisation does not match the content.";
    /// A signature lacks what shows who signed, how, or that it happened.
    SignatureIncomplete = "signature_incomplete", "签名不完整:应有姓名、身份及笔迹或影像;捺印须有影像和见证人;拒签须记明理由和见证人", "The signature is incomplete: name, part, and strokes or a picture; a fingerprint needs picture and witness; a refusal needs reason and witness.";
    /// The content that was signed is not the record's.
    SignedOtherContent = "signed_other_content", "宣读后内容已有改动,请重新宣读再签名", "The content has changed since it was read back; read it back and sign again.";
    /// There is no such conflict, or the resolution does not name all of it.
    NoSuchConflict = "no_such_conflict", "所处理的分歧已变化,请重新确定", "The conflict has changed; settle it again.";
    /// Automerge cannot take it, or could not load the document afterwards.
    Unloadable = "unloadable", "内容无法并入文书", "The change cannot be merged into the document.";
    /// It was made on a change that was refused.
    DependsOnRefused = "depends_on_refused", "所依据的改动未被接受,将自动重新登记", "It was made on a change that was refused; it will be recorded anew.";
}

impl From<ExpandError> for Refusal {
    fn from(error: ExpandError) -> Self {
        match error {
            ExpandError::Prescan(PrescanError::TooLarge | PrescanError::TooManyOperations) => {
                Self::TooLarge
            }
            ExpandError::Prescan(_) | ExpandError::Unparsable => Self::Malformed,
            ExpandError::Operation | ExpandError::Extra => Self::ForeignOperation,
        }
    }
}

impl From<Panicked> for Refusal {
    fn from(_: Panicked) -> Self {
        Self::Unloadable
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_every_refusal_says_what_to_do_in_both_languages() {
        let codes: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert_eq!(codes.len(), Refusal::ALL.len());
        for refusal in Refusal::ALL {
            assert!(!refusal.sentence().zh.is_ascii() && refusal.sentence().en.is_ascii());
        }
    }
}
