//! # The papers of a day in the field
//!
//! Lists, records, notices and receipts of service as PDF, in Chinese, on a phone without network and on
//! the server alike. A record becomes a typed [`Paper`] (pure, no layout), which a template typesets.
//!
//! ```text
//! RecordView, case pack, pictures ──► Paper ──► one JSON value ──► templates/*.typ ──► PDF
//!            Source                   read/                        world
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | `form` | which papers there are, and of which records |
//! | `read` | what a paper says, one file a paper |
//! | `paper` | what all papers carry: parties, draft or not, signatures, pictures, proof |
//! | `mark` | the text of the QR code, written and read |
//! | `picture`, `files` | pictures brought to one printable form |
//! | `templates` | how papers look, as data that a court may replace |
//! | `world`, `pdf` | the typesetter, shut in: no files, no network, no clock |
//! | `phone` | a paper from a phone |
//!
//! What does not live here: who may read a record, what must be on it before it is finalised
//! (`lastmile_core::rules`), where originals are kept.

mod files;
mod form;
mod mark;
mod paper;
mod pdf;
mod phone;
mod picture;
mod read;
mod templates;
mod world;

pub use form::Form;
pub use mark::{Mark, MarkError};
pub use paper::{Paper, Source, Titles};
pub use pdf::{MAX_PAGES, PaperError, pdf, pdf_with};
pub use phone::{PhonePaperError, PhonePhotos, of_phone};
pub use picture::{NoPhotos, Photos, Picture};
pub use templates::Templates;
