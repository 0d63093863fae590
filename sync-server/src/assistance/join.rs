//! Several reports of one event: which open requests a new one resembles, and joining those that are certainly the
//! same. What is certain is [`lastmile_core::assistance::incident`]'s to say. To join silences nothing: the incident
//! rings again, and a person can part what a rule has joined; a rule never joins that pair anew.

use lastmile_core::assistance::check::{self, Actor};
use lastmile_core::assistance::incident::{self, Because, Settings};
use lastmile_core::assistance::life::{Life, Step};
use lastmile_core::assistance::step::{State, StepCode};
use lastmile_core::id::DocumentId;

use super::desk::{self, Entries};
use super::facts::report;
use super::lives::life;
use crate::ingest::Ingest;
use crate::issuer::IssueError;
use crate::store::{Reading, RequestRow, StoreError};

/// A rule looks at so many requests of the case, the latest ones; a phone that sends hundreds keeps nobody busy.
const LOOK_AT: u32 = 20;
/// And so far back: a call may have been written down long after it was, milliseconds.
const LOOK_BACK_MS: i64 = 2 * 60 * 60 * 1_000;

/// An open request that may be the same event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resembles {
    /// The request.
    pub with: DocumentId,
    /// Why; never empty.
    pub because: Vec<Because>,
    /// Certain enough for a rule.
    pub certain: bool,
}

/// The open requests of the same station that a request resembles, the likeliest first.
pub fn resembling(
    reading: &Reading<'_>,
    row: &RequestRow,
    stands: &Life,
    among: Vec<RequestRow>,
) -> Result<Vec<Resembles>, StoreError> {
    let new = report(reading, row, stands)?;
    let mut open = Vec::new();
    for other in among {
        let other_life = life(reading, other.document)?;
        let here = other_life.station == stands.station;
        if other.document != row.document && here && other_life.open() {
            open.push(report(reading, &other, &other_life)?);
        }
    }
    let proposals = incident::propose(&new, &open, &Settings::default());
    let found = proposals.into_iter().map(|proposal| Resembles {
        with: proposal.with,
        because: proposal.because,
        certain: proposal.certain,
    });
    Ok(found.collect())
}

/// Joins a request with the one that is certainly the same event, if there is one.
pub(crate) fn by_rule(ingest: &Ingest<'_>, document: DocumentId) -> Result<Entries, IssueError> {
    let reading = ingest.writing;
    let Some(row) = reading.request(document)? else { return Ok(Vec::new()) };
    let stands = life(reading, document)?;
    // Only reports of one case are certain, so only those are looked at.
    if row.case_no.is_empty() || !fresh(&stands) {
        return Ok(Vec::new());
    }
    let since_ms = row.received_ms.saturating_sub(LOOK_BACK_MS);
    let same_case = reading.open_requests_of_case(&row.case_no, since_ms, LOOK_AT)?;
    for found in resembling(reading, &row, &stands, same_case)? {
        let other = life(reading, found.with)?;
        if !found.certain {
            continue;
        }
        let (later, earlier) = if incident::direction(&stands, &other).0 == document {
            (&stands, &other)
        } else {
            (&other, &stands)
        };
        let step = Step {
            other: Some(earlier.document),
            ..desk::by_rule(ingest, later.document, StepCode::Merged)
        };
        if fresh(later)
            && !parted(earlier)
            && incident::may_join(later, earlier).is_ok()
            && check::may(later, &step, Actor::Rule).is_ok()
        {
            return desk::sign(ingest, later, &step);
        }
    }
    Ok(Vec::new())
}

/// Nobody has done anything about it yet: a rule turns no running operation into part of another.
fn fresh(life: &Life) -> bool {
    let waits = matches!(life.state, State::Received | State::Alerted);
    waits && life.open() && life.holder.is_none() && life.joined.is_empty() && !parted(life)
}

/// A person parted it from another report once.
fn parted(life: &Life) -> bool {
    life.hops.iter().any(|hop| hop.step.known() == Some(StepCode::Split))
}
