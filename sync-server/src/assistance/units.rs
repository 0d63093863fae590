//! Who could come to a request: units of the police by their duty plans and last fixes, and crews of our own by
//! where they last recorded something. What is near is [`lastmile_core::assistance::suggest`]'s to say; here it is
//! found out who there is. A proposal for a person, never a step.
//!
//! Fixes of police units are told by whatever gateway a police force has; they are kept in memory, because half an
//! hour after a restart none would count any more.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lastmile_core::assistance::suggest::{
    MAX_FIX_AGE_S, Settings, Side, Spot, Suggestion, Unit, suggest,
};
use lastmile_core::envelope::Body;
use lastmile_core::geo::Position;
use lastmile_core::id::{CertificateId, DocumentId};
use lastmile_core::identity::{Canonical, Directory};
use lastmile_core::pack::station::StationPack;
use lastmile_core::records::Role;

use super::engaged::{Engaged, engaged};
use crate::server::Server;
use crate::store::{Reading, StoreError};

/// Units whose fixes are kept at most; a force has a few hundred.
const MOST_UNITS: usize = 5_000;
/// Who of the court goes out to scenes.
const CREW: &[Role] = &[Role::Officer, Role::Clerk, Role::JudicialPolice];
const MAX_AGE_MS: i64 = MAX_FIX_AGE_S as i64 * 1_000;

/// Where a unit of the police was.
#[derive(Debug, Clone)]
pub struct UnitFix {
    /// Station code.
    pub station: String,
    /// What the unit is called.
    pub unit: String,
    /// Where.
    pub position: Position,
    /// When, server clock.
    pub at_ms: i64,
}

/// Last fixes of police units, by station and unit.
#[derive(Debug, Default)]
pub struct UnitFixes(Mutex<HashMap<(String, String), (Position, i64)>>);

impl UnitFixes {
    fn held(&self) -> MutexGuard<'_, HashMap<(String, String), (Position, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes fixes, all or none. An older one than the one known says nothing new. False when there are too many
    /// units.
    pub fn note(&self, fixes: Vec<UnitFix>, now_ms: i64) -> bool {
        let mut held = self.held();
        held.retain(|_, (_, at)| now_ms.saturating_sub(*at) < MAX_AGE_MS);
        let key = |fix: &UnitFix| (fix.station.clone(), fix.unit.clone());
        let keys: BTreeSet<_> = fixes.iter().map(key).collect();
        let new = keys.iter().filter(|key| !held.contains_key(*key)).count();
        if held.len() + new > MOST_UNITS {
            return false;
        }
        for UnitFix { station, unit, position, at_ms } in fixes {
            let known = held.entry((station, unit)).or_insert((position, at_ms));
            if at_ms > known.1 {
                *known = (position, at_ms);
            }
        }
        true
    }

    /// Where a unit was last, and when.
    pub fn of(&self, station: &str, unit: &str) -> Option<(Position, i64)> {
        self.held().get(&(station.to_owned(), unit.to_owned())).copied()
    }
}

/// Who could come to `to`, a request of `document`. Of several units of one name each station has its own; the
/// crew that asks is nobody who could come. With a `station`, of the police only its own units. With who is at an open
/// request already.
pub fn nearest(
    server: &Server,
    reading: &Reading<'_>,
    document: DocumentId,
    to: Option<Position>,
    station: Option<&str>,
) -> Result<(Suggestion, Engaged), StoreError> {
    let now_ms = server.now_ms();
    let stations = crate::publish::stored::<StationPack>(reading, server.court())
        .map_err(|_| StoreError::Damaged("station pack"))?
        .unwrap_or_default();
    let stands = |code: &str| {
        let position = stations.find(code)?.position.as_deref()?;
        Some(position.parse::<Position>().ok()?.coordinate())
    };
    let engaged = engaged(reading, Some(document))?;
    let mut units = police(server, reading, &engaged, now_ms)?;
    units.retain(|unit| station.is_none_or(|station| unit.station.as_deref() == Some(station)));
    units.extend(crews(reading, &*server.directory()?, &engaged, now_ms)?);
    Ok((suggest(to.map(Spot::from), &units, &stands, &Settings::default(), now_ms), engaged))
}

fn police(
    server: &Server,
    reading: &Reading<'_>,
    engaged: &Engaged,
    now_ms: i64,
) -> Result<Vec<Unit>, StoreError> {
    let mut units: BTreeMap<(String, String), Unit> = BTreeMap::new();
    for row in reading.duty(now_ms)? {
        let key = (row.station.clone(), row.unit.clone());
        let unit = units.entry(key).or_insert_with_key(|key| Unit {
            id: row.unit.clone(),
            side: Side::Police,
            station: Some(row.station.clone()),
            fix: server
                .unit_fixes()
                .of(&row.station, &row.unit)
                .map(|(position, at_ms)| (position.into(), at_ms)),
            duty: Vec::new(),
            busy: engaged.units.contains_key(key),
        });
        unit.duty.push((row.from_ms, row.until_ms));
    }
    Ok(units.into_values().collect())
}

/// Our own people, where they last recorded something. A phone whose clock is ahead cannot make its fix younger
/// than its arrival here. A liaison volunteer is nobody to be sent to a scene, and where a withdrawn phone is says
/// nothing about its owner.
fn crews(
    reading: &Reading<'_>,
    directory: &Directory,
    engaged: &Engaged,
    now_ms: i64,
) -> Result<Vec<Unit>, StoreError> {
    let ours = |id: &CertificateId| {
        let body = directory.get(id).map(|found| found.payload());
        body.is_some_and(|body| CREW.iter().any(|role| body.has_role(*role)))
            && directory.findings(id, now_ms).is_empty()
    };
    let mut seen: BTreeMap<String, (Spot, i64)> = BTreeMap::new();
    for row in reading.bodies_since(now_ms - MAX_AGE_MS)? {
        let body = Body::decode(&row.body).map_err(|_| StoreError::Damaged("envelope"))?;
        let position = body.position.as_deref().and_then(|text| text.parse::<Position>().ok());
        let Some(position) = position.filter(|_| ours(&body.certificate)) else { continue };
        let age_ms = i64::from(position.age_s().unwrap_or_default()) * 1_000;
        let at_ms = body.device_ms.min(row.received_ms) - age_ms;
        let newer = seen.get(&row.person).is_none_or(|(_, known)| at_ms > *known);
        if newer && !engaged.own.contains(&row.person) {
            seen.insert(row.person, (position.into(), at_ms));
        }
    }
    let unit = |(person, fix)| Unit {
        busy: engaged.asking.contains(&person),
        id: person,
        side: Side::Court,
        station: None,
        fix: Some(fix),
        duty: Vec::new(),
    };
    Ok(seen.into_iter().map(unit).collect())
}
