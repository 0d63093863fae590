//! One file's turn on its way to the court: announced, then sent piece by piece to its end. What counts as progress
//! is that the court has more of the file than ever before in this turn, and nothing else: a road on which
//! everything but the pieces gets through ends the turn after a few attempts. Where pieces do not get through by
//! the usual request, the other one is tried once in a contact ([`FileRoad::append_instead`]).
//!
//! [`FileRoad::append_instead`]: super::file_road::FileRoad::append_instead

use std::io::{Cursor, Read, Seek, SeekFrom};

use super::file_road::Begun;
use super::transport::TransportError;
use super::upload::{BUSY, Contact, PATIENCE, Progress, Trouble};
use super::{Phone, PhoneError};
use crate::store::{DerivedKind, UploadRow};
use crate::sync::files::{FileKind, Metadata, upload_purpose};
use crate::vault::{StoredFile, VaultError};

/// Times that the court may stand elsewhere than it said, without having more of the file.
const MOVES: u32 = 10;

/// How a turn ended.
pub(super) enum Outcome {
    /// The court has the file.
    Finished,
    /// It waits for the next contact; the code says why.
    Waits(String),
    /// No piece of it got through, although the court answers.
    Blocked(TransportError),
    /// Somebody else is sending it.
    Busy,
    /// Records wait, or the watcher said so.
    Interrupted,
}

/// A turn so far.
#[derive(Default)]
struct Turn {
    /// The upload, as the court last said; none when it has to be asked again.
    begun: Option<Begun>,
    /// Most bytes the court ever had of it.
    reached: u64,
    /// Attempts since then.
    failures: u32,
    /// Times the court said since then that it stands elsewhere.
    elsewhere: u32,
    /// What arrived was another file, once.
    differed: bool,
}

impl Phone {
    /// Sends one file from where the court has it to its end.
    pub(super) fn upload_one(
        &self,
        row: &UploadRow,
        contact: &mut Contact<'_>,
    ) -> Result<Outcome, Trouble> {
        let mut file = match self.file_of(row) {
            Ok(file) => file,
            Err(PhoneError::File(error)) => return Ok(Outcome::Waits(error.code().to_owned())),
            Err(error) => return Err(error.into()),
        };
        let of = row.kind.map(|_| row.original);
        let new = Metadata { hash: row.hash, kind: kind_of(row.kind), of };
        let mut turn = Turn::default();
        loop {
            let sent = turn.begun.is_some();
            let step = match &turn.begun {
                None => self.announce(new, row.bytes, contact)?,
                Some(begun) => {
                    let piece = match piece_of(&mut file, begun.offset, contact.piece, row.bytes) {
                        Ok(piece) => piece,
                        Err(error) => return Ok(Outcome::Waits(error.code().to_owned())),
                    };
                    self.send_piece(row, begun, &piece, contact)?
                }
            };
            match step {
                Ok(begun) => {
                    let offset = begun.offset;
                    contact.means.worked |= sent;
                    if offset > turn.reached {
                        turn.reached = offset;
                        (turn.failures, turn.elsewhere) = (0, 0);
                    }
                    if offset >= row.bytes {
                        return Ok(Outcome::Finished);
                    }
                    turn.begun = Some(begun);
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
                Err(error) => {
                    turn.begun = None;
                    turn.failures += 1;
                    contact.report.repeated += 1;
                    if let Some(outcome) = self.failed(row, &mut turn, error, sent, contact)? {
                        return Ok(outcome);
                    }
                }
            }
        }
    }

    fn send_piece(
        &self,
        row: &UploadRow,
        begun: &Begun,
        piece: &[u8],
        contact: &mut Contact<'_>,
    ) -> Result<Result<Begun, TransportError>, PhoneError> {
        let started = self.clock.now().monotonic_ms;
        contact.report.bytes += piece.len() as u64;
        let (road, purpose) = (contact.road, upload_purpose(row.hash));
        let instead = contact.means.instead;
        let answer = self.ask_about(&mut contact.tokens, &purpose, |ask| {
            if instead {
                road.append_instead(ask, begun, piece)
            } else {
                road.append(ask, begun, piece)
            }
        })?;
        let took = self.clock.now().monotonic_ms.saturating_sub(started);
        contact.pace(answer.is_ok(), took);
        Ok(match answer {
            // An offset that no court of ours would give: begin again and see.
            Ok(offset) if offset <= begun.offset || offset > row.bytes => {
                Err(TransportError::NotTheServer(200))
            }
            Ok(offset) => Ok(Begun { upload: begun.upload.clone(), offset }),
            Err(error) => Err(error),
        })
    }

    /// How the turn ends after this error of an announcement, or of a piece that was `sent`; none when it is to be
    /// tried again.
    fn failed(
        &self,
        row: &UploadRow,
        turn: &mut Turn,
        error: TransportError,
        sent: bool,
        contact: &mut Contact<'_>,
    ) -> Result<Option<Outcome>, Trouble> {
        let spent = turn.failures >= PATIENCE;
        if let TransportError::Problem { code, .. } = &error {
            if contact.tokens.heal(&error) && !spent {
                return Ok(None);
            }
            return Ok(match code.as_str() {
                BUSY => Some(Outcome::Busy),
                // The bytes the court received are not those that were signed. They are sent once more, from
                // the start, if they still are what they were here.
                "file_differs" => match self.mismatch(row)? {
                    Some(code) => Some(Outcome::Waits(code.to_owned())),
                    None if std::mem::replace(&mut turn.differed, true) => {
                        Some(Outcome::Waits(code.clone()))
                    }
                    None => {
                        turn.reached = 0;
                        None
                    }
                },
                // Bytes of a broken connection came after the court was asked: it is asked again.
                "upload_offset" if turn.elsewhere < MOVES => {
                    turn.elsewhere += 1;
                    turn.failures -= 1;
                    None
                }
                // A damaged piece, an upload that ended: begin tells the rest.
                "upload_checksum" | "upload_unknown" if !spent => None,
                _ => Some(Outcome::Waits(code.clone())),
            });
        }
        let refused = matches!(error, TransportError::NotTheServer(405 | 501));
        if sent && (spent || refused) && !contact.means.turned {
            contact.means.turned = true;
            contact.means.instead = !contact.means.instead;
            contact.means.worked = false;
            turn.failures = 0;
            return Ok(None);
        }
        match (spent, sent) {
            (false, _) => Ok(None),
            (true, true) => Ok(Some(Outcome::Blocked(error))),
            (true, false) => Err(error.into()),
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
