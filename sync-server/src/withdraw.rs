//! Decisions that the court takes about devices and about what came from them: a certificate is
//! withdrawn, a lost phone is to be wiped, a change in quarantine is admitted or set aside. Each is a
//! signed transition in a channel, so that phones and verifiers see who decided what, and why.
//!
//! | decision | channel |
//! | --- | --- |
//! | revoke | directory, for everybody; and the device's own, which is all that a withdrawn phone is told |
//! | wipe | the device's own |
//! | judge | the case's |

use std::collections::{BTreeMap, BTreeSet};

use lastmile_core::id::{CertificateId, EnvelopeId};
use lastmile_core::identity::certificate::protection;
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::identity::wiped::WipeReport;
use lastmile_core::identity::{
    Canonical, CanonicalError, CertificateKind, SealError, Signed, TrustError,
};
use lastmile_core::sync::channel::{self, DIRECTORY};

use crate::ingest::{Ingest, IngestError, Ingested};
use crate::issuer::IssueError;
use crate::server::Server;
use crate::store::{Reading, State, StoreError, TransitionRow};

/// Kind under which a wiped phone's report is kept beside the order.
const WIPED: &str = "wiped";

/// A decision was not taken; nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// Nobody here knows the certificate.
    #[error("no such certificate")]
    UnknownCertificate,
    /// The root cannot be withdrawn by a server that stands under it; or only a person's device can be
    /// wiped.
    #[error("this certificate is not one that this can be done to")]
    WrongKind,
    /// The change does not wait for a person.
    #[error("the change does not wait for a decision")]
    NotWaiting,
    /// The case of the change is not known here: import it first.
    #[error("the case of the change is not known")]
    UnknownCase,
    /// A code, a person or a reason that no transition may carry.
    #[error("`{0}` is empty, too long, or not of its form")]
    Form(&'static str),
    /// The server.
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

impl WithdrawError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCertificate => "unknown_certificate",
            Self::WrongKind => "wrong_certificate_kind",
            Self::NotWaiting => "not_waiting",
            Self::UnknownCase => "unknown_case",
            Self::Form(_) => "field_out_of_bounds",
            Self::Ingest(error) => error.code(),
        }
    }
}

impl From<StoreError> for WithdrawError {
    fn from(error: StoreError) -> Self {
        Self::Ingest(error.into())
    }
}

impl From<IssueError> for WithdrawError {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Seal(SealError::Body(CanonicalError::Bound { field })) => Self::Form(field),
            error => Self::Ingest(error.into()),
        }
    }
}

/// What is decided about a certificate, why, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The certificate.
    pub certificate: CertificateId,
    /// A code: `lost`, `left`, `replaced`, `compromised`, ...
    pub reason: String,
    /// Staff id of the person who decided; the server attests it.
    pub on_behalf_of: String,
}

/// Withdraws a certificate. Says whether it stood until now.
pub fn revoke(server: &Server, order: &Order) -> Result<bool, WithdrawError> {
    let directory = server.directory()?;
    let found = directory.get(&order.certificate).ok_or(WithdrawError::UnknownCertificate)?;
    let kind = found.payload().kind.clone();
    if kind == CertificateKind::Root {
        return Err(WithdrawError::WrongKind);
    }
    if directory.revocation(&order.certificate).is_some() {
        return Ok(false);
    }
    let body = found.payload();
    let console = body.person.as_deref().filter(|_| body.protection == protection::COURT);
    decide(server, |ingest, told| {
        if let Some(person) = console {
            // Else the session would be given another key at its next act.
            ingest.writing.end_sessions_of(person)?;
        }
        say_revoked(ingest, told, order, &kind)
    })?;
    Ok(true)
}

/// Orders a phone to destroy its copy at the next contact, and withdraws its certificate: whoever
/// finds the phone gets nothing more. Says whether the order is new.
pub fn wipe(server: &Server, order: &Order) -> Result<bool, WithdrawError> {
    let directory = server.directory()?;
    let found = directory.get(&order.certificate).ok_or(WithdrawError::UnknownCertificate)?;
    let body = found.payload();
    if body.kind != CertificateKind::Person || body.protection == protection::COURT {
        return Err(WithdrawError::WrongKind);
    }
    let revoked = directory.revocation(&order.certificate).is_some();
    let mut new = false;
    decide(server, |ingest, told| {
        let name = channel::of_device(order.certificate);
        let subject = order.certificate.to_hex();
        if !revoked {
            say_revoked(ingest, told, order, &CertificateKind::Person)?;
        }
        if ingest.writing.last_transition("wipe", &subject, &name)?.is_some() {
            return Ok(());
        }
        new = true;
        let kind =
            TransitionKind::Wipe { certificate: order.certificate, reason: order.reason.clone() };
        say(ingest, told, &name, kind, &subject, Some(&order.on_behalf_of))
    })?;
    Ok(new)
}

fn say_revoked(
    ingest: &Ingest<'_>,
    told: &mut Ingested,
    order: &Order,
    kind: &CertificateKind,
) -> Result<(), WithdrawError> {
    let by = Some(order.on_behalf_of.as_str());
    tell_revoked(ingest, told, order.certificate, &order.reason, kind, by)
}

/// Tells everybody, and the phone that holds it, that a certificate no longer stands.
pub(crate) fn tell_revoked(
    ingest: &Ingest<'_>,
    told: &mut Ingested,
    certificate: CertificateId,
    reason: &str,
    kind: &CertificateKind,
    on_behalf_of: Option<&str>,
) -> Result<(), WithdrawError> {
    let mut names = vec![DIRECTORY.to_owned()];
    if *kind == CertificateKind::Person {
        names.push(channel::of_device(certificate));
    }
    for name in names {
        let kind = TransitionKind::Revoke { certificate, reason: reason.to_owned() };
        say(ingest, told, &name, kind, &certificate.to_hex(), on_behalf_of)?;
    }
    Ok(())
}

/// Takes a wiped phone's report, once.
pub fn take_report(server: &Server, bytes: &[u8]) -> Result<(), WithdrawError> {
    let directory = server.directory()?;
    let report = Signed::<WipeReport>::from_bytes(bytes)
        .map_err(TrustError::from)
        .and_then(|signed| directory.verify(signed))
        .map_err(|_| WithdrawError::Form("report"))?;
    let body = report.payload().clone();
    let id = report.body_hash();
    decide(server, |ingest, _| {
        let name = channel::of_device(body.certificate);
        let subject = body.certificate.to_hex();
        if ingest.writing.last_transition("wipe", &subject, &name)? != Some(body.order) {
            return Err(WithdrawError::UnknownCertificate);
        }
        if ingest.writing.last_said(WIPED, &subject)?.is_none() {
            let row = TransitionRow {
                id,
                kind: WIPED.to_owned(),
                subject,
                channel: name,
                bytes: report.signed().to_bytes(),
            };
            ingest.writing.put_transition(&row, ingest.now_ms)?;
        }
        Ok(())
    })
}

/// How an order to wipe a phone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wiping {
    /// When it was ordered, server clock, milliseconds since 1970.
    pub ordered_ms: i64,
    /// When the phone's report came, and what it says.
    pub honoured: Option<Honoured>,
}

/// What a wiped phone reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Honoured {
    /// When the report came, server clock.
    pub received_ms: i64,
    /// Changes handed in at the last contact before.
    pub saved: u64,
    /// Changes destroyed that the court is not known to have.
    pub lost: u64,
    /// Originals (photos, recordings, strokes) destroyed that the court is not known to have; none when the phone
    /// was too old to count them.
    pub originals: Option<u64>,
}

/// Every order to wipe a phone, by certificate.
pub fn wipings(reading: &Reading<'_>) -> Result<BTreeMap<CertificateId, Wiping>, StoreError> {
    let mut wipings = BTreeMap::new();
    for (row, ordered_ms) in reading.transitions("wipe")? {
        if let Ok(certificate) = CertificateId::from_hex(&row.subject) {
            wipings.entry(certificate).or_insert(Wiping { ordered_ms, honoured: None });
        }
    }
    for (row, received_ms) in reading.transitions(WIPED)? {
        let said = Signed::<WipeReport>::from_bytes(&row.bytes).ok();
        let body = said.and_then(|signed| WipeReport::decode(signed.raw_parts().0).ok());
        let body = body.ok_or(StoreError::Damaged("wipe report"))?;
        if let Some(wiping) = wipings.get_mut(&body.certificate) {
            let (saved, lost, originals) = (body.saved, body.lost, body.originals);
            wiping.honoured = Some(Honoured { received_ms, saved, lost, originals });
        }
    }
    Ok(wipings)
}

/// What a person decided about a change in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The change.
    pub envelope: EnvelopeId,
    /// Whether it enters its record.
    pub admit: bool,
    /// Why, in words.
    pub reason: String,
    /// Staff id of the person who decided; the server attests it.
    pub on_behalf_of: String,
}

/// Admits a change in quarantine, which is then judged like any other, or sets it aside for good; its
/// bytes are kept either way. Gives what became of it, with the code of why.
pub fn judge(server: &Server, judgement: &Judgement) -> Result<(State, String), WithdrawError> {
    if judgement.reason.trim().is_empty() {
        return Err(WithdrawError::Form("reason"));
    }
    let mut became = None;
    decide(server, |ingest, told| {
        let waiting = ingest.writing.quarantined_case(judgement.envelope)?;
        let (document, case) = waiting.ok_or(WithdrawError::NotWaiting)?;
        let name = channel::of_case(&case.ok_or(WithdrawError::UnknownCase)?);
        if ingest.writing.channel_head(&name)?.is_none() {
            return Err(WithdrawError::UnknownCase);
        }
        let kind = TransitionKind::Judge {
            envelope: judgement.envelope,
            admit: judgement.admit,
            reason: judgement.reason.clone(),
        };
        let subject = judgement.envelope.to_hex();
        say(ingest, told, &name, kind, &subject, Some(&judgement.on_behalf_of))?;
        let judged = ingest.rejudge(&[document], &BTreeSet::new())?;
        told.channels.extend(judged.channels);
        told.documents.extend(judged.documents);
        became = ingest.writing.verdict(judgement.envelope)?;
        Ok(())
    })?;
    became.ok_or(WithdrawError::NotWaiting)
}

/// Signs a transition, stores it, and puts it into its channel.
fn say(
    ingest: &Ingest<'_>,
    told: &mut Ingested,
    name: &str,
    kind: TransitionKind,
    subject: &str,
    on_behalf_of: Option<&str>,
) -> Result<(), WithdrawError> {
    let thing =
        ingest.issuer.decided(ingest.writing, name, kind, subject, on_behalf_of, ingest.now_ms)?;
    if name.starts_with(channel::DEVICE) {
        ingest.append_for_device(name, thing)?;
    } else {
        ingest.writing.append(name, &[thing])?;
    }
    told.channels.insert(name.to_owned());
    Ok(())
}

/// One transaction, after which whoever waits is woken.
fn decide(
    server: &Server,
    work: impl FnOnce(&mut Ingest<'_>, &mut Ingested) -> Result<(), WithdrawError>,
) -> Result<(), WithdrawError> {
    let directory = server.directory()?;
    server.ingest_as(&directory, |ingest| {
        let mut told = Ingested::default();
        work(ingest, &mut told)?;
        Ok::<_, WithdrawError>(told)
    })?;
    Ok(())
}
