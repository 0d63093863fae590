//! Files to the court: strokes and small pictures first, originals last; in pieces that grow while the
//! link is good and shrink when it breaks. What the court received of a piece stays received, so a broken
//! link costs at most the piece that was on its way. A file that cannot go on is passed over and says why;
//! one that somebody else is sending has a second turn at the end; records that wait always go first. One
//! file's turn is [`super::upload_turn`]'s.

use std::collections::BTreeSet;

use super::file_road::{Begun, FileRoad};
use super::file_token::FileTokens;
use super::transport::TransportError;
use super::upload_turn::Outcome;
use super::{Phone, PhoneError};
use crate::id::BlobHash;
use crate::store::{DerivedKind, UploadRow};
use crate::sync::files::{Metadata, upload_purpose};

/// Bytes of a piece, at least and at most.
const SMALLEST: usize = 64 << 10;
const LARGEST: usize = 1 << 20;
/// A piece that takes longer is made smaller, a faster one larger, milliseconds.
const SLOW_MS: u64 = 8_000;
const FAST_MS: u64 = 2_000;
/// Attempts at one file without any progress before it has to wait for the next contact; files in a row that end
/// so before the contact does.
pub(super) const PATIENCE: u32 = 3;
/// Setting: by which means pieces last got through.
const MEANS: &str = "upload means";
/// Somebody else writes to the upload.
pub(super) const BUSY: &str = "upload_busy";
/// Setting: bytes of the last piece that went well.
const PACE: &str = "upload pace";
/// Rows looked at together.
const PAGE: u32 = 64;

/// What may go now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadPolicy {
    /// Originals too. A court may keep them for Wi-Fi; small pictures and strokes go always.
    pub originals: bool,
}

/// How far an upload is, told after every piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The original this is about.
    pub original: BlobHash,
    /// The small picture made from it, or the original itself.
    pub kind: Option<DerivedKind>,
    /// Bytes of this file with the court.
    pub sent: u64,
    /// Bytes of this file.
    pub bytes: u64,
    /// Files finished in this contact.
    pub finished: usize,
}

/// What a contact did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadReport {
    /// Files the court has now.
    pub finished: usize,
    /// Bytes sent, those sent twice included.
    pub bytes: u64,
    /// Pieces that had to be sent again, or failed.
    pub repeated: usize,
    /// Files passed over, with the code that says why.
    pub waiting: Vec<(BlobHash, String)>,
    /// It stopped because records wait, or because the watcher said so. Sync, then come again.
    pub interrupted: bool,
}

/// A contact ended early. What was finished before stays finished; the rest goes on at the next one.
#[derive(Debug, thiserror::Error)]
#[error("{trouble}")]
pub struct UploadTrouble {
    /// What happened.
    pub trouble: Trouble,
    /// What was done before.
    pub report: UploadReport,
}

/// Why a contact ended.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The road.
    #[error(transparent)]
    Road(#[from] TransportError),
    /// The phone.
    #[error(transparent)]
    Phone(#[from] PhoneError),
}

impl UploadTrouble {
    /// Stable code.
    pub fn code(&self) -> &str {
        match &self.trouble {
            Trouble::Road(error) => error.code(),
            Trouble::Phone(error) => error.code(),
        }
    }
}

/// The state of one contact.
pub(super) struct Contact<'c> {
    pub road: &'c dyn FileRoad,
    pub watch: &'c mut dyn FnMut(Progress) -> bool,
    pub report: UploadReport,
    /// Bytes of the next piece.
    pub piece: usize,
    pub tokens: FileTokens,
    pub means: Means,
    /// Files in a row of which no piece got through although the court answers.
    blocked: u32,
}

/// By which request pieces go.
#[derive(Debug, Default)]
pub(super) struct Means {
    /// By [`FileRoad::append_instead`].
    pub instead: bool,
    /// Turned to it, or back, in this contact: that is tried once.
    pub turned: bool,
    /// A piece got through by them.
    pub worked: bool,
}

impl Phone {
    /// Uploads what may go. `watch` is told after every piece and ends the contact by answering `false`.
    pub fn upload(
        &self,
        road: &dyn FileRoad,
        policy: UploadPolicy,
        watch: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<UploadReport, UploadTrouble> {
        let mut contact = Contact {
            road,
            watch,
            report: UploadReport::default(),
            piece: self.pace().unwrap_or(4 * SMALLEST),
            tokens: FileTokens::default(),
            means: Means { instead: self.goes_instead(), ..Means::default() },
            blocked: 0,
        };
        let result = match self.make_all_pictures() {
            // Small pictures can be made another time. A full phone becomes less full by uploading only.
            Ok(()) | Err(PhoneError::File(_)) => Ok(()),
            Err(error) => Err(Trouble::from(error)),
        };
        let result = result.and_then(|()| self.ask_again(&mut contact));
        let result = result.and_then(|()| self.upload_all(policy, &mut contact));
        let kept = self.keep_pace(contact.piece).and_then(|()| self.keep_means(&contact.means));
        match result.and_then(|()| Ok(kept?)) {
            Ok(()) => Ok(contact.report),
            Err(trouble) => Err(UploadTrouble { trouble, report: contact.report }),
        }
    }

    fn upload_all(&self, policy: UploadPolicy, contact: &mut Contact<'_>) -> Result<(), Trouble> {
        let mut passed: BTreeSet<(BlobHash, Option<DerivedKind>)> = BTreeSet::new();
        let mut busy = Vec::new();
        loop {
            let most = PAGE.saturating_add(u32::try_from(passed.len()).unwrap_or(u32::MAX));
            let rows =
                self.store.read::<_, PhoneError>(|tx| Ok(tx.uploads(policy.originals, most)?))?;
            let open: Vec<UploadRow> = rows
                .into_iter()
                .filter(|row| !passed.contains(&(row.original, row.kind)))
                .collect();
            if open.is_empty() {
                break;
            }
            for row in open {
                match self.upload_one(&row, contact)? {
                    Outcome::Interrupted => {
                        contact.report.interrupted = true;
                        return Ok(());
                    }
                    Outcome::Busy => {
                        passed.insert((row.original, row.kind));
                        busy.push(row);
                    }
                    outcome => {
                        if !self.ended(&row, outcome, contact)? {
                            passed.insert((row.original, row.kind));
                        }
                    }
                }
            }
        }
        // Somebody else wrote to these; perhaps no longer.
        for row in busy {
            match self.upload_one(&row, contact)? {
                Outcome::Interrupted => {
                    contact.report.interrupted = true;
                    break;
                }
                outcome => self.ended(&row, outcome, contact).map(drop)?,
            }
        }
        Ok(())
    }

    /// Notes how a file's turn ended; whether the court has it now. When piece after piece of file after file
    /// does not get through, the contact ends.
    fn ended(
        &self,
        row: &UploadRow,
        outcome: Outcome,
        contact: &mut Contact<'_>,
    ) -> Result<bool, Trouble> {
        let code = match outcome {
            Outcome::Finished => {
                self.store.write::<_, PhoneError>(|tx| Ok(tx.set_uploaded(row)?))?;
                contact.report.finished += 1;
                contact.blocked = 0;
                return Ok(true);
            }
            Outcome::Blocked(error) => {
                contact.blocked += 1;
                if contact.blocked >= PATIENCE {
                    return Err(error.into());
                }
                error.code().to_owned()
            }
            Outcome::Busy => BUSY.to_owned(),
            Outcome::Waits(code) => code,
            Outcome::Interrupted => return Ok(false),
        };
        if row.kind.is_none() {
            self.store.write::<_, PhoneError>(|tx| Ok(tx.set_trouble(row.hash, Some(&code))?))?;
        }
        contact.report.waiting.push((row.hash, code));
        Ok(false)
    }

    /// Asks about originals in channels that this phone is to leave, as long as the court's word about
    /// them has not come: the court then says it in this phone's own channel.
    fn ask_again(&self, contact: &mut Contact<'_>) -> Result<(), Trouble> {
        for row in self.store.read::<_, PhoneError>(|tx| Ok(tx.unheard(PAGE)?))? {
            match self.announce(Metadata::original(row.hash), row.bytes, contact)? {
                Ok(begun) if begun.offset < row.bytes => {
                    self.store
                        .write::<_, PhoneError>(|tx| Ok(tx.offer_original_again(row.hash)?))?;
                }
                Ok(_) => {}
                Err(error @ TransportError::Problem { .. }) => {
                    contact.tokens.heal(&error);
                    contact.report.waiting.push((row.hash, error.code().to_owned()));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    pub(super) fn announce(
        &self,
        file: Metadata,
        bytes: u64,
        contact: &mut Contact<'_>,
    ) -> Result<Result<Begun, TransportError>, PhoneError> {
        let (road, purpose) = (contact.road, upload_purpose(file.hash));
        self.ask_about(&mut contact.tokens, &purpose, |ask| road.begin(ask, file, bytes))
    }

    /// Small pictures go first, so they are made first.
    fn make_all_pictures(&self) -> Result<(), PhoneError> {
        while self.make_pictures(PAGE)? > 0 {}
        Ok(())
    }

    /// Whether changes wait to be signed or sent: they go before any file.
    pub(super) fn records_wait(&self) -> Result<bool, PhoneError> {
        self.store.read(|tx| {
            let waits = tx.backlog()?;
            Ok(waits.unsigned + waits.pending > 0)
        })
    }

    fn pace(&self) -> Option<usize> {
        let bytes = self.store.read::<_, PhoneError>(|tx| Ok(tx.setting(PACE)?)).ok()??;
        let piece = u64::from_be_bytes(bytes.try_into().ok()?);
        Some(usize::try_from(piece).ok()?.clamp(SMALLEST, LARGEST))
    }

    /// Whether pieces went by the other means when they last got through.
    fn goes_instead(&self) -> bool {
        let kept = self.store.read::<_, PhoneError>(|tx| Ok(tx.setting(MEANS)?));
        kept.is_ok_and(|kept| kept.as_deref() == Some(b"instead"))
    }

    fn keep_means(&self, means: &Means) -> Result<(), PhoneError> {
        if !means.worked || means.instead == self.goes_instead() {
            return Ok(());
        }
        let kept: &[u8] = if means.instead { b"instead" } else { b"" };
        self.store.write(|tx| Ok(tx.set_setting(MEANS, kept)?))
    }

    fn keep_pace(&self, piece: usize) -> Result<(), PhoneError> {
        if self.pace() == Some(piece) {
            return Ok(());
        }
        self.store.write(|tx| Ok(tx.set_setting(PACE, &(piece as u64).to_be_bytes())?))
    }
}

impl Contact<'_> {
    /// A piece that took long, or did not get through, is followed by a smaller one.
    pub(super) fn pace(&mut self, went_well: bool, took_ms: u64) {
        self.piece = match (went_well, took_ms) {
            (true, ..FAST_MS) => self.piece.saturating_mul(2).min(LARGEST),
            (true, ..=SLOW_MS) => self.piece,
            _ => (self.piece / 2).max(SMALLEST),
        };
    }
}
