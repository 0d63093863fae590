//! # The phone for Kotlin
//!
//! What an officer's app calls: `lastmile-core` and `lastmile-papers` translated by UniFFI, by macros alone.
//! Nothing is decided here; a question about the law, merging or the wire belongs to the core.
//!
//! | file | subject |
//! | --- | --- |
//! | `words`, `error`, `causes` | texts in both languages; what went wrong, with a stable code |
//! | `work` | long calls off the caller's thread; what happens when their caller gives up |
//! | `host` | what the device gives: clock, positions, streams of bytes |
//! | `signer` | a key of the phone's key store, as the core wants it |
//! | `road`, `http` | the road to the court: this library's own, or the app's |
//! | `enrol`, `open`, `people` | a code becomes certificates; opening; who acts |
//! | `kinds`, `value` | what record kinds say of themselves; what fields hold |
//! | `cases`, `records`, `view`, `drafts` | today's cases; records written, listed and shown; forms kept |
//! | `rules`, `conflicts`, `signing` | what is missing; what differs; reading back, signing, finalising |
//! | `photos`, `pictures`, `papers`, `export` | evidence, what people see of it, PDF, a case as a file |
//! | `assistance`, `watch` | calling for help, promises before a dead zone, positions |
//! | `sync`, `files`, `peer`, `courier` | to the court, from it, phone to phone, by bundle |
//! | `status`, `leaving` | how far everything has come; the check before leaving |
//! | `observe` | few coarse notices that something changed |
//!
//! **Threads.** Functions that are `suspend` in Kotlin work on this library's own threads and may be
//! called from anywhere. All others answer at once from memory or from the encrypted store: milliseconds,
//! but disk, so call them off the main thread. Every object may be used from any thread.
//!
//! **Given up.** Cancelling a suspended call ends it at its next safe point; whatever was durable before
//! stays, and calling again goes on from there.
//!
//! **Units.** Times are milliseconds since 1970, money is fen (分), ids and hashes lower-case hexadecimal.

// What Kotlin passes was made anew on the way here: it is owned, whoever looks at it only.
#![allow(clippy::needless_pass_by_value)]

mod assistance;
mod cases;
mod causes;
mod conflicts;
mod courier;
mod drafts;
mod enrol;
mod error;
mod export;
mod files;
mod host;
mod http;
mod kinds;
mod leaving;
mod observe;
mod open;
mod papers;
mod peer;
mod peer_stream;
mod people;
mod photos;
mod pictures;
mod records;
mod road;
mod rules;
mod signer;
mod signing;
mod status;
mod sync;
mod value;
mod view;
mod watch;
mod words;
mod work;

pub use assistance::{
    AloudLine, Assistance, AssistanceStep, AssistanceTexts, AssistanceTodo, HeardText,
    withdrawal_reason,
};
pub use cases::{CaseInfo, CaseLine, CasePage, CaseParty, CaseRuling, DutyPhone};
pub use conflicts::{Conflict, ConflictKind, Said, Settlement, Side};
pub use courier::{CourierDelivered, PouchTaken};
pub use drafts::Draft;
pub use enrol::{CodeInfo, Enrolled, enrol, read_code};
pub use error::LastmileError;
pub use export::{CaseExport, Edition};
pub use files::{FetchReport, FileWaits, UploadReport};
pub use host::{
    ByteSource, ByteStream, CallbackError, Clock, Fix, Moment, PositionSource, Randomness,
};
pub use http::{HttpAnswer, HttpHeader, HttpRequest, Transport, TransportError};
pub use kinds::{
    CodeWord, CollectionInfo, FieldInfo, FieldKind, FieldPolicy, KindInfo, VerbAction, VerbInfo,
    record_kinds,
};
pub use leaving::{LeaveCheck, PackLine, SealBlockLeft};
pub use observe::{Change, ContactState, Observation, PhoneObserver, UploadProgress};
pub use open::{OpenOptions, Phone};
pub use papers::{PaperFile, PaperForm, papers_of};
pub use peer::{MeetingReport, PeerListener};
pub use people::{Person, SignedIn};
pub use photos::{CaptureForm, CapturedOriginal, CoverRect, KeptOriginal, Original};
pub use pictures::{FileStanding, PhotoFinding, PhotoReading, RecordFile, SmallPicture};
pub use records::{Act, DraftItem, Hit, Hits, RecordDraft, RecordLine, RecordPage, SavedChange};
pub use road::Road;
pub use rules::{Finding, Outcome, RuleCheck, SetAside, Severity, Stage};
pub use signer::{KeyError, KeyInfo, Signer};
pub use signing::{Declaration, Hand, ReadBack, Signatory, Stroke, StrokePoint, declaration};
pub use status::{
    Backlog, ChangeTimes, LogAlarm, RecordStanding, Standing, TrayEntry, standing_label,
};
pub use sync::SyncReport;
pub use value::Value;
pub use view::{Finalised, ShownCollection, ShownField, ShownItem, ShownRecord, Written};
pub use watch::{WatchPromise, WatchState, WatchWord, new_watch_id};
pub use words::Words;

uniffi::setup_scaffolding!();
