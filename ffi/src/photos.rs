//! Evidence is captured: bytes from the camera, a recorder or a file are kept sealed, and bound to the
//! record by a signed change.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;

use lastmile_core::id::BlobHash;
use lastmile_core::phone;
use lastmile_core::picture::Cover;
use lastmile_core::store::BlobRow;
use lastmile_core::vault::VaultError;

use crate::error::LastmileError;
use crate::host::{ByteSource, HostRead};
use crate::open::{Phone, record_id};
use crate::value::{Value, fields};
use crate::work::run;

/// Where the bytes come from. The app deletes its own copy afterwards.
#[derive(Clone, uniffi::Enum)]
pub enum Original {
    /// A file of the app.
    File {
        /// Its path.
        path: String,
    },
    /// Bytes at hand; for small ones.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Bytes as they come, read to their end once.
    Stream {
        /// The stream.
        source: Arc<dyn ByteSource>,
    },
}

/// What is said of an original when it enters a record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaptureForm {
    /// The record's verb: `add_photo`, `add_proof`.
    pub verb: String,
    /// What the person says of it: `purpose`, `item`, `note`, `file_name`. What the phone knows itself
    /// (hash, size, media type, time) is added.
    pub fields: HashMap<String, Value>,
    /// Where, `geo:` text; the device's newest fix when none is given and it is at most five minutes old.
    pub position: Option<String>,
}

/// An original that is kept on this phone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct KeptOriginal {
    /// SHA-256 of its bytes: its name from now on.
    pub hash: String,
    /// Size, bytes.
    pub bytes: u64,
    /// Media type by content.
    pub mime: String,
}

/// An original in a record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CapturedOriginal {
    /// The record.
    pub record: String,
    /// The item that names it, `photos/01J...`.
    pub item: String,
    /// SHA-256 of its bytes.
    pub hash: String,
}

/// A rectangle to be covered, in pixels of the picture as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CoverRect {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}

#[uniffi::export]
impl Phone {
    /// Keeps an original and records it in a record: durable when it returns, then
    /// [`Phone::make_pictures`]. Cancelled, an original that was read to its end stays among
    /// [`Phone::unclaimed_originals`].
    ///
    /// Errors: `Refused` (`file_empty`, `file_too_large`, storage full, what the verb does not allow);
    /// `Input` when the source cannot be read.
    pub async fn capture(
        self: Arc<Self>,
        record: String,
        original: Original,
        form: CaptureForm,
    ) -> Result<CapturedOriginal, LastmileError> {
        run(move || {
            let kept = self.keep(original)?;
            self.name(&record, kept.hash, form)
        })
        .await
    }

    /// Keeps an original before it is known where it belongs (the camera is faster than the form).
    pub async fn keep_original(
        self: Arc<Self>,
        original: Original,
    ) -> Result<KeptOriginal, LastmileError> {
        run(move || Ok(self.keep(original)?.into())).await
    }

    /// Records a kept original in a record. A few milliseconds; durable when it returns.
    pub fn name_original(
        &self,
        record: String,
        hash: String,
        form: CaptureForm,
    ) -> Result<CapturedOriginal, LastmileError> {
        self.name(&record, blob_hash(&hash)?, form)
    }

    /// Originals that the person signed in captured and that no record names yet, those of drafts among
    /// them.
    pub fn unclaimed_originals(&self) -> Result<Vec<KeptOriginal>, LastmileError> {
        Ok(self.core.unclaimed_originals()?.into_iter().map(KeptOriginal::from).collect())
    }

    /// Records a copy of a photo (`item` is its ULID) with `covers` blackened and everything else that it
    /// says of itself removed; the original stays.
    pub async fn redact(
        self: Arc<Self>,
        record: String,
        item: String,
        covers: Vec<CoverRect>,
    ) -> Result<CapturedOriginal, LastmileError> {
        run(move || {
            let covers = covers.into_iter().map(|cover| Cover {
                x: cover.x,
                y: cover.y,
                width: cover.width,
                height: cover.height,
            });
            let covers: Vec<Cover> = covers.collect();
            let copy = self.core.redact(record_id(&record)?, &item, &covers)?;
            Ok(self.captured(&copy))
        })
        .await
    }
}

impl Phone {
    fn keep(&self, original: Original) -> Result<BlobRow, LastmileError> {
        let mut source: Box<dyn Read> = match original {
            Original::File { path } => {
                Box::new(File::open(path).map_err(|_| LastmileError::input("path"))?)
            }
            Original::Bytes { bytes } => Box::new(Cursor::new(bytes)),
            Original::Stream { source } => Box::new(HostRead::new(source)),
        };
        Ok(self.core.keep_original(source.as_mut())?)
    }

    fn name(
        &self,
        record: &str,
        hash: BlobHash,
        form: CaptureForm,
    ) -> Result<CapturedOriginal, LastmileError> {
        let capture = phone::Capture {
            verb: form.verb,
            fields: fields(form.fields),
            position: form.position.or_else(|| self.position_text()),
        };
        let captured = self.core.name_original(record_id(record)?, hash, &capture)?;
        Ok(self.captured(&captured))
    }

    fn captured(&self, captured: &phone::CapturedOriginal) -> CapturedOriginal {
        self.changed(captured.saved.document);
        CapturedOriginal {
            record: captured.saved.document.to_hex(),
            item: captured.item.clone(),
            hash: captured.hash.to_hex(),
        }
    }
}

impl From<BlobRow> for KeptOriginal {
    fn from(row: BlobRow) -> Self {
        Self { hash: row.hash.to_hex(), bytes: row.bytes, mime: row.mime }
    }
}

/// The name of an original.
pub(crate) fn blob_hash(hex: &str) -> Result<BlobHash, LastmileError> {
    BlobHash::from_hex(hex).map_err(|_| LastmileError::input("hash"))
}

/// A file of this phone could not be read or written.
pub(crate) fn disk(error: std::io::Error) -> LastmileError {
    phone::PhoneError::from(VaultError::from(error)).into()
}
