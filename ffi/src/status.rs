//! How far everything has come, never as "synced": per record where it is known to be, and what waits.

use lastmile_core::phone;

use crate::error::LastmileError;
use crate::open::{Phone, record_id};
use crate::words::Words;

/// How far a record is known to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Standing {
    /// Something of it is kept but cannot be shown or sent yet, or was refused (待处理).
    Attention,
    /// Durable on this phone only (已存本机).
    OnThisPhone,
    /// Accepted by the court's server (已到法院).
    WithCourt,
    /// A verified receipt covers it (回执已核验).
    Receipted,
}

impl From<phone::Standing> for Standing {
    fn from(standing: phone::Standing) -> Self {
        match standing {
            phone::Standing::Attention => Self::Attention,
            phone::Standing::OnThisPhone => Self::OnThisPhone,
            phone::Standing::WithCourt => Self::WithCourt,
            phone::Standing::Receipted => Self::Receipted,
        }
    }
}

/// A record's standing with the counts behind it, of changes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordStanding {
    /// Where it stands: where its least advanced change does.
    pub standing: Standing,
    /// The words on the screen.
    pub label: Words,
    /// On this phone only.
    pub on_this_phone: u32,
    /// Accepted by the server.
    pub with_court: u32,
    /// Covered by a verified receipt.
    pub receipted: u32,
    /// Held or quarantined.
    pub waiting: u32,
    /// Of authors whose certificates were withdrawn.
    pub withdrawn: u32,
}

#[uniffi::export]
impl Phone {
    /// How far a record has come.
    pub fn standing(&self, record: String) -> Result<RecordStanding, LastmileError> {
        let known = self.core.standing(record_id(&record)?)?;
        Ok(RecordStanding {
            standing: known.standing.into(),
            label: known.standing.label().into(),
            on_this_phone: count(known.on_this_phone),
            with_court: count(known.with_court),
            receipted: count(known.receipted),
            waiting: count(known.waiting),
            withdrawn: count(known.withdrawn),
        })
    }
}

/// A count for Kotlin.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The words of a standing, for a list.
#[uniffi::export]
pub fn standing_label(standing: Standing) -> Words {
    let known = match standing {
        Standing::Attention => phone::Standing::Attention,
        Standing::OnThisPhone => phone::Standing::OnThisPhone,
        Standing::WithCourt => phone::Standing::WithCourt,
        Standing::Receipted => phone::Standing::Receipted,
    };
    known.label().into()
}
