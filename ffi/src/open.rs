//! Opening the phone: one encrypted store, one [`Phone`] per process.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};

use lastmile_core::id::DocumentId;
use lastmile_core::phone::{self, DeviceFile, PhoneOptions};
use lastmile_core::records;
use lastmile_core::store::{RawKey, StoreOptions};
use zeroize::Zeroizing;

use crate::assistance::Stood;
use crate::error::LastmileError;
use crate::host::{Clock, HostClock, HostEntropy, PositionSource, Randomness};
use crate::observe::{Change, Observation, Observers, PhoneObserver};
use crate::road::Road;

/// Connections that read beside the one that writes.
const READERS: usize = 3;

/// Where the store is and what opens it.
#[derive(Clone, uniffi::Record)]
pub struct OpenOptions {
    /// The database file, in app-private storage that no backup copies; made if there is none. Files of
    /// evidence lie sealed in a folder beside it (`<path>-files`).
    pub path: String,
    /// The raw key, 32 bytes, unwrapped by the phone's key store. Not a passphrase. Overwrite it after.
    pub key: Vec<u8>,
    /// Sixteen random bytes made at installation and kept outside every backup: a store that comes back
    /// on another installation begins a new line of its own.
    pub installation: Vec<u8>,
    /// The device file of an enrolment, as [`crate::enrol`] gave it (JSON).
    pub device_file: String,
}

/// One phone's core: the only object an app keeps. `close()` it once, when the process ends or the phone
/// was wiped.
#[derive(uniffi::Object)]
pub struct Phone {
    pub(crate) core: Arc<phone::Phone>,
    pub(crate) observers: Arc<Observers>,
    pub(crate) positions: Option<Arc<dyn PositionSource>>,
    pub(crate) road: RwLock<Option<Arc<Road>>>,
    /// Where each request for assistance stood when it was last looked at.
    pub(crate) hops: Mutex<HashMap<DocumentId, Stood>>,
}

#[uniffi::export]
impl Phone {
    /// Opens the store and takes in the certificates of the device file. Nobody is signed in yet. Reads
    /// the disk: some 50 ms, more after a crash.
    ///
    /// Errors: `store_locked_key` (the key is not this store's), `store_damaged`, `store_newer`: nothing
    /// was changed, never delete the file; `input`; the codes of certificates.
    #[uniffi::constructor(default(clock = None, positions = None, randomness = None))]
    pub fn open(
        options: OpenOptions,
        clock: Option<Arc<dyn Clock>>,
        positions: Option<Arc<dyn PositionSource>>,
        randomness: Option<Arc<dyn Randomness>>,
    ) -> Result<Arc<Self>, LastmileError> {
        let bytes = Zeroizing::new(options.key);
        let key = Zeroizing::new(
            <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| LastmileError::input("key"))?,
        );
        let installation = options.installation.try_into();
        let file = read_device_file(&options.device_file)?;
        let core = phone::Phone::open(PhoneOptions {
            store: StoreOptions {
                path: PathBuf::from(options.path),
                vfs: None,
                key: Some(RawKey::new(*key)),
                readers: READERS,
                installation: installation.map_err(|_| LastmileError::input("installation"))?,
            },
            kinds: records::builtin(),
            clock: Arc::new(HostClock::new(clock)),
            entropy: Arc::new(HostEntropy(randomness)),
            files: None,
            root: bytes_of(&file.root, "device_file")?,
        })?;
        let certificates = file.chain.iter().chain([&file.certificate]);
        let certificates: Result<Vec<_>, _> =
            certificates.map(|hex| bytes_of(hex, "device_file")).collect();
        core.trust(&certificates?)?;
        Ok(Arc::new(Self {
            core: Arc::new(core),
            observers: Arc::default(),
            positions,
            road: RwLock::new(None),
            hops: Mutex::default(),
        }))
    }

    /// The court's code, e.g. `粤0605`.
    pub fn court(&self) -> String {
        self.core.court().to_owned()
    }

    /// What this phone says the time is, milliseconds since 1970.
    pub fn device_ms(&self) -> i64 {
        self.core.device_ms()
    }

    /// Lets `observer` hear of changes until the observation ends. Keep what comes back.
    pub fn observe(&self, observer: Arc<dyn PhoneObserver>) -> Arc<Observation> {
        Arc::new(self.observers.add(observer))
    }

    /// Whether this phone's copy was destroyed by order of the court, which happens in
    /// [`Phone::sync`]. Then delete the keys and begin anew with an enrolment.
    pub fn wiped(&self) -> Result<bool, LastmileError> {
        Ok(self.core.wiped()?)
    }
}

impl Phone {
    /// Says that an act changed a record.
    pub(crate) fn changed(&self, record: DocumentId) {
        self.observers.changed(&Change::Record { record: record.to_hex() });
    }

    /// The newest position as records write it, when the device gives one that is at most five minutes
    /// old: an older one is where the crew was, not where it acts.
    pub(crate) fn position_text(&self) -> Option<String> {
        let fix = self.positions.as_ref()?.newest().ok()??;
        (fix.age_s <= 300).then(|| fix.position())?.map(|position| position.to_string())
    }
}

pub(crate) fn read_device_file(json: &str) -> Result<DeviceFile, LastmileError> {
    serde_json::from_str(json).map_err(|_| LastmileError::input("device_file"))
}

/// Bytes of hexadecimal text.
pub(crate) fn bytes_of(hex: &str, field: &str) -> Result<Vec<u8>, LastmileError> {
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(hex.as_bytes())
        .map_err(|_| LastmileError::input(field))
}

/// A record's id.
pub(crate) fn record_id(hex: &str) -> Result<DocumentId, LastmileError> {
    DocumentId::from_hex(hex).map_err(|_| LastmileError::input("record"))
}
