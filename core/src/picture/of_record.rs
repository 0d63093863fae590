//! Every photo of a record held against the record and against other photos: the same questions on a phone and
//! on the court's server, each of which knows the photos in its own way.

use super::consistency::{Capture, Finding, Other, findings};
use super::look::Look;
use crate::document::RecordView;
use crate::geo::Position;
use crate::id::BlobHash;
use crate::records::FieldType;

/// A photo of a record and what does not fit about it.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoFindings {
    /// The item that names it, its ULID.
    pub item: String,
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// Questions for the officer; nothing is blocked by them.
    pub findings: Vec<Finding>,
}

/// What is known of a photo's file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Known {
    /// What it says and shows; nothing of either when nobody here has looked at it yet.
    Look(Look),
    /// Its bytes are not what was captured any more.
    Damaged,
}

/// What does not fit about the photos of a record. `others` are uses of photos in all records that are to be
/// compared, this one among them; `known` says what is known of a photo. A file that is damaged gives a finding
/// of its own, and the rest goes on. Strokes of signatures are no photos.
pub fn of_record<E>(
    view: &RecordView,
    others: &[Other<'_>],
    mut known: impl FnMut(BlobHash) -> Result<Known, E>,
) -> Result<Vec<PhotoFindings>, E> {
    let mut heads = view.kind.head.iter().filter(|field| field.ty == FieldType::Position);
    let place: Option<Position> =
        heads.find_map(|field| view.state.head_text(field.name)?.parse().ok());
    let mut found = Vec::new();
    for collection in view.kind.collections {
        // Whatever is captured says its media type; strokes do not.
        if !collection.fields.iter().any(|field| field.name == "mime") {
            continue;
        }
        for field in collection.fields.iter().filter(|field| field.names_file()) {
            for item in view.state.items(collection.name) {
                let hash = item.fields.get(field.name).and_then(|value| value.single()?.as_bytes());
                let Some(Ok(hash)) = hash.map(BlobHash::try_from) else { continue };
                let Some(node) = view.change(item.added_by) else { continue };
                let (look, damaged) = match known(hash)? {
                    Known::Look(look) => (look, false),
                    Known::Damaged => (Look::default(), true),
                };
                let position = item.text("position").and_then(|text| text.parse().ok());
                let this = Capture {
                    record: view.id,
                    item: &item.id,
                    hash,
                    device_ms: node.provenance.device_ms,
                    position: position.as_ref(),
                    place: place.as_ref(),
                };
                // Of two of one record, the later one is asked about.
                let earlier = others
                    .iter()
                    .filter(|other| other.record != view.id || other.ulid() < item.id.as_str());
                let mut about = findings(&look, &this, earlier.copied());
                about.extend(damaged.then(Finding::damaged));
                found.push(PhotoFindings { item: item.id.clone(), hash, findings: about });
            }
        }
    }
    Ok(found)
}
