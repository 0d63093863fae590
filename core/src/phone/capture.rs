//! Evidence is captured: the bytes as they come from camera, recorder or file, kept sealed, and then the
//! signed change that binds them to record, line, purpose, time, place and author.
//!
//! Two steps, each durable when it returns: [`Phone::keep_original`] keeps the bytes,
//! [`Phone::name_original`] records them. Power lost between the two leaves an original that no record
//! names; it is not thrown away but shown to whoever captured it, and to nobody else, among
//! [`Phone::unclaimed_originals`] until it is named.

use std::io::Read;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::files::is_alone;
use super::save::{Attached, Saved, With};
use super::{Phone, PhoneError, lock};
use crate::document::{Fields, Intent};
use crate::id::{BlobHash, DocumentId};
use crate::picture::media_type;
use crate::records::Action;
use crate::store::{BlobRow, BlobState, NewBlob, ORIGINAL, WriteTx};
use crate::value::Value;
use crate::vault::{Kept, Vault};

/// An original on its way into a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The record's verb: `add_photo`, `add_proof`.
    pub verb: String,
    /// What the person says of it: `purpose`, `item`, `note`, `file_name`, `position`. What the phone
    /// knows itself (`hash`, `bytes`, `mime`, and `taken_at` when it is not given) need not be there.
    pub fields: Fields,
    /// Where the phone was, as `geo:` text.
    pub position: Option<String>,
}

/// A captured original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedOriginal {
    /// The change that names it.
    pub saved: Saved,
    /// The item that names it, `photos/01J...`.
    pub item: String,
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
}

impl Phone {
    /// Keeps `source` to its end and records it in a record. Durable when it returns.
    pub fn capture(
        &self,
        record: DocumentId,
        source: &mut dyn Read,
        capture: &Capture,
    ) -> Result<CapturedOriginal, PhoneError> {
        let kept = self.keep_original(source)?;
        self.name_original(record, kept.hash, capture)
    }

    /// Keeps `source` to its end: who captured it, then the file, then the row that says so. Durable
    /// when it returns.
    pub fn keep_original(&self, source: &mut dyn Read) -> Result<BlobRow, PhoneError> {
        let person = self.signed_in()?.person;
        let file = self.vault.take_in(source, self.entropy.as_ref())?;
        let _files = lock(&self.files);
        self.store.write::<_, PhoneError>(|tx| Ok(tx.note_captor(file.hash(), &person)?))?;
        let kept = self.vault.name(file)?;
        self.store.write(|tx| {
            put_original(tx, &kept)?;
            tx.blob(kept.hash)?.ok_or(PhoneError::NoFile)
        })
    }

    /// Records a kept original in a record: one that the person signed in captured or may see.
    pub fn name_original(
        &self,
        record: DocumentId,
        hash: BlobHash,
        capture: &Capture,
    ) -> Result<CapturedOriginal, PhoneError> {
        self.demand_sight(hash)?;
        let blob = self.store.read::<_, PhoneError>(|tx| Ok(tx.blob(hash)?))?;
        let blob =
            blob.filter(|blob| blob.state != BlobState::Missing).ok_or(PhoneError::NoFile)?;
        let item = self.new_item();
        let mut fields = capture.fields.clone();
        let bytes = i64::try_from(blob.bytes).unwrap_or(i64::MAX);
        fields.insert("hash".to_owned(), Value::Bytes(hash.0.to_vec()));
        fields.insert("bytes".to_owned(), Value::Int(bytes));
        fields.insert("mime".to_owned(), blob.mime.as_str().into());
        if !fields.contains_key("taken_at") {
            fields.insert("taken_at".to_owned(), self.now_text().into());
        }
        let intent = Intent::Add { verb: capture.verb.clone(), item: item.clone(), fields };
        let with = With { attached: Some(Attached::Kept(&blob)), ..With::default() };
        let saved = self.save_with(Some(record), &intent, capture.position.clone(), with)?;
        let view = self.record_view(record)?;
        let collection = match view.kind.verb(&capture.verb).map(|verb| verb.action) {
            Some(Action::Add(collection)) => collection,
            _ => "photos",
        };
        Ok(CapturedOriginal { saved, item: format!("{collection}/{item}"), hash })
    }

    /// Originals that the person signed in captured and has not named yet, those of drafts among them.
    pub fn unclaimed_originals(&self) -> Result<Vec<BlobRow>, PhoneError> {
        let person = self.signed_in()?.person;
        self.store.read(|tx| {
            let mut rows = tx.captured_by(&person)?;
            if is_alone(tx, &person)? {
                rows.extend(tx.captured_by_nobody()?);
            }
            Ok(rows)
        })
    }

    /// The device's clock as text in Chinese time, `2026-03-17T09:05:00+08:00`.
    fn now_text(&self) -> String {
        let zone = TimeZone::fixed(Offset::constant(8));
        let at = Timestamp::from_millisecond(self.device_ms().div_euclid(1_000) * 1_000);
        let text = at.map(|at| at.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
        text.unwrap_or_default()
    }

    /// Files that a crash left between their capture and the row that says so get their row: they show
    /// up as unclaimed. Those that were given up and are still there do not.
    pub(super) fn claim_found(&self) -> Result<(), PhoneError> {
        for hash in self.vault.originals()? {
            let name = Vault::original(hash);
            let settled = self.store.read::<_, PhoneError>(|tx| {
                let here = tx.blob(hash)?.is_some_and(|known| known.state != BlobState::Missing);
                Ok(here || tx.is_to_go(&name)?)
            })?;
            if settled {
                continue;
            }
            // Not readable, named by nothing: nothing that could be shown.
            let Ok(mut file) = self.vault.read(&name) else { continue };
            let mut head = Vec::new();
            if file.by_ref().take(65_536).read_to_end(&mut head).is_err() {
                continue;
            }
            let kept = Kept { hash, bytes: file.len(), head };
            self.store.write::<_, PhoneError>(|tx| put_original(tx, &kept))?;
        }
        self.store.write(|tx| Ok(tx.forget_captors_of_nothing()?))
    }
}

fn put_original(tx: &WriteTx<'_>, kept: &Kept) -> Result<(), PhoneError> {
    let row = NewBlob {
        hash: kept.hash,
        path: &Vault::original(kept.hash),
        bytes: kept.bytes,
        mime: media_type(&kept.head),
        used_by: None,
        state: BlobState::Local,
        priority: ORIGINAL,
    };
    Ok(tx.put_blob(&row)?)
}
