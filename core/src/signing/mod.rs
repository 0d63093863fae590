//! What those present sign, and with what: the content read back to them, the declaration they make,
//! the strokes of their hand. Pure; the phone's part is [`crate::phone`], what acceptance demands of a
//! signature is [`crate::document`]'s, who must sign is the law's ([`crate::rules`]).
//!
//! ```text
//! RecordView ──► ReadBack (large type, aloud) ──► the person ──► Strokes ──► SHA-256 in the record
//!                   └─ content digest, the one signed                └─ bytes kept as evidence
//! ```

mod declaration;
mod read_back;
mod strokes;
pub mod test_strokes;

pub use declaration::{Declaration, declaration};
pub use read_back::{Names, ReadBack};
pub use strokes::{Point, STROKES_MIME, Strokes};
