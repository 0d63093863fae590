//! How far everything has come, never as "synced": per record where it is known to be, and what waits.

use lastmile_core::document::Refusal;
use lastmile_core::phone;
use lastmile_core::store::{StoreError, TrayId, TrayOutcome};

use crate::error::LastmileError;
use crate::open::{Phone, record_id};
use crate::records::MOST;
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

/// What waits on this phone, whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Backlog {
    /// Changes that wait for their signature.
    pub unsigned: u64,
    /// Signed changes that the court is not known to have.
    pub pending: u64,
    /// Changes that wait for others.
    pub held: u64,
    /// Refused ones that nobody has looked at.
    pub tray: u64,
    /// Originals to upload.
    pub originals: u64,
}

/// Something in the tray: a change that was refused.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TrayEntry {
    /// Its place in the tray.
    pub id: i64,
    /// When it was refused, milliseconds since 1970 by this phone.
    pub refused_ms: i64,
    /// Why, a code.
    pub reason: String,
    /// The words for the officer, when the code has some.
    pub said: Option<Words>,
    /// Nobody has looked at it or recorded it anew.
    pub open: bool,
    /// The record, when it is known.
    pub record: Option<String>,
    /// What the person wanted (JSON), when it was done on this phone.
    pub intent: Option<String>,
}

/// The court's log was not what it was.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogAlarm {
    /// Stable code.
    pub code: String,
    /// When, milliseconds since 1970 by this phone.
    pub at_ms: i64,
}

/// The times of one change: what the phone said, and what is proven.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ChangeTimes {
    /// SHA-256 of the change.
    pub change: String,
    /// The author's phone's clock, milliseconds since 1970.
    pub device_ms: i64,
    /// Not before, proven by a checkpoint the author's phone held.
    pub not_before_ms: Option<i64>,
    /// Not after, proven by the first checkpoint that covers it.
    pub not_after_ms: Option<i64>,
}

#[uniffi::export]
impl Phone {
    /// What waits on this phone.
    pub fn backlog(&self) -> Result<Backlog, LastmileError> {
        let waits = self.core.store().read::<_, StoreError>(|tx| tx.backlog())?;
        Ok(Backlog {
            unsigned: waits.unsigned,
            pending: waits.pending,
            held: waits.held,
            tray: waits.tray,
            originals: waits.originals,
        })
    }

    /// What was refused, newest first: others' work, and own work of the person signed in. At most 200
    /// behind the first `skip`.
    #[uniffi::method(default(skip = 0))]
    pub fn tray(&self, skip: u32) -> Result<Vec<TrayEntry>, LastmileError> {
        let page = self.core.tray()?.into_iter().skip(skip as usize).take(MOST as usize);
        Ok(page.map(tray_entry).collect())
    }

    /// The person has seen what was refused, and nothing more is to be done about it.
    pub fn settle_tray(&self, id: i64) -> Result<(), LastmileError> {
        Ok(self.core.settle_tray(TrayId(id))?)
    }

    /// Offers refused work again as it was, for example after the court changed a role.
    pub fn offer_again(&self, id: i64) -> Result<(), LastmileError> {
        Ok(self.core.offer_again(TrayId(id))?)
    }

    /// Where the court's log was not what it was: tell the command centre.
    pub fn log_alarms(&self) -> Result<Vec<LogAlarm>, LastmileError> {
        let alarms = self.core.log_alarms()?.into_iter();
        Ok(alarms.map(|alarm| LogAlarm { code: alarm.code, at_ms: alarm.at_ms }).collect())
    }

    /// The times of a record's changes, in the order of this phone.
    pub fn times(&self, record: String) -> Result<Vec<ChangeTimes>, LastmileError> {
        let times = self.core.times(record_id(&record)?)?.into_iter().map(|times| ChangeTimes {
            change: times.change.to_hex(),
            device_ms: times.device_ms,
            not_before_ms: times.proven.not_before_ms,
            not_after_ms: times.proven.not_after_ms,
        });
        Ok(times.collect())
    }
}

fn tray_entry(item: phone::TrayItem) -> TrayEntry {
    let refusal = Refusal::ALL.iter().find(|refusal| refusal.code() == item.row.reason);
    TrayEntry {
        id: item.row.id.0,
        refused_ms: item.row.refused_ms,
        said: refusal.map(|refusal| refusal.sentence().into()),
        reason: item.row.reason,
        open: item.row.outcome == TrayOutcome::Open,
        record: item.row.document.map(|record| record.to_hex()),
        intent: item.intent,
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
