//! A lost phone is to be wiped: it hands in what it has, destroys its copy and says so; cut off
//! anywhere it goes on; orders for others and by others are nothing to it.

use std::cell::Cell;
use std::error::Error;

use lastmile_core::document::Fields;
use lastmile_core::identity::transition::{Transition, TransitionKind};
use lastmile_core::identity::{CertificateKind, Signed};
use lastmile_core::phone::transport::{Transport, TransportError};
use lastmile_core::phone::{Capture, Phone, UploadPolicy};
use lastmile_core::store::StoreError as PhoneStoreError;
use lastmile_core::sync::token::Errand;
use lastmile_core::time::SystemEntropy;
use lastmile_server::keys::{self, KeyName, Passphrase};
use lastmile_server::rotate::{self, By, Place};
use lastmile_server::store::State;
use lastmile_server::withdraw::{self, Honoured, Order, WithdrawError};
use lastmile_tests::acts::{CASE, Direct, add_line, begin, road};
use lastmile_tests::court_stage::{CourtStage, MORNING_MS, Registered};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

const NAME: &str = "测试设备九成新台式钻床";

fn order(phone: &Phone) -> Result<Order, Box<dyn Error>> {
    Ok(Order {
        certificate: phone.signed_in()?.certificate,
        reason: "lost".into(),
        on_behalf_of: "guanyongyi".into(),
    })
}

struct Lost {
    dir: TempDir,
    stage: CourtStage,
    registered: Registered,
    phone: Phone,
}

/// A phone with one record at the court and one line that is on the phone only.
fn lost() -> Result<Lost, Box<dyn Error>> {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["wenruotang", "luqihang"])?;
    let registered = stage.register("wenruotang", 1)?;
    let phone = stage.open(&registered, 0)?;
    phone.sync(&Direct(stage.server()?.server()))?;
    let record = begin(&phone, CASE)?;
    phone.sync(&Direct(stage.server()?.server()))?;
    add_line(&phone, record, NAME)?;
    stage.clock.advance(60_000);
    Ok(Lost { dir, stage, registered, phone })
}

fn rows(phone: &Phone) -> Result<usize, PhoneStoreError> {
    phone.store().read(|tx| Ok(tx.log_after(0, u32::MAX)?.len() + tx.channels()?.len()))
}

/// Whether any file of the phone still says it.
fn on_disk(lost: &Lost) -> Result<bool, Box<dyn Error>> {
    let mut found = false;
    for entry in std::fs::read_dir(lost.dir.path())? {
        let path = entry?.path();
        if path.is_file() && path.to_string_lossy().contains("phone1") {
            let bytes = std::fs::read(path)?;
            found |= bytes.windows(NAME.len()).any(|part| part == NAME.as_bytes());
        }
    }
    Ok(found)
}

/// A road that breaks when a report is handed in, some times.
struct Breaking<'a> {
    road: Direct<'a>,
    times: Cell<u32>,
}

impl Transport for Breaking<'_> {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        if errand == Errand::Wiped && self.times.get() > 0 {
            self.times.set(self.times.get() - 1);
            return Err(TransportError::Unreachable);
        }
        self.road.post(court, errand, body, token)
    }
}

#[test]
fn what_is_pending_is_handed_in_then_everything_goes_and_the_court_is_told() -> Tested {
    let lost = lost()?;
    let server = lost.stage.server()?.server();
    assert!(on_disk(&lost)?, "the test looks for what is there");
    let order = order(&lost.phone)?;
    assert!(withdraw::wipe(server, &order)?);
    assert!(!withdraw::wipe(server, &order)?, "once is enough");
    let road = Breaking { road: Direct(server), times: Cell::new(1) };
    // The report is lost on the way: the copy is gone all the same.
    assert_eq!(lost.phone.sync(&road).unwrap_err().code(), "unreachable");
    assert!(lost.phone.wiped()?);
    assert_eq!(rows(&lost.phone)?, 0);
    assert!(!on_disk(&lost)?, "not a word is left in the files");
    assert!(lost.phone.signed_in().is_err());
    let standing = |certificate| {
        server.store().read(withdraw::wipings).map(|all| all.get(certificate).copied())
    };
    assert_eq!(standing(&order.certificate)?.ok_or("no order")?.honoured, None);
    assert!(lost.phone.sync(&road)?.wiped);
    assert!(lost.phone.sync(&road)?.wiped, "told once, quiet afterwards");
    let honoured = standing(&order.certificate)?.ok_or("no order")?.honoured;
    assert!(
        matches!(honoured, Some(Honoured { saved: 1, lost: 0, originals: Some(0), .. })),
        "{honoured:?}"
    );
    // What was pending waits for a person.
    let waiting = server.store().read::<_, lastmile_server::store::StoreError>(|reading| {
        reading.waiting_page(State::Quarantined, 0, 10)
    })?;
    assert_eq!(waiting.iter().map(|row| row.reason.as_str()).collect::<Vec<_>>(), ["revoked"]);
    assert_eq!(lastmile_server::upkeep::verify(server)?.findings, []);
    Ok(())
}

/// Photos that never reached the court are gone with the phone: the report says how many, the court shows it.
#[test]
fn originals_that_never_reached_the_court_are_counted() -> Tested {
    let lost = lost()?;
    let server = lost.stage.server()?.server();
    let road = road(&lost.stage.server()?.url());
    let record = begin(&lost.phone, CASE)?;
    let photo = |seed: u8| {
        let capture = Capture {
            verb: "add_photo".into(),
            fields: Fields::from([("purpose".to_owned(), "scene".into())]),
            position: None,
        };
        lost.phone.capture(record, &mut &vec![seed; 9_000][..], &capture)
    };
    photo(1)?;
    lost.phone.sync(&road)?;
    let policy = UploadPolicy { originals: true };
    assert_eq!(lost.phone.upload(&road, policy, &mut |_| true)?.finished, 1);
    photo(2)?;
    photo(3)?;
    // One more of which there is no record yet.
    lost.phone.keep_original(&mut &vec![4; 9_000][..])?;
    let order = order(&lost.phone)?;
    withdraw::wipe(server, &order)?;
    assert!(lost.phone.sync(&road)?.wiped);
    let honoured = server.store().read(withdraw::wipings)?;
    let honoured = honoured.get(&order.certificate).and_then(|wiping| wiping.honoured);
    assert!(matches!(honoured, Some(Honoured { lost: 0, originals: Some(3), .. })), "{honoured:?}");
    Ok(())
}

/// The court replaced its keys since the phone was last heard of: the order still reaches it.
#[test]
fn an_order_under_keys_that_the_phone_never_saw_is_carried_out() -> Tested {
    let mut lost = lost()?;
    lost.stage.stop();
    let data = lost.stage.data();
    let pass = Passphrase::demo();
    let root = keys::load_file(&data.join(keys::ROOT_KEY), &pass)?;
    let place = Place::open(&data, MORNING_MS + 60_000, &SystemEntropy)?;
    for name in [KeyName::Issuing, KeyName::Checkpoint] {
        rotate::rotate(&place, name, &By::Root(&root), &pass)?;
    }
    rotate::rotate(&place, KeyName::Server, &By::Issuing, &pass)?;
    drop(place);
    lost.stage.start()?;
    let server = lost.stage.server()?.server();
    withdraw::wipe(server, &order(&lost.phone)?)?;
    assert!(lost.phone.sync(&Direct(server))?.wiped);
    assert!(!on_disk(&lost)?);
    Ok(())
}

#[test]
fn killed_in_the_middle_it_goes_on() -> Tested {
    let lost = lost()?;
    let server = lost.stage.server()?.server();
    withdraw::wipe(server, &order(&lost.phone)?)?;
    // The answer that brings the order is taken in; then the app is killed.
    let limit = lastmile_core::phone::Limit { up: 1 << 20, down: 1 << 20, probe: false, wait_s: 0 };
    lost.phone.sign_pending(16)?;
    let plan = lost.phone.plan(limit)?;
    let sealed = lastmile_core::sync::frame::seal(&plan.request.encode())?;
    let token = lost.phone.token(Errand::Sync, &sealed)?;
    let answer = Direct(server).post(lost.phone.court(), Errand::Sync, &sealed, &token)?;
    let plain = lastmile_core::sync::frame::open(&answer)?;
    let answer = lastmile_core::sync::response::SyncResponse::decode(&plain, lost.phone.court())?;
    lost.phone.apply(&plan, &answer)?;
    let Lost { dir, stage, registered, phone } = lost;
    drop(phone);
    let phone = stage.open(&registered, 0)?;
    assert!(!phone.wiped()?);
    let lost = Lost { dir, stage, registered, phone };
    assert!(lost.phone.sync(&Direct(lost.stage.server()?.server()))?.wiped);
    assert!(!on_disk(&lost)?);
    // Killed after the copy is gone and before the report: it is told by whoever opens the app.
    let Lost { dir, stage, registered, phone } = lost;
    drop(phone);
    let again = stage.open(&registered, 0)?;
    assert!(again.wiped()?);
    assert!(again.sync(&Direct(stage.server()?.server()))?.wiped);
    drop(dir);
    Ok(())
}

#[test]
fn orders_for_others_and_by_others_are_nothing() -> Tested {
    let lost = lost()?;
    let server = lost.stage.server()?.server();
    let other = lost.stage.open(&lost.stage.register("luqihang", 2)?, 0)?;
    other.sync(&Direct(server))?;
    // Ordered for this phone: the other one goes on.
    withdraw::wipe(server, &order(&lost.phone)?)?;
    assert!(!other.sync(&Direct(server))?.wiped);
    // A person's key signs an order: no phone's directory takes it for the court's.
    let forged = Transition {
        court: lastmile_tests::court_stage::COURT.into(),
        channel: lastmile_core::sync::channel::of_device(other.signed_in()?.certificate),
        kind: TransitionKind::Wipe {
            certificate: other.signed_in()?.certificate,
            reason: "lost".into(),
        },
        on_behalf_of: None,
        at_ms: 1,
        nonce: [7; 16],
        follows: None,
        certificate: lost.phone.signed_in()?.certificate,
    };
    let signed = Signed::seal(&forged, lost.registered.signer.as_ref())?;
    assert!(server.directory()?.verify(signed).is_err());
    // Nobody but a person's device can be wiped, and no report comes without an order.
    let directory = server.directory()?;
    let (own, _) = directory
        .certificates()
        .find(|(_, verified)| verified.payload().kind == CertificateKind::Server)
        .ok_or("no server")?;
    let of_server = Order { certificate: own, ..order(&other)? };
    assert!(matches!(withdraw::wipe(server, &of_server), Err(WithdrawError::WrongKind)));
    assert!(withdraw::take_report(server, b"nothing").is_err());
    Ok(())
}
