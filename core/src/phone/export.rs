//! A case as one file, written by the phone that has it, without the court: the feeds it holds, the
//! receipts it verified, the originals that are still here. It proves what the same file of the court's
//! server proves, up to this phone's newest checkpoint; what has not reached the court is not in it.
//! What the file is, and what a party does not see, is [`crate::export`]'s.

use std::collections::BTreeSet;
use std::io::{Read as _, Write};

use super::exchange::kind_of;
use super::proof::{blind_key, known_tree};
use super::{Phone, PhoneError};
use crate::envelope::Body;
use crate::export::chain::{Chain, ChainEntry, Chains, Content};
use crate::export::proof::{Grown, Held, Proofs, groups};
use crate::export::{Draft, Edition, ExportError, Report, build};
use crate::id::{BlobHash, EnvelopeId, sha256};
use crate::identity::Canonical;
use crate::log::Blind;
use crate::pack::signed::SignedPack;
use crate::records::{Label, Role};
use crate::store::{CheckpointRow, FeedEntry, ReadTx, StoreError};
use crate::sync::channel::{DIRECTORY, EntryKind, of_case};
use crate::vault::VaultError;

/// Larger files are named as left out; each is held in memory once.
const MAX_PHOTO: u64 = 64 << 20;
/// All files together: an export is one archive of less than 4 GiB.
const MAX_PHOTOS: u64 = 3 << 30;

/// Those who may take a whole case out of the phone.
const EXPORTERS: &[Role] = &[Role::Officer, Role::Clerk, Role::Command, Role::President];

/// Nothing was exported. The file that was begun is worth nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneExportError {
    /// The phone.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The file.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// No such case on this phone, or not one of the person signed in.
    #[error("no such case of the person signed in on this phone")]
    UnknownCase,
    /// The person signed in has no role that takes a case out.
    #[error("only officers, clerks, the command centre and presidents export a case")]
    Role,
    /// The phone was not yet proved all of the case.
    #[error("this phone does not hold all of the case with its proofs")]
    NotWhole,
    /// The phone no longer has something that belongs into the file, or can no longer prove it.
    #[error(
        "this phone does not keep all that the file needs; the court's server exports the case"
    )]
    CourtOnly,
    /// The certificate of the person signed in was withdrawn.
    #[error("the certificate of the person signed in was withdrawn")]
    Withdrawn,
    /// Parts of the case were proved only in a log that was lost with its server.
    #[error("parts of the case are proved only in the log before the court's restore")]
    LogRestored,
}

impl PhoneExportError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Phone(error) => error.code(),
            Self::Export(error) => error.code(),
            Self::UnknownCase => "case_unknown",
            Self::Role => "export_role",
            Self::NotWhole => "export_not_whole",
            Self::CourtOnly => "export_court_only",
            Self::Withdrawn => "export_withdrawn",
            Self::LogRestored => "export_log_restored",
        }
    }

    /// What to tell the officer, where the way out is the officer's.
    pub fn sentence(&self) -> Option<Label> {
        Some(match self {
            Self::Phone(error) => return error.sentence(),
            Self::Export(ExportError::NoCheckpoint) | Self::NotWhole => Label::new(
                "本机尚未取得本案的全部记录及回执,请联网同步后再导出",
                "This phone does not have all of the case with its receipts yet: sync, then export.",
            ),
            Self::Export(ExportError::TooLarge) | Self::CourtOnly => Label::new(
                "本案内容手机保存不全,无法导出,请由法院服务器导出",
                "The phone does not keep all of this case: have the court's server export it.",
            ),
            Self::Withdrawn => Label::new(
                "您在本机的证书已被吊销,不能导出案件",
                "Your certificate on this phone was withdrawn; it exports no case.",
            ),
            Self::Export(_) => return None,
            Self::UnknownCase => Label::new(
                "本机没有该案件,或您不是该案人员",
                "This phone has no such case, or you do not belong to it.",
            ),
            Self::Role => Label::new(
                "案件导出须由执行人员、书记员或指挥中心办理",
                "Officers, clerks and the command centre export cases.",
            ),
            Self::LogRestored => Label::new(
                "法院服务器曾恢复数据,本机不能完整证明此前的记录,请由法院服务器导出",
                "The court's server was restored; this phone cannot prove what came before. Have the server export the case.",
            ),
        })
    }
}

impl From<StoreError> for PhoneExportError {
    fn from(error: StoreError) -> Self {
        Self::Phone(error.into())
    }
}

/// What was written.
#[derive(Debug)]
pub struct CaseExport<W> {
    /// Where it was written to.
    pub out: W,
    /// What a verifier will say of it.
    pub report: Report,
    /// Changes of the case on this phone that the court does not have yet, and that are not in the file.
    pub left_out: u64,
}

impl Phone {
    /// Writes the file of a case of the person signed in to `out`, signed with that person's key. Needs no
    /// network. Originals that are not on this phone are named as absent.
    pub fn export_case<W: Write>(
        &self,
        case_no: &str,
        edition: Edition,
        out: W,
    ) -> Result<CaseExport<W>, PhoneExportError> {
        let acting = self.signed_in()?;
        let signer = self.signer(acting.certificate).ok_or(PhoneError::NotSignedIn)?;
        let directory = self.directory().clone();
        let certificate = directory.get(&acting.certificate).ok_or(PhoneError::NotSignedIn)?;
        if !certificate.payload().known_roles().any(|role| EXPORTERS.contains(&role)) {
            return Err(PhoneExportError::Role);
        }
        if self.is_withdrawn(&acting.certificate) {
            return Err(PhoneExportError::Withdrawn);
        }
        let mut eyes = self.eyes()?;
        let channel = of_case(case_no);
        let (chains, proofs, left_out) = self.store.read::<_, PhoneExportError>(|tx| {
            if tx.channel(&channel)?.is_none() || !eyes.see(tx, &channel, None)? {
                return Err(PhoneExportError::UnknownCase);
            }
            let newest = tx.newest_checkpoint()?.ok_or(ExportError::NoCheckpoint)?;
            let chains =
                Chains(vec![chain(tx, &newest, &channel)?, chain(tx, &newest, DIRECTORY)?]);
            let proofs = proofs(tx, &newest, &chains)?;
            Ok((chains, proofs, tx.not_with_court(&channel)?))
        })?;
        let draft = Draft {
            case_no: case_no.to_owned(),
            edition,
            made_at_ms: self.device_ms(),
            directory: &directory,
            chains,
            proofs,
            certificate: acting.certificate,
        };
        let mut room = MAX_PHOTOS;
        let photos = &mut |hash| self.exported_photo(hash, &mut room);
        let (out, report) = build(&self.kinds, draft, signer.as_ref(), photos, out)?;
        Ok(CaseExport { out, report, left_out })
    }

    /// The bytes of a photo, or the code of why they are not given.
    fn exported_photo(&self, hash: BlobHash, room: &mut u64) -> Result<Vec<u8>, String> {
        // What cannot be read is another matter than what was never here, and is said as it is.
        let gone = |error: PhoneError| match error {
            PhoneError::NoFile | PhoneError::File(VaultError::Absent) => {
                "not_on_this_phone".to_owned()
            }
            other => other.code().to_owned(),
        };
        let small = self.store.read::<_, PhoneError>(|tx| Ok(tx.evidence(hash)?)).map_err(gone)?;
        let bytes = if let Some(bytes) = small {
            bytes
        } else {
            let limit = MAX_PHOTO.min(*room);
            let mut bytes = Vec::new();
            let reader = self.open_original(hash).map_err(gone)?;
            reader.take(limit + 1).read_to_end(&mut bytes).map_err(|_| "damaged".to_owned())?;
            if bytes.len() as u64 > limit {
                return Err("left_out".to_owned());
            }
            bytes
        };
        *room = room.saturating_sub(bytes.len() as u64);
        // A file that has changed since it was kept proves nothing.
        if BlobHash(sha256(&bytes)) == hash { Ok(bytes) } else { Err("damaged".to_owned()) }
    }
}

/// A feed from its first entry, each with its place under `newest`'s log.
fn chain(
    tx: &ReadTx<'_>,
    newest: &CheckpointRow,
    channel: &str,
) -> Result<Chain, PhoneExportError> {
    let blind = tx.setting(&blind_key(channel))?.and_then(|bytes| bytes.try_into().ok());
    let blind = Blind(blind.ok_or(PhoneExportError::NotWhole)?);
    let entries = tx.feed(channel, 0, u32::MAX)?.into_iter().map(|entry| {
        let place = tx.feed_place(channel, entry.seq)?.ok_or(PhoneExportError::NotWhole)?;
        if tx.origin_of_proof(place.proof)?.as_deref() != Some(newest.origin.as_str()) {
            return Err(PhoneExportError::LogRestored);
        }
        Ok(ChainEntry { index: place.index, content: content(tx, channel, &entry)? })
    });
    let entries = entries.collect::<Result<_, PhoneExportError>>()?;
    Ok(Chain { channel: channel.to_owned(), blind, entries })
}

/// What an entry carries, from where this phone keeps it.
fn content(tx: &ReadTx<'_>, channel: &str, entry: &FeedEntry) -> Result<Content, PhoneExportError> {
    const NOT_WHOLE: PhoneExportError = PhoneExportError::NotWhole;
    let id = <[u8; 32]>::try_from(entry.ref_id.as_slice()).map_err(|_| NOT_WHOLE)?;
    Ok(match kind_of(&entry.kind)? {
        EntryKind::Change => {
            let row = tx.log_row(EnvelopeId(id))?.ok_or(NOT_WHOLE)?.row;
            let signature = row.signature.ok_or(NOT_WHOLE)?;
            Content::Change { body: row.body, signature, change: row.change }
        }
        EntryKind::Certificate => Content::Certificate(id),
        EntryKind::Transition => Content::Transition(entry.bytes.clone().ok_or(NOT_WHOLE)?),
        EntryKind::Pack => {
            let bytes = match &entry.bytes {
                Some(bytes) => bytes.clone(),
                None => in_force(tx, channel, id)?,
            };
            let pack = SignedPack::from_bytes(&bytes).map_err(|_| NOT_WHOLE)?;
            let (header, signature, payload) = pack.raw_parts();
            Content::Pack {
                header: header.to_vec(),
                signature: signature.to_vec(),
                payload: Ok(payload.to_vec()),
            }
        }
    })
}

/// A pack too large for the feed; it is kept while it is in force.
fn in_force(tx: &ReadTx<'_>, channel: &str, id: [u8; 32]) -> Result<Vec<u8>, PhoneExportError> {
    let is_it = |bytes: &[u8]| SignedPack::from_bytes(bytes).is_ok_and(|pack| pack.id() == id);
    let mut packs = tx.packs_of_channel(channel)?.into_iter();
    let found = packs.find(|row| is_it(&row.bytes));
    Ok(found.ok_or(PhoneExportError::CourtOnly)?.bytes)
}

/// One proof for all entries under the newest checkpoint; every checkpoint this phone verified that gives
/// one of them a time; and that the log begins with those that authors named.
fn proofs(
    tx: &ReadTx<'_>,
    newest: &CheckpointRow,
    chains: &Chains,
) -> Result<Proofs, PhoneExportError> {
    let known = known_tree(tx, &newest.origin)?;
    let mut sizes = BTreeSet::from([newest.size]);
    let (mut held, mut older) = (BTreeSet::new(), BTreeSet::new());
    for chain in &chains.0 {
        for entry in &chain.entries {
            let covering = tx.checkpoint_covering(&newest.origin, entry.index)?;
            sizes.extend(covering.map(|row| row.size));
            let Content::Change { body, .. } = &entry.content else { continue };
            let named = Body::decode(body).ok().and_then(|body| body.checkpoint);
            let Some(named) = named.filter(|named| named.size > 0) else { continue };
            match tx.checkpoint(named.size, &named.root)? {
                Some(row) if row.origin == newest.origin => sizes.insert(row.size),
                Some(row) => older.insert(row.note),
                None => held.insert(named.size),
            };
        }
    }
    let mut checkpoints = Vec::with_capacity(sizes.len());
    for size in &sizes {
        // One of which the growth was never proved gives no time; the next one does.
        let Ok(growth) = known.prove_growth(*size, newest.size) else { continue };
        let row =
            tx.checkpoint_of_size(&newest.origin, *size)?.ok_or(PhoneExportError::NotWhole)?;
        checkpoints.push(Grown { note: row.note, growth });
    }
    // A colleague's checkpoint that no receipt proved, or of a log that was lost, is the court's to prove.
    let held = held.difference(&sizes).map(|size| {
        let growth = known.prove_growth(*size, newest.size);
        Ok(Held { size: *size, growth: growth.map_err(|_| PhoneExportError::CourtOnly)? })
    });
    let held = held.collect::<Result<_, PhoneExportError>>()?;
    let older = older.into_iter().collect();
    let checkpoint = (checkpoints.len() as u64).saturating_sub(1);
    let prove = |indices: &[u64]| known.prove(indices, newest.size);
    let groups = groups(chains, checkpoint, prove).map_err(|_| PhoneExportError::CourtOnly)?;
    Ok(Proofs { checkpoints, held, older, waited: Vec::new(), groups })
}
