//! What people see of originals: small pictures, what a photo says of itself, what does not fit together.

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use lastmile_core::geo::Datum;
use lastmile_core::phone;
use lastmile_core::picture::consistency;
use lastmile_core::store::DerivedKind;

use crate::error::LastmileError;
use crate::open::{Phone, record_id};
use crate::photos::{blob_hash, disk};
use crate::status::count;
use crate::words::Words;
use crate::work::run;

/// Where a file is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FileStanding {
    /// The court had it and lost it, and this phone does not have it.
    Lost,
    /// Other bytes than were signed, at the court or here: it has to be sent again.
    Differs,
    /// Not with the court yet.
    Pending,
    /// Part of it is with the court.
    Uploading,
    /// The court has it and its hash is right.
    WithCourt,
    /// A verified receipt covers the court's word that it has it.
    Receipted,
}

/// A question about a photo; nothing is blocked by it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhotoFinding {
    /// Stable code, e.g. `photo_time_differs`.
    pub code: String,
    /// What to tell the officer.
    pub text: Words,
    /// The record of the other photo, for findings about two.
    pub other_record: Option<String>,
    /// Its item there.
    pub other_item: Option<String>,
}

/// A file of a record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordFile {
    /// The item that names it, its ULID.
    pub item: String,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// Size, bytes.
    pub bytes: u64,
    /// Media type.
    pub mime: String,
    /// Where it is known to be.
    pub standing: FileStanding,
    /// The words on the picture.
    pub label: Words,
    /// Its bytes are on this phone.
    pub here: bool,
    /// What keeps it from going on, a code.
    pub trouble: Option<String>,
    /// Questions about the photo.
    pub findings: Vec<PhotoFinding>,
}

/// What a photo's file says of itself.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct PhotoReading {
    /// Media type by content.
    pub mime: String,
    /// Size, bytes.
    pub bytes: u64,
    /// Width as people see it, pixels; 0 when not known.
    pub width: u32,
    /// Height as people see it, pixels; 0 when not known.
    pub height: u32,
    /// Degrees north, as the file says (WGS-84 by its standard; some phones write GCJ-02).
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The camera's time, `2026-03-17T09:05:00`, with the offset when it says one.
    pub taken_at: Option<String>,
    /// Maker and model of the camera.
    pub camera: Option<String>,
    /// Why there is no picture to show.
    pub not_shown: Option<Words>,
}

/// Which small picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SmallPicture {
    /// For lists.
    Thumbnail,
    /// For the screen.
    Preview,
}

impl From<SmallPicture> for DerivedKind {
    fn from(kind: SmallPicture) -> Self {
        match kind {
            SmallPicture::Thumbnail => Self::Thumbnail,
            SmallPicture::Preview => Self::Preview,
        }
    }
}

/// Most bytes of an original given at once.
const PIECE: u32 = 4 << 20;

#[uniffi::export]
impl Phone {
    /// The files of a record, by item. Reads the particulars of the photos that are here: some
    /// milliseconds each.
    pub async fn files(self: Arc<Self>, record: String) -> Result<Vec<RecordFile>, LastmileError> {
        run(move || {
            let files = self.core.files_of(record_id(&record)?)?;
            Ok(files.into_iter().map(RecordFile::from).collect())
        })
        .await
    }

    /// Makes thumbnail and preview of up to `limit` originals that have none, half a second each; gives
    /// how many were looked at. Call it after captures until it gives 0.
    pub async fn make_pictures(self: Arc<Self>, limit: u32) -> Result<u32, LastmileError> {
        run(move || Ok(count(self.core.make_pictures(limit)?))).await
    }

    /// A small picture of an original, when it is on this phone: JPEG. [`Phone::fetch_picture`] asks the
    /// court for it.
    pub fn small_picture(
        &self,
        hash: String,
        kind: SmallPicture,
    ) -> Result<Option<Vec<u8>>, LastmileError> {
        Ok(self.core.small_picture(blob_hash(&hash)?, kind.into())?)
    }

    /// Bytes of an original on this phone from `from` on, at most `most` (4 MiB at once); none at its end.
    pub async fn read_original(
        self: Arc<Self>,
        hash: String,
        from: u64,
        most: u32,
    ) -> Result<Vec<u8>, LastmileError> {
        run(move || {
            let mut file = self.core.open_original(blob_hash(&hash)?)?;
            file.seek(SeekFrom::Start(from)).map_err(disk)?;
            let mut bytes = Vec::new();
            file.take(u64::from(most.min(PIECE))).read_to_end(&mut bytes).map_err(disk)?;
            Ok(bytes)
        })
        .await
    }

    /// What a photo on this phone says of itself.
    pub async fn read_photo(self: Arc<Self>, hash: String) -> Result<PhotoReading, LastmileError> {
        run(move || {
            let reading = self.core.picture_reading(blob_hash(&hash)?)?;
            let (width, height) = reading.upright_size();
            let gps = reading.gps.filter(|gps| gps.datum == Datum::Wgs84);
            let camera: Vec<&str> =
                [&reading.make, &reading.model].into_iter().flatten().map(String::as_str).collect();
            Ok(PhotoReading {
                mime: reading.media_type.to_owned(),
                bytes: reading.bytes,
                width,
                height,
                latitude: gps.map(|gps| gps.lat),
                longitude: gps.map(|gps| gps.lon),
                taken_at: reading.taken_at.map(|taken| match taken.offset {
                    Some(offset) => format!("{}{offset}", taken.local),
                    None => taken.local.to_string(),
                }),
                camera: (!camera.is_empty()).then(|| camera.join(" ")),
                not_shown: reading.reason.map(Words::from),
            })
        })
        .await
    }

    /// Gives up originals whose receipt is verified and that the court has backed up, largest first, until
    /// `bytes` are free; gives how many bytes went. Small pictures stay, originals can be fetched again.
    pub async fn release_originals(self: Arc<Self>, bytes: u64) -> Result<u64, LastmileError> {
        run(move || Ok(self.core.release_originals(bytes)?)).await
    }
}

impl From<phone::FileView> for RecordFile {
    fn from(file: phone::FileView) -> Self {
        Self {
            item: file.item,
            hash: file.hash.to_hex(),
            bytes: file.bytes,
            mime: file.mime,
            standing: match file.standing {
                phone::FileStanding::Lost => FileStanding::Lost,
                phone::FileStanding::Differs => FileStanding::Differs,
                phone::FileStanding::Pending => FileStanding::Pending,
                phone::FileStanding::Uploading => FileStanding::Uploading,
                phone::FileStanding::WithCourt => FileStanding::WithCourt,
                phone::FileStanding::WordReceipted => FileStanding::Receipted,
            },
            label: file.standing.label().into(),
            here: file.here,
            trouble: file.trouble,
            findings: file.findings.into_iter().map(finding).collect(),
        }
    }
}

fn finding(finding: consistency::Finding) -> PhotoFinding {
    let (other_record, other_item) = finding.other.unzip();
    PhotoFinding {
        code: finding.kind.code().to_owned(),
        text: finding.text.into(),
        other_record,
        other_item,
    }
}
