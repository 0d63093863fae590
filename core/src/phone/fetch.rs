//! What colleagues captured, brought from the court: thumbnails by themselves, a preview or an original when
//! somebody asks for it. Only of records that the person signed in may see; the court asks the same once more.
//!
//! Nothing signs small pictures, and the first ones come from a colleague's phone. So each is decoded here
//! and drawn anew before it is kept: what the screen gets was written by this phone. An original counts only
//! when its hash is the one that was signed. Both lie sealed in the vault like everything else.

use std::io::{self, Cursor, Read};

use super::file_road::{FileRoad, Part, Piece};
use super::file_token::FileTokens;
use super::pictures::derived_name;
use super::transport::TransportError;
use super::upload::Trouble;
use super::{Phone, PhoneError, lock};
use crate::id::{BlobHash, DocumentId, sha256};
use crate::identifier::Reason;
use crate::picture::{
    PREVIEW_BYTES, PREVIEW_EDGE, THUMBNAIL_BYTES, THUMBNAIL_EDGE, media_type, read, reduced,
};
use crate::store::{BlobRow, DerivedKind, DerivedRow};
use crate::sync::files::{FileKind, file_purpose};
use crate::vault::{Unnamed, VaultError};

/// Bytes of an original asked for at once.
const PIECE: usize = 256 << 10;
/// Attempts at one piece before the contact ends.
const PATIENCE: u32 = 3;
/// Thumbnails asked for in vain before a contact stops asking: most are still on their way.
const MISSES: usize = 8;
/// Pictures of one contact.
const MOST: u32 = 1_000;
/// Setting: behind this hash the next contact goes on, so that what nobody has does not stand in the way.
const PLACE: &str = "thumbnails behind";

/// What a contact brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FetchReport {
    /// Thumbnails that are here now.
    pub fetched: usize,
    /// Originals of which the court has none yet.
    pub missing: usize,
    /// What came and is no picture that could be shown, with the code that says why.
    pub refused: Vec<(BlobHash, &'static str)>,
    /// What could not be had this time, with the code that says why; it has its turn again.
    pub waiting: Vec<(BlobHash, String)>,
    /// It stopped because records wait, or because the watcher said so.
    pub interrupted: bool,
}

/// What became of one small picture.
enum Small {
    Here,
    Missing,
    Refused(Reason),
}

impl Phone {
    /// Brings thumbnails of photos that are not on this phone, of the record `of` or of all that the
    /// person signed in may see. `watch` hears how many came and ends the contact by answering `false`.
    /// What came before an error stays.
    pub fn fetch_thumbnails(
        &self,
        road: &dyn FileRoad,
        of: Option<DocumentId>,
        watch: &mut dyn FnMut(usize) -> bool,
    ) -> Result<FetchReport, Trouble> {
        let mut report = FetchReport::default();
        let mut tokens = FileTokens::default();
        for original in self.without_thumbnail(of)? {
            let small = self.fetch_small(road, &mut tokens, original, DerivedKind::Thumbnail);
            if of.is_none() {
                self.store
                    .write::<_, PhoneError>(|tx| Ok(tx.set_setting(PLACE, original.as_bytes())?))?;
            }
            match small {
                Ok(Small::Here) => report.fetched += 1,
                Ok(Small::Missing) => report.missing += 1,
                Ok(Small::Refused(reason)) => report.refused.push((original, reason.code)),
                // Something answers: this one is passed over. Where nothing does, the contact ends.
                Err(Trouble::Road(error)) if error != TransportError::Unreachable => {
                    report.waiting.push((original, error.code().to_owned()));
                }
                Err(trouble) => return Err(trouble),
            }
            if !watch(report.fetched) || self.records_wait()? {
                report.interrupted = true;
                break;
            }
            if report.missing + report.refused.len() + report.waiting.len() >= MISSES {
                break;
            }
        }
        Ok(report)
    }

    /// A small picture of a photo: from this phone, else from the court; none when the court has none that
    /// can be shown.
    pub fn fetch_picture(
        &self,
        road: &dyn FileRoad,
        original: BlobHash,
        kind: DerivedKind,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        self.named_in_sight(original)?;
        let here = self.small_picture(original, kind)?;
        if here.is_none() && self.may_ask()? {
            self.fetch_small(road, &mut FileTokens::default(), original, kind)?;
            return Ok(self.small_picture(original, kind)?);
        }
        Ok(here)
    }

    /// Brings an original to this phone. `watch` hears after every piece how many bytes are here and of
    /// how many, and ends it by answering `false`. Says whether it is here. A broken link is tried again
    /// piece by piece; what cannot be brought to its end begins anew another time.
    pub fn fetch_original(
        &self,
        road: &dyn FileRoad,
        original: BlobHash,
        watch: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<bool, Trouble> {
        let row = self.named_in_sight(original)?;
        match self.open_original(original) {
            Ok(_) => return Ok(true),
            Err(PhoneError::File(VaultError::Absent | VaultError::Damaged)) => {}
            Err(error) => return Err(error.into()),
        }
        let tokens = FileTokens::default();
        let mut source =
            Source { phone: self, road, row: &row, tokens, watch, came: Came::default() };
        let came = self.vault.take_in_as(original, &mut source, self.entropy.as_ref());
        match (came, source.came.stopped) {
            (_, Some(Stopped::Trouble(trouble))) => Err(trouble),
            (_, Some(Stopped::Watcher)) => Ok(false),
            (Ok(file), None) => Ok(self.settle_fetched(&row, file)?),
            (Err(error), None) => Err(PhoneError::from(error).into()),
        }
    }

    /// Gives an original that came its name and says so in its row; says whether it is here. Until the row
    /// says it the file is to go, so that a crash leaves no original of a case that was left meanwhile.
    fn settle_fetched(&self, row: &BlobRow, file: Unnamed) -> Result<bool, PhoneError> {
        let settled = {
            let _files = lock(&self.files);
            self.store.write::<_, PhoneError>(|tx| Ok(tx.give_up_file(&row.path)?))?;
            let kept = self.vault.name(file)?;
            self.store.write::<_, PhoneError>(|tx| {
                tx.note_fetched(row.hash, kept.bytes, media_type(&kept.head))?;
                Ok(tx.blob(row.hash)?.is_some())
            })?
        };
        if !settled {
            self.remove_given_up()?;
        }
        Ok(settled)
    }

    /// Photos without a thumbnail that may be asked for now.
    fn without_thumbnail(&self, of: Option<DocumentId>) -> Result<Vec<BlobHash>, PhoneError> {
        if !self.may_ask()? {
            return Ok(Vec::new());
        }
        if let Some(record) = of {
            self.record_view(record)?;
        }
        let behind = self.store.read::<_, PhoneError>(|tx| Ok(tx.setting(PLACE)?))?;
        let behind = behind.filter(|_| of.is_none());
        let behind = behind.and_then(|hash| BlobHash::try_from(&hash[..]).ok());
        let wanted = self.store.read::<_, PhoneError>(|tx| {
            Ok(tx.without_thumbnail(of, behind.unwrap_or_default(), MOST)?)
        })?;
        let mut seen = Vec::with_capacity(wanted.len());
        for hash in wanted {
            match self.demand_sight(hash) {
                Ok(()) => seen.push(hash),
                Err(PhoneError::NoFile) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    }

    /// A phone that was withdrawn is told nothing.
    fn may_ask(&self) -> Result<bool, PhoneError> {
        Ok(!self.is_withdrawn(&self.signed_in()?.certificate))
    }

    /// The file, when a record that this person may see names it.
    fn named_in_sight(&self, hash: BlobHash) -> Result<BlobRow, PhoneError> {
        self.demand_sight(hash)?;
        self.store.read(|tx| {
            let named = !tx.documents_of_blob(hash)?.is_empty();
            tx.blob(hash)?.filter(|_| named).ok_or(PhoneError::NoFile)
        })
    }

    fn fetch_small(
        &self,
        road: &dyn FileRoad,
        tokens: &mut FileTokens,
        original: BlobHash,
        kind: DerivedKind,
    ) -> Result<Small, Trouble> {
        let of = match kind {
            DerivedKind::Thumbnail => FileKind::Thumbnail,
            DerivedKind::Preview => FileKind::Preview,
        };
        let most = usize::try_from(of.max_bytes()).unwrap_or(PIECE);
        let part = Part { hash: original, kind: of, from: 0, most };
        let piece = match self.fetch_part(road, tokens, part) {
            Ok(piece) if piece.total == piece.bytes.len() as u64 => piece,
            Ok(_) => return Err(TransportError::TooLarge.into()),
            Err(Trouble::Road(TransportError::Problem { code, .. })) if code == "not_found" => {
                return Ok(Small::Missing);
            }
            Err(trouble) => return Err(trouble),
        };
        let bytes = match drawn_anew(&piece.bytes, kind) {
            Ok(bytes) => bytes,
            Err(reason) => return Ok(Small::Refused(reason)),
        };
        let path = derived_name(original, kind);
        let files = lock(&self.files);
        self.vault.put(&path, &bytes, self.entropy.as_ref()).map_err(PhoneError::from)?;
        let row = DerivedRow {
            made_from: original,
            kind,
            hash: BlobHash(sha256(&bytes)),
            path,
            bytes: bytes.len() as u64,
            with_court: true,
            fetched: true,
        };
        let named = self.store.write::<_, PhoneError>(|tx| {
            let named = tx.blob(original)?.is_some();
            if named {
                tx.put_derived(&row)?;
            } else {
                // The case was left meanwhile.
                tx.give_up_file(&row.path)?;
            }
            Ok(named)
        })?;
        drop(files);
        if !named {
            self.remove_given_up()?;
        }
        Ok(Small::Here)
    }

    /// One part, asked for again a few times.
    fn fetch_part(
        &self,
        road: &dyn FileRoad,
        tokens: &mut FileTokens,
        part: Part,
    ) -> Result<Piece, Trouble> {
        let purpose = file_purpose(part.hash);
        let mut failures = 0;
        loop {
            let error = match self.ask_about(tokens, &purpose, |ask| road.fetch(ask, part))? {
                Ok(piece) if fits(&piece, &part) => return Ok(piece),
                Ok(_) => TransportError::NotTheServer(200),
                Err(error) => error,
            };
            failures += 1;
            let again = match &error {
                TransportError::Unreachable | TransportError::NotTheServer(_) => true,
                other => tokens.heal(other),
            };
            if !again || failures >= PATIENCE {
                return Err(error.into());
            }
        }
    }
}

/// Whether a piece can be what was asked for, whatever road it came by.
fn fits(piece: &Piece, part: &Part) -> bool {
    let came = piece.bytes.len();
    let end = part.from.saturating_add(came as u64);
    came > 0 && came <= part.most && end <= piece.total && (came == part.most || end == piece.total)
}

/// The picture, decoded and written once more.
fn drawn_anew(bytes: &[u8], kind: DerivedKind) -> Result<Vec<u8>, Reason> {
    let (edge, most) = match kind {
        DerivedKind::Thumbnail => (THUMBNAIL_EDGE, THUMBNAIL_BYTES),
        DerivedKind::Preview => (PREVIEW_EDGE, PREVIEW_BYTES),
    };
    let mut file = Cursor::new(bytes);
    let reading = read(&mut file, bytes.len() as u64);
    match reading.reason {
        Some(reason) => Err(reason),
        None => reduced(&mut file, &reading, edge, most),
    }
}

/// An original as it comes, piece by piece.
struct Source<'s> {
    phone: &'s Phone,
    road: &'s dyn FileRoad,
    row: &'s BlobRow,
    tokens: FileTokens,
    watch: &'s mut dyn FnMut(u64, u64) -> bool,
    came: Came,
}

/// What came of it.
#[derive(Default)]
struct Came {
    piece: Vec<u8>,
    /// Bytes of the piece that were read.
    read: usize,
    /// Bytes of the file up to the piece's end, and of all of it.
    at: u64,
    total: Option<u64>,
    stopped: Option<Stopped>,
}

enum Stopped {
    Trouble(Trouble),
    Watcher,
}

impl Source<'_> {
    /// The next piece; none at the end.
    fn next(&mut self) -> Result<(), Stopped> {
        let came = &mut self.came;
        if came.total == Some(came.at) {
            came.piece.clear();
            return Ok(());
        }
        let part =
            Part { hash: self.row.hash, kind: FileKind::Original, from: came.at, most: PIECE };
        let piece = self.phone.fetch_part(self.road, &mut self.tokens, part);
        let piece = piece.map_err(Stopped::Trouble)?;
        // The record says how long the file is; where it does not, the first answer does.
        let said = came.total.or((self.row.bytes > 0).then_some(self.row.bytes));
        if said.is_some_and(|said| said != piece.total) {
            return Err(Stopped::Trouble(PhoneError::from(VaultError::Differs).into()));
        }
        came.total = Some(piece.total);
        came.at += piece.bytes.len() as u64;
        came.piece = piece.bytes;
        if (self.watch)(came.at, piece.total) { Ok(()) } else { Err(Stopped::Watcher) }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.came.read == self.came.piece.len() {
            if let Err(stopped) = self.next() {
                self.came.stopped = Some(stopped);
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            self.came.read = 0;
        }
        let rest = self.came.piece.get(self.came.read..).unwrap_or_default();
        let given = rest.len().min(out.len());
        out[..given].copy_from_slice(&rest[..given]);
        self.came.read += given;
        Ok(given)
    }
}
