//! What the other side is not shown. The rule of thumb of the domain: a party sees what was recorded in
//! the acts against it once they are signed and final, and neither people's numbers nor who helped
//! the court. Decided per record, by kind and standing; packs never go out. Of what is withheld the signed
//! envelope stays, so that nobody can take a late change or a second finalisation for something else's.

use std::collections::{BTreeMap, BTreeSet};

use crate::envelope::Body;
use crate::identity::{Canonical, Signed, Transition, TransitionKind};
use crate::sync::channel::{DIRECTORY, EntryKind};

use super::chain::{Chain, ChainEntry, Chains, Content};
use super::report::{RecordReport, Report};

/// Kinds of records that a party may see. Everything else is withheld, kinds of later versions too:
/// `person` holds identity numbers and telephones, requests for help name stations and helpers.
const SHOWN: [&str; 5] = ["seizure", "onsite", "eviction", "correction", "supplement"];

/// Why something is withheld, as the file says it.
pub mod reason {
    /// Personal data of people, or who helps the court.
    pub const PROTECTED: &str = "protected";
    /// The record is not final.
    pub const NOT_FINAL: &str = "not_final";
    /// The party table and what else a case pack holds.
    pub const PACK: &str = "case_pack";
    /// A decision about something or somebody withheld.
    pub const CONCERNS_WITHHELD: &str = "concerns_withheld";
}

/// Why a party may not see this record; `None` when it may.
fn hidden(record: &RecordReport) -> Option<&'static str> {
    if !SHOWN.contains(&record.kind.as_str()) {
        Some(reason::PROTECTED)
    } else if record.finalised.is_empty() {
        Some(reason::NOT_FINAL)
    } else {
        None
    }
}

/// The chains as the party edition has them; `full` is the report on the whole.
pub fn party(chains: Chains, full: &Report) -> Chains {
    let records: BTreeMap<&str, Option<&'static str>> =
        full.records.iter().map(|record| (record.document.as_str(), hidden(record))).collect();
    let shown = |document: &str| matches!(records.get(document), Some(None));
    let known: BTreeSet<&str> = full
        .records
        .iter()
        .filter(|record| hidden(record).is_none())
        .flat_map(|record| &record.changes)
        .filter_map(|change| change.author.person.as_deref())
        .collect();
    let withhold = |channel: &str, content: Content| match content {
        Content::Change { ref body, .. } => {
            let document =
                Body::decode(body).map(|body| body.document.to_hex()).unwrap_or_default();
            if shown(&document) {
                return content;
            }
            let why = records.get(document.as_str()).copied().flatten();
            envelope_of(content, why.unwrap_or(reason::PROTECTED))
        }
        Content::Pack { header, signature, .. } => {
            Content::Pack { header, signature, payload: Err(reason::PACK.to_owned()) }
        }
        // Whether certificates were revoked must stay visible.
        Content::Transition(ref signed) if channel != DIRECTORY => {
            if concerns_shown(signed, &shown, &known) {
                content
            } else {
                without(content, reason::CONCERNS_WITHHELD)
            }
        }
        other => other,
    };
    let of_chain = |chain: Chain| {
        let entries = chain.entries.into_iter().map(|entry| ChainEntry {
            index: entry.index,
            content: withhold(&chain.channel, entry.content),
        });
        Chain { entries: entries.collect(), blind: chain.blind, channel: chain.channel }
    };
    Chains(chains.0.into_iter().map(of_chain).collect())
}

fn concerns_shown(signed: &[u8], shown: &dyn Fn(&str) -> bool, known: &BTreeSet<&str>) -> bool {
    let Ok(body) = Signed::<Transition>::from_bytes(signed).map(|signed| signed.claims()) else {
        return false;
    };
    match body.map(|body| body.kind) {
        Ok(TransitionKind::Member { person, .. }) => known.contains(person.as_str()),
        Ok(
            TransitionKind::Route { document, .. }
            | TransitionKind::Unroute { document, .. }
            | TransitionKind::Decide { document, .. },
        ) => shown(&document.to_hex()),
        // One that names two requests says something about both.
        Ok(TransitionKind::Assist { document, other, .. }) => {
            shown(&document.to_hex()) && other.is_none_or(|other| shown(&other.to_hex()))
        }
        Ok(TransitionKind::Judge { .. } | TransitionKind::Restore { .. }) => true,
        _ => false,
    }
}

/// The envelope of a change, without what it changed.
fn envelope_of(content: Content, reason: &str) -> Content {
    match content {
        Content::Change { body, signature, .. } => {
            Content::Envelope { body, signature, reason: reason.to_owned() }
        }
        other => other,
    }
}

/// Only what the entry is and its identity.
fn without(content: Content, reason: &str) -> Content {
    let kind: EntryKind = content.kind();
    match content.id() {
        Some(id) => Content::Withheld { kind, id, reason: reason.to_owned() },
        None => content,
    }
}
