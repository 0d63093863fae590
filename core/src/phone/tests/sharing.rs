//! Two people on one phone, each with a PIN.

use super::*;
use crate::identity::PublicKey;
use crate::phone::shared::{FIRST_MS, FREE, LONGEST_MS};
use crate::phone::{FetchReport, PinError, Trouble};
use crate::store::DerivedKind;
use crate::time::{Clock, Moment};

pub(super) const LU: &str = "194637";
pub(super) const WEN: &str = "805142";
const OTHER_CASE: &str = "(2026)粤0605执1102号";

/// A clock that tests set as a thief would.
struct Hands(Mutex<Moment>);

impl Clock for Hands {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}

pub(super) struct Shared {
    pub(super) world: World,
    pub(super) phone: Phone,
    clock: Arc<Hands>,
}

impl Shared {
    /// A phone of Lu and Wen, both with PINs, locked. Lu belongs to the case.
    pub(super) fn new() -> Self {
        let world = World::new();
        let moment =
            Moment { device_ms: MORNING_MS, monotonic_ms: 1_000, boot: crate::id::BootId([1; 8]) };
        let clock = Arc::new(Hands(Mutex::new(moment)));
        let phone = open(&world, &clock);
        let shared = Self { world, phone, clock };
        for (person, pin) in [("luqihang", LU), ("wenruotang", WEN)] {
            let identity = shared.world.court.person(person);
            shared.phone.sign_in(identity.id, Arc::clone(&identity.signer) as _).unwrap();
            shared.phone.set_pin(pin).unwrap();
        }
        shared.phone.lock().unwrap();
        shared
    }

    pub(super) fn unlock(&self, person: &str, pin: &str) -> Result<SignedIn, PinError> {
        let people = &self.world.court.people;
        self.phone.unlock(person, pin, &|key: &PublicKey| {
            let found = people.iter().find(|identity| identity.signer.public_key() == *key)?;
            Some(Arc::clone(&found.signer) as Arc<dyn Signer>)
        })
    }

    /// What a wrong PIN brings: the code and how long to wait.
    fn wrong(&self) -> (&'static str, u64) {
        match self.unlock("luqihang", "000001").unwrap_err() {
            error @ (PinError::Wrong { wait_ms } | PinError::Wait { wait_ms }) => {
                (error.code(), wait_ms)
            }
            error => panic!("{error}"),
        }
    }

    fn clock(&self, change: impl FnOnce(&mut Moment)) {
        change(&mut self.clock.0.lock().unwrap());
    }

    pub(super) fn restart(&mut self, boot: u8) {
        self.clock(|now| {
            *now = Moment {
                device_ms: MORNING_MS + 400 * 24 * 3_600_000,
                monotonic_ms: 0,
                boot: crate::id::BootId([boot; 8]),
            };
        });
        self.phone.store().close().unwrap();
        self.phone = open(&self.world, &self.clock);
    }
}

fn open(world: &World, clock: &Arc<Hands>) -> Phone {
    let phone = Phone::open(PhoneOptions {
        store: StoreOptions {
            path: world.dir.path().join("shared.db"),
            vfs: None,
            key: None,
            readers: 2,
            installation: [3; 16],
        },
        kinds: records::builtin(),
        clock: Arc::clone(clock) as _,
        entropy: Arc::new(SeededEntropy::new(3)),
        files: None,
        root: world.court.root.certificate.to_bytes(),
    })
    .unwrap();
    let court = &world.court;
    let known = [&court.issuing, &court.server].into_iter().chain(&court.people);
    let certificates: Vec<_> = known.map(|identity| identity.certificate.to_bytes()).collect();
    phone.trust(&certificates).unwrap();
    phone
}

#[test]
fn a_colleagues_photo_is_asked_for_by_those_only_who_may_see_its_record() {
    let shared = Shared::new();
    shared.unlock("luqihang", LU).unwrap();
    shared.world.let_in(&shared.phone, &["luqihang"]);
    let record = begin(&shared.phone);
    let hash = crate::id::BlobHash([9; 32]);
    let fields = Fields::from([
        ("hash".to_owned(), Value::Bytes(hash.0.to_vec())),
        ("mime".to_owned(), "image/jpeg".into()),
    ]);
    let item = shared.phone.new_item();
    let photo = Intent::Add { verb: "add_photo".into(), item, fields };
    shared.phone.act(record, &photo).unwrap();
    // This court knows no file: whoever asks learns that it cannot be reached.
    let road = files::Court::default();
    let ask = |of| shared.phone.fetch_thumbnails(&road, of, &mut |_| true);
    let picture = || shared.phone.fetch_picture(&road, hash, DerivedKind::Preview).unwrap_err();
    assert!(matches!(ask(None), Err(Trouble::Road(_))));
    assert!(matches!(picture(), Trouble::Road(_)));
    shared.unlock("wenruotang", WEN).unwrap();
    assert_eq!(ask(None).unwrap(), FetchReport::default(), "not even asked");
    assert!(matches!(ask(Some(record)), Err(Trouble::Phone(_))));
    assert!(matches!(picture(), Trouble::Phone(PhoneError::NoFile)));
}

#[test]
fn each_writes_as_himself_after_signing_in_with_the_pin() {
    let shared = Shared::new();
    shared.unlock("luqihang", LU).unwrap();
    shared.world.let_in(&shared.phone, &["luqihang", "wenruotang"]);
    let record = begin(&shared.phone);
    shared.unlock("wenruotang", WEN).unwrap();
    let line = add_line(&shared.phone, record, "空压机");
    let view = shared.phone.record_view(record).unwrap();
    let author = |verb: &str| {
        let found = view.changes().iter().find(|node| node.provenance.verb == verb);
        found.map(|node| node.provenance.person.clone()).unwrap()
    };
    assert_eq!(author("create"), "luqihang");
    assert_eq!(author("add_line"), "wenruotang");
    assert!(!line.is_empty());
    // Both are signed, each by the author's own key, though Lu's was forgotten at the change.
    let rows =
        shared.phone.store().read::<_, PhoneError>(|tx| Ok(tx.log_of_document(record, 0, 9)?));
    shared.phone.sign_pending(9).unwrap();
    let rows_after =
        shared.phone.store().read::<_, PhoneError>(|tx| Ok(tx.log_of_document(record, 0, 9)?));
    assert_eq!(rows.unwrap().len(), 2);
    assert!(rows_after.unwrap().iter().all(|row| row.row.signature.is_some()));
}

#[test]
fn a_locked_phone_writes_and_shows_nothing() {
    let shared = Shared::new();
    shared.unlock("luqihang", LU).unwrap();
    shared.world.let_in(&shared.phone, &["luqihang"]);
    let record = begin(&shared.phone);
    shared.phone.lock().unwrap();
    let code = |error: PhoneError| error.code();
    assert_eq!(shared.phone.record_view(record).map_err(code).err(), Some("not_signed_in"));
    assert_eq!(shared.phone.records_of_case(CASE).map_err(code).err(), Some("not_signed_in"));
    assert_eq!(shared.phone.find("九江", 5).map_err(code).err(), Some("not_signed_in"));
    assert_eq!(shared.phone.tray().map_err(code).err(), Some("not_signed_in"));
    let intent = Intent::Set { verb: "set".into(), fields: Fields::new() };
    assert_eq!(shared.phone.act(record, &intent).map_err(code).err(), Some("not_signed_in"));
}

#[test]
fn one_persons_list_shows_only_that_persons_cases() {
    let shared = Shared::new();
    shared.unlock("luqihang", LU).unwrap();
    shared.world.let_in(&shared.phone, &["luqihang"]);
    let record = begin(&shared.phone);
    assert_eq!(shared.phone.records_of_case(CASE).unwrap().len(), 1);
    assert_eq!(shared.phone.find("九江", 5).unwrap().hits.len(), 1);

    shared.unlock("wenruotang", WEN).unwrap();
    assert!(shared.phone.records_of_case(CASE).unwrap().is_empty());
    assert!(shared.phone.find("九江", 5).unwrap().hits.is_empty());
    assert_eq!(shared.phone.record_view(record).unwrap_err().code(), "no_record");
    // What Wen begins in a case the court has not let her into yet is hers to see.
    let new = NewRecord {
        kind: "seizure".into(),
        case: OTHER_CASE.into(),
        handler: String::new(),
        head: Fields::from([("location".to_owned(), "九江镇".into())]),
        items: Vec::new(),
    };
    let own = shared.phone.create(new).unwrap().document;
    assert_eq!(shared.phone.records_of_case(OTHER_CASE).unwrap().len(), 1);
    shared.phone.record_view(own).unwrap();
    shared.unlock("luqihang", LU).unwrap();
    assert!(shared.phone.records_of_case(OTHER_CASE).unwrap().is_empty());
    assert_eq!(shared.phone.find("九江", 5).unwrap().hits.len(), 1);
}

#[test]
fn waiting_grows_and_neither_a_restart_nor_the_clock_shortens_it() {
    let mut shared = Shared::new();
    for _ in 1..FREE {
        assert_eq!(shared.wrong(), ("pin_wrong", 0));
    }
    assert_eq!(shared.wrong(), ("pin_wrong", FIRST_MS));
    // Not even the right one is looked at.
    assert_eq!(shared.unlock("luqihang", LU).unwrap_err().code(), "pin_wait");
    assert_eq!(shared.phone.people().unwrap()[0].wait_ms, FIRST_MS);
    assert_eq!(shared.phone.people().unwrap()[1].wait_ms, 0, "others are not kept out");
    for years in [-9, 9] {
        shared.clock(|now| now.device_ms += years * 366 * 24 * 3_600_000);
        assert_eq!(shared.wrong(), ("pin_wait", FIRST_MS));
    }
    shared.clock(|now| now.monotonic_ms += FIRST_MS - 1);
    assert_eq!(shared.wrong(), ("pin_wait", 1));
    shared.clock(|now| now.monotonic_ms += 1);
    assert_eq!(shared.wrong(), ("pin_wrong", 2 * FIRST_MS), "twice as long each time");
    // After a restart, with the clock a year on, only the time since counts.
    shared.restart(2);
    assert_eq!(shared.wrong(), ("pin_wait", 2 * FIRST_MS));
    shared.clock(|now| now.monotonic_ms = 2 * FIRST_MS);
    for _ in 0..20 {
        let (code, wait_ms) = shared.wrong();
        assert_eq!(code, "pin_wrong");
        assert!(wait_ms <= LONGEST_MS);
        shared.clock(|now| now.monotonic_ms += wait_ms);
    }
    assert_eq!(shared.wrong(), ("pin_wrong", LONGEST_MS));
    shared.clock(|now| now.monotonic_ms += LONGEST_MS);
    // Nothing was wiped, and the right PIN forgives everything.
    shared.unlock("luqihang", LU).unwrap();
    shared.phone.lock().unwrap();
    assert_eq!(shared.wrong(), ("pin_wrong", 0));
}

#[test]
fn bad_pins_missing_keys_and_withdrawn_certificates_are_told_apart() {
    let shared = Shared::new();
    assert_eq!(shared.phone.set_pin(LU).unwrap_err().code(), "not_signed_in");
    assert_eq!(shared.unlock("ouziqian", LU).unwrap_err().code(), "pin_none");
    let no_keys = |_: &PublicKey| None;
    let missing = shared.phone.unlock("luqihang", LU, &no_keys).unwrap_err();
    assert_eq!(missing.code(), "key_missing");
    shared.unlock("luqihang", LU).unwrap();
    for bad in
        ["", "12345", "1234567890123", "12a456", "111111", "123456", "987654", "一二三四五六"]
    {
        assert_eq!(shared.phone.set_pin(bad).unwrap_err().code(), "pin_form", "{bad}");
    }
    shared.phone.set_pin("271828").unwrap();
    assert_eq!(shared.unlock("luqihang", LU).unwrap_err().code(), "pin_wrong");
    shared.unlock("luqihang", "271828").unwrap();
    let lost = shared.world.court.person("wenruotang").id;
    let revocation = crate::identity::Revocation { at_ms: 5, transition: [1; 32] };
    shared.phone.directory.write().unwrap().revoke(lost, revocation).unwrap();
    assert_eq!(shared.unlock("wenruotang", WEN).unwrap_err().code(), "certificate_withdrawn");
}
