//! Short words for the tests of this module: steps, times of the day in Nanhai, three requests.

#![allow(clippy::expect_used)]

use super::call::{Call, Caller};
use super::life::Step;
use crate::document::{Alternative, OpId, Register};
use crate::id::{ActorId, DocumentId, sha256};
use crate::value::Value;

/// The station of the story.
pub(super) const JIUJIANG: &str = "jiujiang";

/// Three requests.
pub(super) mod ids {
    use crate::id::DocumentId;

    pub(in super::super) const A: DocumentId = DocumentId([0xa; 16]);
    pub(in super::super) const B: DocumentId = DocumentId([0xb; 16]);
    pub(in super::super) const C: DocumentId = DocumentId([0xc; 16]);
}

/// An instant of 17 March 2026, Beijing time.
pub(super) fn at(hour: i64, minute: i64) -> i64 {
    const MIDNIGHT: i64 = 1_773_676_800_000;
    MIDNIGHT + (hour * 60 + minute) * 60_000
}

/// A step in the making.
pub(super) struct Making(Step);

/// A step on request A, by a rule.
pub(super) fn step(code: &str, at_ms: i64) -> Making {
    Making(Step {
        id: [0; 32],
        document: ids::A,
        code: code.to_owned(),
        by: None,
        at_ms,
        station: None,
        unit: None,
        when_ms: None,
        other: None,
        reason: None,
        note: None,
    })
}

impl Making {
    pub(super) fn of(mut self, document: DocumentId) -> Self {
        self.0.document = document;
        self
    }

    pub(super) fn by(mut self, person: &str) -> Self {
        self.0.by = Some(person.to_owned());
        self
    }

    pub(super) fn for_station(mut self, station: &str) -> Self {
        self.0.station = Some(station.to_owned());
        self
    }

    pub(super) fn unit(mut self, unit: &str) -> Self {
        self.0.unit = Some(unit.to_owned());
        self
    }

    pub(super) fn when(mut self, when_ms: i64) -> Self {
        self.0.when_ms = Some(when_ms);
        self
    }

    pub(super) fn with(mut self, other: DocumentId) -> Self {
        self.0.other = Some(other);
        self
    }

    pub(super) fn because(mut self, reason: &str) -> Self {
        self.0.reason = Some(reason.to_owned());
        self
    }

    /// The step; its identity follows from what it says.
    pub(super) fn build(mut self) -> Step {
        self.0.id = sha256(format!("{:?}", self.0).as_bytes());
        self.0
    }
}

/// Who calls in the story.
pub(super) fn luqihang() -> Caller {
    Caller { court: "南海法院".to_owned(), name: "陆启航".to_owned() }
}

/// The request of 09:05.
pub(super) fn blockade() -> Call {
    let position = format!("geo:22.833500,112.985000;crs=wgs84;u=8;src=gnss;fix={}", at(9, 5));
    Call {
        document: DocumentId([0x3f; 16]),
        asked_ms: Some(at(9, 5)),
        position: Some(position.parse().expect("a position")),
        places: vec!["九江镇沙口工业区三路5号地下车库".to_owned()],
        callbacks: vec!["13800138000".to_owned()],
        situations: vec!["blockade".to_owned(), "surrounding".to_owned()],
        described: None,
        people: Some(15),
        weapons: Some(false),
        injured: None,
        officers: Some(2),
        needs: ["officers", "crowd_control"].map(str::to_owned).into(),
    }
}

/// A field with these concurrent values.
pub(super) fn register(values: &[Value]) -> Register {
    let alternatives = values.iter().enumerate().map(|(number, value)| Alternative {
        op: OpId { counter: number as u64 + 1, actor: ActorId([1; 16]) },
        value: value.clone(),
        change: 0,
    });
    Register { alternatives: alternatives.collect() }
}
