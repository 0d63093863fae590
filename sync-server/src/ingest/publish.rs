//! What accepted changes set in motion: entries in the case's channel, a request's way to its station,
//! read models.

use std::collections::{BTreeMap, BTreeSet};

use lastmile_core::document::{Document, RecordState};
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::records::{FieldType, Kind};
use lastmile_core::sync::channel::{self, EntryKind};

use super::{Ingest, IngestError, Item};
use crate::routing::{COMMAND, RoutedBy};
use crate::store::{RequestRow, RequestState};

/// Things of one channel, each with its place in the order of writing.
type Things = Vec<(usize, (EntryKind, [u8; 32]))>;

/// Documents that got new changes in this request.
#[derive(Debug, Default)]
pub(super) struct Batch {
    changed: Vec<Changed>,
    /// After [`Self::write`]: the documents.
    pub(super) documents: Vec<Document>,
}

#[derive(Debug)]
struct Changed {
    document: Document,
    /// How many changes it had before.
    known: usize,
    /// Row of the request for each new change, 0 for what was stored before.
    rows: Vec<usize>,
}

impl Batch {
    /// Notes a document whose history grew beyond its first `known` changes.
    pub(super) fn add(&mut self, document: Document, known: usize, items: &[Item]) {
        let rows = document
            .history()
            .nodes()
            .iter()
            .skip(known)
            .map(|node| {
                let item = items.iter().find(|item| item.candidate.hash == node.hash);
                item.and_then(|item| item.row).unwrap_or(0)
            })
            .collect();
        self.changed.push(Changed { document, known, rows });
    }

    /// Writes feeds and read models; gives the channels that have news.
    pub(super) fn write(
        &mut self,
        ingest: &mut Ingest<'_>,
    ) -> Result<BTreeSet<String>, IngestError> {
        let mut feeds: BTreeMap<String, Things> = BTreeMap::new();
        for changed in &self.changed {
            enter(ingest, changed, &mut feeds)?;
        }
        for (channel, things) in &mut feeds {
            // In the order of the request where that is causal, so that the phone that sent the
            // request is told of its own changes as one run. Stable: a document's own order holds.
            things.sort_by_key(|(row, _)| *row);
            let things: Vec<_> = things.iter().map(|(_, thing)| *thing).collect();
            ingest.writing.append(channel, &things)?;
        }
        for changed in self.changed.drain(..) {
            ingest.write_models(&changed.document)?;
            self.documents.push(changed.document);
        }
        Ok(feeds.into_keys().collect())
    }
}

/// Where a record says that it happens: its first head field that is a position.
pub fn position_of<'a>(kind: &Kind, state: &'a RecordState) -> Option<&'a str> {
    kind.head
        .iter()
        .filter(|field| field.ty == FieldType::Position)
        .find_map(|field| state.head_text(field.name))
}

/// Puts the new changes of a document into its channels.
fn enter(
    ingest: &Ingest<'_>,
    changed: &Changed,
    feeds: &mut BTreeMap<String, Things>,
) -> Result<(), IngestError> {
    let document = &changed.document;
    let history = document.history();
    let state = RecordState::at(history, &history.all());
    let case_channel = channel::of_case(&state.case);
    let mut latest = 0;
    let fresh: Things = document
        .history()
        .nodes()
        .iter()
        .skip(changed.known)
        .zip(&changed.rows)
        .map(|(node, row)| {
            latest = latest.max(*row);
            (latest, (EntryKind::Change, node.provenance.envelope.0))
        })
        .collect();
    feeds.entry(case_channel.clone()).or_default().extend(fresh.iter().copied());
    if !document.kind().envelope.to_station {
        return Ok(());
    }
    let before = ingest.writing.request(document.id())?;
    let position = position_of(document.kind(), &state);
    // Sent to the command centre because nobody could be found: look again when a position comes.
    let settled = before
        .as_ref()
        .is_some_and(|request| request.routed_by != RoutedBy::Command.code() || position.is_none());
    if let (true, Some(request)) = (settled, &before) {
        feeds.entry(channel::of_station(&request.station)).or_default().extend(fresh);
        return Ok(());
    }
    let (station, by) = ingest.stations.route(position);
    if let Some(request) = before.as_ref().filter(|request| request.station == station) {
        feeds.entry(channel::of_station(&request.station)).or_default().extend(fresh);
        return Ok(());
    }
    if before.is_some() {
        // The command centre keeps seeing what it was once given.
        feeds.entry(channel::of_station(COMMAND)).or_default().extend(fresh);
    }
    let to_channel = channel::of_station(station);
    let kind = TransitionKind::Route { document: document.id(), to_channel: to_channel.clone() };
    let subject = document.id().to_hex();
    let route =
        ingest.issuer.transition(ingest.writing, &case_channel, kind, &subject, ingest.now_ms)?;
    feeds.entry(case_channel).or_default().push((latest, route));
    let whole = document
        .history()
        .nodes()
        .iter()
        .map(|node| (latest, (EntryKind::Change, node.provenance.envelope.0)));
    feeds.entry(to_channel).or_default().extend(std::iter::once((latest, route)).chain(whole));
    ingest.writing.put_request(&RequestRow {
        document: document.id(),
        case_no: state.case.clone(),
        station: station.to_owned(),
        routed_by: by.code().to_owned(),
        state: RequestState::Delivered.code().to_owned(),
        received_ms: ingest.writing.received(document.id())?.0,
    })?;
    Ok(())
}
