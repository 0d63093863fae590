//! The phone: everything an app does, over the store, the documents and the wire. An app (through
//! the FFI), the tests and the demo all drive this one type.
//!
//! | file | subject |
//! | --- | --- |
//! | `enrol` | a code and new keys become certificates |
//! | `open` | opening a store, whose phone it is, signing in |
//! | `shared` | several people on one phone: PINs, locking, who sees what |
//! | `save` | a wish becomes a durable change; its signature follows |
//! | `capture` | originals kept, and recorded by a signed change |
//! | `files` | where the files of a record are; what may leave this phone |
//! | `upload`, `upload_turn` | files to the court: resumed, in small pieces, small pictures first |
//! | `fetch` | pictures and originals of colleagues from the court |
//! | `file_road`, `file_token` | the road for files, and the right to use it |
//! | `transport`, `http` | the road to the server; what carries it |
//! | `pictures` | small pictures, what a photo says of itself, what does not fit, covered copies |
//! | `signing` | those present read, declare and sign; countersignatures |
//! | `receive` | changes from the server or another phone, through the same gate as own ones |
//! | `set_aside` | what does not enter: it waits, goes to the tray, or makes room for a twin |
//! | `rebase` | after a refusal: the refused bytes to the tray, the work recorded anew |
//! | `exchange` | one request and its answer, as pure steps over the store |
//! | `ask` | one request over the road: its token, and a second try after a wrong clock |
//! | `log` | witness of the court's log: receipts, checkpoints, rewrites |
//! | `proof` | what the store keeps of receipts, and the part of the log's tree they prove |
//! | `sync` | the loop around it: growing requests after trouble, repairs, leaving channels |
//! | `peer` | phone to phone over any byte stream |
//! | `mirror` | forms on the crew's second phone |
//! | `withdrawn` | authors whose certificates the court withdrew |
//! | `courier` | sealed bundles: own ones, and those carried for others |
//! | `wipe` | the court's order to destroy this phone's copy |
//! | `desk` | drafts that autosave, the tray a person works through |
//! | `read` | what the screens show |
//! | `times` | what clocks said and what is proven |
//! | `export` | a case as one file that proves itself, written without the court |
//! | `papers` | what papers need beside the record |
//! | `assistance` | what the court did about a request, and what the screen shows |
//! | `watch` | promises before a dead zone, check-ins |
//! | `positions` | where the crew is while its request for help is open |
//! | `law` | what the rules still ask of a record |
//! | `leaving` | seal strips left, packs and contact: the check before leaving |
//! | `rebuild` | every cache made anew from the log |
//!
//! Nothing here decides about merging ([`crate::document`]) or about the law ([`crate::rules`]).

mod ask;
mod assistance;
mod cache;
mod capture;
mod courier;
mod desk;
pub mod enrol;
mod error;
mod exchange;
mod export;
mod fetch;
pub mod file_road;
mod file_token;
mod files;
pub mod http;
mod law;
mod leaving;
mod log;
mod mirror;
mod open;
mod papers;
mod peer;
mod pictures;
mod positions;
mod proof;
mod read;
mod rebase;
mod rebuild;
mod receive;
mod save;
mod set_aside;
mod shared;
mod signing;
mod sync;
#[cfg(test)]
mod tests;
mod times;
pub mod transport;
mod upload;
mod upload_turn;
mod watch;
mod wipe;
mod withdrawn;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

pub use crate::store::TakenOver;
pub use assistance::RequestTexts;
pub use capture::{Capture, CapturedOriginal};
pub use courier::{Delivered, Taken};
pub use error::PhoneError;
pub use exchange::{Applied, Limit, Plan};
pub use export::{CaseExport, PhoneExportError};
pub use fetch::FetchReport;
pub use files::{FileStanding, FileView};
pub use law::{Checked, RULES};
pub use leaving::{CaseHere, PackHere, SealsLeft};
pub use log::{LogTrouble, RESTORED};
pub use mirror::{FormCopy, Mirrored, MirroredForm};
pub use open::{DeviceFile, PhoneOptions, SignedIn};
pub use papers::PaperPicture;
pub use peer::{PeerError, PeerReport, PeerRole};
pub use read::{ListedRecord, RecordStanding, Standing, TrayItem};
pub use rebuild::CachesRebuilt;
pub use receive::Received;
pub use save::{NewRecord, Saved};
pub use shared::{OnThisPhone, PinError};
pub use signing::{Hand, Signatory};
pub use sync::{SyncReport, SyncTrouble};
pub use times::ChangeTimes;
pub use upload::{Progress, Trouble, UploadPolicy, UploadReport, UploadTrouble};

use crate::id::CertificateId;
use crate::identity::{Directory, Signer};
use crate::records::KindSet;
use crate::store::Store;
use crate::time::{Clock, Entropy};
use crate::vault::Vault;

use cache::Documents;

/// One phone's core. Share it in an `Arc`; every method may be called from any thread.
pub struct Phone {
    store: Store,
    kinds: KindSet,
    court: String,
    installation: [u8; 16],
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    vault: Vault,
    directory: RwLock<Directory>,
    /// Keys of the people signed in on this phone, by certificate.
    keys: RwLock<HashMap<CertificateId, Arc<dyn Signer>>>,
    /// Who acts now.
    acting: RwLock<Option<SignedIn>>,
    documents: Mutex<Documents>,
    /// One change of documents at a time: what was read must still hold when it is written.
    work: Mutex<()>,
    /// Files get their names and are removed one at a time, each together with its row: what is kept
    /// here by one thread is not removed by another that gave up the same bytes a moment before.
    files: Mutex<()>,
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone")
    }
}

/// A lock whose holder panicked is still good here: every guarded value is replaced whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
