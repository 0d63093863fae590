//! The court's certificates in memory, kept in step with the database: another process (the command
//! line) may add some while this one runs.

use std::sync::{Arc, PoisonError, RwLock};

use lastmile_core::id::CertificateId;
use lastmile_core::identity::transition::Transition;
use lastmile_core::identity::{Addition, Certificate, Directory, Signed, TrustError, Verified};
use lastmile_core::sync::channel::{DIRECTORY, EntryKind};

use crate::store::{CertificateRow, Reading, StoreError, Writing};

/// The directory and how far it has read the database.
#[derive(Debug)]
pub struct Trust(RwLock<Held>);

/// The directory, the last certificate and the number of revocations that are in it.
#[derive(Debug)]
struct Held {
    directory: Arc<Directory>,
    certificate: u64,
    revocations: u64,
}

impl Trust {
    /// Builds the directory from the database.
    pub fn open(reading: &Reading<'_>, root: CertificateId) -> Result<Self, StoreError> {
        const DAMAGED: StoreError = StoreError::Damaged("root certificate");
        let bytes = reading.certificate(root)?.ok_or(DAMAGED)?;
        let signed = Signed::<Certificate>::from_bytes(&bytes).map_err(|_| DAMAGED)?;
        let directory = Directory::open(signed, root).map_err(|_| DAMAGED)?;
        let directory = Arc::new(directory);
        let trust = Self(RwLock::new(Held { directory, certificate: 0, revocations: 0 }));
        trust.refresh(reading)?;
        Ok(trust)
    }

    /// Takes in what the database has and memory has not, and gives the directory as it stands.
    pub fn refresh(&self, reading: &Reading<'_>) -> Result<Arc<Directory>, StoreError> {
        let last = (reading.last_certificate()?, reading.transition_count("revoke")?);
        {
            let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if held.certificate >= last.0 && held.revocations >= last.1 {
                return Ok(Arc::clone(&held.directory));
            }
        }
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut directory = Directory::clone(&held.directory);
        let mut read = held.certificate;
        for (arrival, row) in reading.certificates_after(held.certificate)? {
            // A damaged row gives no rights; `verify` reports it.
            if let Ok(signed) = Signed::<Certificate>::from_bytes(&row.bytes) {
                let _ = directory.add(signed);
            }
            read = arrival;
        }
        if held.revocations < last.1 {
            for (row, _) in reading.transitions("revoke")? {
                if let Ok(signed) = Signed::<Transition>::from_bytes(&row.bytes)
                    && let Ok(verified) = directory.verify(signed)
                {
                    let _ = directory.note(&verified);
                }
            }
        }
        let directory = Arc::new(directory);
        *held = Held { directory: Arc::clone(&directory), certificate: read, revocations: last.1 };
        Ok(directory)
    }
}

/// A directory with certificates that a phone brought along, and which of them are new. Nothing is
/// stored yet: the request itself may turn out to be unsigned.
#[derive(Debug)]
pub struct Brought {
    /// With the new ones.
    pub directory: Arc<Directory>,
    /// The new ones, each after its issuer.
    pub new: Vec<CertificateRow>,
}

impl Brought {
    /// Adds `certificates` to a copy of `directory`; what does not lead to the court's root is left
    /// out.
    pub fn of(directory: &Arc<Directory>, certificates: &[Vec<u8>]) -> Self {
        let mut brought = Self { directory: Arc::clone(directory), new: Vec::new() };
        let unknown: Vec<Signed<Certificate>> = certificates
            .iter()
            .filter_map(|bytes| Signed::<Certificate>::from_bytes(bytes).ok())
            .filter(|signed| directory.get(&CertificateId(signed.body_hash())).is_none())
            .collect();
        if unknown.is_empty() {
            return brought;
        }
        let mut copy = Directory::clone(directory);
        for signed in unknown {
            let id = CertificateId(signed.body_hash());
            let Ok(Addition::Trusted { released }) = copy.add(signed) else { continue };
            for id in std::iter::once(id).chain(released) {
                brought.new.extend(copy.get(&id).map(|verified| row_of(verified)));
            }
        }
        brought.directory = Arc::new(copy);
        brought
    }
}

/// What the database keeps of a verified certificate.
pub fn row_of(verified: &Verified<Certificate>) -> CertificateRow {
    let body = verified.payload();
    CertificateRow {
        id: CertificateId(verified.body_hash()),
        kind: body.kind.code().to_owned(),
        person: body.person.clone(),
        device: body.device.clone(),
        bytes: verified.signed().to_bytes(),
    }
}

/// Stores verified certificates and announces them to everybody.
pub fn publish(
    writing: &Writing<'_>,
    rows: &[CertificateRow],
    now_ms: i64,
) -> Result<Vec<CertificateId>, StoreError> {
    let mut added = Vec::new();
    for row in rows {
        if writing.put_certificate(row, now_ms)? {
            added.push(row.id);
        }
    }
    if !added.is_empty() {
        let things: Vec<_> = added.iter().map(|id| (EntryKind::Certificate, id.0)).collect();
        writing.append(DIRECTORY, &things)?;
    }
    Ok(added)
}

/// The certificate `id` and its staff id, when it is a person's.
pub fn person(
    directory: &Directory,
    id: CertificateId,
) -> Result<(&Certificate, &str), TrustError> {
    let certificate = directory.get(&id).ok_or(TrustError::UnknownCertificate(id))?.payload();
    let person = certificate.person.as_deref().ok_or(TrustError::WrongKind)?;
    Ok((certificate, person))
}
