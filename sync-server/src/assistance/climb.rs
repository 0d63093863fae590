//! The ladder of R-POL-03 in this server: looks at every open request and every promise of a crew again and again,
//! and signs what is due. The ladder itself is [`lastmile_core::assistance::ladder`]'s; a rung is told once, whoever
//! looks first.

use lastmile_core::assistance::ladder::{Settings, due};
use lastmile_core::assistance::life::COMMAND;
use lastmile_core::assistance::step::State;

use super::desk::{self, DeskError};
use super::lives::life;
use super::{positions, silence};
use crate::ingest::Ingested;
use crate::server::Server;
use crate::store::StoreError;

/// Signs what is due now; gives how many steps and incidents that were.
pub fn climb(server: &Server) -> Result<usize, DeskError> {
    let (now_ms, settings) = (server.now_ms(), Settings::default());
    let mut unsigned = Vec::new();
    let late = server.store().read::<_, StoreError>(|reading| {
        let mut late = Vec::new();
        for row in reading.open_requests_of_desk()? {
            let life = life(reading, row.document)?;
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
    let mut told = silence::look(server)?;
    let directory = server.directory()?;
    for (document, station) in unsigned {
        server.ingest_as(&directory, |ingest| {
            let mut news = Ingested::default();
            for (name, thing) in desk::routed(ingest, document, &station)? {
                ingest.writing.append(&name, &[thing])?;
                news.channels.insert(name);
            }
            told += 1;
            Ok::<_, DeskError>(news)
        })?;
    }
    for (document, live) in late {
        server.ingest_as(&directory, |ingest| {
            let mut news = Ingested::default();
            // Looked at again, in the transaction that signs: a person may have acted meanwhile.
            let stands = life(ingest.writing, document)?;
            for rung in due(&stands, &settings, ingest.now_ms, None, live).rungs {
                for (name, thing) in desk::escalated(ingest, document, rung)? {
                    ingest.writing.append(&name, &[thing])?;
                    news.channels.insert(name);
                }
                told += 1;
            }
            Ok::<_, DeskError>(news)
        })?;
    }
    Ok(told)
}
