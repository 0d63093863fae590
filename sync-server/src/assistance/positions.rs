//! Where crews are while their requests for help are open. Fixes come every ten seconds and are told to nobody but
//! those who handle the request; of each person the last one is kept, in memory, and written down a few times a
//! minute together with all others, so that a thousand streams cost the database next to nothing. When the last
//! request of a person is over, the fix is thrown away.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lastmile_core::assistance::suggest::MAX_FIX_AGE_S;
use lastmile_core::geo::Position;
use lastmile_core::id::DocumentId;
use lastmile_core::sync::channel;
use lastmile_core::sync::positions::{PositionsAnswer, PositionsMessage};

use super::facts;
use super::silence::SilenceError;
use crate::server::Server;
use crate::store::{FixRow, Reading, StoreError};
use crate::sync::Asker;

/// Which requests a person's fixes belong to is asked again after so long.
const ASK_AGAIN_MS: i64 = 30_000;
/// Fixes are written down together, so often.
const WRITE_EVERY_MS: i64 = 10_000;
const MAX_AGE_MS: i64 = MAX_FIX_AGE_S as i64 * 1_000;

/// The last fix of everybody who asked for help.
#[derive(Debug, Default)]
pub struct Positions(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    crews: HashMap<String, Crew>,
    written_ms: i64,
}

#[derive(Debug, Clone)]
struct Crew {
    row: FixRow,
    /// The open requests it belongs to, and when that was asked.
    requests: BTreeSet<DocumentId>,
    asked_ms: i64,
    /// Not written down yet.
    fresh: bool,
}

/// Where somebody was last seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Staff id.
    pub person: String,
    /// Where.
    pub position: Position,
    /// How old the fix is, seconds.
    pub age_s: u32,
    /// The open requests it belongs to.
    pub requests: BTreeSet<DocumentId>,
}

impl Positions {
    /// What was known before a restart; to whose requests it belongs is asked at the next look.
    pub fn recalled(rows: Vec<FixRow>) -> Self {
        let crew = |row: FixRow| {
            let crew = Crew { row, requests: BTreeSet::new(), asked_ms: i64::MIN, fresh: false };
            (crew.row.person.clone(), crew)
        };
        Self(Mutex::new(Held { crews: rows.into_iter().map(crew).collect(), written_ms: 0 }))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a fix; `ask` says to which open requests of the person it belongs, and is asked twice a minute. Gives
    /// how many those are; of a person who has none nothing is kept. A message that was sent before the last one, or
    /// is that one again, says nothing new.
    fn note<E>(
        &self,
        row: FixRow,
        now_ms: i64,
        ask: impl FnOnce(&str) -> Result<BTreeSet<DocumentId>, E>,
    ) -> Result<usize, E> {
        let known = self.held().crews.get(&row.person).cloned();
        let current = known.as_ref().filter(|crew| {
            !crew.requests.is_empty()
                && now_ms.abs_diff(crew.asked_ms) < ASK_AGAIN_MS.unsigned_abs()
        });
        let (requests, asked_ms) = match current {
            Some(crew) => (crew.requests.clone(), crew.asked_ms),
            None => (ask(&row.person)?, now_ms),
        };
        let count = requests.len();
        let newer = known.as_ref().is_none_or(|crew| row.sent_ms > crew.row.sent_ms);
        let mut held = self.held();
        if count == 0 {
            // What was written down goes with the next look.
            if let Some(crew) = held.crews.get_mut(&row.person) {
                crew.requests.clear();
            }
            return Ok(0);
        }
        let (row, fresh) = match known {
            Some(crew) if !newer => (crew.row, crew.fresh),
            _ => (row, true),
        };
        held.crews.insert(row.person.clone(), Crew { row, requests, asked_ms, fresh });
        Ok(count)
    }

    /// Everybody with a fix that still says something.
    pub fn seen(&self, now_ms: i64) -> Vec<Seen> {
        let held = self.held();
        let mut seen: Vec<Seen> = held
            .crews
            .values()
            .filter(|crew| !crew.requests.is_empty())
            .filter_map(|crew| {
                let age_ms = now_ms.saturating_sub(crew.row.at_ms).max(0);
                Some(Seen {
                    person: crew.row.person.clone(),
                    position: crew.row.position.parse().ok().filter(|_| age_ms < MAX_AGE_MS)?,
                    age_s: u32::try_from(age_ms / 1_000).ok()?,
                    requests: crew.requests.clone(),
                })
            })
            .collect();
        seen.sort_by(|one, other| one.person.cmp(&other.person));
        seen
    }

    /// Forgets everybody of whose requests none is in `open`, and whose fix says nothing any more; gives who that
    /// was.
    fn forget(&self, open: &BTreeSet<DocumentId>, now_ms: i64) -> Vec<String> {
        let mut gone = Vec::new();
        self.held().crews.retain(|person, crew| {
            crew.requests.retain(|request| open.contains(request));
            let stays =
                !crew.requests.is_empty() && now_ms.saturating_sub(crew.row.at_ms) < MAX_AGE_MS;
            if !stays {
                gone.push(person.clone());
            }
            stays
        });
        gone
    }

    /// The fixes that have to be written down, when it is time.
    fn to_write(&self, now_ms: i64) -> Vec<FixRow> {
        let mut held = self.held();
        if now_ms.abs_diff(held.written_ms) < WRITE_EVERY_MS.unsigned_abs() {
            return Vec::new();
        }
        held.written_ms = now_ms;
        let crews = held.crews.values_mut();
        crews.filter_map(|crew| std::mem::take(&mut crew.fresh).then(|| crew.row.clone())).collect()
    }

    /// Those whose requests were not asked for since a restart.
    fn unasked(&self) -> Vec<String> {
        let held = self.held();
        let unasked = held.crews.values().filter(|crew| crew.asked_ms == i64::MIN);
        unasked.map(|crew| crew.row.person.clone()).collect()
    }

    fn answer(&self, person: &str, requests: BTreeSet<DocumentId>, now_ms: i64) {
        if let Some(crew) = self.held().crews.get_mut(person) {
            (crew.requests, crew.asked_ms) = (requests, now_ms);
        }
    }
}

/// Takes a phone's fixes with the token of its request; nothing is taken of a person who did not ask for help.
pub fn take(server: &Server, body: &[u8], token: &str) -> Result<PositionsAnswer, SilenceError> {
    let directory = server.directory()?;
    let asker = Asker::of(&directory, &Asker::token(token)?, "positions", body)?;
    // May come again while its time is about now: an older message says nothing new.
    asker.admit_again(server)?;
    let (position, age_s) = PositionsMessage::youngest(body).map_err(SilenceError::Message)?;
    let now_ms = server.now_ms();
    let row = FixRow {
        person: asker.person.clone(),
        position: position.to_string(),
        at_ms: now_ms.saturating_sub(i64::from(age_s) * 1_000),
        sent_ms: asker.at_ms(),
    };
    let requests = server.positions().note(row, now_ms, |person| {
        server.store().read::<_, StoreError>(|reading| requests_of(reading, person))
    })?;
    if requests == 0 {
        return Err(SilenceError::NoOpenRequest);
    }
    Ok(PositionsAnswer { requests: u32::try_from(requests).unwrap_or(u32::MAX) })
}

/// Throws away what nobody may be followed by any more, and writes down the rest when it is time.
pub fn look(server: &Server) -> Result<(), StoreError> {
    let (positions, now_ms) = (server.positions(), server.now_ms());
    if positions.held().crews.is_empty() {
        return Ok(());
    }
    let open = server.store().read::<_, StoreError>(|reading| {
        for person in positions.unasked() {
            positions.answer(&person, requests_of(reading, &person)?, now_ms);
        }
        Ok(reading.open_requests_of_desk()?.into_iter().map(|row| row.document).collect())
    })?;
    let (gone, fresh) = (positions.forget(&open, now_ms), positions.to_write(now_ms));
    if gone.is_empty() && fresh.is_empty() {
        return Ok(());
    }
    server.store().write(|writing| {
        for person in &gone {
            writing.drop_crew_fix(person)?;
        }
        for row in &fresh {
            writing.put_crew_fix(row)?;
        }
        Ok(())
    })
}

/// The open requests of a person's crews: of the cases the person belongs to, and those the person told of.
fn requests_of(reading: &Reading<'_>, person: &str) -> Result<BTreeSet<DocumentId>, StoreError> {
    let memberships = reading.memberships(person)?.into_iter();
    let cases: BTreeSet<String> =
        memberships.filter(|stay| stay.left_seq.is_none()).map(|stay| stay.channel).collect();
    let mut found = BTreeSet::new();
    for row in reading.open_requests_of_desk()? {
        let own = if row.case_no.is_empty() {
            facts::told(reading, row.document)?.is_some_and(|heard| heard.crew_of(person))
        } else {
            cases.contains(&channel::of_case(&row.case_no))
        };
        if own {
            found.insert(row.document);
        }
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use super::*;

    fn row(person: usize, now_ms: i64) -> FixRow {
        FixRow {
            person: format!("p{person}"),
            position: "geo:22.833500,112.985000;crs=wgs84;u=8".into(),
            at_ms: now_ms,
            sent_ms: now_ms,
        }
    }

    #[test]
    fn a_thousand_streams_ask_and_write_little() {
        let (positions, asked) = (Positions::default(), Cell::new(0));
        let (mut writes, mut rows) = (0, 0);
        let open = BTreeSet::from([DocumentId([1; 16])]);
        let begin = 1_000_000;
        for second in 0..120 {
            let now_ms = begin + second * 1_000;
            for person in (0..1_000).filter(|person| *person % 10 == second % 10) {
                let noted =
                    positions.note(row(usize::try_from(person).unwrap(), now_ms), now_ms, |_| {
                        asked.set(asked.get() + 1);
                        Ok::<_, Infallible>(open.clone())
                    });
                assert_eq!(noted, Ok(1));
            }
            assert!(positions.forget(&open, now_ms).is_empty());
            let fresh = positions.to_write(now_ms);
            writes += usize::from(!fresh.is_empty());
            rows += fresh.len();
        }
        // Twelve thousand fixes in two minutes.
        assert_eq!(asked.get(), 4_000, "each person twice a minute");
        assert_eq!(writes, 12, "one transaction every ten seconds");
        assert!(rows <= 12_000);
        assert_eq!(positions.seen(begin + 120_000).len(), 1_000);
        assert_eq!(positions.forget(&BTreeSet::new(), begin).len(), 1_000);
        assert!(positions.seen(begin).is_empty());
    }

    #[test]
    fn an_older_message_and_an_older_fix_say_nothing() {
        let positions = Positions::default();
        let open = BTreeSet::from([DocumentId([1; 16])]);
        let note = |row: FixRow| {
            let now_ms = row.sent_ms.max(10_000);
            positions.note(row, now_ms, |_| Ok::<_, Infallible>(open.clone())).unwrap()
        };
        note(row(1, 10_000));
        note(FixRow { position: "geo:1,1;crs=wgs84".into(), ..row(1, 9_000) });
        note(FixRow { position: "geo:1,1;crs=wgs84".into(), ..row(1, 10_000) });
        let seen = positions.seen(15_000);
        assert_eq!((seen.len(), seen[0].age_s), (1, 5));
        assert!((seen[0].position.coordinate().lat - 22.8335).abs() < 1e-9);
        let half_an_hour = 10_000 + MAX_AGE_MS;
        assert_eq!(positions.seen(half_an_hour - 1).len(), 1);
        assert!(positions.seen(half_an_hour).is_empty());
        assert_eq!(positions.forget(&open, half_an_hour), ["p1"]);
        // Nothing is kept of somebody who asked for no help.
        let none = positions.note(row(2, 10_000), 10_000, |_| Ok::<_, Infallible>(BTreeSet::new()));
        assert_eq!(none, Ok(0));
        assert!(positions.seen(10_000).is_empty());
    }
}
