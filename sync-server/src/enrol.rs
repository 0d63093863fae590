//! One-time codes and what they become. An administrator makes a code for a person; a phone shows the
//! code's secret and proves that it holds the keys it made; the court certifies them. A code is good
//! once, for a while, and for a few attempts; asked again with the same keys it gives the same
//! certificates, because an answer may be lost on its way.

use lastmile_core::id::{CertificateId, sha256};
use lastmile_core::identity::enrolment::{
    EnrolmentAnswer, EnrolmentCode, EnrolmentRequest, Possession, PossessionError,
};
use lastmile_core::identity::{
    Canonical, CanonicalError, Certificate, CertificateKind, Directory, Signed, Signer, SubjectKey,
    TrustError,
};

use crate::acting::hand::passes_for_console;
use crate::certify::{self, DAY_MS};
use crate::court::CourtError;
use crate::ingest::{IngestError, Ingested};
use crate::roles;
use crate::server::Server;
use crate::store::{EnrolmentRow, StoreError};

/// How long a code is good unless the administrator says otherwise, hours.
pub const USUAL_HOURS: u32 = 72;
/// Wrong secrets after which a code is locked.
pub const MAX_FAILURES: u64 = 5;
/// Longest validity of a person's certificates, days.
pub const MAX_DAYS: u32 = 5 * 366;

/// A code to be made. The person's roles are granted before, see [`roles::set`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnrolment {
    /// Staff or liaison id.
    pub person: String,
    /// Name as papers show it.
    pub name: String,
    /// How long the certificates will be valid, days.
    pub valid_days: u32,
    /// How long the code is good, hours.
    pub hours: u32,
    /// Where the phone's keys must be kept, when it matters.
    pub protection: Option<String>,
    /// Device id; derived from the key when not given.
    pub device: Option<String>,
    /// What people call the phone, for lists.
    pub label: Option<String>,
    /// Where the phone will find the service.
    pub url: String,
}

/// No certificates for this request; nothing changed but the count of wrong attempts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolError {
    /// The message cannot be read.
    #[error(transparent)]
    Message(#[from] CanonicalError),
    /// The keys prove nothing.
    #[error(transparent)]
    Possession(#[from] PossessionError),
    /// Another court, or another root.
    #[error("the code is of another court")]
    WrongCourt,
    /// No such code, or not this secret.
    #[error("there is no such code")]
    Unknown,
    /// Too many wrong secrets.
    #[error("the code was tried too often")]
    Locked,
    /// Withdrawn by the administrator.
    #[error("the code was withdrawn")]
    Revoked,
    /// Used for other keys.
    #[error("the code was used by another phone")]
    Used,
    /// Too late.
    #[error("the code has expired")]
    Expired,
    /// The keys are not kept where the court demands.
    #[error("the court demands keys kept in `{0}`")]
    Protection(String),
    /// A key has a certificate already.
    #[error("a key is certified already")]
    KeyCertified,
    /// The person has no role any more.
    #[error("the person has no role at this court")]
    NoRole,
    /// The server's own trouble.
    #[error(transparent)]
    Court(#[from] CourtError),
}

impl EnrolError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Message(error) => error.code(),
            Self::Possession(error) => error.code(),
            Self::WrongCourt => "wrong_court",
            Self::Unknown => "enrolment_unknown",
            Self::Locked => "enrolment_locked",
            Self::Revoked => "enrolment_revoked",
            Self::Used => "enrolment_used",
            Self::Expired => "enrolment_expired",
            Self::Protection(_) => "enrolment_protection",
            Self::KeyCertified => "key_certified",
            Self::NoRole => "enrolment_no_role",
            Self::Court(error) => error.code(),
        }
    }
}

impl From<StoreError> for EnrolError {
    fn from(error: StoreError) -> Self {
        Self::Court(error.into())
    }
}

/// Makes a code. It is shown once; only the hash of its secret is kept.
pub fn make(server: &Server, new: &NewEnrolment) -> Result<EnrolmentCode, CourtError> {
    let entropy = server.issuer().entropy.as_ref();
    let mut code = EnrolmentCode {
        url: new.url.clone(),
        court: server.court().to_owned(),
        root: server.root(),
        id: [0; 5],
        secret: entropy.bytes16(),
    };
    entropy.fill(&mut code.id);
    code.check().map_err(|error| CourtError::Seal(error.into()))?;
    let valid_days = new.valid_days.clamp(1, MAX_DAYS);
    let now_ms = server.now_ms();
    let row = EnrolmentRow {
        id: code.id,
        hash: code.hash(),
        person: new.person.clone(),
        name: new.name.clone(),
        device: new.device.clone(),
        label: new.label.clone(),
        protection: new.protection.clone(),
        valid_ms: i64::from(valid_days) * DAY_MS,
        made_ms: now_ms,
        expires_ms: now_ms + i64::from(new.hours.max(1)) * 3_600_000,
        failures: 0,
        revoked_ms: None,
        used_ms: None,
        keys_hash: None,
        certificates: Vec::new(),
    };
    if passes_for_console(new.device.as_deref(), "") {
        return Err(CourtError::Seal(CanonicalError::Bound { field: "device" }.into()));
    }
    // A certificate that could not be made is found now and not on the phone.
    let sample = vec!["officer".to_owned()];
    let print = device_of(&row, &[0; 32]);
    let key = SubjectKey::Signing(server.keys().server.signer.public_key());
    body(server, &row, sample, "record", "software", print, key, 1)
        .check()
        .map_err(|error| CourtError::Seal(error.into()))?;
    server.store().write::<_, StoreError>(|writing| writing.put_enrolment(&row))?;
    Ok(code)
}

/// Answers a phone's request.
pub fn redeem(server: &Server, bytes: &[u8]) -> Result<EnrolmentAnswer, EnrolError> {
    let request = EnrolmentRequest::decode(bytes)?;
    let possession = request.prove()?;
    if possession.court != server.court() || possession.root != server.root() {
        return Err(EnrolError::WrongCourt);
    }
    // A second look when another request used the code between our reading and writing.
    for _ in 0..2 {
        let row = standing(server, possession)?;
        if row.used_ms.is_some() {
            return answer(server, &row.certificates);
        }
        if let Some(certificates) = certify_keys(server, &row, possession)? {
            return answer(server, &certificates);
        }
    }
    Err(EnrolError::Used)
}

/// The code, if it may be used with these keys.
fn standing(server: &Server, possession: &Possession) -> Result<EnrolmentRow, EnrolError> {
    let row = server
        .store()
        .read::<_, StoreError>(|reading| reading.enrolment(&possession.id))?
        .ok_or(EnrolError::Unknown)?;
    if row.failures >= MAX_FAILURES {
        return Err(EnrolError::Locked);
    }
    if !crate::operator::equal(&row.hash, &possession.code_hash) {
        server
            .store()
            .write::<_, StoreError>(|writing| writing.count_enrolment_failure(&possession.id))?;
        return Err(EnrolError::Unknown);
    }
    if row.revoked_ms.is_some() {
        return Err(EnrolError::Revoked);
    }
    if let Some(keys_hash) = row.keys_hash {
        let same = keys_hash == possession.keys_hash();
        return if same { Ok(row) } else { Err(EnrolError::Used) };
    }
    if server.now_ms() > row.expires_ms {
        return Err(EnrolError::Expired);
    }
    if passes_for_console(None, &possession.protection) {
        return Err(EnrolError::Protection("the phone".to_owned()));
    }
    match &row.protection {
        Some(demanded) if *demanded != possession.protection => {
            Err(EnrolError::Protection(demanded.clone()))
        }
        _ => Ok(row),
    }
}

/// Certifies the keys and marks the code as used, in one transaction; `None` when another request was
/// faster.
fn certify_keys(
    server: &Server,
    row: &EnrolmentRow,
    possession: &Possession,
) -> Result<Option<Vec<CertificateId>>, EnrolError> {
    let directory = server.directory()?;
    for new in &possession.keys {
        let taken = |certificate: &Certificate| certificate.signing_key() == Some(&new.key);
        if directory.certificates().any(|(_, verified)| taken(verified.payload())) {
            return Err(EnrolError::KeyCertified);
        }
    }
    let roles = server
        .store()
        .read::<_, StoreError>(|reading| roles::current(reading, &row.person))?
        .filter(|roles| !roles.is_empty())
        .ok_or(EnrolError::NoRole)?;
    let serial = certify::next_serial(server)?;
    let print = device_of(row, &possession.keys_hash());
    let mut certificates = Vec::with_capacity(possession.keys.len());
    for (serial, new) in (serial..).zip(&possession.keys) {
        let key = SubjectKey::Signing(new.key);
        let protection = &possession.protection;
        let device = print.clone();
        let body = body(server, row, roles.clone(), &new.purpose, protection, device, key, serial);
        let issuing = &server.keys().issuing.signer;
        let signed = Signed::seal(&body, issuing.as_ref()).map_err(CourtError::from)?;
        certificates.push(signed);
    }
    let checked = certify::check(&directory, certificates)?;
    let ids: Vec<CertificateId> = checked.rows.iter().map(|row| row.id).collect();
    let mut marked = false;
    server
        .ingest(&checked.directory, |ingest| {
            let (now_ms, keys_hash) = (ingest.now_ms, possession.keys_hash());
            marked =
                ingest.writing.use_enrolment(&row.id, MAX_FAILURES, &keys_hash, &ids, now_ms)?;
            if marked { certify::announce(ingest, &checked.rows) } else { Ok(Ingested::default()) }
        })
        .map_err(|error: IngestError| CourtError::Ingest(error))?;
    Ok(marked.then_some(ids))
}

/// The device id of all certificates of one enrolment.
fn device_of(row: &EnrolmentRow, keys_hash: &[u8; 32]) -> String {
    let print = || format!("d-{}", data_encoding::HEXLOWER.encode(&sha256(keys_hash)[..4]));
    row.device.clone().unwrap_or_else(print)
}

#[allow(clippy::too_many_arguments)] // one certificate has that many facts
fn body(
    server: &Server,
    row: &EnrolmentRow,
    roles: Vec<String>,
    purpose: &str,
    protection: &str,
    device: String,
    key: SubjectKey,
    serial: u64,
) -> Certificate {
    let now_ms = server.now_ms();
    Certificate {
        court: server.court().to_owned(),
        kind: CertificateKind::Person,
        serial,
        person: Some(row.person.clone()),
        device: Some(device),
        name: row.name.clone(),
        roles,
        purposes: vec![purpose.to_owned()],
        protection: protection.to_owned(),
        key,
        not_before_ms: now_ms - DAY_MS,
        not_after_ms: now_ms + row.valid_ms,
        issuer: Some(server.keys().issuing.certificate),
    }
}

/// The certificates and everything above them.
fn answer(server: &Server, own: &[CertificateId]) -> Result<EnrolmentAnswer, EnrolError> {
    let directory = server.directory()?;
    let bytes = |id: CertificateId| transfer(&directory, id);
    let first = own.first().copied().ok_or(EnrolError::Unknown)?;
    let mut chain = Vec::new();
    let mut above = issuer(&directory, first)?;
    while let Some(id) = above {
        chain.insert(0, bytes(id)?);
        above = issuer(&directory, id)?;
    }
    let root = if chain.is_empty() { Vec::new() } else { chain.remove(0) };
    let own = own.iter().map(|id| bytes(*id)).collect::<Result<_, _>>()?;
    Ok(EnrolmentAnswer { root, chain, own })
}

fn transfer(directory: &Directory, id: CertificateId) -> Result<Vec<u8>, EnrolError> {
    let unknown = || CourtError::Trust(TrustError::UnknownCertificate(id));
    Ok(directory.get(&id).ok_or_else(unknown)?.signed().to_bytes())
}

fn issuer(directory: &Directory, id: CertificateId) -> Result<Option<CertificateId>, EnrolError> {
    let unknown = || CourtError::Trust(TrustError::UnknownCertificate(id));
    Ok(directory.get(&id).ok_or_else(unknown)?.payload().issuer)
}
