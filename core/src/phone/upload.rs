//! Files to the court: strokes and small pictures first, originals last; in pieces that grow while the
//! link is good and shrink when it breaks. What the court received of a piece stays received, so a broken
//! link costs at most the piece that was on its way. A file that cannot go on is passed over and says why;
//! records that wait always go first.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Seek, SeekFrom};

use super::file_road::{Begun, FileRoad};
use super::file_token::FileTokens;
use super::transport::TransportError;
use super::{Phone, PhoneError};
use crate::id::BlobHash;
use crate::store::{DerivedKind, UploadRow};
use crate::sync::files::{FileKind, Metadata, upload_purpose};
use crate::vault::{StoredFile, VaultError};

/// Bytes of a piece, at least and at most.
const SMALLEST: usize = 64 << 10;
const LARGEST: usize = 1 << 20;
/// A piece that takes longer is made smaller, a faster one larger, milliseconds.
const SLOW_MS: u64 = 8_000;
const FAST_MS: u64 = 2_000;
/// Attempts at one file without any progress before it has to wait for the next contact.
const PATIENCE: u32 = 3;
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

/// What became of one file.
enum Outcome {
    Finished,
    Waits(String),
    Interrupted,
}

/// The state of one contact.
struct Contact<'c> {
    road: &'c dyn FileRoad,
    watch: &'c mut dyn FnMut(Progress) -> bool,
    report: UploadReport,
    piece: usize,
    tokens: FileTokens,
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
        };
        let result = match self.make_all_pictures() {
            // Small pictures can be made another time. A full phone becomes less full by uploading only.
            Ok(()) | Err(PhoneError::File(_)) => Ok(()),
            Err(error) => Err(Trouble::from(error)),
        };
        let result = result.and_then(|()| self.ask_again(&mut contact));
        let result = result.and_then(|()| self.upload_all(policy, &mut contact));
        let kept = self.keep_pace(contact.piece);
        match result.and_then(|()| Ok(kept?)) {
            Ok(()) => Ok(contact.report),
            Err(trouble) => Err(UploadTrouble { trouble, report: contact.report }),
        }
    }

    fn upload_all(&self, policy: UploadPolicy, contact: &mut Contact<'_>) -> Result<(), Trouble> {
        let mut passed: BTreeSet<(BlobHash, Option<DerivedKind>)> = BTreeSet::new();
        loop {
            let most = PAGE.saturating_add(u32::try_from(passed.len()).unwrap_or(u32::MAX));
            let rows =
                self.store.read::<_, PhoneError>(|tx| Ok(tx.uploads(policy.originals, most)?))?;
            let open: Vec<UploadRow> = rows
                .into_iter()
                .filter(|row| !passed.contains(&(row.original, row.kind)))
                .collect();
            if open.is_empty() {
                return Ok(());
            }
            for row in open {
                match self.upload_one(&row, contact)? {
                    Outcome::Finished => {
                        self.store.write::<_, PhoneError>(|tx| Ok(tx.set_uploaded(&row)?))?;
                        contact.report.finished += 1;
                    }
                    Outcome::Waits(code) => {
                        if row.kind.is_none() {
                            self.store.write::<_, PhoneError>(|tx| {
                                Ok(tx.set_trouble(row.hash, Some(&code))?)
                            })?;
                        }
                        contact.report.waiting.push((row.hash, code));
                        passed.insert((row.original, row.kind));
                    }
                    Outcome::Interrupted => {
                        contact.report.interrupted = true;
                        return Ok(());
                    }
                }
            }
        }
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

    fn announce(
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

    /// Sends one file from where the court has it to its end.
    fn upload_one(&self, row: &UploadRow, contact: &mut Contact<'_>) -> Result<Outcome, Trouble> {
        let mut file = match self.file_of(row) {
            Ok(file) => file,
            Err(PhoneError::File(error)) => return Ok(Outcome::Waits(error.code().to_owned())),
            Err(error) => return Err(error.into()),
        };
        let of = row.kind.map(|_| row.original);
        let new = Metadata { hash: row.hash, kind: kind_of(row.kind), of };
        let mut failures = 0;
        let mut differed = false;
        let mut begun = None;
        loop {
            let step = match &begun {
                None => self.announce(new, row.bytes, contact)?.map(|answer| {
                    let offset = answer.offset;
                    begun = Some(answer);
                    offset
                }),
                Some(upload) => {
                    let piece = match piece_of(&mut file, upload.offset, contact.piece, row.bytes) {
                        Ok(piece) => piece,
                        Err(error) => return Ok(Outcome::Waits(error.code().to_owned())),
                    };
                    let started = self.clock.now().monotonic_ms;
                    contact.report.bytes += piece.len() as u64;
                    let (road, purpose) = (contact.road, upload_purpose(row.hash));
                    let answer = self.ask_about(&mut contact.tokens, &purpose, |ask| {
                        road.append(ask, upload, &piece)
                    })?;
                    let took = self.clock.now().monotonic_ms.saturating_sub(started);
                    contact.pace(answer.is_ok(), took);
                    match answer {
                        // An offset that no court of ours would give: begin again and see.
                        Ok(offset) if offset <= upload.offset || offset > row.bytes => {
                            Err(TransportError::NotTheServer(200))
                        }
                        other => other,
                    }
                }
            };
            match step {
                Ok(offset) => {
                    failures = 0;
                    if offset >= row.bytes {
                        return Ok(Outcome::Finished);
                    }
                    if let Some(upload) = &mut begun {
                        upload.offset = offset;
                    }
                    self.store.write::<_, PhoneError>(|tx| Ok(tx.set_uploading(row)?))?;
                    let progress = Progress {
                        original: row.original,
                        kind: row.kind,
                        sent: offset,
                        bytes: row.bytes,
                        finished: contact.report.finished,
                    };
                    if !(contact.watch)(progress) || self.records_wait()? {
                        return Ok(Outcome::Interrupted);
                    }
                }
                Err(error @ TransportError::Problem { .. }) => {
                    begun = None;
                    failures += 1;
                    contact.report.repeated += 1;
                    if contact.tokens.heal(&error) && failures < PATIENCE {
                        continue;
                    }
                    let code = error.code();
                    match code {
                        // The bytes the court received are not those that were signed. They are sent
                        // once more, if they still are what they were here.
                        "file_differs" => {
                            if let Some(code) = self.mismatch(row)? {
                                return Ok(Outcome::Waits(code.to_owned()));
                            }
                            if std::mem::replace(&mut differed, true) {
                                return Ok(Outcome::Waits(code.to_owned()));
                            }
                        }
                        // A damaged piece, another position, an upload that ended: begin tells the rest.
                        "upload_checksum" | "upload_offset" | "upload_unknown" | "upload_busy"
                            if failures < PATIENCE => {}
                        _ => return Ok(Outcome::Waits(code.to_owned())),
                    }
                }
                Err(error) => {
                    begun = None;
                    failures += 1;
                    contact.report.repeated += 1;
                    if failures >= PATIENCE {
                        return Err(error.into());
                    }
                }
            }
        }
    }

    /// The court received other bytes than were signed: the record shows it. Gives the code that stops
    /// this file for good when its bytes here are damaged.
    fn mismatch(&self, row: &UploadRow) -> Result<Option<&'static str>, PhoneError> {
        let whole = match row.kind {
            None if row.path.starts_with("evidence/") => true,
            None => self.vault.is_whole(row.hash)?,
            Some(_) => true,
        };
        let trouble = if whole { "file_differs" } else { VaultError::Damaged.code() };
        self.store.write::<_, PhoneError>(|tx| Ok(tx.set_differs(row, trouble)?))?;
        Ok(if whole { None } else { Some(trouble) })
    }

    fn file_of(&self, row: &UploadRow) -> Result<Box<dyn StoredFile>, PhoneError> {
        if row.path.starts_with("evidence/") {
            let bytes = self.store.read::<_, PhoneError>(|tx| Ok(tx.evidence(row.hash)?))?;
            return Ok(Box::new(Cursor::new(bytes.ok_or(VaultError::Absent)?)));
        }
        let file = self.vault.read(&row.path)?;
        if file.len() != row.bytes {
            return Err(VaultError::Damaged.into());
        }
        Ok(Box::new(file))
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

    fn keep_pace(&self, piece: usize) -> Result<(), PhoneError> {
        if self.pace() == Some(piece) {
            return Ok(());
        }
        self.store.write(|tx| Ok(tx.set_setting(PACE, &(piece as u64).to_be_bytes())?))
    }
}

impl Contact<'_> {
    fn pace(&mut self, went_well: bool, took_ms: u64) {
        self.piece = match (went_well, took_ms) {
            (true, ..FAST_MS) => self.piece.saturating_mul(2).min(LARGEST),
            (true, ..=SLOW_MS) => self.piece,
            _ => (self.piece / 2).max(SMALLEST),
        };
    }
}

fn kind_of(derived: Option<DerivedKind>) -> FileKind {
    match derived {
        None => FileKind::Original,
        Some(DerivedKind::Thumbnail) => FileKind::Thumbnail,
        Some(DerivedKind::Preview) => FileKind::Preview,
    }
}

/// The next piece of a file.
fn piece_of(
    file: &mut Box<dyn StoredFile>,
    offset: u64,
    piece: usize,
    bytes: u64,
) -> Result<Vec<u8>, VaultError> {
    let rest = usize::try_from(bytes.saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut out = vec![0; piece.min(rest)];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut out)?;
    Ok(out)
}
