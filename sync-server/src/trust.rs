//! The court's certificates in memory, kept in step with the database: another process (the command
//! line) may add some while this one runs.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use lastmile_core::id::CertificateId;
use lastmile_core::identity::transition::Transition;
use lastmile_core::identity::{
    Addition, Certificate, CertificateKind, Directory, Finding, Signed, TrustError, Verified,
};
use lastmile_core::sync::channel::{DIRECTORY, EntryKind};

use crate::roles::need_approval;
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
///
/// A phone's word is needed for one thing only: a server that was restored has lost what was certified
/// after its backup. So a certificate is taken from a phone when this server's log continues an older one
/// by two persons' word, when it was made before that, when it is no server's, when it carries no role that
/// two persons must approve, and when neither it nor one above it is withdrawn. Whoever stole the issuing
/// key could otherwise register phones and servers of his own, long after the key was replaced.
#[derive(Debug)]
pub struct Brought {
    /// With the new ones.
    pub directory: Arc<Directory>,
    /// The new ones, each after its issuer.
    pub new: Vec<CertificateRow>,
    /// Those that lead to the court's root and are not taken from a phone.
    pub refused: BTreeSet<CertificateId>,
}

impl Brought {
    /// Adds what may be taken of `certificates` to a copy of `directory`; what does not lead to the
    /// court's root is left out. `restored_ms` is when this server was [`restored`].
    pub fn of(
        directory: &Arc<Directory>,
        certificates: &[Vec<u8>],
        restored_ms: Option<i64>,
    ) -> Self {
        let mut brought =
            Self { directory: Arc::clone(directory), new: Vec::new(), refused: BTreeSet::new() };
        let mut unknown: Vec<Signed<Certificate>> = certificates
            .iter()
            .filter_map(|bytes| Signed::<Certificate>::from_bytes(bytes).ok())
            .filter(|signed| directory.get(&CertificateId(signed.body_hash())).is_none())
            .collect();
        if unknown.is_empty() {
            return brought;
        }
        // What it would be to take them all, and then only those that may be taken.
        let mut all = Directory::clone(directory);
        for signed in &unknown {
            let _ = all.add(signed.clone());
        }
        unknown.retain(|signed| {
            let id = CertificateId(signed.body_hash());
            let Some(verified) = all.get(&id) else { return true };
            let taken = restored_ms
                .is_some_and(|restored_ms| lost(&all, id, verified.payload(), restored_ms));
            if !taken {
                brought.refused.insert(id);
            }
            taken
        });
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

/// Whether the restore at `restored_ms` may have lost this certificate.
fn lost(directory: &Directory, id: CertificateId, body: &Certificate, restored_ms: i64) -> bool {
    let withdrawn = directory
        .findings(&id, restored_ms)
        .iter()
        .any(|finding| matches!(finding, Finding::Revoked { .. }));
    let server = matches!(body.kind, CertificateKind::Server | CertificateKind::Other(_));
    !server && !withdrawn && body.not_before_ms <= restored_ms && !need_approval(&body.roles)
}

/// When this server last began a new life after a lost database; nothing when it never did.
pub fn restored(reading: &Reading<'_>) -> Result<Option<i64>, StoreError> {
    Ok(reading.transitions("restore")?.last().map(|(_, made_ms)| *made_ms))
}

/// The certificate under which the holder of `id` stands at `now_ms`: this one, or another one of the same
/// person for the same key. Nothing when all of them were withdrawn or have run out. Who begins too early
/// by this server's clock stands all the same: certificates come from this court, clocks do not.
pub fn standing(directory: &Directory, id: CertificateId, now_ms: i64) -> Option<&Certificate> {
    let stands = |id: &CertificateId| {
        directory
            .findings(id, now_ms)
            .iter()
            .all(|finding| matches!(finding, Finding::NotYetValid { .. }))
    };
    let own = directory.get(&id)?.payload();
    if stands(&id) {
        return Some(own);
    }
    let key = own.signing_key()?;
    directory
        .certificates()
        .filter(|(_, other)| {
            let other = other.payload();
            other.signing_key() == Some(key)
                && other.person == own.person
                && other.purposes == own.purposes
        })
        .find(|(id, _)| stands(id))
        .map(|(_, other)| other.payload())
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
