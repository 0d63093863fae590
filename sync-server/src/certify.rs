//! Certificates this court gives out: what their bodies have in common, and how new ones reach the
//! database and everybody who reads the directory channel.

use lastmile_core::id::CertificateId;
use lastmile_core::identity::certificate::protection;
use lastmile_core::identity::{
    Certificate, CertificateKind, Directory, Signed, Signer, SubjectKey,
};
use lastmile_core::sync::channel::DIRECTORY;

use crate::court::CourtError;
use crate::ingest::{Ingest, IngestError, Ingested};
use crate::server::Server;
use crate::store::{CertificateRow, StoreError};
use crate::trust;

/// A day, milliseconds. Certificates begin one earlier than now: another machine's clock may be a
/// little behind.
pub const DAY_MS: i64 = 24 * 3_600_000;
/// The longest year, milliseconds.
pub const YEAR_MS: i64 = 366 * DAY_MS;

/// What certificates made at one moment have in common.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Court code.
    pub court: &'a str,
    /// Server clock.
    pub now_ms: i64,
}

impl Draft<'_> {
    /// A certificate of the court's own, with the usual name and length of validity of its kind.
    pub fn own(
        &self,
        kind: CertificateKind,
        serial: u64,
        key: &dyn Signer,
        issuer: Option<CertificateId>,
    ) -> Certificate {
        let (name, years) = match kind {
            CertificateKind::Root => ("根证书", 20),
            CertificateKind::Issuing => ("签发证书", 10),
            CertificateKind::Checkpoint => ("检查点证书", 10),
            CertificateKind::Encryption => ("加密证书", 10),
            _ => ("服务器证书", 5),
        };
        let public = key.public_key();
        let subject = if kind == CertificateKind::Encryption {
            SubjectKey::Other {
                algorithm: lastmile_core::courier::ALGORITHM.to_owned(),
                bytes: public.as_bytes().to_vec(),
            }
        } else {
            SubjectKey::Signing(public)
        };
        let offline = kind == CertificateKind::Root;
        Certificate {
            court: self.court.to_owned(),
            device: (kind == CertificateKind::Server).then(|| "server-1".to_owned()),
            kind,
            serial,
            person: None,
            name: name.to_owned(),
            roles: Vec::new(),
            purposes: Vec::new(),
            protection: if offline { protection::OFFLINE } else { protection::SOFTWARE }.to_owned(),
            key: subject,
            not_before_ms: self.now_ms - DAY_MS,
            not_after_ms: self.now_ms + years * YEAR_MS,
            issuer,
        }
    }
}

/// The number the next certificate gets. For people to refer to, not a key of anything.
pub fn next_serial(server: &Server) -> Result<u64, StoreError> {
    Ok(server.store().read::<_, StoreError>(|reading| reading.last_certificate())? + 1)
}

/// Certificates that lead to this court's root, and the directory that has them.
pub struct Checked {
    /// With the new ones.
    pub directory: Directory,
    /// As they are stored.
    pub rows: Vec<CertificateRow>,
}

impl std::fmt::Debug for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checked").field("new", &self.rows.len()).finish_non_exhaustive()
    }
}

/// Holds new certificates against the court's directory. Nothing is stored yet.
pub fn check(
    directory: &Directory,
    certificates: Vec<Signed<Certificate>>,
) -> Result<Checked, CourtError> {
    let mut with = Directory::clone(directory);
    let mut rows = Vec::with_capacity(certificates.len());
    for signed in certificates {
        let id = CertificateId(signed.body_hash());
        with.add(signed)?;
        let verified =
            with.get(&id).ok_or(lastmile_core::identity::TrustError::UnknownCertificate(id))?;
        rows.push(trust::row_of(verified));
    }
    Ok(Checked { directory: with, rows })
}

/// Stores and announces checked certificates inside a transaction of [`Server::ingest`] that was
/// opened with their directory.
pub fn announce(ingest: &mut Ingest<'_>, rows: &[CertificateRow]) -> Result<Ingested, IngestError> {
    let mut ingested = Ingested::default();
    let new = trust::publish(ingest.writing, rows, ingest.now_ms)?;
    ingested.channels.insert(DIRECTORY.to_owned());
    crate::sync::release_tray(ingest, &new, &mut ingested)?;
    Ok(ingested)
}

/// Checks, stores and announces certificates in a transaction of their own.
pub fn publish(
    server: &Server,
    certificates: Vec<Signed<Certificate>>,
) -> Result<Vec<CertificateRow>, CourtError> {
    let Checked { directory, rows } = check(&*server.directory()?, certificates)?;
    server.ingest(&directory, |ingest| announce(ingest, &rows)).map_err(CourtError::Ingest)?;
    Ok(rows)
}
