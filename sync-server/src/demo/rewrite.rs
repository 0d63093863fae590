//! A server that rewrites what it has accepted, with every key of the court at hand: it serves a copy of
//! the day's database in which one change gave way to another, signed again from the first leaf to the
//! newest checkpoint. The first phone that asks it notices.

use std::path::Path;
use std::sync::Arc;

use lastmile_core::phone::transport::HttpTransport;
use lastmile_core::phone::{PhoneError, SyncTrouble};
use lastmile_core::sync::channel::of_case;

use super::check::Assertion;
use super::clock::FileClock;
use super::day::{K1, K2};
use super::stage::{Actor, StageError};
use crate::app::Running;
use crate::sequencer::Sequencer;
use crate::server::{DATABASE, Options, Server};
use crate::store::{Store, StoreError};

/// Lets `actor` meet the rewritten server.
pub(super) fn rewritten(
    actor: &Actor,
    data: &Path,
    clock: &Path,
    stage: &Path,
) -> Result<Assertion, StageError> {
    let script = |error: &dyn std::fmt::Display| StageError::Script(error.to_string());
    let copy = stage.join("rewritten");
    copy_keys(data, &copy)?;
    let honest = Store::open(&data.join(DATABASE)).map_err(|error| script(&error))?;
    honest.copy_to(&copy.join(DATABASE)).map_err(|error| script(&error))?;
    let options = || Options { clock: Arc::new(FileClock::new(clock)), ..Options::default() };
    let server = Server::open(&copy, options()).map_err(|error| script(&error))?;
    swap(&copy.join(DATABASE)).map_err(|error| script(&error))?;
    sign_again(&server).map_err(|error| script(&error))?;
    drop(server);
    let forged = Running::start(&copy, options()).map_err(|error| script(&error))?;
    let road = HttpTransport::new(&forged.url(), &[]).map_err(|error| script(&error))?;
    let before = actor.phone.case_digest(K1)?;
    let said = match actor.phone.sync(&road) {
        Err(SyncTrouble::Phone(PhoneError::Rewritten(trouble))) => trouble.code(),
        Err(_) => "another trouble",
        Ok(_) => "not noticed",
    };
    let kept = actor.phone.log_alarms()?.iter().any(|alarm| alarm.code == said);
    let unharmed = actor.phone.case_digest(K1)? == before;
    Ok(Assertion {
        id: "A14",
        title: "改写过的日志被手机拒收 / a rewritten log is refused",
        ok: said == "log_forked" && kept && unharmed,
        detail: format!("{said}, evidence kept: {kept}, records unharmed: {unharmed}"),
    })
}

/// The intruder's own statement, past everything this program would allow: the last change of the case
/// gives way to one of another case.
fn swap(database: &Path) -> rusqlite::Result<()> {
    let database = rusqlite::Connection::open(database)?;
    database.execute("DELETE FROM checkpoint", [])?;
    database.execute(
        "UPDATE feed SET id = (SELECT id FROM feed WHERE channel = ?2 AND kind = 0 LIMIT 1)
         WHERE channel = ?1 AND seq =
           (SELECT max(seq) FROM feed WHERE channel = ?1 AND kind = 0)",
        (of_case(K1), of_case(K2)),
    )?;
    Ok(())
}

/// A log of what is there now, signed with the court's own key.
fn sign_again(server: &Server) -> Result<(), StoreError> {
    let (epoch, key) = (server.epoch(), server.keys().checkpoint.clone());
    server.store().write::<_, StoreError>(|writing| {
        writing.begin_life(epoch)?;
        writing.log_again()?;
        Sequencer::new(server.court(), epoch, key).seal(writing, server.now_ms())
    })
}

fn copy_keys(data: &Path, copy: &Path) -> Result<(), StageError> {
    std::fs::create_dir_all(copy.join("keys"))?;
    for entry in std::fs::read_dir(data.join("keys"))? {
        let entry = entry?;
        std::fs::copy(entry.path(), copy.join("keys").join(entry.file_name()))?;
    }
    Ok(())
}
