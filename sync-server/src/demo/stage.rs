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

use super::link::{Link, Mode};

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
        Ok(self.phone.sync(&self.road)?)
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
        Ok(self.phone.create(new)?.document)
    }

    /// Fills in head fields.
    pub fn set(&self, record: DocumentId, values: &[(&str, Value)]) -> Result<(), StageError> {
        self.phone.act(record, &Intent::Set { verb: "set".to_owned(), fields: fields(values) })?;
        Ok(())
    }

    /// Adds an item with `verb`; gives its ULID.
    pub fn add(
        &self,
        record: DocumentId,
        verb: &str,
        values: &[(&str, Value)],
    ) -> Result<String, StageError> {
        let item = self.phone.new_item();
        self.phone.act(
            record,
            &Intent::Add { verb: verb.to_owned(), item: item.clone(), fields: fields(values) },
        )?;
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
        self.phone.act(record, &intent).map(|_| ())
    }

    /// Strikes an item with `verb`.
    pub fn strike(
        &self,
        record: DocumentId,
        verb: &str,
        item: &str,
        reason: &str,
    ) -> Result<(), StageError> {
        self.phone.act(
            record,
            &Intent::Strike {
                verb: verb.to_owned(),
                strike: self.phone.new_item(),
                item: item.to_owned(),
                reason: reason.to_owned(),
            },
        )?;
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
        Ok(())
    }

    /// Finalises a record.
    pub fn finalise(&self, record: DocumentId) -> Result<(), PhoneError> {
        self.phone
            .act(record, &Intent::Finalise { finalisation: self.phone.new_item() })
            .map(|_| ())
    }
}

/// Two phones meet over a hotspot.
pub fn meet(one: &Actor, other: &Actor) -> Result<(PeerReport, PeerReport), StageError> {
    let (mut here, mut there) = UnixStream::pair()?;
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
