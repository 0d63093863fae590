//! What accepted changes set in motion: entries in the case's channel, a request's way to its station,
//! read models.

use std::collections::{BTreeMap, BTreeSet};

use lastmile_core::assistance::withdraw::withdrawal;
use lastmile_core::document::{Document, RecordState};
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::records::{FieldType, Kind};
use lastmile_core::sync::channel::{self, EntryKind};

use super::{Ingest, IngestError, Item};
use crate::assistance::lives::life;
use crate::assistance::{DISPATCH, desk, join};
use crate::routing::RoutedBy;
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
            if !things.is_empty() {
                ingest.writing.append(channel, &things)?;
            }
        }
        let mut channels: BTreeSet<String> = feeds.into_keys().collect();
        for changed in self.changed.drain(..) {
            ingest.write_models(&changed.document)?;
            channels.extend(ingest.tell_of_files(&changed.document)?);
            for (name, thing) in follow(ingest, &changed.document)? {
                ingest.writing.append(&name, &[thing])?;
                channels.insert(name);
            }
            self.documents.push(changed.document);
        }
        Ok(channels)
    }
}

/// What rules do about a request for help once its record is known: join it with what is the same event, and say
/// that its crew takes it back.
fn follow(ingest: &Ingest<'_>, document: &Document) -> Result<desk::Entries, IngestError> {
    if !document.kind().envelope.to_station {
        return Ok(Vec::new());
    }
    let mut entries = join::by_rule(ingest, document.id())?;
    let history = document.history();
    if let Some(asked) = withdrawal(&RecordState::at(history, &history.all())) {
        entries.extend(desk::withdrawn(ingest, document.id(), &asked)?);
    }
    Ok(entries)
}

/// Where a record says that it happens: its first head field that is a position.
pub fn position_of<'a>(kind: &Kind, state: &'a RecordState) -> Option<&'a str> {
    kind.head
        .iter()
        .filter(|field| field.ty == FieldType::Position)
        .find_map(|field| state.head_text(field.name))
}

/// Where the newest of the items that came now says that it happens. The head's position is a fact
/// and stays; people who move on say so in what they add.
fn position_added<'a>(changed: &Changed, state: &'a RecordState) -> Option<&'a str> {
    let mut found: Option<(usize, &str)> = None;
    for collection in changed.document.kind().collections {
        for field in collection.fields.iter().filter(|field| field.ty == FieldType::Position) {
            for item in state.items(collection.name) {
                let newer = found.is_none_or(|(at, _)| item.added_by >= at);
                if let (true, Some(position)) = (newer, item.text(field.name)) {
                    found = Some((item.added_by, position));
                }
            }
        }
    }
    found.filter(|(at, _)| *at >= changed.known).map(|(_, position)| position)
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
    // Consoles look again, whatever it is that changed.
    feeds.entry(DISPATCH.to_owned()).or_default();
    let before = ingest.writing.request(document.id())?;
    let position = position_of(document.kind(), &state);
    // Who was once given it keeps being given it.
    let given = match before {
        Some(_) => ingest.writing.stations_given(document.id())?,
        None => Vec::new(),
    };
    for station in &given {
        feeds.entry(station.clone()).or_default().extend(fresh.iter().copied());
    }
    let mut routes = Vec::new();
    let mut stands = before.as_ref().map(|request| request.station.as_str());
    // Sent to the command centre because nobody could be found: look again when a position comes.
    let settled = before
        .as_ref()
        .is_some_and(|request| request.routed_by != RoutedBy::Command.code() || position.is_none());
    // Told by text message, and now its record comes: the station it was told to gets it, unless the record knows
    // better where it is.
    let told_before = before.as_ref().filter(|_| given.is_empty());
    let held_by = match told_before {
        Some(request) => life(ingest.writing, request.document)?.station,
        None => None,
    };
    if let Some(request) = told_before {
        let (station, by) = match ingest.stations.route(position) {
            (station, RoutedBy::Area) if station != request.station => (station, RoutedBy::Area),
            (station, by) if !settled => (station, by),
            (_, by) => (held_by.as_deref().unwrap_or(&request.station), by),
        };
        routes.push((station, by));
        stands = Some(station);
    } else if !settled {
        let (station, by) = ingest.stations.route(position);
        if stands != Some(station) {
            routes.push((station, by));
            stands = Some(station);
        }
    }
    // It has moved into the area of others.
    if let Some(position) = position_added(changed, &state)
        && let (station, RoutedBy::Area) = ingest.stations.route(Some(position))
        && stands != Some(station)
    {
        routes.push((station, RoutedBy::Area));
    }
    for (station, by) in routes {
        let before = ingest.writing.request(document.id())?;
        let route = Route { station, by, latest, known: &given, before };
        route.take(ingest, document, &state, feeds)?;
    }
    Ok(())
}

/// A request's way to a station.
struct Route<'a> {
    station: &'a str,
    by: RoutedBy,
    /// Row of the request that caused it.
    latest: usize,
    /// Channels that carry the document already.
    known: &'a [String],
    /// The request as it stood.
    before: Option<RequestRow>,
}

impl Route<'_> {
    /// Says so in both channels, gives the station the whole document, and notes the request.
    fn take(
        &self,
        ingest: &Ingest<'_>,
        document: &Document,
        state: &RecordState,
        feeds: &mut BTreeMap<String, Things>,
    ) -> Result<(), IngestError> {
        let to_channel = channel::of_station(self.station);
        let kind =
            TransitionKind::Route { document: document.id(), to_channel: to_channel.clone() };
        let subject = document.id().to_hex();
        let latest = self.latest;
        let case_channel = channel::of_case(&state.case);
        let route = ingest.issuer.transition(
            ingest.writing,
            &case_channel,
            kind,
            &subject,
            ingest.now_ms,
        )?;
        feeds.entry(case_channel).or_default().push((latest, route));
        let whole = document
            .history()
            .nodes()
            .iter()
            .filter(|_| !self.known.contains(&to_channel))
            .map(|node| (latest, (EntryKind::Change, node.provenance.envelope.0)));
        let entries: Things = std::iter::once((latest, route)).chain(whole).collect();
        feeds.entry(to_channel).or_default().extend(entries);
        let (received_ms, before) =
            (ingest.writing.received(document.id())?.0, self.before.as_ref());
        let delivered = || RequestState::Delivered.code().to_owned();
        ingest.writing.put_request(&RequestRow {
            document: document.id(),
            case_no: state.case.clone(),
            station: self.station.to_owned(),
            routed_by: self.by.code().to_owned(),
            // Told before its record came: its clocks run from then, and what was done about it stands.
            state: before.map_or_else(delivered, |request| request.state.clone()),
            received_ms: before.map_or(received_ms, |known| known.received_ms.min(received_ms)),
        })?;
        if before.is_some_and(|request| request.case_no.is_empty()) {
            for (name, thing) in desk::so_far(ingest, &state.case, document.id())? {
                feeds.entry(name).or_default().push((latest, thing));
            }
        }
        for (name, thing) in desk::routed(ingest, document.id(), self.station)? {
            feeds.entry(name).or_default().push((latest, thing));
        }
        Ok(())
    }
}
