//! Observers hear of changes while they listen, and not after.

use std::sync::{Arc, Mutex};

use lastmile_ffi::{CallbackError, Change, ContactState, PhoneObserver, UploadProgress};

use crate::officer::{Officer, seizure, wait};

/// Writes down what it hears.
#[derive(Default)]
pub(crate) struct Ear {
    pub(crate) changes: Mutex<Vec<Change>>,
    pub(crate) contacts: Mutex<Vec<ContactState>>,
    pub(crate) pieces: Mutex<Vec<UploadProgress>>,
}

impl PhoneObserver for Ear {
    fn changed(&self, change: Change) -> Result<(), CallbackError> {
        self.changes.lock().unwrap().push(change);
        Ok(())
    }

    fn contact(&self, state: ContactState) -> Result<(), CallbackError> {
        self.contacts.lock().unwrap().push(state);
        Err(CallbackError::Failed)
    }

    fn uploading(&self, progress: UploadProgress) -> Result<(), CallbackError> {
        self.pieces.lock().unwrap().push(progress);
        Ok(())
    }
}

#[test]
fn an_observer_hears_until_its_observation_ends() {
    let officer = Officer::new();
    let phone = officer.phone();
    let (one, other) = (Arc::new(Ear::default()), Arc::new(Ear::default()));
    let observing = phone.observe(one.clone());
    let second = phone.observe(other.clone());
    let record = phone.create_record(seizure()).unwrap().record;
    let heard = vec![Change::Record { record }];
    assert_eq!(*one.changes.lock().unwrap(), heard);

    drop(observing);
    assert_eq!(Arc::strong_count(&one), 1, "the phone holds no observer that ended");
    phone.create_record(seizure()).unwrap();
    assert_eq!(*one.changes.lock().unwrap(), heard);
    assert_eq!(other.changes.lock().unwrap().len(), 2);
    second.end();
    second.end();
    phone.create_record(seizure()).unwrap();
    assert_eq!(other.changes.lock().unwrap().len(), 2);
}

#[test]
fn an_observation_outlives_its_phone() {
    let officer = Officer::new();
    let phone = officer.phone();
    let observing = phone.observe(Arc::new(Ear::default()));
    drop(phone);
    observing.end();
}

#[test]
fn a_contact_without_a_road_says_so_and_tells_nobody() {
    let officer = Officer::new();
    let phone = officer.phone();
    let ear = Arc::new(Ear::default());
    let _observing = phone.observe(ear.clone());
    assert_eq!(wait(phone.clone().sync(0)).unwrap_err().code(), "road_setup");
    assert!(ear.contacts.lock().unwrap().is_empty());
}
