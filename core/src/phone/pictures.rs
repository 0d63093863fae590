//! What a person sees of originals: small pictures made from them, what a picture says of itself, what
//! does not fit together, and copies with parts covered. The original stays as it is.
//!
//! Making pictures takes a phone up to half a second each. It is no part of saving: an app calls
//! [`Phone::make_pictures`] beside the camera, and [`Phone::upload`] does it for what is left.

use std::io::{BufReader, Cursor};

use super::capture::{Capture, CapturedOriginal};
use super::{Phone, PhoneError, lock};
use crate::document::Fields;
use crate::id::{BlobHash, DocumentId};
use crate::picture::consistency::Other;
use crate::picture::{
    Cover, Fingerprint, Known, Look, PhotoFindings, Reading, derive, of_record, read, redact,
};
use crate::store::{BlobState, DerivedKind, DerivedRow};
use crate::value::Value;
use crate::vault::{SealedReader, StoredFile, Vault, VaultError};

type Original = BufReader<SealedReader<Box<dyn StoredFile>>>;

impl Phone {
    /// Makes thumbnail and preview of up to `limit` originals that have none; gives how many were
    /// looked at. What cannot be shown is looked at once.
    pub fn make_pictures(&self, limit: u32) -> Result<usize, PhoneError> {
        let unseen = self.store.read::<_, PhoneError>(|tx| Ok(tx.unseen_originals(limit)?))?;
        for hash in &unseen {
            self.look_at(*hash)?;
        }
        Ok(unseen.len())
    }

    /// What a file on this phone says of itself.
    pub fn picture_reading(&self, hash: BlobHash) -> Result<Reading, PhoneError> {
        // Also says whether this person may see it.
        drop(self.open_original(hash)?);
        Ok(self.read_original(hash)?.1)
    }

    /// What does not fit about the photos of a record: their own particulars against what was signed,
    /// the same photo elsewhere, a near duplicate of an earlier one. Photos that are not on this phone
    /// are held against what is known of them; a damaged file says so and the rest goes on.
    pub fn photo_findings(&self, record: DocumentId) -> Result<Vec<PhotoFindings>, PhoneError> {
        let view = self.record_view(record)?;
        let mut eyes = self.eyes()?;
        let uses = self.store.read::<_, PhoneError>(|tx| {
            let mut uses = Vec::new();
            for (hash, document, item) in tx.uses_of_originals()? {
                // Records of others on this phone are not told apart by a photo either.
                let channel = tx.document(document)?.map(|row| row.channel);
                if eyes.see(tx, &channel.unwrap_or_default(), Some(document))? {
                    uses.push((hash, document, item, tx.fingerprint(hash)?.map(Fingerprint)));
                }
            }
            Ok(uses)
        })?;
        let others: Vec<Other<'_>> = uses
            .iter()
            .map(|(hash, record, item, fingerprint)| Other {
                record: *record,
                item,
                hash: *hash,
                fingerprint: *fingerprint,
            })
            .collect();
        of_record(&view, &others, |hash| self.known_of(hash))
    }

    /// What is known of a photo: from its file, else from when it was looked at.
    fn known_of(&self, hash: BlobHash) -> Result<Known, PhoneError> {
        let (fingerprint, noted, trouble) = self.store.read::<_, PhoneError>(|tx| {
            let trouble = tx.blob(hash)?.and_then(|row| row.trouble);
            Ok((tx.fingerprint(hash)?.map(Fingerprint), tx.particulars(hash)?, trouble))
        })?;
        if trouble.as_deref() == Some(VaultError::Damaged.code()) {
            return Ok(Known::Damaged);
        }
        match self.read_original(hash) {
            Ok((_, reading)) => Ok(Known::Look(Look::of(&reading, fingerprint))),
            Err(PhoneError::File(VaultError::Absent)) => {
                Ok(Known::Look(Look::recalled(&noted.unwrap_or_default(), fingerprint)))
            }
            Err(PhoneError::File(_)) => Ok(Known::Damaged),
            Err(error) => Err(error),
        }
    }

    /// Notes what an original says of place and time before it leaves this phone.
    pub(super) fn remember(&self, hash: BlobHash) -> Result<(), PhoneError> {
        let Ok((_, reading)) = self.read_original(hash) else { return Ok(()) };
        self.store.write(|tx| {
            tx.put_look(hash, tx.fingerprint(hash)?)?;
            Ok(tx.put_particulars(hash, &Look::of(&reading, None).particulars())?)
        })
    }

    /// Records a copy of a record's photo with `covers` blackened and everything else it says of itself
    /// removed. The copy names the photo it was made from; the original stays.
    pub fn redact(
        &self,
        record: DocumentId,
        photo: &str,
        covers: &[Cover],
    ) -> Result<CapturedOriginal, PhoneError> {
        let view = self.record_view(record)?;
        let item = view.state.item("photos", photo).ok_or(PhoneError::NoFile)?;
        let hash = item.fields.get("hash").and_then(|value| value.single()?.as_bytes());
        let hash = hash.and_then(|hash| BlobHash::try_from(hash).ok()).ok_or(PhoneError::NoFile)?;
        let (mut original, reading) = self.read_original(hash)?;
        let copy = redact(&mut original, &reading, covers).map_err(PhoneError::Picture)?;
        let mut fields = Fields::from([("redacts".to_owned(), format!("photos/{photo}").into())]);
        for name in ["purpose", "item"] {
            if let Some(Value::Text(text)) = item.fields.get(name).and_then(|value| value.single())
            {
                fields.insert(name.to_owned(), text.as_str().into());
            }
        }
        let capture = Capture { verb: "add_photo".to_owned(), fields, position: None };
        self.capture(record, &mut Cursor::new(copy), &capture)
    }

    fn look_at(&self, hash: BlobHash) -> Result<(), PhoneError> {
        let (mut original, reading) = match self.read_original(hash) {
            // A damaged file has no pictures; its upload says what is wrong with it.
            Err(PhoneError::File(VaultError::Damaged | VaultError::Absent)) => {
                return self.store.write(|tx| Ok(tx.put_look(hash, None)?));
            }
            other => other?,
        };
        // Noted before it is decoded: a file that brings the app down is looked at once, not at every contact.
        self.store.write::<_, PhoneError>(|tx| Ok(tx.put_look(hash, None)?))?;
        let made = if reading.is_shown() { derive(&mut original, &reading).ok() } else { None };
        let Some(made) = made else { return Ok(()) };
        let blob = self.store.read::<_, PhoneError>(|tx| Ok(tx.blob(hash)?))?;
        // The court makes its own of every original that it has.
        let with_court = blob
            .is_some_and(|blob| matches!(blob.state, BlobState::Verified | BlobState::BackedUp));
        let mut rows = Vec::new();
        let _files = lock(&self.files);
        for (kind, bytes) in
            [(DerivedKind::Thumbnail, &made.thumbnail), (DerivedKind::Preview, &made.preview)]
        {
            let path = derived_name(hash, kind);
            if let Err(error) = self.vault.put(&path, bytes, self.entropy.as_ref()) {
                // No room for it now; another time.
                self.store.write::<_, PhoneError>(|tx| Ok(tx.forget_look(hash)?))?;
                return Err(error.into());
            }
            rows.push(DerivedRow {
                made_from: hash,
                kind,
                hash: BlobHash(crate::id::sha256(bytes)),
                path,
                bytes: bytes.len() as u64,
                with_court,
                fetched: false,
            });
        }
        self.store.write(|tx| {
            if tx.blob(hash)?.is_none() {
                // Its case was left meanwhile.
                return Ok(rows.iter().try_for_each(|row| tx.give_up_file(&row.path))?);
            }
            for row in &rows {
                tx.put_derived(row)?;
            }
            Ok(tx.put_look(hash, made.fingerprint.map(|look| look.0))?)
        })
    }

    fn read_original(&self, hash: BlobHash) -> Result<(Original, Reading), PhoneError> {
        let file = self.vault.read(&Vault::original(hash))?;
        let bytes = file.len();
        let mut file = BufReader::with_capacity(64 << 10, file);
        let reading = read(&mut file, bytes);
        Ok((file, reading))
    }
}

/// Name of the file of a small picture.
pub(super) fn derived_name(original: BlobHash, kind: DerivedKind) -> String {
    format!("{}.{}", original.to_hex(), kind.code())
}
