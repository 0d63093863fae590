//! Few coarse notices that something changed; what changed, the screen reads itself. A notice on another
//! thread costs the JVM an attachment, so there is none per line or field.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::host::CallbackError;

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Change {
    /// One record, by an act on this phone.
    Record {
        /// Its id.
        record: String,
    },
    /// A draft was saved, handed in or thrown away on this phone: as often as somebody types.
    Draft {
        /// Its id.
        id: String,
    },
    /// Anything may have changed (a contact, a meeting, somebody signed in): read again what is shown.
    Anything,
    /// A request for assistance stands at another step: read [`crate::Phone::assistance`] again, at once.
    Assistance {
        /// The request.
        record: String,
    },
}

/// How a contact with the court goes on.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum ContactState {
    /// It began.
    Running,
    /// It ended well.
    Done {
        /// When, milliseconds since 1970 by this phone.
        at_ms: i64,
    },
    /// It ended with this code. What was done before stays.
    Failed {
        /// Stable code.
        code: String,
    },
}

/// How far an upload is, told before its first piece and after every one but a file's last: that one shows in
/// `finished` of the next notice, or in the report.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct UploadProgress {
    /// The original this is about.
    pub original: String,
    /// A small picture of it goes; else the original itself.
    pub small: bool,
    /// Bytes of this file with the court.
    pub sent: u64,
    /// Bytes of this file.
    pub bytes: u64,
    /// Files finished in this contact.
    pub finished: u32,
}

/// Hears what happens. Called on whichever thread it happens on: hand on and return. Hold no
/// [`crate::Phone`] in it: the two would keep each other alive.
#[uniffi::export(foreign)]
pub trait PhoneObserver: Send + Sync {
    /// Something changed.
    fn changed(&self, change: Change) -> Result<(), CallbackError>;
    /// A contact began or ended.
    fn contact(&self, state: ContactState) -> Result<(), CallbackError>;
    /// An upload went on by a piece.
    fn uploading(&self, progress: UploadProgress) -> Result<(), CallbackError>;
}

type Listeners = Mutex<Vec<(u64, Arc<dyn PhoneObserver>)>>;

/// Everybody who listens.
#[derive(Default)]
pub(crate) struct Observers {
    listeners: Arc<Listeners>,
    next: Mutex<u64>,
}

impl Observers {
    pub(crate) fn add(&self, observer: Arc<dyn PhoneObserver>) -> Observation {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next += 1;
        lock(&self.listeners).push((*next, observer));
        Observation { listeners: Arc::downgrade(&self.listeners), number: *next }
    }

    /// Tells everybody, without holding anything meanwhile: a listener may call the phone or end itself.
    fn tell(&self, say: impl Fn(&dyn PhoneObserver) -> Result<(), CallbackError>) {
        let all: Vec<_> = lock(&self.listeners).iter().map(|(_, one)| Arc::clone(one)).collect();
        for one in all {
            // Whoever cannot hear misses a notice, nothing else.
            let _ = say(one.as_ref());
        }
    }

    pub(crate) fn changed(&self, change: &Change) {
        self.tell(|one| one.changed(change.clone()));
    }

    pub(crate) fn contact(&self, state: &ContactState) {
        self.tell(|one| one.contact(state.clone()));
    }

    pub(crate) fn uploading(&self, progress: &UploadProgress) {
        self.tell(|one| one.uploading(progress.clone()));
    }
}

/// Keeps an observer listening; it ends with [`Observation::end`], with `close()` in Kotlin, or when
/// nobody holds this any more.
#[derive(uniffi::Object)]
pub struct Observation {
    listeners: Weak<Listeners>,
    number: u64,
}

#[uniffi::export]
impl Observation {
    /// Ends it; twice is once.
    pub fn end(&self) {
        if let Some(listeners) = self.listeners.upgrade() {
            lock(&listeners).retain(|(number, _)| *number != self.number);
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.end();
    }
}

fn lock(listeners: &Listeners) -> std::sync::MutexGuard<'_, Vec<(u64, Arc<dyn PhoneObserver>)>> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}
