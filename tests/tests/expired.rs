//! A certificate runs out: the phone reads nothing more, hands in what it has, and only what was certainly
//! recorded afterwards waits for a person. Certified anew, it goes on as before.

use std::error::Error;

use lastmile_core::id::{CertificateId, DocumentId, EnvelopeId};
use lastmile_core::identity::{Canonical, Certificate, Signed};
use lastmile_core::phone::Phone;
use lastmile_server::certify::{self, DAY_MS};
use lastmile_server::store::{State, StoreError};
use lastmile_server::upkeep;
use lastmile_tests::acts::{CASE, Direct, add_line, begin};
use lastmile_tests::court_stage::{CourtStage, MORNING_MS, Registered};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

struct Scene {
    _dir: TempDir,
    stage: CourtStage,
    registered: Registered,
    wen: Phone,
    record: DocumentId,
}

/// Wen has recorded two lines, one at the court and one on the phone, and has run out since.
fn scene() -> Result<Scene, Box<dyn Error>> {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["wenruotang", "luqihang"])?;
    let registered = stage.register("wenruotang", 1)?;
    let wen = stage.open(&registered, 0)?;
    sync(&stage, &wen)?;
    let record = begin(&wen, CASE)?;
    sync(&stage, &wen)?;
    add_line(&wen, record, "到期前所记")?;
    let end_ms = certificate(&registered)?.not_after_ms;
    let later_ms = end_ms - MORNING_MS + DAY_MS;
    stage.clock.advance(later_ms.unsigned_abs());
    Ok(Scene { _dir: dir, stage, registered, wen, record })
}

fn certificate(phone: &Registered) -> Result<Certificate, Box<dyn Error>> {
    let bytes = data_encoding::HEXLOWER.decode(phone.file.certificate.as_bytes())?;
    Ok(Certificate::decode(Signed::<Certificate>::from_bytes(&bytes)?.raw_parts().0)?)
}

fn sync(stage: &CourtStage, phone: &Phone) -> Tested {
    phone.sync(&Direct(stage.server()?.server()))?;
    Ok(())
}

/// What became of the last change of this phone.
fn last(scene: &Scene) -> Result<(State, String), Box<dyn Error>> {
    let own: CertificateId = scene.registered.certificate()?;
    let rows = scene.wen.store().read::<_, lastmile_core::store::StoreError>(|tx| {
        tx.log_of_document(scene.record, 0, u32::MAX)
    })?;
    let id: EnvelopeId =
        rows.iter().rfind(|row| row.row.certificate == own).ok_or("nothing")?.row.id;
    let server = scene.stage.server()?.server();
    let found = server.store().read::<_, StoreError>(|reading| reading.verdict(id))?;
    found.ok_or_else(|| "not at the server".into())
}

#[test]
fn what_may_have_been_in_time_enters_and_what_was_not_waits() -> Tested {
    let scene = scene()?;
    // Something new of the same case.
    let lu = scene.stage.open(&scene.stage.register("luqihang", 2)?, 0)?;
    sync(&scene.stage, &lu)?;
    let hidden = begin(&lu, CASE)?;
    sync(&scene.stage, &lu)?;
    sync(&scene.stage, &scene.wen)?;
    assert_eq!(last(&scene)?, (State::Accepted, String::new()));
    assert!(scene.wen.digest(hidden).is_err(), "an expired phone reads nothing new");
    assert!(scene.wen.digest(scene.record).is_ok(), "and keeps what it has");
    // From that contact it has a checkpoint of after the end: what it records now was not in time.
    add_line(&scene.wen, scene.record, "到期后所记")?;
    sync(&scene.stage, &scene.wen)?;
    assert_eq!(last(&scene)?, (State::Quarantined, "expired".to_owned()));
    assert_eq!(upkeep::verify(scene.stage.server()?.server())?.findings, []);
    Ok(())
}

#[test]
fn a_month_later_everything_waits() -> Tested {
    let scene = scene()?;
    scene.stage.clock.advance((30 * DAY_MS).unsigned_abs());
    sync(&scene.stage, &scene.wen)?;
    assert_eq!(last(&scene)?, (State::Quarantined, "expired".to_owned()));
    Ok(())
}

#[test]
fn certified_anew_it_goes_on() -> Tested {
    let scene = scene()?;
    let server = scene.stage.server()?.server();
    let issuing = &server.keys().issuing;
    let mut body = certificate(&scene.registered)?;
    body.serial = certify::next_serial(server)?;
    body.not_after_ms += 366 * DAY_MS;
    certify::publish(server, vec![Signed::seal(&body, issuing.signer.as_ref())?])?;
    let lu = scene.stage.open(&scene.stage.register("luqihang", 2)?, 0)?;
    sync(&scene.stage, &lu)?;
    let news = begin(&lu, CASE)?;
    sync(&scene.stage, &lu)?;
    for _ in 0..2 {
        sync(&scene.stage, &scene.wen)?;
        assert_eq!(last(&scene)?, (State::Accepted, String::new()));
        add_line(&scene.wen, scene.record, "此后所记")?;
    }
    assert!(scene.wen.digest(news).is_ok());
    Ok(())
}
