//! Where the files of a record are, for the screen; reading them; and what may leave this phone. An
//! original leaves only when a verified receipt covers the court's word that it holds the file, the court's
//! backup reaches beyond that word, and no later word takes it back.

use super::{Phone, PhoneError, lock};
use crate::id::{BlobHash, DocumentId};
use crate::picture::PhotoFindings;
use crate::picture::consistency::Finding;
use crate::records::Label;
use crate::store::{BlobRow, BlobState, DerivedKind, ReadTx, WithCourt};
use crate::vault::{SealedReader, StoredFile, Vault, VaultError};

/// Largest small picture read at once, bytes.
const MAX_DERIVED: usize = 1 << 20;

/// Where a file is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileStanding {
    /// The court had it and lost it, and this phone does not have it.
    Lost,
    /// The court found other bytes than were signed, or lost what it had, or this phone's file is damaged.
    Differs,
    /// Not with the court yet.
    Pending,
    /// Part of it is with the court.
    Uploading,
    /// The court has it and its hash is right.
    WithCourt,
    /// A verified receipt covers the court's word that it has it.
    WordReceipted,
}

impl FileStanding {
    /// The words on the picture.
    pub fn label(self) -> Label {
        match self {
            Self::Lost => Label::new(
                "法院的原件已丢失,待有原件的手机重传",
                "the court lost it; a phone that has it is to send it again",
            ),
            Self::Differs => Label::new("照片校验不符,待重传", "differs, send again"),
            Self::Pending => Label::new("原件待上传", "original pending"),
            Self::Uploading => Label::new("原件上传中", "original on its way"),
            Self::WithCourt => Label::new("原件已到法院", "original with the court"),
            Self::WordReceipted => Label::new("原件回执已核验", "original's receipt verified"),
        }
    }
}

/// A file of a record, for the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileView {
    /// The item that names it, its ULID.
    pub item: String,
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// Size, bytes.
    pub bytes: u64,
    /// Media type.
    pub mime: String,
    /// Where it is known to be.
    pub standing: FileStanding,
    /// Its bytes are on this phone.
    pub here: bool,
    /// What keeps it from going on, a code.
    pub trouble: Option<String>,
    /// What does not fit about the photo, in both languages: questions, nothing is blocked by them.
    pub findings: Vec<Finding>,
}

impl Phone {
    /// The files of a record, by item.
    pub fn files_of(&self, record: DocumentId) -> Result<Vec<FileView>, PhoneError> {
        let mut found = self.photo_findings(record)?;
        self.store.read(|tx| {
            let backed_up = backed_up(tx)?;
            let rows = tx.blobs_of_document(record)?;
            rows.into_iter()
                .map(|(item, row)| {
                    let of_item =
                        |photo: &&mut PhotoFindings| photo.item == item && photo.hash == row.hash;
                    let findings = found.iter_mut().find(of_item);
                    let findings = findings.map(|photo| std::mem::take(&mut photo.findings));
                    Ok(FileView {
                        findings: findings.unwrap_or_default(),
                        item,
                        hash: row.hash,
                        standing: standing(tx, &row, backed_up)?,
                        here: row.state != BlobState::Missing && !row.released,
                        bytes: row.bytes,
                        mime: row.mime,
                        trouble: row.trouble,
                    })
                })
                .collect()
        })
    }

    /// The bytes of an original on this phone, from any place in it; of a record the person signed in
    /// may see, or of no record.
    pub fn open_original(
        &self,
        hash: BlobHash,
    ) -> Result<SealedReader<Box<dyn StoredFile>>, PhoneError> {
        self.demand_sight(hash)?;
        Ok(self.vault.read(&Vault::original(hash))?)
    }

    /// The small picture of an original, when it is on this phone.
    pub fn small_picture(
        &self,
        original: BlobHash,
        kind: DerivedKind,
    ) -> Result<Option<Vec<u8>>, PhoneError> {
        self.demand_sight(original)?;
        let row = self.store.read::<_, PhoneError>(|tx| Ok(tx.derived(original, kind)?))?;
        match row.map(|row| self.vault.read_all(&row.path, MAX_DERIVED)) {
            None | Some(Err(VaultError::Absent)) => Ok(None),
            Some(bytes) => Ok(Some(bytes?)),
        }
    }

    /// Gives up originals whose receipt is verified and backed up, largest first, until `bytes` are
    /// free or nothing more may go; gives how many bytes went. Their small pictures stay.
    pub fn release_originals(&self, bytes: u64) -> Result<u64, PhoneError> {
        let mut freed = 0;
        let rows = self.store.read::<_, PhoneError>(|tx| Ok(tx.releasable()?))?;
        for row in rows {
            if freed >= bytes {
                break;
            }
            self.remember(row.hash)?;
            self.store.write::<_, PhoneError>(|tx| Ok(tx.release_blob(row.hash)?))?;
            freed += row.bytes;
        }
        self.remove_given_up()?;
        Ok(freed)
    }

    /// Removes the files that were given up: after a purge or a release, and at the next opening what a
    /// crash left of that. One that the disk does not let go of holds up no other.
    pub(super) fn remove_given_up(&self) -> Result<(), PhoneError> {
        // Whoever keeps a file waits: it stands on this list no more once its row says that it is here.
        let _files = lock(&self.files);
        let mut failure = None;
        let mut gone = self.store.read::<_, PhoneError>(|tx| Ok(tx.to_remove()?))?;
        gone.retain(|path| self.vault.remove(path).map_err(|error| failure = Some(error)).is_ok());
        if !gone.is_empty() {
            self.store.write::<_, PhoneError>(|tx| {
                Ok(gone.iter().try_for_each(|path| tx.forget_removal(path))?)
            })?;
        }
        failure.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Whether the person signed in may see this file: a record that this person may see names it, or
    /// this person captured it and has not named it yet.
    pub(super) fn demand_sight(&self, hash: BlobHash) -> Result<(), PhoneError> {
        let person = self.signed_in()?.person;
        let mut eyes = self.eyes()?;
        self.store.read(|tx| {
            if tx.is_captor(hash, &person)? {
                return Ok(());
            }
            let users = tx.documents_of_blob(hash)?;
            if users.is_empty() && !tx.has_captor(hash)? && is_alone(tx, &person)? {
                return Ok(());
            }
            for (document, channel) in users {
                if eyes.see(tx, &channel, Some(document))? {
                    return Ok(());
                }
            }
            Err(PhoneError::NoFile)
        })
    }
}

/// Of a file that is here its state decides, which follows every word as it comes; of one that is not, only the
/// court's words.
fn standing(tx: &ReadTx<'_>, row: &BlobRow, backed_up: u64) -> Result<FileStanding, PhoneError> {
    let here = !row.released;
    Ok(match (row.state, tx.with_court(row.hash, backed_up)?) {
        (BlobState::Differs, _) => FileStanding::Differs,
        (BlobState::Uploading, _) => FileStanding::Uploading,
        (BlobState::Local, _) => FileStanding::Pending,
        (_, WithCourt::BackedUp | WithCourt::Receipted) => FileStanding::WordReceipted,
        (BlobState::BackedUp, _) if here => FileStanding::WordReceipted,
        (BlobState::Verified, _) | (_, WithCourt::Stored) => FileStanding::WithCourt,
        (_, WithCourt::Lost) => FileStanding::Lost,
        (_, WithCourt::No) => FileStanding::Pending,
    })
}

/// Whether nobody else has a PIN on this phone. What a crash left here before captors were noted can
/// only be this person's then; on a phone of several it is shown to nobody.
pub(super) fn is_alone(tx: &ReadTx<'_>, person: &str) -> Result<bool, PhoneError> {
    Ok(tx.pins()?.iter().all(|pin| pin.person == person))
}

/// How many leaves of the log the court's backup covers, by its last answer.
pub(super) fn backed_up(tx: &ReadTx<'_>) -> Result<u64, PhoneError> {
    let bytes = tx.setting("backed_up_through")?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map_or(0, u64::from_be_bytes))
}
