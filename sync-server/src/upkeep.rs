//! `rebuild` makes every cache anew from what is true; `verify` checks what is true and that the caches
//! follow from it. Neither asks anybody for trust: both start from the pinned root.

mod log;

use std::collections::{BTreeMap, BTreeSet};

use lastmile_core::document::RecordState;
use lastmile_core::envelope::{RawChange, UnverifiedChange};
use lastmile_core::id::{BlobHash, CertificateId, Digest, DocumentId, EnvelopeId};
use lastmile_core::identity::transition::{Transition, TransitionKind};
use lastmile_core::identity::{Directory, Signed};
use lastmile_core::log::receipt::WAITING;
use lastmile_core::pack::case::CasePack;
use lastmile_core::pack::payload::Payload;
use lastmile_core::pack::signed::SignedPack;
use lastmile_core::sync::channel::{self, EntryHash, EntryKind, SetHash};

use crate::assistance::lives::{life, listed};
use crate::assistance::{REPORT, opening};
use crate::files::trouble;
use crate::ingest::{Ingest, IngestError, Ingested, model_of};
use crate::publish::{self, PublishError};
use crate::routing::{COMMAND, RoutedBy};
use crate::server::Server;
use crate::store::{Reading, RecordRow, RequestRow, RequestState, State, StoreError};

/// What a rebuild did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Records made anew.
    pub records: usize,
    /// Records whose digest before and after differ: the cache had been wrong.
    pub differed: Vec<DocumentId>,
}

/// Makes every cache anew from log, transitions and packs, in one transaction.
pub fn rebuild(server: &Server) -> Result<Rebuilt, PublishError> {
    let directory = server.directory()?;
    let mut rebuilt = Rebuilt::default();
    server
        .ingest(&directory, |ingest| {
            ingest.hot.clear();
            let before = digests(ingest.writing)?;
            ingest.writing.drop_caches()?;
            for row in ingest.writing.latest_packs(CasePack::KIND)? {
                let pack = publish::payload_of::<CasePack>(&row)
                    .map_err(|_| StoreError::Damaged("case pack"))?;
                publish::case_model(ingest, &pack)?;
            }
            let stations = stations_of(ingest.writing)?;
            for id in ingest.writing.documents()? {
                let document = ingest.from_log(id)?;
                if let Some(station) = stations.get(&id) {
                    ingest.writing.put_request(&request_of(ingest, &document, station)?)?;
                    ingest.writing.set_request_state(id, listed(ingest.writing, id)?)?;
                }
                ingest.write_models(&document)?;
                rebuilt.records += 1;
            }
            told_requests(ingest)?;
            let after = digests(ingest.writing)?;
            rebuilt.differed = before
                .iter()
                .filter(|(id, digest)| after.get(id).is_some_and(|now| now != *digest))
                .map(|(id, _)| *id)
                .collect();
            Ok(Ingested::default())
        })
        .map_err(PublishError::Ingest)?;
    Ok(rebuilt)
}

/// Requests that came by voice or text message and have no record.
fn told_requests(ingest: &Ingest<'_>) -> Result<(), IngestError> {
    for (row, made_ms) in ingest.writing.transitions(REPORT)? {
        let Some(Transition { kind: TransitionKind::Report { document, told }, .. }) =
            said(&row.bytes)
        else {
            continue;
        };
        if let Some(known) = ingest.writing.request(document)? {
            // It was told before its record came: its clocks run from then.
            let received_ms = known.received_ms.min(made_ms);
            ingest.writing.put_request(&RequestRow { received_ms, ..known })?;
        } else {
            let stands = life(ingest.writing, document)?;
            let station = stands.station.unwrap_or_else(|| COMMAND.to_owned());
            let request = opening::row(ingest, document, &told, station, made_ms)?;
            ingest.writing.put_request(&request)?;
            ingest.writing.set_request_state(document, listed(ingest.writing, document)?)?;
        }
    }
    Ok(())
}

fn digests(reading: &Reading<'_>) -> Result<BTreeMap<DocumentId, Digest>, StoreError> {
    let rows = reading.records(None, None, usize::MAX, 0)?;
    Ok(rows.into_iter().map(|row| (row.id, row.state_digest)).collect())
}

/// The station each routed document ended at, by the server's own transitions.
fn stations_of(reading: &Reading<'_>) -> Result<BTreeMap<DocumentId, String>, StoreError> {
    let mut stations = BTreeMap::new();
    for (row, _) in reading.transitions("route")? {
        let Some(Transition { kind: TransitionKind::Route { document, to_channel }, .. }) =
            said(&row.bytes)
        else {
            continue;
        };
        if let Some(station) = to_channel.strip_prefix(channel::STATION) {
            stations.insert(document, station.to_owned());
        }
    }
    Ok(stations)
}

/// What a stored transition says; its signature is `verify`'s business.
fn said(bytes: &[u8]) -> Option<Transition> {
    use lastmile_core::identity::Canonical;
    let signed = Signed::<Transition>::from_bytes(bytes).ok()?;
    Transition::decode(signed.raw_parts().0).ok()
}

fn request_of(
    ingest: &Ingest<'_>,
    document: &lastmile_core::document::Document,
    station: &str,
) -> Result<RequestRow, IngestError> {
    let history = document.history();
    let state = RecordState::at(history, &history.all());
    let (found, by) = ingest.stations.route(crate::ingest::position_of(document.kind(), &state));
    // Areas may have changed since; then all that is left to say is that a station was found.
    let by = if found == station { by } else { RoutedBy::Area };
    Ok(RequestRow {
        document: document.id(),
        case_no: state.case,
        station: station.to_owned(),
        routed_by: by.code().to_owned(),
        state: RequestState::Delivered.code().to_owned(),
        received_ms: ingest.writing.received(document.id())?.0,
    })
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// Which thing, by id.
    pub subject: String,
}

/// What a check looked at and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Certificates that lead to the root.
    pub certificates: usize,
    /// Envelopes whose signatures hold.
    pub envelopes: usize,
    /// Entries of all channels.
    pub entries: usize,
    /// Records whose caches follow from the log.
    pub records: usize,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
}

impl Checked {
    fn found(&mut self, code: &'static str, subject: impl Into<String>) {
        self.findings.push(Finding { code, subject: subject.into() });
    }
}

/// Checks everything, on one unchanging view of the database.
pub fn verify(server: &Server) -> Result<Checked, IngestError> {
    let directory = server.directory()?;
    server.store().read(|reading| {
        let mut checked = Checked::default();
        if reading.damage()? {
            checked.found("file_damaged", server.dir().display().to_string());
        }
        certificates(reading, &directory, &mut checked)?;
        let accepted = envelopes(reading, &directory, &mut checked)?;
        let in_feeds = feeds(reading, &directory, &mut checked)?;
        for id in accepted.difference(&in_feeds) {
            checked.found("accepted_but_in_no_channel", id.to_hex());
        }
        for id in in_feeds.difference(&accepted) {
            checked.found("in_channel_but_not_accepted", id.to_hex());
        }
        log::log(reading, server.sequencer(), &directory, &mut checked)?;
        records(server, reading, &directory, &mut checked)?;
        files(reading, &mut checked)?;
        Ok(checked)
    })
}

fn certificates(
    reading: &Reading<'_>,
    directory: &Directory,
    checked: &mut Checked,
) -> Result<(), StoreError> {
    for (_, row) in reading.certificates_after(0)? {
        if directory.get(&row.id).is_some_and(|found| found.signed().to_bytes() == row.bytes) {
            checked.certificates += 1;
        } else {
            checked.found("certificate_not_trusted", row.id.to_hex());
        }
    }
    Ok(())
}

fn envelopes(
    reading: &Reading<'_>,
    directory: &Directory,
    checked: &mut Checked,
) -> Result<BTreeSet<EnvelopeId>, StoreError> {
    let mut accepted = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = reading.log_after(after, 500)?;
        let Some((last, _)) = page.last() else { return Ok(accepted) };
        after = *last;
        for (_, row) in page {
            let raw = RawChange { body: &row.body, signature: &row.signature, change: &row.change };
            let holds = UnverifiedChange::from_raw_parts(raw)
                .and_then(|unverified| unverified.verify(directory, directory.court()))
                .is_ok_and(|verified| {
                    verified.id() == row.id && verified.body().document == row.document
                });
            if holds {
                checked.envelopes += 1;
            } else {
                checked.found("envelope_signature", row.id.to_hex());
            }
            if row.state == State::Accepted {
                accepted.insert(row.id);
            }
        }
    }
}

/// Every channel: numbers without gaps, set hashes, things that exist and are the server's own, and
/// memberships as the transitions say. Gives the changes that stand in a case's channel.
fn feeds(
    reading: &Reading<'_>,
    directory: &Directory,
    checked: &mut Checked,
) -> Result<BTreeSet<EnvelopeId>, StoreError> {
    let mut changes = BTreeSet::new();
    for name in reading.channels()? {
        let head = reading.channel_head(&name)?.unwrap_or_default();
        let mut set = SetHash::default();
        let mut members = BTreeSet::new();
        let mut seq = 0;
        loop {
            let page = reading.feed_between(&name, seq, u64::MAX >> 1, 500)?;
            if page.is_empty() {
                break;
            }
            for entry in page {
                seq += 1;
                set = set.with(EntryHash::of(entry.kind, &entry.id));
                if entry.seq != seq || entry.set != set {
                    checked.found("channel_hash", format!("{name} {}", entry.seq));
                    seq = entry.seq;
                    set = entry.set;
                }
                checked.entries += 1;
                let there = match entry.kind {
                    EntryKind::Change => {
                        if name.starts_with(channel::CASE) {
                            changes.insert(EnvelopeId(entry.id));
                        }
                        // What lacks a certificate waits in the tray, under the hash of its bytes.
                        name == WAITING || reading.verdict(EnvelopeId(entry.id))?.is_some()
                    }
                    EntryKind::Certificate => directory.get(&CertificateId(entry.id)).is_some(),
                    EntryKind::Transition => {
                        transition(reading, directory, &entry.id, &name, &mut members)?
                    }
                    EntryKind::Pack => reading
                        .pack(&entry.id)?
                        .and_then(|bytes| SignedPack::from_bytes(&bytes).ok())
                        .is_some_and(|pack| {
                            pack.id() == entry.id && pack.verify(directory).is_ok()
                        }),
                };
                if !there {
                    checked.found("channel_entry", format!("{name} {}", entry.seq));
                }
            }
        }
        if head.seq != seq || head.set != set {
            checked.found("channel_head", name.clone());
        }
        if reading.members(&name)?.into_iter().collect::<BTreeSet<_>>() != members {
            checked.found("channel_members", name);
        }
    }
    Ok(changes)
}

fn transition(
    reading: &Reading<'_>,
    directory: &Directory,
    id: &[u8; 32],
    name: &str,
    members: &mut BTreeSet<String>,
) -> Result<bool, StoreError> {
    let Some(bytes) = reading.transition(id)? else { return Ok(false) };
    let Ok(signed) = Signed::<Transition>::from_bytes(&bytes) else { return Ok(false) };
    if signed.body_hash() != *id {
        return Ok(false);
    }
    let Ok(verified) = directory.verify(signed) else { return Ok(false) };
    let said = verified.payload();
    if let (TransitionKind::Member { person, enter }, true) = (&said.kind, said.channel == name) {
        if *enter {
            members.insert(person.clone());
        } else {
            members.remove(person);
        }
    }
    Ok(true)
}

fn records(
    server: &Server,
    reading: &Reading<'_>,
    directory: &Directory,
    checked: &mut Checked,
) -> Result<(), StoreError> {
    let mut stored: BTreeMap<DocumentId, RecordRow> =
        reading.records(None, None, usize::MAX, 0)?.into_iter().map(|row| (row.id, row)).collect();
    for id in reading.documents()? {
        let rows = reading.document_log(id)?;
        let Ok(document) = crate::ingest::rebuild(server.kinds(), directory, id, &rows) else {
            checked.found("log_damaged", id.to_hex());
            continue;
        };
        let (record, _) = model_of(&document, reading.station_of(id)?, reading.received(id)?);
        let listed = reading.files_of(id)?.into_iter().map(|one| (one.named.item, one.named.hash));
        let named: BTreeSet<_> =
            document.files().into_iter().map(|file| (file.item, file.hash)).collect();
        let lists = listed.collect::<BTreeSet<_>>() == named;
        if stored.remove(&id).as_ref() == Some(&record) && lists {
            checked.records += 1;
        } else {
            checked.found("record_differs", id.to_hex());
        }
    }
    for id in stored.keys() {
        checked.found("record_without_log", id.to_hex());
    }
    Ok(())
}

/// Files that the court lost, and files that it promises and has no longer without having said so. Whether the
/// others are what they were is `scrub`'s to find out.
fn files(reading: &Reading<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    let mut lost: BTreeMap<BlobHash, String> = reading.file_troubles()?.into_iter().collect();
    lost.retain(|_, code| code != trouble::DIFFERS);
    for (hash, _) in reading.files_promised()? {
        if reading.file(hash)?.is_none() {
            lost.entry(hash).or_insert_with(|| trouble::MISSING.to_owned());
        }
    }
    for (hash, code) in lost {
        let code = if code == trouble::MISSING { "file_gone" } else { "file_differs" };
        checked.found(code, hash.to_hex());
    }
    Ok(())
}
