//! Reference data on its way to phones: signed by this server, put into the channel of those it is
//! for, with the memberships that follow from it. Called inside [`crate::server::Server::ingest`], so
//! that an import is one transaction, whatever it brings.

use std::collections::BTreeSet;

use lastmile_core::id::BlobHash;
use lastmile_core::identity::Canonical;
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::pack::carried::MAX_CARRIED;
use lastmile_core::pack::case::CasePack;
use lastmile_core::pack::payload::{Audience, Payload};
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::pack::signed::{PackError, PackHeader, SignedPack};
use lastmile_core::records::Role;
use lastmile_core::sync::channel::{self, EntryKind};

use crate::ingest::{Ingest, IngestError, Ingested, reason};
use crate::issuer::IssueError;
use crate::routing::COMMAND;
use crate::store::{CaseRow, PackRow, PartyRow, Reading, State, StoreError};
use crate::sync::access::{REFERENCE, STAFF};

/// Reference data was not published; nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's signature.
    #[error(transparent)]
    Issue(IssueError),
    /// The pack.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The server has this version or a later one, with other content.
    #[error(
        "the server has version {stored} of {kind} {subject}; version {offered} would not replace it"
    )]
    Outdated {
        /// Kind of pack.
        kind: &'static str,
        /// Which of the kind.
        subject: String,
        /// Version the server has.
        stored: u64,
        /// Version offered.
        offered: u64,
    },
    /// The files name another court.
    #[error("the files are of court {0}, not of this one")]
    WrongCourt(String),
    /// Changes that had waited could not be judged.
    #[error(transparent)]
    Ingest(IngestError),
}

impl PublishError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Issue(error) => error.code(),
            Self::Pack(error) => error.code(),
            Self::Outdated { .. } => "pack_outdated",
            Self::WrongCourt(_) => "wrong_court",
            Self::Ingest(error) => error.code(),
        }
    }
}

/// What publishing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Packs signed.
    pub packs: usize,
    /// Packs that the server had already, word for word.
    pub unchanged: usize,
    /// People who entered a channel.
    pub entered: usize,
    /// People who left one.
    pub left: usize,
    /// Changes that had waited for a case and were judged again.
    pub released: usize,
}

/// The newest pack of a type that the server signed.
pub fn stored<P: Payload>(reading: &Reading<'_>, subject: &str) -> Result<Option<P>, PublishError> {
    let Some(row) = reading.latest_pack(P::KIND, subject)? else { return Ok(None) };
    payload_of::<P>(&row).map(Some)
}

/// What a stored pack says. The server's own signature was made when it was stored.
pub fn payload_of<P: Payload>(row: &PackRow) -> Result<P, PublishError> {
    let signed = SignedPack::from_bytes(&row.bytes)?;
    let (_, _, payload) = signed.raw_parts();
    Ok(P::decode(payload).map_err(PackError::from)?)
}

/// What the newest pack of a kind and subject says, for readers that take it as it is, and when it was signed.
pub fn stored_json(
    reading: &Reading<'_>,
    kind: &str,
    subject: &str,
) -> Result<Option<(serde_json::Value, i64)>, PublishError> {
    let Some(row) = reading.latest_pack(kind, subject)? else { return Ok(None) };
    let signed = SignedPack::from_bytes(&row.bytes)?;
    let (header, _, payload) = signed.raw_parts();
    let header = PackHeader::decode(header).map_err(|_| StoreError::Damaged("pack header"))?;
    let json = serde_json::from_slice(payload).map_err(|_| StoreError::Damaged("pack"))?;
    Ok(Some((json, header.made_at_ms)))
}

/// Whether the stored pack says word for word what `pack` says.
fn says<P: Payload>(stored: &PackRow, pack: &P) -> Result<bool, PublishError> {
    let signed = SignedPack::from_bytes(&stored.bytes)?;
    let (_, _, payload) = signed.raw_parts();
    Ok(payload == pack.encode().map_err(PackError::from)?)
}

/// Publishes inside one transaction.
#[derive(Debug)]
pub struct Publisher<'a, 'b> {
    ingest: &'a mut Ingest<'b>,
    /// What was done so far.
    pub done: Published,
    /// What has to be told to those who wait.
    pub ingested: Ingested,
}

impl<'a, 'b> Publisher<'a, 'b> {
    /// Begins.
    pub fn new(ingest: &'a mut Ingest<'b>) -> Self {
        Self { ingest, done: Published::default(), ingested: Ingested::default() }
    }

    /// A case: its people enter and leave, then they get the pack, then what waited for the case, or
    /// for its author to belong to it, is judged.
    pub fn case(&mut self, pack: &CasePack) -> Result<(), PublishError> {
        let mut pack = pack.clone();
        self.number(&mut pack, |pack, version| pack.version = version)?;
        let name = channel::of_case(&pack.case_no);
        let mut people: BTreeSet<String> = pack.team.iter().cloned().collect();
        people.insert(pack.handler.clone());
        let entered = self.members(&name, &people)?;
        self.pack(&pack, &name)?;
        case_model(self.ingest, &pack)?;
        let waits = |reason, person| {
            let writing = self.ingest.writing;
            writing.documents_waiting(State::Quarantined, reason, &pack.case_no, person)
        };
        let mut waiting = waits(reason::UNKNOWN_CASE, None)?;
        for person in &entered {
            waiting.extend(waits(reason::NOT_A_MEMBER, Some(person))?);
        }
        let mut seen = BTreeSet::new();
        waiting.retain(|document| seen.insert(*document));
        if !waiting.is_empty() {
            self.done.released += waiting.len();
            let released = self.ingest.rejudge(&waiting, &entered).map_err(PublishError::Ingest)?;
            self.ingested.channels.extend(released.channels);
            self.ingested.documents.extend(released.documents);
        }
        Ok(())
    }

    /// The roster: dispatchers read their station's channel, the command centre reads what could not
    /// be routed.
    pub fn roster(&mut self, pack: &RosterPack) -> Result<(), PublishError> {
        let mut pack = pack.clone();
        self.number(&mut pack, |pack, version| pack.version = version)?;
        self.pack(&pack, STAFF)?;
        let mut stations: BTreeSet<String> = self
            .ingest
            .writing
            .channels()?
            .into_iter()
            .filter(|name| name.starts_with(channel::STATION))
            .collect();
        let serves = |staff: &lastmile_core::pack::roster::Staff| match staff.role() {
            Some(Role::Dispatcher) => Some(channel::of_station(&staff.unit)),
            Some(Role::Command) => Some(channel::of_station(COMMAND)),
            _ => None,
        };
        stations.extend(pack.staff.iter().filter_map(serves));
        for station in stations {
            let people: BTreeSet<String> = pack
                .staff
                .iter()
                .filter(|staff| serves(staff).as_deref() == Some(&station))
                .map(|staff| staff.id.clone())
                .collect();
            self.members(&station, &people)?;
        }
        Ok(())
    }

    /// Any other pack, to those its kind is for. `number` sets the version of a pack that has none.
    pub fn reference<P: Payload + Clone>(
        &mut self,
        pack: &P,
        number: impl Fn(&mut P, u64),
    ) -> Result<(), PublishError> {
        let mut pack = pack.clone();
        self.number(&mut pack, number)?;
        match pack.audience() {
            Audience::Everyone => self.pack(&pack, REFERENCE),
            Audience::Staff => self.pack(&pack, STAFF),
            Audience::Team { case_no, .. } => self.pack(&pack, &channel::of_case(&case_no)),
        }
    }

    /// The file of a ruling.
    pub fn ruling(&mut self, hash: BlobHash, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
        Ok(self.ingest.writing.put_ruling(hash, name, bytes)?)
    }

    /// A pack without version gets the next one, or the newest one's when it says the same.
    fn number<P: Payload>(
        &self,
        pack: &mut P,
        set: impl Fn(&mut P, u64),
    ) -> Result<(), PublishError> {
        if pack.version() != 0 {
            return Ok(());
        }
        let stored = self.ingest.writing.latest_pack(P::KIND, pack.subject())?;
        let Some(stored) = stored else {
            set(pack, 1);
            return Ok(());
        };
        set(pack, stored.version);
        if !says(&stored, pack)? {
            set(pack, stored.version + 1);
        }
        Ok(())
    }

    fn pack<P: Payload>(&mut self, pack: &P, channel: &str) -> Result<(), PublishError> {
        let writing = self.ingest.writing;
        let stored = writing.latest_pack(P::KIND, pack.subject())?;
        if let Some(stored) = &stored {
            if says(stored, pack)? {
                self.done.unchanged += 1;
                return Ok(());
            }
            if stored.version >= pack.version() {
                return Err(PublishError::Outdated {
                    kind: P::KIND,
                    subject: pack.subject().to_owned(),
                    stored: stored.version,
                    offered: pack.version(),
                });
            }
        }
        let issuer = self.ingest.issuer;
        let signed = SignedPack::seal(
            &issuer.court,
            pack,
            self.ingest.now_ms,
            issuer.certificate,
            issuer.signer.as_ref(),
        )?;
        let row = PackRow {
            kind: P::KIND.to_owned(),
            subject: pack.subject().to_owned(),
            version: pack.version(),
            id: signed.id(),
            bytes: signed.to_bytes(),
        };
        writing.put_pack(&row, self.ingest.now_ms)?;
        // A map of the whole territory is too large for a feed; phones fetch it on its own.
        if row.bytes.len() <= MAX_CARRIED {
            writing.append(channel, &[(EntryKind::Pack, row.id)])?;
            self.ingested.channels.insert(channel.to_owned());
        }
        self.done.packs += 1;
        Ok(())
    }

    /// Makes `people` the members of a channel: who is gone leaves, who is new enters. Gives who
    /// entered.
    fn members(
        &mut self,
        channel: &str,
        people: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, PublishError> {
        let writing = self.ingest.writing;
        let present: BTreeSet<String> = writing.members(channel)?.into_iter().collect();
        let leaving = present.difference(people).map(|person| (person, false));
        let entering = people.difference(&present).map(|person| (person, true));
        let moves: Vec<(&String, bool)> = leaving.chain(entering).collect();
        if moves.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut things = Vec::with_capacity(moves.len());
        for (person, enter) in &moves {
            let kind = TransitionKind::Member { person: (*person).clone(), enter: *enter };
            let issuer = self.ingest.issuer;
            let thing = issuer
                .transition(writing, channel, kind, person, self.ingest.now_ms)
                .map_err(PublishError::Issue)?;
            things.push(thing);
        }
        let first = writing.append(channel, &things)?;
        let mut entered = BTreeSet::new();
        for (seq, (person, enter)) in (first..).zip(moves) {
            if enter {
                writing.enter(channel, person, seq)?;
                entered.insert(person.clone());
                self.done.entered += 1;
            } else {
                writing.leave(channel, person, seq)?;
                self.done.left += 1;
            }
        }
        self.ingested.channels.insert(channel.to_owned());
        Ok(entered)
    }
}

/// The read model of a case.
pub(crate) fn case_model(ingest: &Ingest<'_>, pack: &CasePack) -> Result<(), StoreError> {
    let row = CaseRow {
        case_no: pack.case_no.clone(),
        version: pack.version,
        cause: pack.cause.clone(),
        handler: pack.handler.clone(),
        team: serde_json::to_string(&pack.team).unwrap_or_default(),
        state: pack.status.state.code().to_owned(),
    };
    let parties: Vec<PartyRow> = pack
        .parties
        .iter()
        .map(|party| PartyRow {
            case_no: pack.case_no.clone(),
            party: party.id.clone(),
            role: party.role.code().to_owned(),
            name: party.name.clone(),
        })
        .collect();
    ingest.writing.put_case(&row, &parties)
}
