//! The ladder of R-POL-03 in this server: looks at every open request and every promise of a crew again and again,
//! and signs what is due. The ladder itself is [`lastmile_core::assistance::ladder`]'s; a rung is told once, whoever
//! looks first.

use lastmile_core::assistance::ladder::due;
use lastmile_core::assistance::life::COMMAND;
use lastmile_core::assistance::step::State;

use super::desk::{self, DeskError};
use super::lives::life;
use super::settings::ladder;
use super::{opening, positions, silence};
use crate::ingest::{Ingest, Ingested};
use crate::server::Server;
use crate::store::StoreError;

/// Signs what is due now; gives how many steps and incidents that were.
pub fn climb(server: &Server) -> Result<usize, DeskError> {
    let now_ms = server.now_ms();
    let settings =
        server.store().read::<_, StoreError>(|reading| Ok(ladder(reading, server.court())))?;
    let mut unsigned = Vec::new();
    let late = server.store().read::<_, StoreError>(|reading| {
        let mut late = Vec::new();
        for row in reading.open_requests_of_desk()? {
            let life = match life(reading, row.document) {
                Ok(life) => life,
                // One that cannot be read keeps nobody from the others.
                Err(error) => {
                    tracing::error!(document = %row.document, code = error.code(), "a request cannot be read");
                    continue;
                }
            };
            if life.state == State::NotDelivered {
                // Received by a version that signed no steps: without one no console would show it.
                unsigned.push((row.document, row.station));
                continue;
            }
            let station = life.station.as_deref().unwrap_or(COMMAND);
            let live = server.presence().live(station, now_ms);
            if !due(&life, &settings, now_ms, None, live).rungs.is_empty() {
                late.push((row.document, live));
            }
        }
        Ok(late)
    })?;
    // Where crews are never stands before what they asked for.
    if let Err(error) = positions::look(server) {
        tracing::error!(code = error.code(), "fixes could not be looked after");
    }
    let mut told = 0;
    let directory = server.directory()?;
    let each = |document, act: &mut dyn FnMut(&mut Ingest<'_>) -> Result<Ingested, DeskError>| {
        if let Err(error) = server.ingest_as(&directory, |ingest| act(ingest)) {
            tracing::error!(%document, code = error.code(), "a step that is due was not signed");
        }
    };
    for (document, station) in unsigned {
        each(document, &mut |ingest| {
            let mut news = Ingested::default();
            opening::enter(ingest, desk::routed(ingest, document, &station)?, &mut news)?;
            told += 1;
            Ok(news)
        });
    }
    for (document, live) in late {
        each(document, &mut |ingest| {
            let mut news = Ingested::default();
            // Looked at again, in the transaction that signs: a person may have acted meanwhile.
            let stands = life(ingest.writing, document)?;
            for rung in due(&stands, &settings, ingest.now_ms, None, live).rungs {
                opening::enter(ingest, desk::escalated(ingest, document, rung)?, &mut news)?;
                told += 1;
            }
            Ok(news)
        });
    }
    match silence::look(server) {
        Ok(raised) => told += raised,
        Err(error) => {
            tracing::error!(code = error.code(), "promises of crews could not be looked at");
        }
    }
    Ok(told)
}
