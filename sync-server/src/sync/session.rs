//! One request from a phone: checked, taken in, answered; asked again while it waits.

use std::collections::HashMap;
use std::sync::Arc;

use lastmile_core::envelope::Body;
use lastmile_core::id::{CertificateId, EnvelopeId};
use lastmile_core::identity::{Canonical, Directory, Signed};
use lastmile_core::log::Receipt;
use lastmile_core::log::tree::MAX_PROOF;
use lastmile_core::sync::batch::{DamagedRow, SignedChange};
use lastmile_core::sync::frame::{self, FrameError};
use lastmile_core::sync::request::SyncRequest;
use lastmile_core::sync::response::{Outcome, SyncResponse};
use lastmile_core::sync::token::{Errand, RequestToken};

use super::access::{Access, device, reach};
use super::answer::News;
use super::{Asker, answer, evidence, receipt};
use crate::ingest::{Ingest, IngestError, Ingested, Offered, verify_all};
use crate::server::Server;
use crate::store::{Reading, StoreError};
use crate::trust::{self, Brought};

/// The request is not answered; nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The message inside.
    #[error("the request cannot be read: {0}")]
    Malformed(&'static str),
    /// The message follows a later protocol.
    #[error("the request follows a later protocol")]
    NewerProtocol,
    /// It is for another court.
    #[error("the request is for another court")]
    WrongCourt,
    /// Nobody here knows the certificate that the request names.
    #[error("the certificate is not known")]
    UnknownCertificate,
    /// The request brings its certificate along, and this court takes none from phones now.
    #[error("the certificate is not known, and none is taken from a phone")]
    CertificateNotTaken,
    /// The certificate is not a person's.
    #[error("the certificate is not a person's")]
    NotAPerson,
    /// The token cannot be read, is for another request, or its signature does not hold.
    #[error("the request's token does not hold")]
    BadToken,
    /// The token's time is too far from the server's.
    #[error("the token's time is too far from the server's")]
    ClockOutOfWindow {
        /// The server's clock, milliseconds since 1970.
        server_ms: i64,
    },
    /// A request with this token was let in before.
    #[error("the token was used before")]
    TokenUsed,
    /// The server failed.
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

impl From<StoreError> for SyncError {
    fn from(error: StoreError) -> Self {
        Self::Ingest(error.into())
    }
}

/// A request that was taken in and can be answered, more than once while it waits.
#[derive(Debug)]
pub struct Session {
    request: SyncRequest,
    asker: Asker,
    carrier: CertificateId,
    outcomes: Vec<Outcome>,
    own: HashMap<EnvelopeId, u64>,
}

impl Session {
    /// Reads a sealed request with its token, checks who sent it, and takes in what it brings. Durable
    /// when this returns.
    pub fn open(server: &Server, sealed: &[u8], token: &str) -> Result<Self, SyncError> {
        Self::enter(server, sealed, &Asker::token(token)?, Errand::Sync.code(), None)
    }

    /// The same for a request that came in a courier's bundle, with a token for this `purpose`. It may
    /// have been made at any time, and come more than once.
    pub fn carried(
        server: &Server,
        sealed: &[u8],
        token: &Signed<RequestToken>,
        purpose: &str,
        carrier: CertificateId,
    ) -> Result<Self, SyncError> {
        Self::enter(server, sealed, token, purpose, Some(carrier))
    }

    fn enter(
        server: &Server,
        sealed: &[u8],
        token: &Signed<RequestToken>,
        purpose: &str,
        carrier: Option<CertificateId>,
    ) -> Result<Self, SyncError> {
        let directory = server.directory()?;
        // Before anything is decompressed; only a certificate that comes inside has to wait.
        let known = match Asker::of(&directory, token, purpose, sealed) {
            Err(SyncError::UnknownCertificate) => None,
            asker => Some(asker?),
        };
        let plain = frame::open(sealed)?;
        let received = SyncRequest::decode(&plain).map_err(|error| match error.code() {
            "unsupported_version" => SyncError::NewerProtocol,
            code => SyncError::Malformed(code),
        })?;
        drop(plain);
        let request = received.request;
        if request.court != server.court() {
            return Err(SyncError::WrongCourt);
        }
        let brought = brought(server, &directory, &request)?;
        let asker = match known {
            Some(asker) => asker,
            None if brought.refused.contains(&request.certificate) => {
                return Err(SyncError::CertificateNotTaken);
            }
            None => Asker::of(&brought.directory, token, purpose, sealed)?,
        };
        if asker.id != request.certificate {
            return Err(SyncError::BadToken);
        }
        if carrier.is_none() {
            asker.admit(server)?;
        }
        if carrier.is_none() {
            server.contacts().heard(asker.id, &request, server.epoch(), server.now_ms());
        }
        let carrier = carrier.unwrap_or(asker.id);
        let offered = verify_all(&brought.directory, server.court(), received.changes);
        let mut own = HashMap::new();
        for (row, offer) in offered.iter().enumerate() {
            if let Ok(offer) = offer {
                own.entry(offer.id()).or_insert(row as u64);
            }
        }
        hear_evidence(server, &brought.directory, &request)?;
        let mut session = Self { request, asker, carrier, outcomes: Vec::new(), own };
        if !offered.is_empty() || !brought.new.is_empty() {
            session.outcomes = session.take(server, &brought, &offered)?;
        }
        Ok(session)
    }

    fn take(
        &self,
        server: &Server,
        brought: &Brought,
        offered: &[Result<Offered, DamagedRow>],
    ) -> Result<Vec<Outcome>, SyncError> {
        let ingested = server.ingest(&brought.directory, |ingest: &mut Ingest<'_>| {
            let new = trust::publish(ingest.writing, &brought.new, ingest.now_ms)?;
            let mut ingested = ingest.take(self.carrier, offered)?;
            if !new.is_empty() {
                ingested.channels.insert(lastmile_core::sync::channel::DIRECTORY.to_owned());
                release_tray(ingest, &new, &mut ingested)?;
            }
            Ok(ingested)
        })?;
        Ok(ingested.outcomes)
    }

    /// The answer as things stand now.
    pub fn answer(&self, server: &Server) -> Result<SyncResponse, SyncError> {
        let directory = server.directory()?;
        server.store().read(|reading| {
            let access = self.access(reading, &directory, server.now_ms())?;
            let (news, receipt) = self.proved(reading, server, &access)?;
            let have = if self.request.probe {
                let device = self.asker.certificate.device.as_deref().unwrap_or_default();
                reading.have(device, self.request.epoch)?
            } else {
                Vec::new()
            };
            Ok(SyncResponse {
                server_epoch: server.epoch(),
                server_ms: server.now_ms(),
                outcomes: self.outcomes.clone(),
                have,
                news: news.channels,
                changes: news.changes,
                receipt: receipt.map(|receipt| receipt.encode()),
            })
        })
    }

    /// News and the receipt that proves them. In a large log a page of scattered entries can need a longer
    /// proof than a receipt may have; then the page ends earlier, and the phone asks on.
    fn proved(
        &self,
        reading: &Reading<'_>,
        server: &Server,
        access: &[Access],
    ) -> Result<(News, Option<Receipt>), StoreError> {
        let waiting = self.waiting();
        let mut entries = answer::MAX_ENTRIES;
        loop {
            let (epoch, request) = (server.epoch(), &self.request);
            let news = answer::news(reading, epoch, access, request, &self.own, entries)?;
            let asked = receipt::Asked {
                held: self.request.log.as_ref(),
                // What authors named is proved from what the news leave of the answer.
                room: self.request.max_bytes.min(answer::MAX_BYTES) / 4,
            };
            let sequencer = server.sequencer();
            let receipt = receipt::receipt(reading, sequencer, asked, &news.channels, &waiting)?;
            let fits = receipt.as_ref().is_none_or(|made| made.proof.len() <= MAX_PROOF);
            if fits || entries == 1 {
                return Ok((news, receipt));
            }
            entries = (entries / 4).max(1);
        }
    }

    /// What the phone may read now: a certificate may be withdrawn, or run out, while its request waits.
    fn access(
        &self,
        reading: &Reading<'_>,
        directory: &Directory,
        now_ms: i64,
    ) -> Result<Vec<Access>, StoreError> {
        let own = self.request.certificate;
        let person = &self.asker.person;
        let mut access = reach(reading, directory, own, person, now_ms)?.unwrap_or_default();
        access.push(device(own));
        Ok(access)
    }

    /// The verdicts alone, for a receipt that travels by courier.
    pub fn verdicts(&self, server: &Server) -> SyncResponse {
        SyncResponse {
            server_epoch: server.epoch(),
            server_ms: server.now_ms(),
            outcomes: self.outcomes.clone(),
            have: Vec::new(),
            news: Vec::new(),
            changes: Vec::new(),
            receipt: None,
        }
    }

    /// What came with the request and waits here, by row.
    fn waiting(&self) -> Vec<(u64, EnvelopeId)> {
        let waits = |row: u64| {
            let row = usize::try_from(row).ok();
            let outcome = row.and_then(|row| self.outcomes.get(row));
            matches!(outcome, Some(Outcome::Held(_) | Outcome::Quarantined(_)))
        };
        let mut waiting: Vec<(u64, EnvelopeId)> =
            self.own.iter().map(|(id, row)| (*row, *id)).filter(|(row, _)| waits(*row)).collect();
        waiting.sort_unstable();
        waiting
    }

    /// How many channels the phone asks to repair, because its copy differs from ours.
    pub fn repairs(&self) -> u64 {
        self.request.repairs.len() as u64
    }

    /// Seconds the phone is willing to wait while there is nothing to tell; none after it gave
    /// something, because then it wants its verdicts.
    pub fn patience_s(&self) -> u64 {
        let idle =
            self.outcomes.is_empty() && !self.request.probe && self.request.repairs.is_empty();
        if idle { self.request.wait_s } else { 0 }
    }

    /// Channels whose news the phone would want.
    pub fn channels(&self, server: &Server) -> Result<Vec<String>, SyncError> {
        let directory = server.directory()?;
        server.store().read::<_, SyncError>(|reading| {
            let access = self.access(reading, &directory, server.now_ms())?;
            Ok(access.into_iter().map(|Access { channel, .. }| channel).collect())
        })
    }
}

/// The certificates that came with the request, as far as they may be taken.
fn brought(
    server: &Server,
    directory: &Arc<Directory>,
    request: &SyncRequest,
) -> Result<Brought, StoreError> {
    if request.certificates.is_empty() {
        return Ok(Brought::of(directory, &[], None));
    }
    let restored_ms = server.store().read(trust::restored)?;
    let brought = Brought::of(directory, &request.certificates, restored_ms);
    if !brought.refused.is_empty() {
        let count = brought.refused.len();
        tracing::warn!(count, "certificates that a phone brought are not taken");
    }
    Ok(brought)
}

/// Takes in checkpoints that contradict this log, before anything else: whatever comes of the request.
fn hear_evidence(
    server: &Server,
    directory: &Directory,
    request: &SyncRequest,
) -> Result<(), StoreError> {
    if request.evidence.is_empty() {
        return Ok(());
    }
    let rows = server.store().read::<_, StoreError>(|reading| {
        let mut rows = Vec::new();
        for note in &request.evidence {
            rows.extend(evidence::against(
                reading,
                server.sequencer(),
                directory,
                note,
                request.certificate,
                server.now_ms(),
            )?);
        }
        Ok(rows)
    })?;
    for row in rows {
        let new =
            server.store().write::<_, StoreError>(|writing| writing.put_log_evidence(&row))?;
        if new {
            tracing::error!(finding = %row.finding, "a phone was shown another log of this court");
        }
    }
    Ok(())
}

/// Judges what waited in the tray for certificates that have now come.
pub(crate) fn release_tray(
    ingest: &mut Ingest<'_>,
    new: &[CertificateId],
    so_far: &mut Ingested,
) -> Result<(), IngestError> {
    for certificate in new {
        for (hash, body, signature, change, carrier) in
            ingest.writing.tray_waiting_for(*certificate)?
        {
            let (Ok(body), Ok(signature)) =
                (Body::decode(&body), <[u8; 64]>::try_from(signature.as_slice()))
            else {
                continue;
            };
            let rows = vec![Ok(SignedChange { body, signature, change })];
            let offered = verify_all(ingest.directory, &ingest.issuer.court, rows);
            ingest.writing.take_from_tray(&hash)?;
            // What this very request has touched goes on from where it now stands.
            for document in so_far.documents.drain(..) {
                ingest.hot.put(document);
            }
            let ingested = ingest.take(carrier, &offered)?;
            so_far.channels.extend(ingested.channels);
            so_far.documents.extend(ingested.documents);
        }
    }
    Ok(())
}
