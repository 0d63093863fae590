//! What the server answers: a verdict on every change offered, and what is new in every channel the
//! person may read.

use super::batch::{self, SignedChange};
use super::channel::{MAX_NAME, SetHash};
use super::request::{MAX_CHANNELS, MAX_FINGERPRINTS};
use crate::id::ServerEpoch;
use crate::identity::canonical::{CanonicalError, Reader, Writer};

/// What became of one offered change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Part of the record, durable on the server.
    Accepted,
    /// The server had it already.
    Known,
    /// Kept, waiting for something; code of [`crate::document::Hold`].
    Held(String),
    /// Kept for a person to decide; code.
    Quarantined(String),
    /// Refused for good; code of [`crate::document::Refusal`] or of the envelope.
    Rejected(String),
}

impl Outcome {
    fn code(&self) -> (u64, &str) {
        match self {
            Self::Accepted => (0, ""),
            Self::Known => (1, ""),
            Self::Held(reason) => (2, reason),
            Self::Quarantined(reason) => (3, reason),
            Self::Rejected(reason) => (4, reason),
        }
    }

    fn from_code(code: u64, reason: &str) -> Option<Self> {
        Some(match code {
            0 => Self::Accepted,
            1 => Self::Known,
            2 => Self::Held(reason.to_owned()),
            3 => Self::Quarantined(reason.to_owned()),
            4 => Self::Rejected(reason.to_owned()),
            _ => return None,
        })
    }
}

/// One entry of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The change offered in row `0..` of this very request.
    Own(u64),
    /// The next change of the answer's batch.
    Change,
    /// A certificate.
    Certificate(Vec<u8>),
    /// A server-signed transition.
    Transition(Vec<u8>),
    /// A server-signed pack.
    Pack(Vec<u8>),
    /// In a repair: an entry the phone has, by fingerprint.
    Have([u8; 8]),
}

/// News of one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelNews {
    /// Channel name.
    pub channel: String,
    /// Sequence of the entry before the first one here.
    pub after: u64,
    /// Entries, numbered `after + 1` onwards.
    pub entries: Vec<Entry>,
    /// The server's set hash after the last entry here.
    pub set: SetHash,
    /// Whether the channel goes on.
    pub more: bool,
    /// The phone's copy differs (or is ahead): send a repair.
    pub differs: bool,
    /// These entries answer a repair: they are the whole channel from the start.
    pub repaired: bool,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncResponse {
    /// The server's life; another one than before means it was restored.
    pub server_epoch: ServerEpoch,
    /// The server's clock, milliseconds since 1970, for showing the phone's skew.
    pub server_ms: i64,
    /// One outcome per change offered, in order.
    pub outcomes: Vec<Outcome>,
    /// Answer to a probe: sequences the server has of the phone's epoch, as closed ranges.
    pub have: Vec<(u64, u64)>,
    /// News by channel.
    pub news: Vec<ChannelNews>,
    /// The changes that entries of kind [`Entry::Change`] stand for, in order.
    pub changes: Vec<SignedChange>,
    /// What the court's log proves about the entries: an encoded [`crate::log::Receipt`].
    pub receipt: Option<Vec<u8>>,
}

const MAX_ENTRIES: u64 = 200_000;
const MAX_THING: usize = 5 * 1024 * 1024;

impl SyncResponse {
    /// The plain message.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.array(8);
        out.uint(2);
        out.bytes(self.server_epoch.as_bytes());
        out.int(self.server_ms);
        write_runs(&mut out, &self.outcomes);
        out.array(self.have.len() as u64);
        for (from, to) in &self.have {
            out.array(2);
            out.uint(*from);
            out.uint(*to);
        }
        out.array(self.news.len() as u64);
        for news in &self.news {
            write_news(&mut out, news);
        }
        batch::write(&mut out, &self.changes);
        out.optional(self.receipt.as_deref(), Writer::bytes);
        out.into_bytes()
    }

    /// Reads a plain message of `court`'s server.
    pub fn decode(bytes: &[u8], court: &str) -> Result<Self, CanonicalError> {
        let mut input = Reader::new(bytes);
        let fields = input.array()?;
        let version = input.uint()?;
        if version != 2 {
            return Err(CanonicalError::UnsupportedVersion { tag: "sync-response", version });
        }
        if fields != 8 {
            return Err(CanonicalError::Malformed);
        }
        let server_epoch = ServerEpoch(input.fixed("server_epoch")?);
        let server_ms = input.int()?;
        let outcomes = read_runs(&mut input)?;
        let mut have = Vec::new();
        for _ in 0..input.array_up_to(MAX_ENTRIES, "have")? {
            input.array_of(2)?;
            have.push((input.uint()?, input.uint()?));
        }
        let mut news = Vec::new();
        for _ in 0..input.array_up_to(MAX_CHANNELS, "news")? {
            news.push(read_news(&mut input)?);
        }
        let changes = batch::read(&mut input, court)?
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| CanonicalError::Malformed)?;
        let receipt = input.optional(|input| input.bytes(MAX_THING, "receipt"))?;
        let receipt = receipt.map(<[u8]>::to_vec);
        input.finish()?;
        Ok(Self { server_epoch, server_ms, outcomes, have, news, changes, receipt })
    }
}

/// Equal outcomes in a row are one item: the usual day is one run of `Accepted`.
fn write_runs(out: &mut Writer, outcomes: &[Outcome]) {
    let runs: Vec<&[Outcome]> = outcomes.chunk_by(|one, other| one == other).collect();
    out.array(runs.len() as u64);
    for run in runs {
        let (code, reason) = run.first().map_or((0, ""), Outcome::code);
        out.array(3);
        out.uint(run.len() as u64);
        out.uint(code);
        out.text(reason);
    }
}

fn read_runs(input: &mut Reader<'_>) -> Result<Vec<Outcome>, CanonicalError> {
    let mut outcomes = Vec::new();
    for _ in 0..input.array_up_to(batch::MAX_CHANGES, "outcomes")? {
        input.array_of(3)?;
        let length = input.uint()?;
        let code = input.uint()?;
        let reason = input.text(64, "reason")?;
        let outcome =
            Outcome::from_code(code, reason).ok_or(CanonicalError::Bound { field: "outcome" })?;
        if length > batch::MAX_CHANGES - outcomes.len() as u64 {
            return Err(CanonicalError::Bound { field: "outcomes" });
        }
        outcomes.extend((0..length).map(|_| outcome.clone()));
    }
    Ok(outcomes)
}

fn write_news(out: &mut Writer, news: &ChannelNews) {
    out.array(7);
    out.text(&news.channel);
    out.uint(news.after);
    let runs = runs_of(&news.entries);
    out.array(runs.len() as u64);
    for (entry, length) in runs {
        match entry {
            Entry::Own(first) => {
                out.array(3);
                out.uint(0);
                out.uint(*first);
                out.uint(length);
            }
            Entry::Change => {
                out.array(2);
                out.uint(1);
                out.uint(length);
            }
            Entry::Certificate(bytes) | Entry::Transition(bytes) | Entry::Pack(bytes) => {
                out.array(2);
                out.uint(match entry {
                    Entry::Certificate(_) => 2,
                    Entry::Transition(_) => 3,
                    _ => 4,
                });
                out.bytes(bytes);
            }
            Entry::Have(print) => {
                out.array(2);
                out.uint(5);
                out.bytes(print);
            }
        }
    }
    out.bytes(&news.set.0);
    out.bool(news.more);
    out.bool(news.differs);
    out.bool(news.repaired);
}

/// Entries with how often each repeats; consecutive own rows count as repetition of the first.
fn runs_of(entries: &[Entry]) -> Vec<(&Entry, u64)> {
    let mut runs: Vec<(&Entry, u64)> = Vec::new();
    for entry in entries {
        match (runs.last_mut(), entry) {
            (Some((Entry::Own(first), length)), Entry::Own(row)) if *first + *length == *row => {
                *length += 1;
            }
            (Some((Entry::Change, length)), Entry::Change) => *length += 1,
            _ => runs.push((entry, 1)),
        }
    }
    runs
}

fn read_news(input: &mut Reader<'_>) -> Result<ChannelNews, CanonicalError> {
    input.array_of(7)?;
    let channel = input.text(MAX_NAME, "channel")?.to_owned();
    let after = input.uint()?;
    let mut entries = Vec::new();
    for _ in 0..input.array_up_to(MAX_ENTRIES, "entries")? {
        let parts = input.array()?;
        let kind = input.uint()?;
        let room = MAX_ENTRIES.saturating_sub(entries.len() as u64);
        let bounded = |length: u64| {
            if length <= room {
                Ok(length)
            } else {
                Err(CanonicalError::Bound { field: "entries" })
            }
        };
        match (kind, parts) {
            (0, 3) => {
                let first = input.uint()?;
                let length = bounded(input.uint()?)?;
                entries.extend((0..length).map(|n| Entry::Own(first.saturating_add(n))));
            }
            (1, 2) => {
                let length = bounded(input.uint()?)?;
                entries.extend((0..length).map(|_| Entry::Change));
            }
            (2, 2) => entries.push(Entry::Certificate(input.bytes(4_096, "certificate")?.to_vec())),
            (3, 2) => {
                entries.push(Entry::Transition(input.bytes(MAX_THING, "transition")?.to_vec()));
            }
            (4, 2) => entries.push(Entry::Pack(input.bytes(MAX_THING, "pack")?.to_vec())),
            (5, 2) => entries.push(Entry::Have(input.fixed("have")?)),
            _ => return Err(CanonicalError::Bound { field: "entry" }),
        }
    }
    if entries.len() > MAX_FINGERPRINTS {
        return Err(CanonicalError::Bound { field: "entries" });
    }
    Ok(ChannelNews {
        channel,
        after,
        entries,
        set: SetHash(input.fixed("set")?),
        more: input.bool()?,
        differs: input.bool()?,
        repaired: input.bool()?,
    })
}
