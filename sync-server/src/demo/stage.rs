//! The stage of the day in Nanhai: three officers' phones with clocks of their own, each behind a
//! link that can be cut. What happens on it is in [`super::day`].

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use lastmile_core::document::{Choice, Fields, Intent, saw};
use lastmile_core::id::DocumentId;
use lastmile_core::phone::transport::HttpTransport;
use lastmile_core::phone::{PeerReport, PeerRole, Phone, PhoneError, SyncReport, SyncTrouble};
use lastmile_core::time::ManualClock;
use lastmile_core::value::Value;
use serde_json::json;

use super::link::{Link, Mode};
use super::script::{Script, choice as choice_of, form};

/// What keeps the day from being played: the demo's own trouble, not an assertion that failed.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A phone refused something the script needs.
    #[error("phone: {0}")]
    Phone(#[from] PhoneError),
    /// A contact with the server failed where the script has network.
    #[error("sync: {0}")]
    Sync(#[from] SyncTrouble),
    /// Two phones could not meet.
    #[error("phone to phone: {0}")]
    Peer(#[from] lastmile_core::phone::PeerError),
    /// Files, sockets, processes.
    #[error("system: {0}")]
    Io(#[from] std::io::Error),
    /// The script expected something else.
    #[error("the day went another way: {0}")]
    Script(String),
}

/// One actor: a person with a phone.
pub struct Actor {
    /// `P1`, `P2`, `P3`.
    pub name: &'static str,
    /// The phone's core.
    pub phone: Phone,
    /// Its clock, true time plus an error of its own.
    pub clock: Arc<ManualClock>,
    /// Its network.
    pub link: Link,
    /// The road over that network.
    pub road: HttpTransport,
    /// Where everything done on any phone is written down.
    pub script: Arc<Script>,
}

impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Actor {
    /// Cuts or restores the network.
    pub fn network(&self, up: bool) {
        self.link.set(if up { Mode::Up } else { Mode::Down });
    }

    /// Talks to the server until both have everything.
    pub fn sync(&self) -> Result<SyncReport, StageError> {
        self.script.turn();
        let report = self.phone.sync(&self.road)?;
        self.script.step("sync", json!({ "who": self.name }));
        Ok(report)
    }

    /// Begins a record.
    pub fn begin(
        &self,
        kind: &str,
        case: &str,
        head: &[(&str, Value)],
    ) -> Result<DocumentId, StageError> {
        let new = lastmile_core::phone::NewRecord {
            kind: kind.to_owned(),
            case: case.to_owned(),
            handler: String::new(),
            head: fields(head),
            items: Vec::new(),
        };
        self.script.turn();
        let record = self.phone.create(new)?.document;
        let step = json!({
            "who": self.name, "kind": kind, "case": case, "fields": form(head), "record": record.to_hex(),
        });
        self.script.step("begin", step);
        Ok(record)
    }

    /// Fills in head fields.
    pub fn set(&self, record: DocumentId, values: &[(&str, Value)]) -> Result<(), StageError> {
        self.script.turn();
        self.phone.act(record, &Intent::Set { verb: "set".to_owned(), fields: fields(values) })?;
        let step = json!({ "who": self.name, "record": record.to_hex(), "fields": form(values) });
        self.script.step("set", step);
        Ok(())
    }

    /// Adds an item with `verb`; gives its ULID.
    pub fn add(
        &self,
        record: DocumentId,
        verb: &str,
        values: &[(&str, Value)],
    ) -> Result<String, StageError> {
        self.script.turn();
        let item = self.phone.new_item();
        self.phone.act(
            record,
            &Intent::Add { verb: verb.to_owned(), item: item.clone(), fields: fields(values) },
        )?;
        let step = json!({
            "who": self.name, "record": record.to_hex(), "verb": verb, "fields": form(values), "item": item,
        });
        self.script.step("add", step);
        Ok(item)
    }

    /// Changes an item with `verb`.
    pub fn edit(
        &self,
        record: DocumentId,
        verb: &str,
        item: &str,
        values: &[(&str, Value)],
    ) -> Result<(), PhoneError> {
        let intent =
            Intent::Edit { verb: verb.to_owned(), item: item.to_owned(), fields: fields(values) };
        self.script.turn();
        let done = self.phone.act(record, &intent).map(|_| ());
        let step = json!({
            "who": self.name, "record": record.to_hex(), "verb": verb, "fields": form(values), "item": item,
            "refused": done.as_ref().err().map(PhoneError::code),
        });
        self.script.step("edit", step);
        done
    }

    /// Strikes an item with `verb`.
    pub fn strike(
        &self,
        record: DocumentId,
        verb: &str,
        item: &str,
        reason: &str,
    ) -> Result<(), StageError> {
        self.script.turn();
        self.phone.act(
            record,
            &Intent::Strike {
                verb: verb.to_owned(),
                strike: self.phone.new_item(),
                item: item.to_owned(),
                reason: reason.to_owned(),
            },
        )?;
        let step = json!({
            "who": self.name, "record": record.to_hex(), "verb": verb, "item": item, "reason": reason,
        });
        self.script.step("strike", step);
        Ok(())
    }

    /// Settles the open conflict about `target` as the person sees it now.
    pub fn settle(
        &self,
        record: DocumentId,
        target: &str,
        choice: Choice,
        reason: &str,
    ) -> Result<(), StageError> {
        let view = self.phone.record_view(record)?;
        let conflict = view
            .conflicts
            .iter()
            .find(|conflict| conflict.subject.target() == target)
            .ok_or_else(|| StageError::Script(format!("no conflict about {target}")))?;
        self.script.turn();
        let step = json!({
            "who": self.name, "record": record.to_hex(), "target": target, "choice": choice_of(&choice),
            "reason": reason,
        });
        self.phone.act(
            record,
            &Intent::Resolve {
                resolution: self.phone.new_item(),
                target: target.to_owned(),
                choice,
                reason: reason.to_owned(),
                saw: saw(conflict),
            },
        )?;
        self.script.step("settle", step);
        Ok(())
    }

    /// Finalises a record.
    pub fn finalise(&self, record: DocumentId) -> Result<(), PhoneError> {
        self.script.turn();
        let intent = Intent::Finalise { finalisation: self.phone.new_item() };
        let done = self.phone.act(record, &intent).map(|_| ());
        let refused = done.as_ref().err().map(PhoneError::code);
        let step = json!({ "who": self.name, "record": record.to_hex(), "refused": refused });
        self.script.step("finalise", step);
        done
    }
}

/// Two phones meet over a hotspot.
pub fn meet(one: &Actor, other: &Actor) -> Result<(PeerReport, PeerReport), StageError> {
    let (mut here, mut there) = UnixStream::pair()?;
    one.script.turn();
    std::thread::scope(|scope| {
        let answer = scope.spawn(move || {
            let report = other.phone.meet(&mut there, PeerRole::Responder);
            close(&mut there);
            report
        });
        let first = one.phone.meet(&mut here, PeerRole::Initiator);
        close(&mut here);
        let second =
            answer.join().map_err(|_| StageError::Script("the other phone panicked".to_owned()))?;
        one.script.step("meet", json!({ "who": one.name, "other": other.name }));
        Ok((first?, second?))
    })
}

/// Ends a stream, so that the other side does not wait for ever when this one failed.
fn close(stream: &mut UnixStream) {
    let _ = stream.flush();
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.read(&mut [0]);
}

/// Fields by name.
pub fn fields(values: &[(&str, Value)]) -> Fields {
    values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// Text.
pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A moment of the day, Beijing time, as records carry it: `at("08:40")`.
pub fn at(time: &str) -> Value {
    Value::Text(format!("2026-03-17T{time}:00+08:00"))
}

/// Milliseconds since 1970 of a moment of the day, Beijing time.
pub fn true_ms(time: &str) -> Result<i64, StageError> {
    let text = format!("2026-03-17T{time}:00+08:00");
    let moment: jiff::Timestamp =
        text.parse().map_err(|_| StageError::Script(format!("{time} is no time")))?;
    Ok(moment.as_millisecond())
}
