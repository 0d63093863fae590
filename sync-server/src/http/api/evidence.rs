//! The files of evidence that a record names: where each stands, and what does not fit about a photo.

use lastmile_core::document::RecordView;
use lastmile_core::picture::consistency::{Finding, Other};
use lastmile_core::picture::{Known, PhotoFindings, of_record};
use lastmile_core::sync::channel::of_case;
use serde::Serialize;
use utoipa::ToSchema;

use super::shown::Moment;
use crate::files::trouble;
use crate::store::{FileStanding, Reading, StoreError};

/// Where a file stands that a record names.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum FileState {
    /// 原件待上传: nothing of it has come.
    Absent,
    /// Part of it has come.
    Arriving,
    /// The court has it, verified.
    Stored,
    /// 照片校验不符,待重传: what came is not the file that was signed.
    Differs,
    /// 原件在法院丢失,待重传: the court had it, and its copy is damaged or gone. Every phone that was told it was
    /// stored has been told this; one that still has it sends it again.
    Lost,
}

/// A file of evidence that the record names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordFile {
    /// SHA-256 of the original, 64 hexadecimal digits: its address under `files/`.
    pub hash: String,
    /// The item that names it.
    pub item: String,
    /// Staff id of who recorded it.
    pub person: String,
    /// Where it stands.
    pub state: FileState,
    /// Its length in bytes, as stored or as the record says.
    pub bytes: Option<u64>,
    /// Bytes that have come.
    pub arrived: u64,
    /// Media type: of the stored bytes, else as the record says.
    pub media_type: Option<String>,
    /// Whether there is a thumbnail.
    pub thumbnail: bool,
    /// Whether there is a preview.
    pub preview: bool,
    /// When it was stored.
    pub stored: Option<Moment>,
    /// What does not fit about the photo: questions for a person, nothing is decided by them. Held
    /// against what its record says, the photos of its case, and the same file anywhere.
    pub findings: Vec<PhotoFinding>,
}

/// What does not fit about a photo.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PhotoFinding {
    /// `photo_position_differs`, `photo_away_from_place`, `photo_time_differs`, `photo_in_two_records`,
    /// `photo_near_duplicate` or `photo_damaged`.
    pub code: &'static str,
    /// What to ask, zh-CN.
    pub zh: String,
    /// What to ask, English.
    pub en: String,
    /// The record of the other photo, for findings about two.
    pub other_record: Option<String>,
    /// The item of the other photo.
    pub other_item: Option<String>,
}

/// The files of a record with everything known about them. `view` is asked for only when there are any.
pub(super) fn files_of(
    reading: &Reading<'_>,
    standings: Vec<FileStanding>,
    view: impl FnOnce() -> Result<RecordView, StoreError>,
) -> Result<Vec<RecordFile>, StoreError> {
    if standings.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = photo_findings(reading, &view()?)?;
    Ok(standings.into_iter().map(|standing| file_of(standing, &mut found)).collect())
}

fn photo_findings(
    reading: &Reading<'_>,
    view: &RecordView,
) -> Result<Vec<PhotoFindings>, StoreError> {
    let uses = reading.uses_beside(view.id, &of_case(&view.state.case))?;
    let others: Vec<Other<'_>> = uses
        .iter()
        .map(|used| Other {
            record: used.document,
            item: &used.item,
            hash: used.hash,
            fingerprint: used.fingerprint,
        })
        .collect();
    of_record(view, &others, |hash| {
        let trouble = reading.file_trouble(hash)?;
        if trouble.as_deref() == Some(trouble::DAMAGED) {
            return Ok(Known::Damaged);
        }
        Ok(Known::Look(reading.look(hash)?.unwrap_or_default()))
    })
}

/// Where a file stands.
pub(in crate::http) fn state_of(standing: &FileStanding) -> FileState {
    match (&standing.file, standing.arrived, &standing.trouble) {
        (Some(_), ..) => FileState::Stored,
        (None, Some(1..), _) => FileState::Arriving,
        (None, _, Some(code)) if code == trouble::DIFFERS => FileState::Differs,
        (None, _, Some(_)) => FileState::Lost,
        (None, _, None) => FileState::Absent,
    }
}

fn file_of(standing: FileStanding, found: &mut [PhotoFindings]) -> RecordFile {
    let state = state_of(&standing);
    let FileStanding { named, file, arrived, thumbnail, preview, .. } = standing;
    let about = found.iter_mut().find(|photo| {
        photo.hash == named.hash && named.item.rsplit('/').next() == Some(photo.item.as_str())
    });
    let findings = about.map(|photo| std::mem::take(&mut photo.findings)).unwrap_or_default();
    let stored = file.as_ref();
    RecordFile {
        hash: named.hash.to_hex(),
        item: named.item,
        person: named.person,
        state,
        bytes: stored.map(|file| file.bytes).or(named.bytes),
        arrived: stored.map(|file| file.bytes).or(arrived).unwrap_or(0),
        stored: stored.map(|file| Moment::of(file.stored_ms)),
        media_type: file.map(|file| file.media_type).or(named.media_type),
        thumbnail,
        preview,
        findings: findings.into_iter().map(finding_of).collect(),
    }
}

fn finding_of(finding: Finding) -> PhotoFinding {
    let (other_record, other_item) = finding.other.unzip();
    PhotoFinding {
        code: finding.kind.code(),
        zh: finding.text.zh,
        en: finding.text.en,
        other_record,
        other_item,
    }
}
