//! One case's file from the database: its feed and the directory's, whole, with proof that all of it
//! stands in the court's log. What the file is, and what a party does not see, is
//! [`lastmile_core::export`]'s.

use std::collections::BTreeSet;
use std::io::Write;

use lastmile_core::envelope::Body;
use lastmile_core::export::chain::{Chain, ChainEntry, Chains, Content};
use lastmile_core::export::proof::{Grown, Held, Proofs, Waited, groups};
use lastmile_core::export::{Draft, Edition, ExportError, Report, build};
use lastmile_core::id::{BlobHash, EnvelopeId, sha256};
use lastmile_core::identity::{Canonical, Directory};
use lastmile_core::log::receipt::WAITING;
use lastmile_core::log::tree;
use lastmile_core::pack::signed::SignedPack;
use lastmile_core::sync::channel::{DIRECTORY, EntryKind, of_case};

use crate::files::depot::{Place, wait};
use crate::files::trouble;
use crate::server::Server;
use crate::store::{LogEntry, Reading, StoreError};

/// Larger files are named as left out; each is held in memory once.
const MAX_PHOTO: u64 = 256 << 20;
/// All files together: an export is one archive of less than 4 GiB.
const MAX_PHOTOS: u64 = 3 << 30;

/// Nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum CaseExportError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// No such case here.
    #[error("the court's server knows no such case")]
    UnknownCase,
}

impl CaseExportError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Export(error) => error.code(),
            Self::UnknownCase => "case_unknown",
        }
    }
}

/// Writes the file of a case to `out`, signed by this server; gives what a verifier will say of it.
/// Photos come from the store of files; those the court does not have are named as absent, with the reason.
pub fn case<W: Write>(
    server: &Server,
    case_no: &str,
    edition: Edition,
    out: W,
) -> Result<(W, Report), CaseExportError> {
    let directory = server.directory()?;
    let (chains, proofs) = server.store().read::<_, CaseExportError>(|reading| {
        let channel = of_case(case_no);
        if reading.channel_head(&channel)?.is_none() {
            return Err(CaseExportError::UnknownCase);
        }
        let chains = Chains(vec![chain(reading, &channel)?, chain(reading, DIRECTORY)?]);
        let proofs = proofs(reading, server.sequencer().origin(), &directory, &chains)?;
        Ok((chains, proofs))
    })?;
    let draft = Draft {
        case_no: case_no.to_owned(),
        edition,
        made_at_ms: server.now_ms(),
        directory: &directory,
        chains,
        proofs,
        certificate: server.keys().server.certificate,
    };
    let signer = server.keys().server.signer.as_ref();
    let mut room = MAX_PHOTOS;
    let photos = &mut |hash| photo(server, hash, &mut room);
    Ok(build(server.kinds(), draft, signer, photos, out)?)
}

/// The bytes of a photo, or the code of why they are not given.
fn photo(server: &Server, hash: BlobHash, room: &mut u64) -> Result<Vec<u8>, String> {
    let row = server
        .store()
        .read::<_, StoreError>(|reading| Ok((reading.file(hash)?, reading.file_trouble(hash)?)))
        .map_err(|error| error.code().to_owned())?;
    match row {
        (Some(row), _) if row.bytes > MAX_PHOTO.min(*room) => Err("left_out".to_owned()),
        (Some(row), _) => {
            *room -= row.bytes;
            let bytes = wait(server.files().depot.read(Place::Original(hash), MAX_PHOTO))
                .map_err(|error| error.code().to_owned())?;
            // A file that has changed since it was stored proves nothing.
            let sound = BlobHash(sha256(&bytes)) == hash;
            if sound { Ok(bytes) } else { Err(trouble::DAMAGED.to_owned()) }
        }
        (None, Some(code)) => Err(code),
        (None, None) => Err("not_received".to_owned()),
    }
}

fn chain(reading: &Reading<'_>, channel: &str) -> Result<Chain, StoreError> {
    let end = reading.channel_head(channel)?.unwrap_or_default().seq;
    let entries = reading
        .log_entries(channel, 0, end)?
        .iter()
        .map(|entry| Ok(ChainEntry { index: entry.index, content: content(reading, entry)? }))
        .collect::<Result<_, StoreError>>()?;
    Ok(Chain { channel: channel.to_owned(), blind: reading.blind(channel)?, entries })
}

fn content(reading: &Reading<'_>, entry: &LogEntry) -> Result<Content, StoreError> {
    const MISSING: StoreError = StoreError::Damaged("feed entry");
    Ok(match entry.kind {
        EntryKind::Change => {
            let row = reading.envelope(EnvelopeId(entry.id))?.ok_or(MISSING)?;
            let signature = row.signature.to_vec();
            Content::Change { body: row.body, signature, change: row.change }
        }
        EntryKind::Certificate => Content::Certificate(entry.id),
        EntryKind::Transition => {
            Content::Transition(reading.transition(&entry.id)?.ok_or(MISSING)?)
        }
        EntryKind::Pack => {
            let bytes = reading.pack(&entry.id)?.ok_or(MISSING)?;
            let pack = SignedPack::from_bytes(&bytes).map_err(|_| MISSING)?;
            let (header, signature, payload) = pack.raw_parts();
            Content::Pack {
                header: header.to_vec(),
                signature: signature.to_vec(),
                payload: Ok(payload.to_vec()),
            }
        }
    })
}

/// One proof for all entries under the newest checkpoint; every checkpoint that gives one of them a time: the
/// first that covers it, and the one its author held; and what had waited here before its author was withdrawn.
fn proofs(
    reading: &Reading<'_>,
    origin: &str,
    directory: &Directory,
    chains: &Chains,
) -> Result<Proofs, CaseExportError> {
    let newest = reading.newest_checkpoint(origin)?.ok_or(ExportError::NoCheckpoint)?;
    let mut sizes = BTreeSet::from([newest.size]);
    let mut named = BTreeSet::new();
    let mut waited = Vec::new();
    for chain in &chains.0 {
        for entry in &chain.entries {
            let covering = reading.checkpoint_covering(origin, entry.index)?;
            sizes.extend(covering.map(|row| row.size));
            let Content::Change { body, .. } = &entry.content else { continue };
            let Ok(body) = Body::decode(body) else { continue };
            let held = body.checkpoint.filter(|held| held.size > 0);
            named.extend(held.map(|held| (held.size, held.root)));
            if directory.withdrawn(&body.certificate).is_some() {
                waited.extend(waited_as(reading, newest.size, body.id())?);
            }
        }
    }
    let tree = reading.log_tree();
    let (mut held, mut older) = (BTreeSet::new(), Vec::new());
    for (size, root) in named {
        if size <= newest.size && tree::root(size, &tree).map_err(damaged)? == root {
            match reading.checkpoint_of_size(origin, size)? {
                Some(_) => sizes.insert(size),
                None => held.insert(size),
            };
        } else if let Some(row) = reading.checkpoint_named(size, &root)? {
            older.push(row.note);
        }
        // Else an author names a checkpoint that this log never had: the verifier will say so.
    }
    let growth = |size| tree::prove_growth(size, newest.size, &tree).map_err(damaged);
    let mut checkpoints = Vec::with_capacity(sizes.len());
    for size in sizes {
        let row = reading.checkpoint_of_size(origin, size)?.ok_or(damaged(()))?;
        checkpoints.push(Grown { note: row.note, growth: growth(size)? });
    }
    let held = held.into_iter().map(|size| Ok(Held { size, growth: growth(size)? }));
    let held = held.collect::<Result<_, StoreError>>()?;
    let checkpoint = (checkpoints.len() as u64).saturating_sub(1);
    let prove = |places: &[u64]| tree::prove(places, newest.size, &tree).map_err(damaged);
    let groups = groups(chains, checkpoint, prove)?;
    Ok(Proofs { checkpoints, held, older, waited, groups })
}

fn damaged<E>(_: E) -> StoreError {
    StoreError::Damaged("log tree")
}

/// The leaf of a change among what waits, when it had to wait.
fn waited_as(
    reading: &Reading<'_>,
    size: u64,
    envelope: EnvelopeId,
) -> Result<Option<Waited>, StoreError> {
    let Some(entry) = reading.log_entry_of(WAITING, EntryKind::Change, &envelope.0)? else {
        return Ok(None);
    };
    let before = entry.seq.saturating_sub(2);
    let previous = reading.log_entries(WAITING, before, entry.seq - 1)?;
    Ok(Some(Waited {
        envelope,
        index: entry.index,
        blind: reading.blind(WAITING)?,
        sequence: entry.seq,
        previous: previous.first().map(|entry| entry.leaf),
        proof: tree::prove(&[entry.index], size, &reading.log_tree()).map_err(damaged)?,
    }))
}
