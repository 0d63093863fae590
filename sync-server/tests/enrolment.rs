//! From a one-time code to a phone that records, against the real service; and who may give roles.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::sync::Arc;

use lastmile_core::id::{BootId, CertificateId};
use lastmile_core::identity::certificate::{protection, purpose};
use lastmile_core::identity::enrolment::{EnrolmentAnswer, EnrolmentCode};
use lastmile_core::identity::{
    Canonical, Signed, Signer, SoftwareSigner, Transition, TransitionKind,
};
use lastmile_core::phone::enrol::{self, EnrolError, Enrolled, EnrolmentRoad, NewKeys};
use lastmile_core::phone::transport::{HttpTransport, TransportError};
use lastmile_core::phone::{NewRecord, Phone, PhoneOptions};
use lastmile_core::records::{Role, builtin};
use lastmile_core::store::StoreOptions;
use lastmile_core::time::{Clock, ManualClock, SeededEntropy};
use lastmile_server::court::{self, NewDevice};
use lastmile_server::enrol::{NewEnrolment, make};
use lastmile_server::keys::{self, Passphrase};
use lastmile_server::roles;
use world::{CASE, MORNING_MS, World};

const HOUR_MS: u64 = 3_600_000;

fn signer() -> Arc<SoftwareSigner> {
    Arc::new(SoftwareSigner::from_pkcs8(&SoftwareSigner::generate().unwrap()).unwrap())
}

fn new_keys() -> NewKeys {
    NewKeys { record: signer(), finalise: Some(signer()), protection: protection::TEE.to_owned() }
}

fn new(world: &World, person: &str) -> NewEnrolment {
    NewEnrolment {
        person: person.into(),
        name: "陆启航".into(),
        valid_days: 30,
        hours: 72,
        protection: None,
        device: None,
        label: None,
        url: world.url(),
    }
}

fn code(world: &World, person: &str) -> EnrolmentCode {
    roles::set(world.server(), person, &[Role::Officer], &[]).unwrap();
    make(world.server(), &new(world, person)).unwrap()
}

fn attempt(world: &World, code: &EnrolmentCode, keys: &NewKeys) -> Result<Enrolled, EnrolError> {
    let road = HttpTransport::new(&world.url(), &[]).unwrap();
    enrol::enrol(code, keys, &road, world.clock.as_ref(), &SeededEntropy::new(7))
}

/// The code under which the server refuses.
fn refused(world: &World, code: &EnrolmentCode, keys: &NewKeys) -> String {
    attempt(world, code, keys).unwrap_err().code().to_owned()
}

fn open(world: &World, enrolled: &Enrolled, keys: &NewKeys) -> Phone {
    let phone = Phone::open(PhoneOptions {
        store: StoreOptions {
            path: world.dir.path().join("enrolled.db"),
            vfs: None,
            key: None,
            readers: 1,
            installation: [9; 16],
        },
        kinds: builtin(),
        clock: Arc::new(ManualClock::new(MORNING_MS, 0, BootId([9; 8]))),
        entropy: Arc::new(SeededEntropy::new(9)),
        files: None,
        root: enrolled.root(),
    })
    .unwrap();
    phone.register(&enrolled.file, Arc::clone(&keys.record)).unwrap();
    let (second, key) = (enrolled.finalise.unwrap(), keys.finalise.clone().unwrap());
    phone.sign_in_to_finalise(second, key).unwrap();
    phone
}

fn seizure(phone: &Phone) {
    let record = NewRecord {
        kind: "seizure".into(),
        case: CASE.into(),
        handler: String::new(),
        head: lastmile_core::document::Fields::new(),
        items: Vec::new(),
    };
    phone.create(record).unwrap();
}

#[test]
fn a_code_becomes_a_phone_that_records() {
    let world = World::new();
    let given = code(&world, "luqihang");
    // As the person types it from the sheet.
    let typed = EnrolmentCode::parse(&given.typed().to_lowercase()).unwrap();
    let keys = new_keys();
    let enrolled = attempt(&world, &typed, &keys).unwrap();
    assert_eq!((enrolled.person.as_str(), enrolled.name.as_str()), ("luqihang", "陆启航"));
    assert_eq!(enrolled.roles, ["officer"]);
    let directory = world.server().directory().unwrap();
    let certificate = |id: CertificateId| directory.get(&id).unwrap().payload().clone();
    let (everyday, second) =
        (certificate(enrolled.record), certificate(enrolled.finalise.unwrap()));
    assert_eq!(everyday.purposes, [purpose::RECORD]);
    assert_eq!(second.purposes, [purpose::FINALISE]);
    assert_eq!(everyday.device, second.device);
    let now_ms = world.clock.now().device_ms;
    assert!(
        [everyday, second].iter().all(|body| body.not_after_ms <= now_ms + 30 * 24 * 3_600_000)
    );

    let phone = open(&world, &enrolled, &keys);
    let road = HttpTransport::new(&world.url(), &[]).unwrap();
    phone.sync(&road).unwrap();
    seizure(&phone);
    assert_eq!(phone.sync(&road).unwrap().applied.accepted, 1);
}

#[test]
fn a_lost_answer_is_given_again_and_another_phone_gets_nothing() {
    let world = World::new();
    let (code, keys) = (code(&world, "luqihang"), new_keys());
    let first = attempt(&world, &code, &keys).unwrap();
    let before = world.server().directory().unwrap().len();
    // Even after the code has expired: the phone cannot know that its request arrived.
    world.clock.advance(100 * HOUR_MS);
    assert_eq!(attempt(&world, &code, &keys).unwrap(), first);
    assert_eq!(refused(&world, &code, &new_keys()), "enrolment_used");
    let half = NewKeys { finalise: None, ..keys };
    assert_eq!(refused(&world, &code, &half), "enrolment_used");
    assert_eq!(world.server().directory().unwrap().len(), before);
}

#[test]
fn codes_expire_are_withdrawn_and_are_locked_after_some_attempts() {
    let world = World::new();
    let keys = new_keys();
    let late = code(&world, "luqihang");
    world.clock.advance(72 * HOUR_MS);
    let withdrawn = code(&world, "luqihang");
    let store = world.server().store();
    let revoke = || {
        store.write::<_, lastmile_server::store::StoreError>(|writing| {
            writing.revoke_enrolment(&withdrawn.id, 5)
        })
    };
    assert!(revoke().unwrap() && !revoke().unwrap());
    world.clock.advance(1);
    let directory = world.server().directory().unwrap().len();
    assert_eq!(refused(&world, &late, &keys), "enrolment_expired");
    assert_eq!(refused(&world, &withdrawn, &keys), "enrolment_revoked");

    let good = code(&world, "luqihang");
    let mut wrong = good.clone();
    wrong.secret[0] ^= 1;
    for _ in 0..5 {
        assert_eq!(refused(&world, &wrong, &keys), "enrolment_unknown");
    }
    assert_eq!(refused(&world, &wrong, &keys), "enrolment_locked");
    assert_eq!(refused(&world, &good, &keys), "enrolment_locked", "also for who has it right");
    let mut nobody = good.clone();
    nobody.id = [0; 5];
    assert_eq!(refused(&world, &nobody, &keys), "enrolment_unknown");
    assert_eq!(world.server().directory().unwrap().len(), directory, "nothing was certified");

    let picky = NewEnrolment {
        protection: Some(protection::STRONGBOX.to_owned()),
        ..new(&world, "luqihang")
    };
    let picky = make(world.server(), &picky).unwrap();
    assert_eq!(refused(&world, &picky, &keys), "enrolment_protection");
    // Nor does a phone pass for the court's console.
    let console = NewKeys { protection: protection::COURT.to_owned(), ..new_keys() };
    assert_eq!(refused(&world, &code(&world, "wenruotang"), &console), "enrolment_protection");
    let named = NewEnrolment { device: Some("console".into()), ..new(&world, "wenruotang") };
    assert_eq!(make(world.server(), &named).unwrap_err().code(), "field_out_of_bounds");
    let gone = code(&world, "ouziqian");
    roles::set(world.server(), "ouziqian", &[], &[]).unwrap();
    assert_eq!(refused(&world, &gone, &keys), "enrolment_no_role");
}

#[test]
fn a_key_has_one_certificate_and_serves_one_person() {
    let world = World::new();
    let keys = new_keys();
    attempt(&world, &code(&world, "luqihang"), &keys).unwrap();
    assert_eq!(refused(&world, &code(&world, "wenruotang"), &keys), "key_certified");
}

/// A server in the middle that answers with whatever it likes.
struct Liar(Vec<u8>);

impl EnrolmentRoad for Liar {
    fn enrol(&self, _: &str, _: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.clone())
    }
}

#[test]
fn the_phone_trusts_the_pin_in_its_code_and_nothing_else() {
    let (world, other) = (World::new(), World::new());
    let clock = ManualClock::new(MORNING_MS, 0, BootId([9; 8]));
    let keys = new_keys();
    let good = code(&world, "luqihang");
    let take = |answer: &EnrolmentAnswer, keys: &NewKeys| {
        enrol::enrol(&good, keys, &Liar(answer.encode()), &clock, &SeededEntropy::new(3))
            .map_err(|error| error.code().to_owned())
    };
    let answer = |world: &World, code: &EnrolmentCode, keys: &NewKeys| {
        let request = enrol::ask(code, keys, &clock, &SeededEntropy::new(4)).unwrap();
        lastmile_server::enrol::redeem(world.server(), &request.encode()).unwrap()
    };
    // A whole court of somebody else's, under the same name.
    let elsewhere = answer(&other, &code(&other, "luqihang"), &keys);
    assert_eq!(take(&elsewhere, &keys).unwrap_err(), "root_not_pinned");
    let true_one = answer(&world, &good, &keys);
    take(&true_one, &keys).unwrap();
    // The true root with the stranger's certificates; somebody else's keys; the two changed over.
    let mixed = EnrolmentAnswer { root: true_one.root.clone(), ..elsewhere };
    assert!(take(&mixed, &keys).is_err());
    assert_eq!(take(&true_one, &new_keys()).unwrap_err(), "enrolment_other_keys");
    let mut swapped = true_one.clone();
    swapped.own.reverse();
    assert_eq!(take(&swapped, &keys).unwrap_err(), "enrolment_other_keys");
    // And what was asked of one court is no good at another.
    let request = enrol::ask(&good, &keys, &clock, &SeededEntropy::new(4)).unwrap();
    let refused = lastmile_server::enrol::redeem(other.server(), &request.encode()).unwrap_err();
    assert_eq!(refused.code(), "wrong_court");
}

/// Somebody with a software key at a desk.
struct Desk {
    person: &'static str,
    key: Arc<SoftwareSigner>,
}

impl Desk {
    fn approve(&self, world: &World, person: &str, roles: &[Role], at_ms: i64) -> Vec<u8> {
        let directory = world.server().directory().unwrap();
        roles::approve(&directory, self.key.as_ref(), person, roles, at_ms).unwrap()
    }
}

fn desk(
    world: &World,
    person: &'static str,
    role: Role,
    approvals: &[Vec<u8>],
) -> Result<Desk, &'static str> {
    let key = signer();
    let new = NewDevice {
        person: person.into(),
        name: Some(person.into()),
        roles: vec![role],
        device: None,
        key: key.public_key(),
        protection: "software".into(),
    };
    court::register_approved(world.server(), &new, None, approvals)
        .map_err(|error| error.code())?;
    Ok(Desk { person, key })
}

#[test]
fn administrators_and_presidents_need_two_persons_and_the_first_ones_the_root() {
    let world = World::new();
    let root = keys::load_file(&world.data().join(keys::ROOT_KEY), &Passphrase::demo()).unwrap();
    let by_root = |person: &str, role: Role| {
        let directory = world.server().directory().unwrap();
        roles::approve(&directory, &root, person, &[role], 1).unwrap()
    };
    let before = world.server().directory().unwrap().len();
    assert_eq!(desk(&world, "zhangyi", Role::Admin, &[]).err(), Some("approval_root_needed"));
    let other = by_root("somebody", Role::Admin);
    assert_eq!(
        desk(&world, "zhangyi", Role::Admin, &[other]).err(),
        Some("approval_other_subject")
    );
    assert_eq!(world.server().directory().unwrap().len(), before, "no certificate without roles");
    let first = desk(&world, "zhangyi", Role::Admin, &[by_root("zhangyi", Role::Admin)]).unwrap();
    let second =
        desk(&world, "liyuan", Role::President, &[by_root("liyuan", Role::President)]).unwrap();

    // From now on the two decide, and the root alone does not.
    let third = |approvals: &[Vec<u8>]| desk(&world, "heqing", Role::Admin, approvals);
    let of = |desk: &Desk, at_ms| desk.approve(&world, "heqing", &[Role::Admin], at_ms);
    assert_eq!(third(&[by_root("heqing", Role::Admin)]).err(), Some("approval_no_authority"));
    assert_eq!(third(&[of(&first, 1)]).err(), Some("approval_two_persons"));
    assert_eq!(third(&[of(&first, 1), of(&first, 2)]).err(), Some("approval_two_persons"));
    let officer = desk(&world, "luqihang", Role::Officer, &[]).unwrap();
    assert_eq!(third(&[of(&first, 1), of(&officer, 1)]).err(), Some("approval_no_authority"));
    let approvals = [of(&first, 1), of(&second, 1)];
    third(&approvals).unwrap();

    // Taking away needs nobody; giving back needs new approvals.
    assert!(roles::set(world.server(), "heqing", &[], &[]).unwrap());
    let again = roles::set(world.server(), "heqing", &[Role::Admin], &approvals).unwrap_err();
    assert_eq!(again.code(), "approval_used");
    let anew = [of(&first, 2), of(&second, 2)];
    assert!(roles::set(world.server(), "heqing", &[Role::Admin], &anew).unwrap());
    assert!(!roles::set(world.server(), "heqing", &[Role::Admin], &[]).unwrap(), "no change");
    assert_eq!(first.person, "zhangyi");
    // An administrator who was demoted approves nothing more, and then the root is asked again.
    roles::set(world.server(), "zhangyi", &[Role::Clerk], &[]).unwrap();
    let late = [first.approve(&world, "qutongming", &[Role::Admin], 3), {
        second.approve(&world, "qutongming", &[Role::Admin], 3)
    }];
    let refused = roles::set(world.server(), "qutongming", &[Role::Admin], &late).unwrap_err();
    assert!(["approval_no_authority", "approval_root_needed"].contains(&refused.code()));
}

#[test]
fn other_roles_withdraw_the_certificates_and_certify_the_same_keys_anew() {
    let world = World::new();
    let (code, keys) = (code(&world, "luqihang"), new_keys());
    let enrolled = attempt(&world, &code, &keys).unwrap();
    let phone = open(&world, &enrolled, &keys);
    let road = HttpTransport::new(&world.url(), &[]).unwrap();
    phone.sync(&road).unwrap();
    roles::set(world.server(), "luqihang", &[Role::Officer, Role::Clerk], &[]).unwrap();
    // The phone hears of it, and goes on under the new certificates.
    phone.sync(&road).unwrap();
    let acting = phone.signed_in().unwrap();
    assert!(acting.certificate != enrolled.record && acting.finalising != enrolled.finalise);
    seizure(&phone);
    assert_eq!(phone.sync(&road).unwrap().applied.accepted, 1);
    let directory = world.server().directory().unwrap();
    for (old, key) in [
        (enrolled.record, keys.record.public_key()),
        (enrolled.finalise.unwrap(), keys.finalise.clone().unwrap().public_key()),
    ] {
        let before = directory.get(&old).unwrap().payload().clone();
        let (_, after) = directory
            .certificates()
            .find(|(id, verified)| *id != old && verified.payload().signing_key() == Some(&key))
            .unwrap();
        let after = after.payload();
        assert_eq!(after.roles, ["clerk", "officer"]);
        assert_eq!((&after.purposes, &after.device), (&before.purposes, &before.device));
        assert_eq!(after.not_after_ms, before.not_after_ms, "no longer than was given");
        let revocations = transitions(&world, "revoke");
        assert!(revocations.iter().any(|kind| matches!(
            kind,
            TransitionKind::Revoke { certificate, reason }
                if *certificate == old && reason == roles::REASON
        )));
    }
    let given: Vec<_> = transitions(&world, "role")
        .into_iter()
        .filter_map(|kind| match kind {
            TransitionKind::Role { person, roles, .. } if person == "luqihang" => Some(roles),
            _ => None,
        })
        .collect();
    assert_eq!(given, [vec!["officer".to_owned()], vec!["clerk".to_owned(), "officer".to_owned()]]);
    // Who has left is told so, and gets nothing more.
    roles::set(world.server(), "luqihang", &[], &[]).unwrap();
    let acting = phone.signed_in().unwrap().certificate;
    phone.sync(&road).unwrap();
    assert!(phone.is_withdrawn(&acting));
}

/// Every transition of a kind, verified.
fn transitions(world: &World, kind: &str) -> Vec<TransitionKind> {
    let directory = world.server().directory().unwrap();
    let stored = world
        .server()
        .store()
        .read::<_, lastmile_server::store::StoreError>(|reading| reading.transitions(kind));
    let verify = |bytes: &[u8]| {
        let signed = Signed::<Transition>::from_bytes(bytes).unwrap();
        directory.verify(signed).unwrap().payload().kind.clone()
    };
    stored.unwrap().iter().map(|(row, _)| verify(&row.bytes)).collect()
}
