//! Files to the court, resumed where they were cut, and pictures from it.

use std::sync::Arc;

use lastmile_core::phone::{Progress, UploadPolicy};

use crate::error::LastmileError;
use crate::observe::{Change, UploadProgress};
use crate::open::{Phone, record_id};
use crate::photos::blob_hash;
use crate::pictures::SmallPicture;
use crate::status::count;
use crate::work::run_until_given_up;

/// A file that was passed over, and why.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FileWaits {
    /// The original.
    pub hash: String,
    /// Stable code.
    pub code: String,
}

/// What an upload did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct UploadReport {
    /// Files the court has now.
    pub finished: u32,
    /// Bytes sent, those sent twice included.
    pub bytes: u64,
    /// Pieces that had to be sent again, or failed.
    pub repeated: u32,
    /// Files passed over; they have their turn again.
    pub waiting: Vec<FileWaits>,
    /// It stopped because records wait: [`Phone::sync`], then come again.
    pub interrupted: bool,
}

/// What fetching thumbnails brought.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FetchReport {
    /// Thumbnails that are here now.
    pub fetched: u32,
    /// Originals of which the court has none yet.
    pub missing: u32,
    /// Those that could not be had or shown.
    pub waiting: Vec<FileWaits>,
    /// It stopped because records wait: [`Phone::sync`], then come again.
    pub interrupted: bool,
}

#[uniffi::export]
impl Phone {
    /// Uploads what waits, small pictures first; with `originals`, originals too (a court may keep them
    /// for Wi-Fi). Observers hear of every piece. Cancelled, it ends after the piece that is on its way,
    /// and nothing the court has goes up again.
    ///
    /// Errors: `Network`; what was finished before stays finished.
    pub async fn upload(self: Arc<Self>, originals: bool) -> Result<UploadReport, LastmileError> {
        run_until_given_up(move |stop| {
            let road = self.road()?;
            let mut watch = |progress: Progress| {
                self.observers.uploading(&UploadProgress {
                    original: progress.original.to_hex(),
                    small: progress.kind.is_some(),
                    sent: progress.sent,
                    bytes: progress.bytes,
                    finished: count(progress.finished),
                });
                !stop.told()
            };
            let done = self.core.upload(&road.http, UploadPolicy { originals }, &mut watch);
            self.observers.changed(&Change::Anything);
            let done = done?;
            Ok(UploadReport {
                finished: count(done.finished),
                bytes: done.bytes,
                repeated: count(done.repeated),
                waiting: waiting(done.waiting),
                interrupted: done.interrupted,
            })
        })
        .await
    }

    /// Brings thumbnails of photos that are not on this phone: of a record, or of all the person may see.
    pub async fn fetch_thumbnails(
        self: Arc<Self>,
        record: Option<String>,
    ) -> Result<FetchReport, LastmileError> {
        run_until_given_up(move |stop| {
            let road = self.road()?;
            let record = record.as_deref().map(record_id).transpose()?;
            let done = self.core.fetch_thumbnails(&road.http, record, &mut |_| !stop.told())?;
            let refused = done.refused.into_iter().map(|(hash, code)| (hash, code.to_owned()));
            Ok(FetchReport {
                fetched: count(done.fetched),
                missing: count(done.missing),
                waiting: waiting(done.waiting.into_iter().chain(refused)),
                interrupted: done.interrupted,
            })
        })
        .await
    }

    /// A small picture: from this phone, else from the court; none when the court has none.
    pub async fn fetch_picture(
        self: Arc<Self>,
        hash: String,
        kind: SmallPicture,
    ) -> Result<Option<Vec<u8>>, LastmileError> {
        run_until_given_up(move |_| {
            let road = self.road()?;
            Ok(self.core.fetch_picture(&road.http, blob_hash(&hash)?, kind.into())?)
        })
        .await
    }

    /// Brings an original to this phone; says whether it is here. Cancelled, it begins anew another time.
    pub async fn fetch_original(self: Arc<Self>, hash: String) -> Result<bool, LastmileError> {
        run_until_given_up(move |stop| {
            let road = self.road()?;
            let watch = &mut |_, _| !stop.told();
            Ok(self.core.fetch_original(&road.http, blob_hash(&hash)?, watch)?)
        })
        .await
    }
}

fn waiting(
    passed: impl IntoIterator<Item = (lastmile_core::id::BlobHash, String)>,
) -> Vec<FileWaits> {
    passed.into_iter().map(|(hash, code)| FileWaits { hash: hash.to_hex(), code }).collect()
}
