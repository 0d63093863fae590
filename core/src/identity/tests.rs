//! Certificates and directories: chains, kinds, order of arrival, damage.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;

use super::certificate::{MAX_CODES, protection, purpose};
use super::directory::{MAX_DEPTH, MAX_WAITING};
use super::test_keys::{self, COURT, Cast, NANHAI, NOT_AFTER_MS, NOT_BEFORE_MS, TestCourt};
use super::*;
use crate::id::CertificateId;
use crate::records::Role;

fn sealed(body: &Certificate, key: usize) -> Signed<Certificate> {
    Signed::seal(body, &test_keys::signer(key)).unwrap()
}

fn empty_directory(court: &TestCourt) -> Directory {
    Directory::open(court.root.certificate.clone(), court.root.id).unwrap()
}

fn all(court: &TestCourt) -> Vec<Signed<Certificate>> {
    let others = [&court.issuing, &court.checkpoint, &court.server, &court.second_server];
    others.into_iter().chain(&court.people).map(|one| one.certificate.clone()).collect()
}

fn body(kind: CertificateKind, key: usize, issuer: Option<CertificateId>) -> Certificate {
    test_keys::body(COURT, kind, key, "测试", &test_keys::signer(key), issuer)
}

#[test]
fn every_damage_to_a_certificate_is_noticed() {
    let court = TestCourt::nanhai();
    let good = &court.person("luqihang").certificate;
    let (bytes, signature) = good.raw_parts();
    let base = {
        let mut base = empty_directory(&court);
        base.add(court.issuing.certificate.clone()).unwrap();
        base
    };
    assert!(matches!(base.clone().add(good.clone()), Ok(Addition::Trusted { .. })));
    for length in 0..bytes.len() {
        assert!(Certificate::decode(&bytes[..length]).is_err(), "cut at {length}");
    }
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.to_vec();
            damaged[index] ^= 1 << bit;
            let mut directory = base.clone();
            let signed = Signed::from_parts(&damaged, signature).unwrap();
            // A damaged issuer leaves it waiting for a certificate that nobody has.
            let answer = directory.add(signed);
            assert!(matches!(answer, Err(_) | Ok(Addition::Waiting(_))), "byte {index} bit {bit}");
            assert_eq!(directory.len(), base.len());
        }
    }
    for index in 0..64 {
        let mut damaged = *signature;
        damaged[index] ^= 0x40;
        let signed = Signed::from_parts(bytes, &damaged).unwrap();
        assert!(base.clone().add(signed).is_err(), "signature byte {index}");
    }
}

#[test]
fn a_directory_opens_only_with_the_pinned_root() {
    let court = TestCourt::nanhai();
    let root = &court.root;
    let wrong_pin = Directory::open(root.certificate.clone(), court.issuing.id);
    assert_eq!(wrong_pin.unwrap_err(), TrustError::NotPinned);
    let not_a_root = Directory::open(court.issuing.certificate.clone(), court.issuing.id);
    assert_eq!(not_a_root.unwrap_err(), TrustError::NotPinned);
    // The right body, signed by somebody else.
    let foreign = Directory::open(sealed(&root.body, 1), root.id);
    assert_eq!(foreign.unwrap_err().code(), "signature_mismatch");
    // A second self-signed root cannot slip in.
    let second = body(CertificateKind::Root, 6, None);
    let refused = court.directory.clone().add(sealed(&second, 6));
    assert_eq!(refused, Err(TrustError::NotPinned));
}

type Make<'a> = Box<dyn Fn(CertificateId) -> Certificate + 'a>;

#[test]
fn kinds_issue_only_what_they_may() {
    use CertificateKind as Kind;
    let court = TestCourt::nanhai();
    let person =
        |issuer| test_keys::person_body(COURT, 50, &NANHAI[0], &test_keys::signer(9), issuer);
    let server = |issuer| {
        let device = Some("server-9".to_owned());
        Certificate { device, ..body(Kind::Server, 9, Some(issuer)) }
    };
    let plain = |kind: Kind| move |issuer| body(kind.clone(), 9, Some(issuer));
    let officer = court.person("luqihang").id;
    let subjects: [(Make<'_>, [bool; 5]); 7] = [
        //                                     root   issuing checkpt server person
        (Box::new(plain(Kind::Root)), [true, false, false, false, false]),
        (Box::new(plain(Kind::Issuing)), [true, false, false, false, false]),
        (Box::new(plain(Kind::Checkpoint)), [true, false, false, false, false]),
        (Box::new(plain(Kind::Encryption)), [true, false, false, false, false]),
        (Box::new(plain(Kind::Other("archive".to_owned()))), [true, true, false, false, false]),
        (Box::new(server), [false, true, false, false, false]),
        (Box::new(person), [false, true, false, false, false]),
    ];
    let issuers = [
        (court.root.id, 0),
        (court.issuing.id, 1),
        (court.checkpoint.id, 3),
        (court.server.id, 2),
        (officer, 5),
    ];
    for (make, allowed) in &subjects {
        for ((issuer, key), allowed) in issuers.iter().zip(allowed) {
            let subject = make(*issuer);
            // An encryption certificate carries a key of another kind.
            let subject = match subject.kind {
                Kind::Encryption => Certificate {
                    key: SubjectKey::Other {
                        algorithm: "hpke_x25519".to_owned(),
                        bytes: vec![1; 32],
                    },
                    ..subject
                },
                _ => subject,
            };
            let answer = court.directory.clone().add(sealed(&subject, *key));
            assert_eq!(answer.is_ok(), *allowed, "{:?} by key {key}: {answer:?}", subject.kind);
            if !allowed {
                assert_eq!(answer, Err(TrustError::WrongKind));
            }
        }
    }
}

#[test]
fn fields_belong_to_kinds() {
    let court = TestCourt::nanhai();
    let person = court.person("luqihang").body.clone();
    let field = |body: Certificate| match Certificate::decode(&body.encode()) {
        Err(CanonicalError::Bound { field }) => field,
        other => panic!("{other:?}"),
    };
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    assert_eq!(field(Certificate { person: None, ..person.clone() }), "person");
    assert_eq!(field(Certificate { device: None, ..person.clone() }), "device");
    assert_eq!(field(Certificate { purposes: vec![], ..person.clone() }), "purposes");
    assert_eq!(field(Certificate { issuer: None, ..person.clone() }), "issuer");
    assert_eq!(field(Certificate { name: "启\u{202E}航".to_owned(), ..person.clone() }), "name");
    assert_eq!(field(Certificate { name: "名".repeat(41), ..person.clone() }), "name");
    assert_eq!(
        field(Certificate { roles: codes(&["officer", "clerk"]), ..person.clone() }),
        "roles"
    );
    assert_eq!(field(Certificate { roles: codes(&["clerk", "clerk"]), ..person.clone() }), "roles");
    let many: Vec<_> = (0..=MAX_CODES).map(|number| format!("role_{number:02}")).collect();
    assert_eq!(field(Certificate { roles: many, ..person.clone() }), "roles");
    assert_eq!(field(Certificate { serial: u64::MAX, ..person.clone() }), "serial");
    assert_eq!(field(Certificate { not_after_ms: 0, ..person.clone() }), "not_after");
    assert_eq!(field(Certificate { not_before_ms: i64::MIN, ..person.clone() }), "not_before");
    let other_key = SubjectKey::Other { algorithm: "sm2_sm3".to_owned(), bytes: vec![1; 64] };
    assert_eq!(field(Certificate { key: other_key, ..person.clone() }), "algorithm");
    let disguised = SubjectKey::Other { algorithm: key::ALGORITHM.to_owned(), bytes: vec![4; 64] };
    assert_eq!(field(Certificate { key: disguised, ..person.clone() }), "public_key");
    let server = court.server.body.clone();
    assert_eq!(field(Certificate { roles: codes(&["admin"]), ..server.clone() }), "roles");
    assert_eq!(field(Certificate { person: person.person.clone(), ..server }), "person");
    assert_eq!(field(Certificate { issuer: None, ..court.issuing.body.clone() }), "issuer");
}

#[test]
fn unknown_roles_and_kinds_are_kept_and_carry_nothing() {
    let court = TestCourt::nanhai();
    let roles = vec!["bailiff".to_owned(), "officer".to_owned()];
    let person = Certificate { roles, ..court.person("luqihang").body.clone() };
    assert_eq!(Certificate::decode(&person.encode()), Ok(person.clone()));
    assert_eq!(person.known_roles().collect::<Vec<_>>(), [Role::Officer]);
    assert!(person.has_role(Role::Officer) && !person.has_role(Role::Clerk));
    assert!(person.serves(purpose::FINALISE) && !person.serves("escrow"));

    let later = body(CertificateKind::Other("archive".to_owned()), 9, Some(court.issuing.id));
    let mut directory = court.directory.clone();
    directory.add(sealed(&later, 1)).unwrap();
    assert_eq!(directory.get(&later.id()).unwrap().payload(), &later);
    // It signs nothing: here, a transition.
    let transition = Transition {
        court: COURT.to_owned(),
        channel: "directory".to_owned(),
        kind: TransitionKind::Revoke { certificate: court.server.id, reason: "left".to_owned() },
        on_behalf_of: None,
        at_ms: 0,
        nonce: [0; 16],
        follows: None,
        certificate: later.id(),
    };
    let signed = Signed::seal(&transition, &test_keys::signer(9)).unwrap();
    assert_eq!(directory.verify(signed), Err(TrustError::WrongKind));
}

#[test]
fn another_court_is_refused() {
    let court = TestCourt::nanhai();
    let other = TestCourt::named("粤0606", &NANHAI[..1]);
    let mut directory = court.directory.clone();
    assert_eq!(directory.add(other.issuing.certificate.clone()), Err(TrustError::WrongCourt));
    assert_eq!(directory.add(other.people[0].certificate.clone()), Err(TrustError::WrongCourt));
}

#[test]
fn a_new_root_takes_over_and_chains_stay_short() {
    let court = TestCourt::nanhai();
    let mut directory = court.directory.clone();
    let mut above = (court.root.id, 0);
    for depth in 1..=MAX_DEPTH + 1 {
        let key = 6 + usize::from(depth % 2);
        let next = body(CertificateKind::Root, key, Some(above.0));
        let answer = directory.add(sealed(&next, above.1));
        if depth > MAX_DEPTH {
            assert_eq!(answer, Err(TrustError::TooDeep));
        } else {
            assert!(matches!(answer, Ok(Addition::Trusted { .. })), "depth {depth}");
        }
        above = (next.id(), key);
        if depth == 1 {
            let issuing = body(CertificateKind::Issuing, 9, Some(next.id()));
            directory.add(sealed(&issuing, key)).unwrap();
            let cast = Cast { person: "new", name: "新人", roles: &[Role::Clerk], device: "P9" };
            let person =
                test_keys::person_body(COURT, 60, &cast, &test_keys::signer(10), issuing.id());
            directory.add(sealed(&person, 9)).unwrap();
            assert!(directory.get(&person.id()).is_some());
        }
    }
}

#[test]
fn forged_copies_do_not_keep_the_true_one_out() {
    let court = TestCourt::nanhai();
    let mut directory = empty_directory(&court);
    let officer = court.person("luqihang");
    // The same body under a foreign signature arrives first, then the true one, then the issuer.
    let forged = sealed(&officer.body, 9);
    assert_eq!(directory.add(forged.clone()), Ok(Addition::Waiting(court.issuing.id)));
    let waiting = directory.add(officer.certificate.clone());
    assert_eq!(waiting, Ok(Addition::Waiting(court.issuing.id)));
    assert_eq!(directory.waiting(), 2);
    let released = vec![officer.id];
    let answer = directory.add(court.issuing.certificate.clone());
    assert_eq!(answer, Ok(Addition::Trusted { released }));
    assert_eq!(directory.waiting(), 0);
    assert_eq!(directory.get(&officer.id).unwrap().signed(), &officer.certificate);
    assert_eq!(directory.add(officer.certificate.clone()), Ok(Addition::Known));
}

#[test]
fn the_waiting_place_is_bounded_and_blocks_nobody() {
    let court = TestCourt::nanhai();
    let mut directory = empty_directory(&court);
    let stray = body(CertificateKind::Other("x".to_owned()), 9, Some(CertificateId([0xaa; 32])));
    let bytes = stray.encode();
    for number in 0..MAX_WAITING {
        let mut signature = [1_u8; 64];
        signature[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let signed = Signed::from_parts(&bytes, &signature).unwrap();
        assert!(matches!(directory.add(signed), Ok(Addition::Waiting(_))));
    }
    let full = directory.add(court.people[0].certificate.clone()).unwrap_err();
    assert!(full == TrustError::Full && full.may_heal());
    assert_eq!(directory.waiting(), MAX_WAITING);
    // In the right order everything still enters.
    for certificate in all(&court) {
        assert!(matches!(directory.add(certificate), Ok(Addition::Trusted { .. })));
    }
}

#[test]
fn time_and_revocation_are_findings() {
    let mut court = TestCourt::nanhai();
    let officer = court.person("luqihang").id;
    let directory = &mut court.directory;
    assert_eq!(directory.findings(&officer, NOT_BEFORE_MS), []);
    assert_eq!(directory.findings(&officer, NOT_AFTER_MS), []);
    let early = directory.findings(&officer, NOT_BEFORE_MS - 1);
    assert_eq!(early, [Finding::NotYetValid { not_before_ms: NOT_BEFORE_MS }]);
    let late = directory.findings(&officer, i64::MAX);
    assert_eq!(late, [Finding::Expired { not_after_ms: NOT_AFTER_MS }]);

    let revocation = |at_ms| Revocation { at_ms, transition: [1; 32] };
    let issuing = court.issuing.id;
    assert_eq!(directory.revoke(issuing, revocation(20)), Ok(true));
    assert_eq!(directory.revoke(issuing, revocation(30)), Ok(false), "the earliest counts");
    assert_eq!(directory.revoke(issuing, revocation(10)), Ok(true));
    assert_eq!(directory.revoke(issuing, revocation(10)), Ok(false));
    assert_eq!(directory.revocation(&issuing), Some(&revocation(10)));
    let above = directory.findings(&officer, NOT_BEFORE_MS);
    assert_eq!(above, [Finding::Revoked { certificate: issuing, at_ms: 10 }]);
}

#[test]
fn certificates_of_later_versions_are_named_as_such() {
    let court = TestCourt::nanhai();
    let (bytes, signature) = court.people[0].certificate.raw_parts();
    let mut newer = bytes.to_vec();
    newer[2 + Certificate::TAG.len()] = 2;
    let signed = Signed::from_parts(&newer, signature).unwrap();
    let error = court.directory.clone().add(signed).unwrap_err();
    assert_eq!((error.code(), error.may_heal()), ("unsupported_version", true));
}

/// Hardware that signed something else.
struct Faulty(SoftwareSigner);
impl Signer for Faulty {
    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        self.0.sign(&message[1..])
    }
}

#[test]
fn sealing_refuses_what_nobody_would_accept() {
    let court = TestCourt::nanhai();
    let bad = Certificate { name: String::new(), ..court.people[0].body.clone() };
    let error = Signed::seal(&bad, &test_keys::signer(1)).unwrap_err();
    assert_eq!(error.code(), "field_out_of_bounds");
    let error = Signed::seal(&court.people[0].body, &Faulty(test_keys::signer(1))).unwrap_err();
    assert_eq!(error, SealError::Sign(SignError::Internal));
}

#[test]
fn ten_thousand_random_strings_are_refused_in_peace() {
    use crate::time::{Entropy, SeededEntropy};

    let seed = 440_605;
    println!("seed {seed}");
    let entropy = SeededEntropy::new(seed);
    let court = TestCourt::nanhai();
    let mut directory = court.directory.clone();
    let heads = [
        Vec::new(),
        court.root.body.encode()[..=2 + Certificate::TAG.len()].to_vec(),
        vec![0x82, 0x58, 0xff],
    ];
    for round in 0..10_000_usize {
        let mut bytes = vec![0; round % 700];
        entropy.fill(&mut bytes);
        let bytes = [heads[round % heads.len()].clone(), bytes].concat();
        assert!(Certificate::decode(&bytes).is_err());
        assert!(Transition::decode(&bytes).is_err());
        assert!(Signed::<Certificate>::from_bytes(&bytes).is_err());
        if let Ok(signed) = Signed::from_parts(&bytes, &[9; 64]) {
            assert!(directory.add(signed).is_err());
        }
    }
    assert_eq!((directory.len(), directory.waiting()), (court.directory.len(), 0));
}

prop_compose! {
    fn any_person()(
        serial in 0..=canonical::MAX_COUNT,
        person in "[!-~]{1,64}",
        device in "[!-~]{1,64}",
        name in "[\u{4e00}-\u{9fff}]{1,40}",
        roles in prop::collection::btree_set("[a-z][a-z0-9_]{0,31}", 0..=MAX_CODES),
        purposes in prop::collection::btree_set("[a-z][a-z0-9_]{0,31}", 1..=MAX_CODES),
        times in (canonical::bound::SHOWABLE_MS, canonical::bound::SHOWABLE_MS),
        key in 0..16_usize,
        issuer: [u8; 32],
    ) -> Certificate {
        Certificate {
            court: COURT.to_owned(),
            kind: CertificateKind::Person,
            serial,
            person: Some(person),
            device: Some(device),
            name,
            roles: roles.into_iter().collect(),
            purposes: purposes.into_iter().collect(),
            protection: protection::STRONGBOX.to_owned(),
            key: SubjectKey::Signing(test_keys::signer(key).public_key()),
            not_before_ms: times.0.min(times.1),
            not_after_ms: times.0.max(times.1),
            issuer: Some(CertificateId(issuer)),
        }
    }
}

proptest! {
    #[test]
    fn certificates_round_trip(body in any_person()) {
        let bytes = body.encode();
        prop_assert!(bytes.len() <= Certificate::MAX_LEN);
        prop_assert_eq!(Certificate::decode(&bytes), Ok(body));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn order_of_arrival_does_not_matter(order in Just((0..13_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let court = TestCourt::nanhai();
        let certificates = all(&court);
        prop_assert_eq!(certificates.len(), order.len());
        let mut directory = empty_directory(&court);
        for index in order {
            directory.add(certificates[index].clone()).unwrap();
        }
        prop_assert_eq!(directory.waiting(), 0);
        let ids = |directory: &Directory| directory.certificates().map(|(id, _)| id).collect::<Vec<_>>();
        prop_assert_eq!(ids(&directory), ids(&court.directory));
    }
}
