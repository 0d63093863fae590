//! Opening a request that has no record yet: by telephone, by text message, by a missed promise. What was told is
//! signed, the request gets its row and its first step; when the record comes, it is the same request.

use lastmile_core::assistance::check::{self, Actor};
use lastmile_core::assistance::life::{COMMAND, Life, Step};
use lastmile_core::id::DocumentId;
use lastmile_core::identity::transition::{Told, TransitionKind};

use super::DISPATCH;
use super::desk::{self, DeskError, Entries};
use crate::ingest::{Ingest, Ingested};
use crate::issuer::IssueError;
use crate::store::{RequestRow, RequestState, StoreError};

/// Opens a request with its first step, which names the station. `person`: whose word it is.
pub(crate) fn open(
    ingest: &Ingest<'_>,
    received: &Step,
    told: Told,
    person: Option<&str>,
    actor: Actor<'_>,
) -> Result<Entries, DeskError> {
    let before = Life::new(received.document);
    check::may(&before, received, actor)
        .map_err(|unfit| DeskError::Unfit(unfit, Box::new(before.clone())))?;
    let station = received.station.clone().unwrap_or_else(|| COMMAND.to_owned());
    let row = row(ingest, received.document, &told, station, ingest.now_ms)?;
    ingest.writing.put_request(&row)?;
    let mut entries = report(ingest, received.document, told, person)?;
    entries.extend(desk::sign(ingest, &before, received)?);
    Ok(entries)
}

/// What was told, signed; beside what was told before.
pub(crate) fn report(
    ingest: &Ingest<'_>,
    document: DocumentId,
    told: Told,
    person: Option<&str>,
) -> Result<Entries, IssueError> {
    let kind = TransitionKind::Report { document, told: Box::new(told) };
    let subject = document.to_hex();
    let report =
        ingest.issuer.decided(ingest.writing, DISPATCH, kind, &subject, person, ingest.now_ms)?;
    Ok(vec![(DISPATCH.to_owned(), report)])
}

/// The row of a request that was told and has no record. A case that the court does not have is no case yet: what
/// was said stays in the report.
pub(crate) fn row(
    ingest: &Ingest<'_>,
    document: DocumentId,
    told: &Told,
    station: String,
    received_ms: i64,
) -> Result<RequestRow, StoreError> {
    let named = told.case.as_deref().map(|case| ingest.writing.case(case)).transpose()?.flatten();
    Ok(RequestRow {
        document,
        case_no: named.map(|case| case.case_no).unwrap_or_default(),
        station,
        routed_by: ingest.stations.route(told.position.as_deref()).1.code().to_owned(),
        state: RequestState::Delivered.code().to_owned(),
        received_ms,
    })
}

/// Puts entries into their feeds, and notes which have news.
pub(crate) fn enter(
    ingest: &Ingest<'_>,
    entries: Entries,
    news: &mut Ingested,
) -> Result<(), StoreError> {
    for (name, thing) in entries {
        ingest.writing.append(&name, &[thing])?;
        news.channels.insert(name);
    }
    Ok(())
}
