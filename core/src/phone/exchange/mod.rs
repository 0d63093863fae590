//! One exchange with the server as two steps over the store: [`Phone::plan`] says what to send,
//! [`Phone::apply`] takes the answer in, in one transaction. No network here, so that tests can lose,
//! repeat and reorder messages as they like.
//!
//! | file | subject |
//! | --- | --- |
//! | `request` | what to send |
//! | `answer` | verdicts, news and receipt, taken in whole |
//! | `news` | the entries of one channel |
//! | `reference` | certificates, transitions and packs among them |
//!
//! [`Phone::plan`]: super::Phone::plan
//! [`Phone::apply`]: super::Phone::apply

mod answer;
mod news;
mod reference;
mod request;

pub use answer::Applied;
pub use request::{Limit, Plan};

use super::PhoneError;
use crate::id::EnvelopeId;
use crate::store::FeedEntry;
use crate::sync::channel::EntryKind;

/// The change that a feed entry names.
fn change_of(entry: &FeedEntry) -> Option<EnvelopeId> {
    let change = entry.kind == kind_name(EntryKind::Change);
    if change { EnvelopeId::try_from(entry.ref_id.as_slice()).ok() } else { None }
}

fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Change => "change",
        EntryKind::Certificate => "certificate",
        EntryKind::Transition => "transition",
        EntryKind::Pack => "pack",
    }
}

pub(super) fn kind_of(name: &str) -> Result<EntryKind, PhoneError> {
    [EntryKind::Change, EntryKind::Certificate, EntryKind::Transition, EntryKind::Pack]
        .into_iter()
        .find(|kind| kind_name(*kind) == name)
        .ok_or(PhoneError::Protocol("an entry of an unknown kind"))
}

fn differs_key(channel: &str) -> String {
    format!("differs {channel}")
}
