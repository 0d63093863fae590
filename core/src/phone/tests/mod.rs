//! The phone on its own and with another phone, no server: a court's answers are made here by hand.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod clones;
mod desk;
mod files;
mod finalising;
mod law;
mod leaving_files;
mod meeting;
mod mirroring;
mod pictures;
mod roads;
mod saving;
mod sharing;
mod signing;

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::exchange::Limit;
use super::*;
use crate::document::{Fields, Intent};
use crate::id::{DocumentId, ServerEpoch};
use crate::identity::test_keys::TestCourt;
use crate::identity::transition::{Transition, TransitionKind};
use crate::identity::{Signed, Signer};
use crate::records;
use crate::store::StoreOptions;
use crate::sync::channel::{EntryHash, EntryKind, SetHash, of_case};
use crate::sync::response::{ChannelNews, Entry, SyncResponse};
use crate::time::{ManualClock, SeededEntropy};
use crate::value::Value;
use crate::vault::{Folder, MemoryFolder};

pub(super) const CASE: &str = "(2026)粤0605执1101号";
pub(super) const MORNING_MS: i64 = 1_773_701_400_000;

/// A court and the phones of its people.
pub(super) struct World {
    pub(super) court: TestCourt,
    pub(super) dir: TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        Self { court: TestCourt::nanhai(), dir: TempDir::new().unwrap() }
    }

    pub(super) fn phone_at(
        &self,
        path: &Path,
        person: &str,
        installation: u8,
        seed: u64,
        skew_ms: i64,
    ) -> Phone {
        self.open(path, person, (installation, seed), skew_ms, None)
    }

    fn open(
        &self,
        path: &Path,
        person: &str,
        (installation, seed): (u8, u64),
        skew_ms: i64,
        files: Option<Arc<dyn Folder>>,
    ) -> Phone {
        let phone = Phone::open(PhoneOptions {
            store: StoreOptions {
                path: path.to_owned(),
                vfs: None,
                key: None,
                readers: 2,
                installation: [installation; 16],
            },
            kinds: records::builtin(),
            clock: Arc::new(ManualClock::new(
                MORNING_MS,
                skew_ms,
                crate::id::BootId([installation; 8]),
            )),
            entropy: Arc::new(SeededEntropy::new(seed)),
            files,
            root: self.court.root.certificate.to_bytes(),
        })
        .unwrap();
        let identity = self.court.person(person);
        phone
            .trust(&[
                self.court.issuing.certificate.to_bytes(),
                self.court.server.certificate.to_bytes(),
                identity.certificate.to_bytes(),
            ])
            .unwrap();
        let signer: Arc<dyn Signer> = Arc::clone(&identity.signer) as Arc<dyn Signer>;
        phone.sign_in(identity.id, signer).unwrap();
        phone
    }

    /// A phone of `person` that the court has let into the case.
    pub(super) fn phone(&self, person: &str, number: u8) -> Phone {
        let path = self.dir.path().join(format!("{person}.db"));
        let phone = self.phone_at(&path, person, number, u64::from(number), 0);
        self.let_in(&phone, &["luqihang", "wenruotang"]);
        phone
    }

    /// The same with its files in `folder`.
    pub(super) fn phone_with(&self, person: &str, number: u8, folder: &MemoryFolder) -> Phone {
        let path = self.dir.path().join(format!("{person}.db"));
        let files: Arc<dyn Folder> = Arc::new(folder.clone());
        let phone = self.open(&path, person, (number, u64::from(number)), 0, Some(files));
        self.let_in(&phone, &["luqihang", "wenruotang"]);
        phone
    }

    /// The court's answer that makes `people` members of the case.
    pub(super) fn let_in(&self, phone: &Phone, people: &[&str]) {
        let channel = of_case(CASE);
        let mut set = SetHash::default();
        let mut entries = Vec::new();
        for (number, person) in people.iter().enumerate() {
            let transition = Transition {
                court: self.court.court.clone(),
                channel: channel.clone(),
                kind: TransitionKind::Member { person: (*person).to_owned(), enter: true },
                on_behalf_of: None,
                at_ms: MORNING_MS,
                nonce: [u8::try_from(number).unwrap(); 16],
                follows: None,
                certificate: self.court.server.id,
            };
            let signed = Signed::seal(&transition, self.court.server.signer.as_ref()).unwrap();
            set = set.with(EntryHash::of(EntryKind::Transition, &signed.body_hash()));
            entries.push(Entry::Transition(signed.to_bytes()));
        }
        let plan = phone.plan(Limit { up: 1, down: 1, probe: true, wait_s: 0 }).unwrap();
        let answer = SyncResponse {
            server_epoch: ServerEpoch([1; 16]),
            server_ms: MORNING_MS,
            outcomes: Vec::new(),
            have: Vec::new(),
            news: vec![ChannelNews {
                channel,
                after: 0,
                entries,
                set,
                more: false,
                differs: false,
                repaired: false,
            }],
            changes: Vec::new(),
            receipt: None,
        };
        let applied = phone.apply(&plan, &answer).unwrap();
        assert!(!applied.differs);
    }
}

pub(super) fn begin(phone: &Phone) -> DocumentId {
    let head = Fields::from([("location".to_owned(), "九江镇测试工业区1号".into())]);
    let new = NewRecord {
        kind: "seizure".into(),
        case: CASE.into(),
        handler: String::new(),
        head,
        items: Vec::new(),
    };
    phone.create(new).unwrap().document
}

pub(super) fn add_line(phone: &Phone, record: DocumentId, name: &str) -> String {
    let item = phone.new_item();
    let fields =
        Fields::from([("name".to_owned(), name.into()), ("quantity".to_owned(), Value::Int(1))]);
    phone
        .act(record, &Intent::Add { verb: "add_line".into(), item: item.clone(), fields })
        .unwrap();
    item
}

pub(super) fn quantity(
    phone: &Phone,
    record: DocumentId,
    item: &str,
    quantity: i64,
) -> Result<Saved, PhoneError> {
    let fields = Fields::from([("quantity".to_owned(), Value::Int(quantity))]);
    phone.act(record, &Intent::Edit { verb: "edit_line".into(), item: item.into(), fields })
}

pub(super) fn meet(
    one: &Phone,
    other: &Phone,
) -> (Result<PeerReport, PeerError>, Result<PeerReport, PeerError>) {
    let (mut here, mut there) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        let answer = scope.spawn(move || {
            let report = other.meet(&mut there, PeerRole::Responder);
            drop(there);
            report
        });
        let first = one.meet(&mut here, PeerRole::Initiator);
        drop(here);
        (first, answer.join().unwrap())
    })
}
