//! The answer to a request: what is new in every channel the person may read. Stateless: everything
//! follows from the request and the database.

use std::collections::{HashMap, HashSet};

use lastmile_core::id::{EnvelopeId, ServerEpoch};
use lastmile_core::sync::batch::SignedChange;
use lastmile_core::sync::channel::{EntryHash, EntryKind, SetHash};
use lastmile_core::sync::request::{Cursor, Repair, SyncRequest};
use lastmile_core::sync::response::{ChannelNews, Entry};

use super::access::Access;
use crate::ingest::travelling;
use crate::store::{ChannelHead, FeedEntry, Reading, StoreError};

/// Bytes of an answer, whatever the phone would like.
pub(super) const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Entries of an answer.
pub(super) const MAX_ENTRIES: usize = 20_000;
/// Entries read at a time.
const PAGE: usize = 256;
/// What a change costs on the wire beside its bytes: signature and row.
const ROW_BYTES: u64 = 110;

/// News of every channel, and the changes they refer to.
#[derive(Debug, Default)]
pub(super) struct News {
    /// By channel.
    pub channels: Vec<ChannelNews>,
    /// Changes, in the order of the entries.
    pub changes: Vec<SignedChange>,
}

/// Composes the news for `request`. What it asks of channels that its person may not read is passed
/// over: phones are shared, and a server set back to an older copy may not know a membership yet. It
/// must not keep anybody from giving and getting what is his. `own` names the changes that came with it, by row; at most `entries` are told of.
pub(super) fn news(
    reading: &Reading<'_>,
    epoch: ServerEpoch,
    access: &[Access],
    request: &SyncRequest,
    own: &HashMap<EnvelopeId, u64>,
    entries: usize,
) -> Result<News, StoreError> {
    let mut answer = Answer {
        reading,
        own,
        restored: request.server_epoch.is_some_and(|theirs| theirs != epoch),
        bytes: request.max_bytes.min(MAX_BYTES),
        entries,
        news: News::default(),
    };
    let mut cursors: HashMap<&str, &Cursor> =
        request.cursors.iter().map(|cursor| (cursor.channel.as_str(), cursor)).collect();
    let mut repairs: HashMap<&str, &Repair> =
        request.repairs.iter().map(|repair| (repair.channel.as_str(), repair)).collect();
    for access in access {
        let cursor = cursors.remove(access.channel.as_str());
        match repairs.remove(access.channel.as_str()) {
            Some(repair) => answer.repair(access, repair)?,
            // Left and purged: the phone has nothing of it and is owed nothing.
            None if access.until.is_some() && cursor.is_none() => {}
            None => answer.continues(access, cursor)?,
        }
    }
    // What is left the person may not read: nothing is said about it. A repair is answered as if the
    // channel were empty, whether it exists or not, because a phone asks until it is answered; what
    // it has is then offered again. So it is with a channel that began after the older copy that this
    // server was set back to.
    let mut passed_over = 0_usize;
    for (channel, seq) in cursors
        .values()
        .map(|cursor| (cursor.channel.as_str(), cursor.seq))
        .chain(repairs.values().map(|repair| (repair.channel.as_str(), 0)))
    {
        let repaired = repairs.contains_key(channel);
        if !repaired && (seq == 0 || reading.channel_head(channel)?.is_some()) {
            passed_over += 1;
            continue;
        }
        if !answer.news.channels.iter().any(|told| told.channel == channel) {
            answer.news.channels.push(ChannelNews {
                channel: channel.to_owned(),
                after: if repaired { 0 } else { seq },
                entries: Vec::new(),
                set: SetHash::default(),
                more: false,
                differs: !repaired,
                repaired,
            });
        }
    }
    if passed_over > 0 {
        tracing::debug!(channels = passed_over, "asked for channels of others");
    }
    Ok(answer.news)
}

struct Answer<'a> {
    reading: &'a Reading<'a>,
    own: &'a HashMap<EnvelopeId, u64>,
    /// The phone last spoke with another life of the server.
    restored: bool,
    /// Budget left.
    bytes: u64,
    entries: usize,
    news: News,
}

impl Answer<'_> {
    /// Everything after the phone's cursor.
    fn continues(&mut self, access: &Access, cursor: Option<&Cursor>) -> Result<(), StoreError> {
        let head = self.reading.channel_head(&access.channel)?.unwrap_or_default();
        let (seq, set) = cursor.map_or((0, SetHash::default()), |cursor| (cursor.seq, cursor.set));
        let until = access.until.map_or(head.seq, |until| until.min(head.seq));
        let here = self.reading.set_at(&access.channel, seq)?;
        let differs = here != Some(set) || (self.restored && seq > 0);
        if seq >= until && !differs {
            return Ok(());
        }
        let mut told = ChannelNews {
            channel: access.channel.clone(),
            after: seq,
            entries: Vec::new(),
            set: here.unwrap_or(head.set),
            more: false,
            differs,
            repaired: false,
        };
        if seq < until {
            self.fill(&mut told, until, |_| None)?;
        }
        self.news.channels.push(told);
        Ok(())
    }

    /// The whole channel, naming by fingerprint what the phone has.
    fn repair(&mut self, access: &Access, repair: &Repair) -> Result<(), StoreError> {
        let head: ChannelHead = self.reading.channel_head(&access.channel)?.unwrap_or_default();
        let until = access.until.map_or(head.seq, |until| until.min(head.seq));
        let has: HashSet<[u8; 8]> = repair.fingerprints.iter().copied().collect();
        let mut told = ChannelNews {
            channel: access.channel.clone(),
            after: 0,
            entries: Vec::new(),
            set: SetHash::default(),
            more: false,
            differs: false,
            repaired: true,
        };
        self.fill(&mut told, until, |entry| {
            let print = EntryHash::of(entry.kind, &entry.id).fingerprint(repair.seed);
            has.contains(&print).then_some(print)
        })?;
        self.news.channels.push(told);
        Ok(())
    }

    /// Adds entries until the channel or the budget ends. At least one entry of an answer always
    /// goes, so that a thing larger than the budget blocks nobody.
    fn fill(
        &mut self,
        told: &mut ChannelNews,
        until: u64,
        has: impl Fn(&FeedEntry) -> Option<[u8; 8]>,
    ) -> Result<(), StoreError> {
        let mut after = told.after;
        while after < until {
            let page = self.reading.feed_between(&told.channel, after, until, PAGE)?;
            if page.is_empty() {
                return Err(StoreError::Damaged("channel with a gap"));
            }
            for entry in page {
                let (shown, cost) = match has(&entry) {
                    Some(print) => (Shown::Plain(Entry::Have(print)), 10),
                    None => self.show(&entry)?,
                };
                let first = self.news.channels.is_empty() && told.entries.is_empty();
                if !first && (self.entries == 0 || cost > self.bytes) {
                    told.more = true;
                    return Ok(());
                }
                self.bytes = self.bytes.saturating_sub(cost);
                self.entries = self.entries.saturating_sub(1);
                told.entries.push(match shown {
                    Shown::Plain(entry) => entry,
                    Shown::Change(change) => {
                        self.news.changes.push(*change);
                        Entry::Change
                    }
                });
                told.set = entry.set;
                after = entry.seq;
            }
        }
        Ok(())
    }

    fn show(&self, entry: &FeedEntry) -> Result<(Shown, u64), StoreError> {
        let thing = |bytes: Option<Vec<u8>>| bytes.ok_or(StoreError::Damaged("feed entry"));
        let shown = match entry.kind {
            EntryKind::Change => {
                let id = EnvelopeId(entry.id);
                if let Some(row) = self.own.get(&id) {
                    return Ok((Shown::Plain(Entry::Own(*row)), 3));
                }
                let row = self.reading.envelope(id)?.ok_or(StoreError::Damaged("feed entry"))?;
                let cost = row.change.len() as u64 + ROW_BYTES;
                return Ok((Shown::Change(Box::new(travelling(&row)?)), cost));
            }
            EntryKind::Certificate => {
                let id = lastmile_core::id::CertificateId(entry.id);
                Entry::Certificate(thing(self.reading.certificate(id)?)?)
            }
            EntryKind::Transition => Entry::Transition(thing(self.reading.transition(&entry.id)?)?),
            EntryKind::Pack => Entry::Pack(thing(self.reading.pack(&entry.id)?)?),
        };
        let cost = match &shown {
            Entry::Certificate(bytes) | Entry::Transition(bytes) | Entry::Pack(bytes) => {
                bytes.len() as u64
            }
            _ => 0,
        };
        Ok((Shown::Plain(shown), cost))
    }
}

enum Shown {
    Plain(Entry),
    Change(Box<SignedChange>),
}
