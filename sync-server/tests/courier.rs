//! Work that reaches the court in somebody else's pocket, and the receipt that comes back: the real
//! server, the real road, four phones.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::os::unix::net::UnixStream;

use lastmile_core::courier::{Bundle, Pouch, PrivateKey, Receipt};
use lastmile_core::id::{CertificateId, DocumentId};
use lastmile_core::identity::Canonical;
use lastmile_core::phone::{PeerRole, Phone, Taken};
use lastmile_core::store::CourierKind;
use lastmile_core::sync::token::{Errand, RequestToken};
use lastmile_core::time::SystemEntropy;
use lastmile_server::keys::{KeyName, Passphrase};
use lastmile_server::rotate::{self, By, Place};
use lastmile_server::store::StoreError;
use world::{COURT, Device, MORNING_MS, World};

const SECRET_PLACE: &str = "九江镇测试工业区1号";

struct Play {
    world: World,
    sender: Device,
    carrier: Device,
    record: DocumentId,
}

/// A phone that has been with the court once, has written since, and sees no network; another one.
fn play() -> Play {
    let mut world = World::new();
    let sender = world.officer("luqihang");
    let carrier = world.officer("huoqiming");
    sender.sync();
    carrier.sync();
    let record = sender.seizure();
    sender.line(record, "注塑机");
    Play { world, sender, carrier, record }
}

fn says(phone: &Phone, record: DocumentId) -> &'static str {
    phone.standing(record).unwrap().standing.label().zh
}

fn meet(one: &Phone, other: &Phone) -> (Taken, Taken) {
    let (mut here, mut there) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        let answer = scope.spawn(move || {
            other.meet(&mut there, PeerRole::Responder).unwrap();
            other.hand_over(&mut there, PeerRole::Responder).unwrap()
        });
        one.meet(&mut here, PeerRole::Initiator).unwrap();
        let first = one.hand_over(&mut here, PeerRole::Initiator).unwrap();
        (first, answer.join().unwrap())
    })
}

/// Hands what is in one bag to another phone, as a file does.
fn file(from: &Phone, to: &Phone) -> Taken {
    let bytes = from.pouch().unwrap().encode();
    to.take_pouch(&Pouch::decode(&bytes).unwrap()).unwrap()
}

fn log_len(world: &World) -> usize {
    let log = world.server().store().read::<_, StoreError>(|reading| reading.log_after(0, 1_000));
    log.unwrap().len()
}

/// The bytes of the one piece of this kind in the bag.
fn piece(phone: &Phone, kind: CourierKind) -> ([u8; 16], Vec<u8>) {
    let bag = phone.courier_bag().unwrap();
    let row = bag.iter().find(|row| row.kind == kind).expect("a piece of this kind");
    let bytes = phone
        .store()
        .read::<_, lastmile_core::store::StoreError>(|tx| tx.courier_bytes(kind, row.id));
    (row.id, bytes.unwrap().unwrap())
}

/// Posts a bundle as `carrier`; the receipt, or the problem's code.
fn post(carrier: &Device, bundle: &[u8]) -> Result<Vec<u8>, String> {
    use lastmile_core::phone::transport::Transport;
    let token = carrier.phone.token(Errand::Courier, bundle).unwrap();
    let answer = carrier.transport().post(COURT, Errand::Courier, bundle, &token);
    answer.map_err(|error| error.code().to_owned())
}

#[test]
fn a_bundle_goes_with_one_phone_and_its_receipt_comes_back_with_another() {
    let mut play = play();
    let homecomer = play.world.officer("ouziqian");
    homecomer.sync();
    let Play { world, sender, carrier, record } = &play;
    assert!(sender.phone.courier_bundle().unwrap().is_some());
    assert_eq!(says(&sender.phone, *record), "已存本机");
    let (_, taken) = meet(&sender.phone, &carrier.phone);
    assert_eq!((taken.bundles, taken.receipts, taken.left), (1, 0, 0));

    assert_eq!(log_len(world), 0);
    let delivered = carrier.phone.deliver_courier(&carrier.transport()).unwrap();
    assert_eq!((delivered.bundles, delivered.applied, delivered.refused), (1, 0, 0));
    // The author is who acted; the carrier is noted and may not even read the case.
    let log = world.server().store().read::<_, StoreError>(|reading| reading.log_after(0, 10));
    let author = sender.phone.signed_in().unwrap().certificate;
    let log = log.unwrap();
    assert_eq!(log.len(), 2);
    for (_, entry) in &log {
        assert_eq!(entry.certificate, author);
    }
    assert_eq!(carrier.phone.records_of_case(world::CASE).unwrap(), []);
    // The receipt goes on with a third phone, and by file.
    assert_eq!(piece(&carrier.phone, CourierKind::Receipt).0.len(), 16);
    assert!(
        carrier.phone.courier_bag().unwrap().iter().all(|row| row.kind == CourierKind::Receipt)
    );
    let (_, taken) = meet(&carrier.phone, &homecomer.phone);
    assert_eq!(taken.receipts, 1);
    assert_eq!(file(&homecomer.phone, &sender.phone).applied, 1);
    assert_eq!(says(&sender.phone, *record), "已到法院");
    assert_eq!(sender.phone.courier_bag().unwrap(), []);
    // As after a direct sync: nothing is offered again, and the next contact agrees.
    assert_eq!(sender.phone.courier_bundle().unwrap(), None);
    assert_eq!(sender.phone.skew_ms().unwrap(), Some(0));
    let report = sender.sync();
    assert_eq!((report.applied.accepted, report.applied.rejected), (0, 0));
    assert_eq!(log_len(world), 2);
}

#[test]
fn the_carrier_cannot_read_it_and_learns_nothing_about_the_sender() {
    let Play { sender, carrier, world, .. } = play();
    sender.phone.courier_bundle().unwrap();
    file(&sender.phone, &carrier.phone);
    let (_, bundle) = piece(&carrier.phone, CourierKind::Carried);
    let sender_certificate = sender.phone.signed_in().unwrap().certificate;
    let store = std::fs::read_dir(world.dir.path())
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            path.file_name()?
                .to_str()?
                .starts_with("phone2.db")
                .then(|| std::fs::read(path).unwrap())
        })
        .collect::<Vec<_>>()
        .concat();
    let has =
        |haystack: &[u8], needle: &[u8]| haystack.windows(needle.len()).any(|at| at == needle);
    assert!(has(&store, &bundle[..64]), "the store holds the bundle");
    for secret in [SECRET_PLACE, "注塑机", "add_line", "seizure"] {
        assert!(!has(&store, secret.as_bytes()), "{secret}");
        assert!(!has(&bundle, secret.as_bytes()), "{secret}");
    }
    assert!(!has(&bundle, sender_certificate.as_bytes()));
    // Two bundles of different work are of one size.
    sender.line(sender.seizure(), "空压机");
    let second = sender.phone.courier_bundle().unwrap().unwrap();
    let bag = sender.phone.courier_bag().unwrap();
    let size = bag.iter().find(|row| row.id == second).unwrap().bytes;
    assert_eq!(size, bundle.len() as u64);
}

#[test]
fn lost_repeated_and_overtaken() {
    let Play { world, sender, carrier, record } = play();
    // The first bundle is lost; the next one has the same work and more.
    let lost = sender.phone.courier_bundle().unwrap().unwrap();
    sender.line(record, "空压机");
    let second = sender.phone.courier_bundle().unwrap().unwrap();
    let (_, one) = piece(&sender.phone, CourierKind::Own);
    file(&sender.phone, &carrier.phone);
    let bag = carrier.phone.courier_bag().unwrap();
    assert_eq!(bag.iter().map(|row| row.id).collect::<Vec<_>>(), [lost, second]);
    // Reordered: the court gets the second one first, and each twice.
    carrier.phone.drop_courier(CourierKind::Carried, lost).unwrap();
    carrier.phone.deliver_courier(&carrier.transport()).unwrap();
    let (_, newer) = piece(&carrier.phone, CourierKind::Receipt);
    assert_eq!(log_len(&world), 3);
    let older = post(&carrier, &one).unwrap();
    let again = post(&carrier, &one).unwrap();
    assert_eq!(log_len(&world), 3);
    assert_ne!(older, again, "sealed anew, and as good");
    // A direct sync overtakes both receipts.
    sender.line(record, "行车");
    sender.sync();
    assert_eq!(says(&sender.phone, record), "回执已核验");
    for receipt in [&newer, &older] {
        let applied = sender.phone.apply_courier_receipt(receipt).unwrap().unwrap();
        assert_eq!((applied.accepted, applied.rejected), (0, 0));
    }
    for receipt in [&older, &again, &newer] {
        assert_eq!(sender.phone.apply_courier_receipt(receipt).unwrap(), None, "read before");
    }
    assert_eq!(says(&sender.phone, record), "回执已核验");
    assert_eq!(sender.phone.courier_bag().unwrap(), []);
}

#[test]
fn weeks_on_the_road_and_a_key_that_was_replaced_meanwhile() {
    let mut play = play();
    play.sender.phone.courier_bundle().unwrap();
    file(&play.sender.phone, &play.carrier.phone);
    let passphrase = Passphrase::demo();
    let root = lastmile_server::keys::load_file(
        &play.world.data().join(lastmile_server::keys::ROOT_KEY),
        &passphrase,
    )
    .unwrap();
    play.world.stop();
    let data = play.world.data();
    let place = Place::open(&data, MORNING_MS, &SystemEntropy).unwrap();
    let by = By::Root(&root);
    let rotated = rotate::rotate(&place, KeyName::Encryption, &by, &passphrase).unwrap();
    assert!(rotated.kept.is_some());
    drop(place);
    play.world.start();
    play.world.clock.advance(40 * 86_400_000);
    let Play { sender, carrier, record, .. } = &play;
    let delivered = carrier.phone.deliver_courier(&carrier.transport()).unwrap();
    assert_eq!((delivered.bundles, delivered.refused), (1, 0));
    assert_eq!(file(&carrier.phone, &sender.phone).applied, 1);
    assert_eq!(says(&sender.phone, *record), "已到法院");
    // The next bundle takes the new key, once the phone has heard of it.
    sender.sync();
    sender.line(*record, "空压机");
    let id = sender.phone.courier_bundle().unwrap().unwrap();
    let (found, bytes) = piece(&sender.phone, CourierKind::Own);
    assert_eq!(found, id);
    assert_eq!(Bundle::decode(&bytes).unwrap().certificate, rotated.certificate);
    carrier.sync();
    post(carrier, &bytes).unwrap();
}

#[test]
fn what_is_not_right_is_refused_by_name_and_changes_nothing() {
    let Play { world, sender, carrier, .. } = play();
    sender.phone.courier_bundle().unwrap();
    let (_, bytes) = piece(&sender.phone, CourierKind::Own);
    let bundle = Bundle::decode(&bytes).unwrap();
    for at in [bytes.len() - 1, bytes.len() / 2, 200] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert_eq!(post(&carrier, &damaged).unwrap_err(), "courier_damaged", "{at}");
    }
    assert_eq!(post(&carrier, &bytes[..bytes.len() - 1]).unwrap_err(), "courier_damaged");
    assert_eq!(post(&carrier, b"<html>").unwrap_err(), "courier_damaged");
    let other_id = Bundle { id: [9; 16], ..bundle.clone() };
    assert_eq!(post(&carrier, &other_id.encode()).unwrap_err(), "courier_damaged");
    let no_key = Bundle { certificate: CertificateId([9; 32]), ..bundle.clone() };
    assert_eq!(post(&carrier, &no_key.encode()).unwrap_err(), "courier_key_unknown");
    let not_encryption = world.server().issuer().certificate;
    let wrong_kind = Bundle { certificate: not_encryption, ..bundle.clone() };
    assert_eq!(post(&carrier, &wrong_kind.encode()).unwrap_err(), "courier_key_unknown");
    let elsewhere = Bundle { court: "粤0606".into(), ..bundle.clone() };
    assert_eq!(post(&carrier, &elsewhere.encode()).unwrap_err(), "courier_refused");
    assert_eq!(log_len(&world), 0);
    // Another court's bundle is not carried, and neither is what cannot be read.
    let pouch = Pouch { bundles: vec![elsewhere.encode(), vec![1, 2, 3]], receipts: vec![vec![4]] };
    let taken = carrier.phone.take_pouch(&pouch).unwrap();
    assert_eq!(taken, Taken { left: 3, ..Taken::default() });
    // What the court refuses stays in the bag with the reason, and is carried no further.
    let pouch = Pouch { bundles: vec![no_key.encode()], receipts: Vec::new() };
    carrier.phone.take_pouch(&pouch).unwrap();
    let delivered = carrier.phone.deliver_courier(&carrier.transport()).unwrap();
    assert_eq!((delivered.bundles, delivered.refused), (0, 1));
    let bag = carrier.phone.courier_bag().unwrap();
    assert_eq!(bag[0].refused.as_deref(), Some("courier_key_unknown"));
    assert_eq!(carrier.phone.pouch().unwrap(), Pouch::default());
    // A receipt from somebody who is not the court.
    let forged = Receipt::seal(COURT, bundle.id, &PrivateKey::generate().public(), b"").unwrap();
    let error = sender.phone.apply_courier_receipt(&forged.encode()).unwrap_err();
    assert_eq!(error.code(), "courier_damaged");
    assert_eq!(sender.phone.courier_bag().unwrap().len(), 1, "the true one may still come");
}

#[test]
fn a_captured_request_in_a_letter_of_ones_own_is_refused() {
    use lastmile_core::courier::Letter;
    use lastmile_core::identity::Signed;
    let Play { world, sender, carrier, .. } = play();
    let own = piece_of(&sender);
    // The thief has a request of the sender, its token and the court's public key.
    let (request, token) = sender.sealed(&sender.request());
    let token = lastmile_core::sync::token::from_header(&token).unwrap().to_bytes();
    let directory = world.server().directory().unwrap();
    let lastmile_core::identity::SubjectKey::Other { bytes: public, .. } =
        directory.get(&own.certificate).unwrap().payload().key.clone()
    else {
        panic!("an encryption key");
    };
    let reply = PrivateKey::generate().public();
    let seal = |token: Vec<u8>| {
        let letter = Letter { token, request: request.clone(), reply };
        Bundle::seal(COURT, own.certificate, &public, [8; 16], &letter).unwrap().encode()
    };
    assert_eq!(post(&carrier, &seal(token)).unwrap_err(), "courier_refused");
    // The same, signed for this very letter by the sender, is taken.
    let token = RequestToken {
        purpose: Letter::purpose(&reply),
        ..sender.token(&sender.request(), &request)
    };
    let token = Signed::seal(&token, &*sender.signer).unwrap().to_bytes();
    post(&carrier, &seal(token)).unwrap();
}

fn piece_of(sender: &Device) -> Bundle {
    sender.phone.courier_bundle().unwrap();
    Bundle::decode(&piece(&sender.phone, CourierKind::Own).1).unwrap()
}

#[test]
fn a_bag_is_bounded() {
    let Play { sender, carrier, .. } = play();
    let bundle = piece_of(&sender);
    for round in 0..5_u8 {
        let bundles = (0..60)
            .map(|number| {
                let mut id = [round; 16];
                id[0] = number;
                Bundle { id, ..bundle.clone() }.encode()
            })
            .collect();
        carrier.phone.take_pouch(&Pouch { bundles, receipts: Vec::new() }).unwrap();
    }
    assert_eq!(carrier.phone.courier_bag().unwrap().len(), 200);
    for _ in 0..20 {
        sender.phone.courier_bundle().unwrap();
    }
    assert_eq!(sender.phone.courier_bag().unwrap().len(), 16);
    // However full the bag: one pouch of it is one message.
    let pouch = carrier.phone.pouch().unwrap();
    assert_eq!(Pouch::decode(&pouch.encode()).unwrap(), pouch);
}
