//! Who is at an open request: units of the police, and crews of our own that ask for help themselves. A unit that the
//! command centre sends to another station's request is away from its own station, which has to know: nobody is sent
//! twice.

use std::collections::{BTreeMap, BTreeSet};

use lastmile_core::assistance::life::{Life, Step};
use lastmile_core::assistance::step::{State, StepCode};
use lastmile_core::id::DocumentId;
use lastmile_core::records::Role;
use lastmile_core::sync::channel;

use super::lives::life;
use crate::accounts::sign_in::Who;
use crate::store::{Reading, StoreError};

/// Where a unit of the police was sent.
#[derive(Debug, Clone)]
pub struct Out {
    /// The request.
    pub document: DocumentId,
    /// The station that has it.
    pub station: String,
    /// When it was sent, server clock.
    pub since_ms: i64,
    /// It is there.
    pub arrived: bool,
}

/// Who is at an open request.
#[derive(Debug, Default)]
pub struct Engaged {
    /// Police units by their own station and name.
    pub units: BTreeMap<(String, String), Out>,
    /// People of crews that ask for help.
    pub asking: BTreeSet<String>,
    /// People of the crew that a proposal is about.
    pub own: BTreeSet<String>,
}

/// Who is at an open request; `document`: the one that a proposal is about, if any.
pub fn engaged(reading: &Reading<'_>, document: Option<DocumentId>) -> Result<Engaged, StoreError> {
    let mut found = Engaged::default();
    for row in reading.open_requests_of_desk()? {
        let life = life(reading, row.document)?;
        if let Some((unit, out)) = out(&life) {
            found.units.insert(unit, out);
        }
        let crew = reading.members(&channel::of_case(&row.case_no))?;
        let crew = crew.into_iter().filter(|_| !row.case_no.is_empty());
        if Some(row.document) == document {
            found.own.extend(crew);
        } else {
            found.asking.extend(crew);
        }
    }
    Ok(found)
}

/// The unit that is at a request, by its own station and name, and where that is.
fn out(life: &Life) -> Option<((String, String), Out)> {
    let (station, unit) = (life.station.clone()?, life.unit.clone()?);
    if !matches!(life.state, State::UnitSent | State::Arrived) {
        return None;
    }
    let sent = life.hops.iter().rev().find(|hop| {
        hop.unfit.is_none()
            && hop.step.document == life.document
            && hop.step.known() == Some(StepCode::UnitSent)
    });
    let own = life.lent_by.clone().unwrap_or_else(|| station.clone());
    let since_ms = sent.map(|hop| hop.step.at_ms).or(life.sent_ms)?;
    let arrived = life.state == State::Arrived;
    Some(((own, unit), Out { document: life.document, station, since_ms, arrived }))
}

/// The station of a unit that is sent, where it is none of the station that has the request. Whoever at the command
/// centre types a unit's name without its station means the one station that has it on duty.
pub(crate) fn lent_by(
    reading: &Reading<'_>,
    who: &Who,
    stands: &Life,
    step: &Step,
) -> Result<Option<String>, StoreError> {
    let Some(unit) = step.unit.as_deref().filter(|_| step.known() == Some(StepCode::UnitSent))
    else {
        return Ok(step.station.clone());
    };
    if step.station.is_some() || !who.is(&[Role::Command]) {
        return Ok(step.station.clone().filter(|_| step.station != stands.station));
    }
    let on_duty: BTreeSet<String> = reading
        .duty(step.at_ms)?
        .into_iter()
        .filter(|row| row.unit == unit && row.from_ms <= step.at_ms)
        .map(|row| row.station)
        .collect();
    let own = stands.station.as_ref().is_some_and(|station| on_duty.contains(station));
    Ok(on_duty.first().filter(|_| on_duty.len() == 1 && !own).cloned())
}
