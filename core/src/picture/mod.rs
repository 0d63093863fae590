//! Pictures of untrusted origin: what a photo says about itself, what a screen shows of it, and what does
//! not fit together.
//!
//! ```text
//! read ──► Reading ──► derive ──► thumbnail, preview, fingerprint
//! bytes    particulars  pixels        └──► consistency: findings for the record
//! ```
//!
//! Nothing here touches a file, a clock or the network: callers hand in something that reads and seeks.
//! Originals are never changed; what cannot be read is kept by the caller all the same, with the reason
//! found here. Time and memory are bounded by [`limits`], whatever the bytes.
//!
//! | file | subject |
//! | --- | --- |
//! | `format` | what a file is, by content |
//! | `limits` | what is refused unseen |
//! | `reason` | codes and sentences |
//! | `read`, `reading` | a file's particulars |
//! | `jpeg`, `png`, `webp`, `gif`, `heif` | the outside of each format: size, where EXIF lies, whether the end is there |
//! | `exif`, `exif_bounds` | EXIF: turn, time, place, camera |
//! | `turn` | the eight ways a picture may lie |
//! | `pixels`, `derive`, `redact` | decoding, and the pictures made from it |
//! | `fingerprint` | a small digest of what a picture looks like |
//! | `look` | what is kept of a photo that was looked at |
//! | `consistency`, `of_record` | photo against record: one photo, all of a record |

pub mod consistency;
mod derive;
mod exif;
mod exif_bounds;
mod fingerprint;
mod format;
mod gif;
mod heif;
mod jpeg;
pub mod limits;
mod look;
mod of_record;
mod outside;
mod pixels;
mod png;
mod read;
mod reading;
pub mod reason;
mod redact;
mod turn;
mod webp;

pub use derive::{
    Derived, PREVIEW_BYTES, PREVIEW_EDGE, THUMBNAIL_BYTES, THUMBNAIL_EDGE, derive, reduced,
    thumbnail,
};
pub use fingerprint::Fingerprint;
pub use format::{Format, HEAD_BYTES, UNKNOWN_MEDIA_TYPE, media_type, name_differs};
pub use look::Look;
pub use of_record::{Known, PhotoFindings, of_record};
pub use read::read;
pub use reading::{Reading, TakenAt};
pub use redact::{Cover, MOST_COVERS, REDACTED_EDGE, redact};
pub use turn::Turn;
