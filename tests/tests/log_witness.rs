//! The court's server, or whoever has got hold of it with all its keys, rewrites what it has said; phones
//! notice at the next contact, refuse it, keep both signed checkpoints and hand them in. A restore by
//! two persons is told apart from all of that.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use lastmile_core::id::{DocumentId, ServerEpoch};
use lastmile_core::log::checkpoint::Checkpoint;
use lastmile_core::phone::transport::{Transport, TransportError};
use lastmile_core::phone::{Limit, Phone, PhoneError, Plan, RESTORED, Standing, SyncTrouble};
use lastmile_core::sync::frame;
use lastmile_core::sync::response::SyncResponse;
use lastmile_core::sync::token::Errand;
use lastmile_core::time::SystemEntropy;
use lastmile_server::keys::{self, KeyName, Passphrase};
use lastmile_server::rotate::{By, Place, rotate};
use lastmile_server::sequencer::Sequencer;
use lastmile_server::server::{DATABASE, Options, Server};
use lastmile_server::store::{CheckpointRow, StoreError};
use lastmile_server::withdraw::{self, Order};
use lastmile_tests::acts::{CASE, Direct, add_line, at_server, begin, on_phone, road};
use lastmile_tests::court_stage::{COURT, CourtStage, MORNING_MS, Registered};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

const TEAM: [&str; 2] = ["luqihang", "wenruotang"];

/// A court whose two officers have worked and synced, and two administrators.
struct Worked {
    stage: CourtStage,
    phone: Phone,
    other: Phone,
    record: DocumentId,
    officials: [Registered; 2],
    _dir: TempDir,
}

fn worked() -> Result<Worked, Box<dyn Error>> {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &TEAM)?;
    let officials = [stage.administrator("zhangyi", 8)?, stage.administrator("liyuan", 9)?];
    let phone = stage.open(&stage.register(TEAM[0], 1)?, 0)?;
    let other = stage.open(&stage.register(TEAM[1], 2)?, 0)?;
    let record = begin(&phone, CASE)?;
    add_line(&phone, record, "注塑机")?;
    phone.sync(&road(&stage.server()?.url()))?;
    other.sync(&road(&stage.server()?.url()))?;
    add_line(&other, record, "空压机")?;
    other.sync(&road(&stage.server()?.url()))?;
    phone.sync(&road(&stage.server()?.url()))?;
    Ok(Worked { stage, phone, other, record, officials, _dir: dir })
}

/// The stopped server, to be tampered with by somebody who has its keys.
fn opened(data: &Path) -> Result<Server, Box<dyn Error>> {
    Ok(Server::open(data, Options::default())?)
}

/// Gives every entry a new place and signs the new tree, as an honest log would.
fn sign_again(data: &Path, epoch: Option<ServerEpoch>) -> Tested {
    let server = opened(data)?;
    let epoch = epoch.unwrap_or_else(|| server.epoch());
    server.store().write::<_, StoreError>(|writing| {
        writing.begin_life(epoch)?;
        writing.log_again()?;
        let key = server.keys().checkpoint.clone();
        Sequencer::new(COURT, epoch, key).seal(writing, server.now_ms())
    })?;
    Ok(())
}

/// Signs a checkpoint of whatever content in place of the newest.
fn sign_instead(data: &Path, with: impl Fn(&mut Checkpoint), by_server_key: bool) -> Tested {
    let server = opened(data)?;
    let newest = server
        .store()
        .read::<_, StoreError>(|reading| server.sequencer().newest(reading))?
        .ok_or("no checkpoint")?;
    let CheckpointRow { origin, size, root, at_ms, .. } = newest;
    let mut checkpoint = Checkpoint { origin, size, root, at_ms };
    with(&mut checkpoint);
    let key = if by_server_key { &server.keys().server } else { &server.keys().checkpoint };
    let note = checkpoint.sign(key.signer.as_ref())?;
    drop(server);
    let database = rusqlite::Connection::open(data.join(DATABASE))?;
    let size = i64::try_from(checkpoint.size)?;
    database.execute(
        "DELETE FROM checkpoint WHERE size >= ?1 AND size < (SELECT max(size) FROM checkpoint)",
        [size],
    )?;
    database.execute(
        "UPDATE checkpoint SET root = ?1, at_ms = ?2, note = ?3, size = ?4, origin = ?5
         WHERE size = (SELECT max(size) FROM checkpoint)",
        (checkpoint.root, checkpoint.at_ms, note, size, checkpoint.origin),
    )?;
    Ok(())
}

fn sql(data: &Path, statements: &str) -> Tested {
    rusqlite::Connection::open(data.join(DATABASE))?.execute_batch(statements)?;
    Ok(())
}

/// What the phone says at its next contact, after `tamper` and after its own next line.
fn caught(tamper: impl Fn(&Path) -> Tested) -> Result<String, Box<dyn Error>> {
    let mut worked = worked()?;
    let before = on_phone(&worked.phone, CASE)?;
    worked.stage.stop();
    tamper(&worked.stage.data())?;
    worked.stage.start()?;
    // The tampered server lives on: somebody else's work gives the phone news to judge.
    let late = worked.stage.register("ouziqian", 3)?;
    worked.stage.case("(2026)粤0605执1199号", 1, &["ouziqian", TEAM[0]])?;
    let url = worked.stage.server()?.url();
    let trouble = worked.phone.sync(&road(&url)).expect_err("the rewrite was not noticed");
    let SyncTrouble::Phone(PhoneError::Rewritten(found)) = &trouble else {
        return Err(trouble.into());
    };
    // Refused whole: the phone's records are as they were, and the evidence is kept.
    assert_eq!(on_phone(&worked.phone, CASE)?, before);
    let stranger = worked.phone.sign_in(late.certificate()?, Arc::clone(&late.signer));
    assert!(stranger.is_err(), "a certificate of the refused answer is trusted");
    let alarms = worked.phone.log_alarms()?;
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(alarms[0].code, found.code());
    assert!(alarms[0].held.is_some());
    // Work goes on, and the next contact hands the evidence in.
    add_line(&worked.phone, worked.record, "叉车")?;
    let again = worked.phone.sync(&road(&url)).expect_err("still the rewritten log");
    assert_eq!(again.code(), found.code());
    let kept = worked
        .stage
        .server()?
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.log_evidence())?;
    if matches!(found.code(), "log_forked" | "log_shrunk") {
        assert!(!kept.is_empty(), "no evidence at the server for {}", found.code());
    }
    Ok(found.code().to_owned())
}

#[test]
fn a_change_removed_from_a_feed_is_caught() -> Tested {
    let code = caught(|data| {
        sql(
            data,
            "DELETE FROM feed WHERE channel LIKE 'case:%' AND seq =
               (SELECT max(seq) FROM feed WHERE channel LIKE 'case:%1101%');
             UPDATE channel SET seq = seq - 1 WHERE name LIKE 'case:%1101%';",
        )?;
        sign_again(data, None)
    })?;
    assert!(matches!(code.as_str(), "log_forked" | "log_shrunk"), "{code}");
    Ok(())
}

#[test]
fn a_change_swapped_for_another_one_is_caught() -> Tested {
    let code = caught(|data| {
        sql(data, "UPDATE feed SET id = randomblob(32) WHERE channel = 'directory' AND seq = 2;")?;
        sign_again(data, None)
    })?;
    assert_eq!(code, "log_forked");
    Ok(())
}

#[test]
fn entries_in_another_order_are_caught() -> Tested {
    let reordered = |data: &Path| {
        // The first two neighbours of different feeds change places.
        let first: i64 = rusqlite::Connection::open(data.join(DATABASE))?.query_row(
            "SELECT min(one.log_index) FROM feed AS one JOIN feed AS next
             ON next.log_index = one.log_index + 1 AND next.channel <> one.channel",
            [],
            |row| row.get(0),
        )?;
        let next = first + 1;
        sql(
            data,
            &format!(
                "UPDATE feed SET log_index = 1000000 WHERE log_index = {first};
                 UPDATE feed SET log_index = {first} WHERE log_index = {next};
                 UPDATE feed SET log_index = {next} WHERE log_index = 1000000;"
            ),
        )?;
        sign_again(data, None)
    };
    assert_eq!(caught(reordered)?, "log_forked");
    Ok(())
}

#[test]
fn a_truncated_log_is_caught() -> Tested {
    let code = caught(|data| {
        let kept: i64 = rusqlite::Connection::open(data.join(DATABASE))?.query_row(
            "SELECT max(log_index) - 2 FROM feed",
            [],
            |row| row.get(0),
        )?;
        let position = tlog_position(kept);
        sql(
            data,
            &format!(
                "DELETE FROM feed WHERE log_index >= {kept};
                 DELETE FROM log_hash WHERE position >= {position};
                 DELETE FROM checkpoint WHERE size > {kept};
                 UPDATE channel SET
                   seq = (SELECT max(seq) FROM feed WHERE feed.channel = name),
                   set_hash = (SELECT set_after FROM feed WHERE feed.channel = name
                     ORDER BY seq DESC LIMIT 1);"
            ),
        )
    })?;
    // The shorter log has grown again meanwhile, into another one.
    assert!(matches!(code.as_str(), "log_forked" | "log_shrunk"), "{code}");
    Ok(())
}

/// Where the hash of a leaf stands among the stored hashes.
fn tlog_position(index: i64) -> i64 {
    (0..64).map(|level| index >> level).sum()
}

#[test]
fn another_root_of_the_same_size_is_caught() -> Tested {
    // The tree is repaired by the next honest leaf, but the phone holds what it was shown.
    let mut worked = worked()?;
    let held = worked.phone.newest_checkpoint()?.ok_or("no checkpoint")?;
    worked.stage.stop();
    sql(&worked.stage.data(), "UPDATE log_hash SET hash = randomblob(32);")?;
    worked.stage.start()?;
    worked.stage.case("(2026)粤0605执1199号", 1, &[TEAM[0]])?;
    let trouble = worked.phone.sync(&road(&worked.stage.server()?.url())).unwrap_err();
    assert!(trouble.code().starts_with("log_"), "{}", trouble.code());
    assert_eq!(worked.phone.newest_checkpoint()?.map(|row| row.note), Some(held.note));
    Ok(())
}

#[test]
fn a_checkpoint_by_another_key_is_caught() -> Tested {
    let mut worked = worked()?;
    worked.stage.case("(2026)粤0605执1199号", 1, &[TEAM[0]])?;
    worked.stage.stop();
    sign_instead(&worked.stage.data(), |_| (), true)?;
    worked.stage.start()?;
    let trouble = worked.phone.sync(&road(&worked.stage.server()?.url())).unwrap_err();
    assert_eq!(trouble.code(), "checkpoint_not_signed");
    Ok(())
}

#[test]
fn a_log_whose_time_goes_backwards_is_caught() -> Tested {
    let mut worked = worked()?;
    worked.stage.case("(2026)粤0605执1199号", 1, &[TEAM[0]])?;
    worked.stage.stop();
    sign_instead(&worked.stage.data(), |checkpoint| checkpoint.at_ms = 5, false)?;
    worked.stage.start()?;
    let trouble = worked.phone.sync(&road(&worked.stage.server()?.url())).unwrap_err();
    assert_eq!(trouble.code(), "log_time_fell");
    Ok(())
}

#[test]
fn a_new_log_without_two_persons_is_caught() -> Tested {
    let code = caught(|data| sign_again(data, Some(ServerEpoch([0x77; 16]))))?;
    assert_eq!(code, "log_replaced");
    Ok(())
}

#[test]
fn feeds_under_other_blindings_are_caught() -> Tested {
    assert_eq!(
        caught(|data| sql(data, "UPDATE court SET blinding = randomblob(32);"))?,
        "log_chain_broken"
    );
    Ok(())
}

#[test]
fn a_feed_that_goes_on_from_another_past_is_caught() -> Tested {
    let code = caught(|data| {
        sql(
            data,
            "UPDATE feed SET leaf = randomblob(32)
             WHERE seq = (SELECT max(seq) FROM feed WHERE channel = 'directory')
               AND channel = 'directory';",
        )
    })?;
    assert_eq!(code, "log_chain_broken");
    Ok(())
}

/// Changes answers on their way, as a dishonest server would.
struct Bent<'a, F>(&'a dyn Transport, F);

impl<F: Fn(&mut SyncResponse)> Transport for Bent<'_, F> {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let answer = self.0.post(court, errand, body, token)?;
        let plain = frame::open(&answer).expect("a frame");
        let mut answer = SyncResponse::decode(&plain, COURT).expect("an answer");
        (self.1)(&mut answer);
        Ok(frame::seal(&answer.encode()).expect("a frame"))
    }
}

#[test]
fn an_answer_without_its_receipt_is_refused_and_nothing_is_lost() -> Tested {
    let worked = worked()?;
    add_line(&worked.other, worked.record, "叉车")?;
    let road = road(&worked.stage.server()?.url());
    worked.other.sync(&road)?;
    let bare = Bent(&road, |answer: &mut SyncResponse| answer.receipt = None);
    let before = on_phone(&worked.phone, CASE)?;
    let trouble = worked.phone.sync(&bare).unwrap_err();
    assert_eq!(trouble.code(), "log_receipt_missing");
    assert_eq!(on_phone(&worked.phone, CASE)?, before);
    worked.phone.sync(&road)?;
    assert_eq!(on_phone(&worked.phone, CASE)?, at_server(worked.stage.server()?.server())?);
    Ok(())
}

#[test]
fn every_bit_of_a_receipt_counts() -> Tested {
    let worked = worked()?;
    add_line(&worked.other, worked.record, "叉车")?;
    let road = road(&worked.stage.server()?.url());
    worked.other.sync(&road)?;
    for step in 0..64 {
        let bent = Bent(&road, |answer: &mut SyncResponse| {
            if let Some(receipt) = &mut answer.receipt {
                let at = receipt.len() * step / 64;
                receipt[at] ^= 1 << (step % 8);
            }
        });
        assert!(worked.phone.sync(&bent).is_err(), "byte {step}/64");
    }
    worked.phone.sync(&road)?;
    Ok(())
}

/// What the server says to this plan.
fn answer_to(worked: &Worked, plan: &Plan) -> Result<SyncResponse, Box<dyn Error>> {
    let sealed = frame::seal(&plan.request.encode())?;
    let token = worked.phone.token(Errand::Sync, &sealed)?;
    let answer =
        Direct(worked.stage.server()?.server()).post(COURT, Errand::Sync, &sealed, &token)?;
    Ok(SyncResponse::decode(&frame::open(&answer)?, COURT)?)
}

#[test]
fn an_answer_to_an_older_question_proves_its_news_too() -> Tested {
    let worked = worked()?;
    let limit = Limit { up: 1_000_000, down: 1_000_000, probe: false, wait_s: 0 };
    let asked = worked.phone.plan(limit)?;
    add_line(&worked.other, worked.record, "叉车")?;
    let road = road(&worked.stage.server()?.url());
    worked.other.sync(&road)?;
    let late = answer_to(&worked, &asked)?;
    worked.phone.sync(&road)?;
    let before = on_phone(&worked.phone, CASE)?;
    // News that nothing proves, with a receipt for something else.
    add_line(&worked.other, worked.record, "行车")?;
    worked.other.sync(&road)?;
    let mut unproven = answer_to(&worked, &worked.phone.plan(limit)?)?;
    unproven.receipt.clone_from(&late.receipt);
    assert!(worked.phone.apply(&asked, &unproven).is_err());
    assert_eq!(on_phone(&worked.phone, CASE)?, before);
    // The honest one may come late and twice.
    for _ in 0..2 {
        worked.phone.apply(&asked, &late)?;
        assert_eq!(on_phone(&worked.phone, CASE)?, before);
    }
    worked.phone.sync(&road)?;
    assert_eq!(on_phone(&worked.phone, CASE)?, at_server(worked.stage.server()?.server())?);
    Ok(())
}

#[test]
fn only_a_verified_receipt_makes_a_record_receipted() -> Tested {
    let worked = worked()?;
    let standing = |phone: &Phone| -> Result<Standing, PhoneError> {
        Ok(phone.standing(worked.record)?.standing)
    };
    assert_eq!(standing(&worked.phone)?, Standing::Receipted);
    add_line(&worked.phone, worked.record, "叉车")?;
    assert_ne!(standing(&worked.phone)?, Standing::Receipted);
    worked.phone.sync(&road(&worked.stage.server()?.url()))?;
    assert_eq!(standing(&worked.phone)?, Standing::Receipted);
    Ok(())
}

#[test]
fn a_restore_by_two_persons_is_followed_and_what_was_lost_is_offered_again() -> Tested {
    let mut worked = worked()?;
    worked.stage.stop();
    let backup = worked.stage.data().join("server.backup");
    std::fs::copy(worked.stage.data().join(DATABASE), &backup)?;
    worked.stage.start()?;
    let url = worked.stage.server()?.url();
    add_line(&worked.phone, worked.record, "叉车")?;
    worked.phone.sync(&road(&url))?;
    let whole = on_phone(&worked.phone, CASE)?;
    worked.stage.stop();
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(worked.stage.data().join(format!("{DATABASE}{suffix}")));
    }
    std::fs::copy(&backup, worked.stage.data().join(DATABASE))?;
    // Put back without a word, it is a shorter log than the phone has seen: refused.
    worked.stage.start()?;
    let trouble = worked.phone.sync(&road(&worked.stage.server()?.url())).unwrap_err();
    assert_eq!(trouble.code(), "log_shrunk");
    worked.stage.stop();
    // One person's word is not enough.
    let [one, two] = &worked.officials;
    assert!(worked.stage.restore(&[one]).is_err());
    assert!(worked.stage.restore(&[one, one]).is_err());
    worked.stage.restore(&[one, two])?;
    let url = worked.stage.server()?.url();
    worked.phone.sync(&road(&url))?;
    worked.other.sync(&road(&url))?;
    assert_eq!(on_phone(&worked.phone, CASE)?, whole);
    assert_eq!(at_server(worked.stage.server()?.server())?, whole);
    assert_eq!(on_phone(&worked.other, CASE)?, whole);
    assert_eq!(worked.phone.standing(worked.record)?.standing, Standing::Receipted);
    let codes: Vec<String> =
        worked.phone.log_alarms()?.into_iter().map(|alarm| alarm.code).collect();
    assert_eq!(codes, ["log_shrunk", RESTORED]);
    // The checkpoint that the restored server has lost is handed in as evidence.
    worked.phone.sync(&road(&url))?;
    let kept = worked
        .stage
        .server()?
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.log_evidence())?;
    assert!(kept.iter().any(|row| row.finding == "log_before_restore"), "{kept:?}");
    Ok(())
}

#[test]
fn a_stolen_checkpoint_key_signs_nothing_after_its_withdrawal() -> Tested {
    let mut worked = worked()?;
    let data = worked.stage.data();
    let (demo, name) = (Passphrase::demo(), KeyName::Checkpoint);
    let stolen = keys::load_file(&keys::path_of(&data, name), &demo)?;
    let root = keys::load_file(&data.join(keys::ROOT_KEY), &demo)?;
    let certificate = worked.stage.server()?.server().keys().checkpoint.certificate;
    worked.stage.stop();
    let place = Place::open(&data, MORNING_MS, &SystemEntropy)?;
    rotate(&place, name, &By::Root(&root), &demo)?;
    drop(place);
    worked.stage.start()?;
    let order = Order { certificate, reason: "compromised".into(), on_behalf_of: "zhangyi".into() };
    withdraw::revoke(worked.stage.server()?.server(), &order)?;
    add_line(&worked.phone, worked.record, "叉车")?;
    // What the old key signed stands, the new key goes on.
    worked.phone.sync(&road(&worked.stage.server()?.url()))?;
    worked.stage.stop();
    let newest = worked.phone.newest_checkpoint()?.ok_or("no checkpoint")?;
    let note = Checkpoint {
        origin: newest.origin,
        size: newest.size,
        root: newest.root,
        at_ms: newest.at_ms,
    }
    .sign(&stolen)?;
    rusqlite::Connection::open(data.join(DATABASE))?.execute(
        "UPDATE checkpoint SET note = ?1 WHERE size = (SELECT max(size) FROM checkpoint)",
        [note],
    )?;
    worked.stage.start()?;
    let refused = worked.phone.sync(&road(&worked.stage.server()?.url()));
    assert_eq!(refused.expect_err("a stolen key").code(), "log_key_revoked");
    Ok(())
}
