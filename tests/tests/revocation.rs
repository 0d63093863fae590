//! A certificate is withdrawn: what came before stands and is flagged, what came after waits for a
//! person, nobody else's work is harmed, and the phone itself is told nothing but that.

use std::error::Error;

use lastmile_core::document::Intent;
use lastmile_core::id::{CertificateId, DocumentId, EnvelopeId};
use lastmile_core::phone::{NewRecord, Phone, Received, Standing};
use lastmile_core::store::Membership;
use lastmile_server::store::{State, StoreError};
use lastmile_server::upkeep;
use lastmile_server::withdraw::{self, Judgement, Order, WithdrawError};
use lastmile_tests::acts::{CASE, Direct, OTHER_CASE, add_line, at_server, begin, meet, on_phone};
use lastmile_tests::court_stage::CourtStage;
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

struct Scene {
    _dir: TempDir,
    stage: CourtStage,
    lu: Phone,
    wen: Phone,
    ou: Phone,
}

/// Three officers of one case; the first handles it.
fn scene() -> Result<Scene, Box<dyn Error>> {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang", "wenruotang", "ouziqian"])?;
    stage.case(OTHER_CASE, 1, &["wenruotang", "ouziqian"])?;
    let lu = stage.open(&stage.register("luqihang", 1)?, 0)?;
    let wen = stage.open(&stage.register("wenruotang", 2)?, 0)?;
    let ou = stage.open(&stage.register("ouziqian", 3)?, 0)?;
    let scene = Scene { _dir: dir, stage, lu, wen, ou };
    scene.sync(&[&scene.lu, &scene.wen, &scene.ou])?;
    Ok(scene)
}

impl Scene {
    fn sync(&self, phones: &[&Phone]) -> Tested {
        for phone in phones {
            phone.sync(&Direct(self.stage.server()?.server()))?;
        }
        Ok(())
    }

    fn revoke(&self, phone: &Phone) -> Result<bool, Box<dyn Error>> {
        self.stage.clock.advance(60_000);
        let order = order(phone)?;
        let done = withdraw::revoke(self.stage.server()?.server(), &order)?;
        self.stage.clock.advance(60_000);
        Ok(done)
    }

    fn state(&self, id: EnvelopeId) -> Result<(State, String), Box<dyn Error>> {
        let server = self.stage.server()?.server();
        let found = server.store().read::<_, StoreError>(|reading| reading.verdict(id))?;
        found.ok_or_else(|| "not at the server".into())
    }

    fn judge(&self, envelope: EnvelopeId, admit: bool) -> Result<(State, String), WithdrawError> {
        let server = self.stage.running.as_ref().expect("it runs").server();
        let on_behalf_of = "guanyongyi".to_owned();
        let reason = "经核对现场录像,确为本人所为".to_owned();
        withdraw::judge(server, &Judgement { envelope, admit, reason, on_behalf_of })
    }

    fn whole(&self) -> Tested {
        assert_eq!(upkeep::verify(self.stage.server()?.server())?.findings, []);
        Ok(())
    }
}

fn order(phone: &Phone) -> Result<Order, Box<dyn Error>> {
    Ok(Order {
        certificate: certificate(phone)?,
        reason: "lost".into(),
        on_behalf_of: "guanyongyi".into(),
    })
}

fn certificate(phone: &Phone) -> Result<CertificateId, Box<dyn Error>> {
    Ok(phone.signed_in()?.certificate)
}

/// The envelope of the last change this phone recorded in a record.
fn last(phone: &Phone, record: DocumentId) -> Result<EnvelopeId, Box<dyn Error>> {
    let own = certificate(phone)?;
    let rows = phone.store().read::<_, lastmile_core::store::StoreError>(|tx| {
        tx.log_of_document(record, 0, u32::MAX)
    })?;
    let last = rows.iter().rfind(|row| row.row.certificate == own).ok_or("nothing")?;
    Ok(last.row.id)
}

#[test]
fn before_it_stands_after_it_waits_for_a_person() -> Tested {
    let scene = scene()?;
    let record = begin(&scene.lu, CASE)?;
    scene.sync(&[&scene.lu, &scene.wen])?;
    add_line(&scene.wen, record, "撤销前")?;
    scene.sync(&[&scene.wen])?;
    let before = last(&scene.wen, record)?;
    assert!(scene.revoke(&scene.wen)?);
    assert!(!scene.revoke(&scene.wen)?, "once is enough");
    let (mut after, mut aside) = (EnvelopeId::default(), EnvelopeId::default());
    for (name, id) in [("撤销后", &mut after), ("撤销后二", &mut aside)] {
        add_line(&scene.wen, record, name)?;
        *id = last(&scene.wen, record)?;
    }
    scene.sync(&[&scene.wen, &scene.lu, &scene.ou])?;
    assert_eq!(scene.state(before)?, (State::Accepted, String::new()));
    for id in [after, aside] {
        assert_eq!(scene.state(id)?, (State::Quarantined, "revoked".into()));
    }
    // What stands is flagged where it is read.
    assert_eq!(scene.ou.standing(record)?.withdrawn, 1);
    assert_eq!(scene.ou.standing(record)?.standing, Standing::Receipted);
    // A person admits one and sets the other aside; everybody gets what was admitted.
    assert_eq!(scene.judge(after, true)?, (State::Accepted, String::new()));
    assert!(matches!(scene.judge(after, true), Err(WithdrawError::NotWaiting)));
    assert_eq!(scene.judge(aside, false)?, (State::Quarantined, "set_aside".into()));
    scene.sync(&[&scene.lu, &scene.ou])?;
    assert_eq!(scene.ou.standing(record)?.withdrawn, 2);
    let server = at_server(scene.stage.server()?.server())?;
    assert_eq!(on_phone(&scene.lu, CASE)?, server);
    assert_eq!(on_phone(&scene.ou, CASE)?, server);
    // Set aside is not for ever lost: the person may think again.
    assert_eq!(scene.judge(aside, true)?, (State::Accepted, String::new()));
    let blank = Judgement {
        envelope: aside,
        admit: true,
        reason: " ".into(),
        on_behalf_of: "guanyongyi".into(),
    };
    let refused = withdraw::judge(scene.stage.server()?.server(), &blank);
    assert!(matches!(refused, Err(WithdrawError::Form("reason"))));
    scene.whole()
}

/// The helper is withdrawn between the meeting of two phones and the finalising: the record that was
/// finalised on the helper's lines is accepted everywhere, whoever brings it and in whichever order.
#[test]
fn a_finalised_record_is_not_harmed() -> Tested {
    for knows in [false, true] {
        let scene = scene()?;
        let new = NewRecord {
            kind: "supplement".into(),
            case: CASE.into(),
            handler: String::new(),
            head: [("reason".to_owned(), "补充清单遗漏".into())].into(),
            items: Vec::new(),
        };
        let record = scene.lu.create(new)?.document;
        scene.sync(&[&scene.lu, &scene.wen])?;
        let fields = [("text".to_owned(), "助手所记".into())].into();
        let item = scene.wen.new_item();
        scene.wen.act(record, &Intent::Add { verb: "add_addition".into(), item, fields })?;
        let (one, other) = meet(&scene.lu, &scene.wen);
        one?;
        other?;
        let helpers = last(&scene.wen, record)?;
        scene.revoke(&scene.wen)?;
        if knows {
            scene.sync(&[&scene.ou])?;
        }
        let finalisation = scene.lu.new_item();
        scene.lu.act(record, &Intent::Finalise { finalisation })?;
        scene.lu.sign_pending(16)?;
        // A third phone gets it from the second, whether it knows of the withdrawal or not.
        let (one, other) = meet(&scene.lu, &scene.ou);
        one?;
        other?;
        assert_eq!(scene.ou.digest(record)?, scene.lu.digest(record)?, "knows={knows}");
        assert_eq!(scene.ou.standing(record)?.withdrawn, usize::from(knows));
        scene.sync(&[&scene.ou, &scene.lu])?;
        assert_eq!(scene.state(helpers)?, (State::Accepted, String::new()));
        assert_eq!(at_server(scene.stage.server()?.server())?, on_phone(&scene.lu, CASE)?);
        assert_eq!(scene.ou.standing(record)?.withdrawn, 1);
        assert_eq!(scene.ou.record_view(record)?.finalised.len(), 1);
        scene.whole()?;
    }
    Ok(())
}

/// The withdrawn one's change comes first and waits; somebody else's change on it comes later and takes
/// it along. The other way round gives the same.
#[test]
fn the_order_of_arrival_does_not_matter() -> Tested {
    let mut digests = Vec::new();
    for withdrawn_first in [true, false] {
        let scene = scene()?;
        let record = begin(&scene.lu, CASE)?;
        scene.sync(&[&scene.lu, &scene.wen, &scene.ou])?;
        add_line(&scene.wen, record, "甲")?;
        let helpers = last(&scene.wen, record)?;
        let (one, other) = meet(&scene.ou, &scene.wen);
        one?;
        other?;
        add_line(&scene.ou, record, "乙")?;
        scene.revoke(&scene.wen)?;
        if withdrawn_first {
            scene.sync(&[&scene.wen])?;
            assert_eq!(scene.state(helpers)?, (State::Quarantined, "revoked".into()));
        }
        scene.sync(&[&scene.ou])?;
        assert_eq!(scene.state(helpers)?, (State::Accepted, String::new()));
        scene.sync(&[&scene.wen, &scene.lu])?;
        assert_eq!(on_phone(&scene.lu, CASE)?, at_server(scene.stage.server()?.server())?);
        digests.push(scene.lu.record_view(record)?.conflicts.len());
        scene.whole()?;
    }
    assert_eq!(digests[0], digests[1]);
    Ok(())
}

#[test]
fn a_phone_that_knows_keeps_what_a_peer_brings_and_follows_the_court() -> Tested {
    let scene = scene()?;
    let record = begin(&scene.lu, CASE)?;
    scene.sync(&[&scene.lu, &scene.wen, &scene.ou])?;
    scene.revoke(&scene.wen)?;
    scene.sync(&[&scene.ou])?;
    add_line(&scene.wen, record, "撤销后")?;
    let helpers = last(&scene.wen, record)?;
    // Something new that whoever has the withdrawn phone is not to see.
    add_line(&scene.ou, record, "欧所记")?;
    let before = scene.ou.digest(record)?;
    let (one, other) = meet(&scene.ou, &scene.wen);
    let one = one?;
    assert_eq!((one.received.held, one.given), (1, 0));
    assert_eq!(other?.received, Received::default());
    assert_eq!(scene.ou.digest(record)?, before, "kept, not merged");
    assert_eq!(scene.ou.standing(record)?.waiting, 1);
    // It carries it to the court, which asks a person.
    scene.sync(&[&scene.ou])?;
    assert_eq!(scene.state(helpers)?, (State::Quarantined, "revoked".into()));
    assert_eq!(scene.judge(helpers, true)?.0, State::Accepted);
    scene.sync(&[&scene.ou])?;
    assert_eq!(on_phone(&scene.ou, CASE)?, at_server(scene.stage.server()?.server())?);
    assert_eq!(scene.ou.standing(record)?.waiting, 0);
    scene.whole()
}

#[test]
fn a_withdrawn_phone_gives_what_it_has_and_gets_nothing() -> Tested {
    let scene = scene()?;
    let record = begin(&scene.lu, CASE)?;
    scene.sync(&[&scene.lu, &scene.wen])?;
    add_line(&scene.wen, record, "离线所记")?;
    scene.revoke(&scene.wen)?;
    // Something new that it is not to see.
    let hidden = begin(&scene.lu, CASE)?;
    scene.sync(&[&scene.lu])?;
    let report = scene.wen.sync(&Direct(scene.stage.server()?.server()))?;
    assert_eq!(report.applied.quarantined, 1);
    assert!(scene.wen.digest(hidden).is_err());
    // And what it had is gone, after what was pending had been offered.
    assert!(scene.wen.digest(record).is_err());
    assert!(scene.wen.records_of_case(CASE)?.is_empty());
    let channels =
        scene.wen.store().read::<_, lastmile_core::store::StoreError>(|tx| tx.channels())?;
    let kept: Vec<_> = channels
        .iter()
        .filter(|row| row.member == Membership::Member)
        .map(|row| row.channel.split(':').next().unwrap_or_default())
        .collect();
    assert_eq!(kept, ["device", "directory"]);
    // The person's other device stays good.
    let second = scene.stage.open(&scene.stage.register("wenruotang", 4)?, 0)?;
    scene.sync(&[&second])?;
    assert!(second.digest(hidden).is_ok());
    add_line(&second, record, "另一台设备")?;
    scene.sync(&[&second])?;
    assert_eq!(scene.state(last(&second, record)?)?.0, State::Accepted);
    scene.whole()
}

/// Whoever holds a withdrawn issuing key could issue any number of certificates: all of them wait.
#[test]
fn a_withdrawn_issuer_withdraws_what_it_issued() -> Tested {
    let scene = scene()?;
    let record = begin(&scene.lu, CASE)?;
    scene.sync(&[&scene.lu])?;
    let directory = scene.stage.server()?.server().directory()?;
    let issuing = directory
        .get(&certificate(&scene.lu)?)
        .and_then(|found| found.payload().issuer)
        .ok_or("no issuer")?;
    scene.stage.clock.advance(60_000);
    let server = scene.stage.server()?.server();
    let order = Order {
        certificate: issuing,
        reason: "compromised".into(),
        on_behalf_of: "guanyongyi".into(),
    };
    assert!(withdraw::revoke(server, &order)?);
    add_line(&scene.lu, record, "撤销后")?;
    scene.sync(&[&scene.lu])?;
    let waiting = scene
        .stage
        .server()?
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.document_rows(record, State::Quarantined))?;
    assert_eq!(waiting.iter().map(|row| row.reason.as_str()).collect::<Vec<_>>(), ["revoked"]);
    let root = Order { certificate: server.root(), ..order };
    assert!(matches!(withdraw::revoke(server, &root), Err(WithdrawError::WrongKind)));
    scene.whole()
}
