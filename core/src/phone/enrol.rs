//! A phone becomes somebody's: three steps, of which only the middle one needs a network. See
//! [`crate::identity::enrolment`] for what travels.
//!
//! 1. [`ask`]: the new keys sign the request;
//! 2. the request goes to the court over any [`EnrolmentRoad`];
//! 3. [`take`]: the answer is held against the pin in the code and the phone's own keys.
//!
//! What comes out opens the phone ([`Enrolled::root`]) and signs the person in. A second person on the
//! same phone goes the same way with keys of their own. A lost answer is asked for again with the same
//! keys: the court gives the same certificates.

use std::sync::Arc;

use crate::id::CertificateId;
use crate::identity::certificate::purpose;
use crate::identity::enrolment::{
    EnrolmentAnswer, EnrolmentCode, EnrolmentRequest, NewKey, Possession,
};
use crate::identity::{
    Canonical, CanonicalError, Certificate, Directory, SignError, Signed, Signer, TrustError,
};
use crate::time::{Clock, Entropy};

use super::open::DeviceFile;
use super::transport::TransportError;

/// The keys a person's phone made, in its key store.
#[derive(Clone)]
pub struct NewKeys {
    /// For everyday changes.
    pub record: Arc<dyn Signer>,
    /// For finalising (定稿), released by the person's fingerprint or face; `None` on a device that
    /// has no such thing, which then cannot finalise.
    pub finalise: Option<Arc<dyn Signer>>,
    /// Where they live, a [`protection`](crate::identity::certificate::protection) code.
    pub protection: String,
}

impl std::fmt::Debug for NewKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKeys").field("protection", &self.protection).finish_non_exhaustive()
    }
}

impl NewKeys {
    /// With their purposes, ascending.
    fn by_purpose(&self) -> Vec<(&'static str, &dyn Signer)> {
        let finalise = self.finalise.as_deref().map(|signer| (purpose::FINALISE, signer));
        finalise.into_iter().chain([(purpose::RECORD, self.record.as_ref())]).collect()
    }
}

/// What the court made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Whom to trust, and the everyday certificate; for [`super::Phone::register`].
    pub file: DeviceFile,
    /// The everyday certificate.
    pub record: CertificateId,
    /// The certificate of the key for finalising.
    pub finalise: Option<CertificateId>,
    /// Staff or liaison id.
    pub person: String,
    /// Name as on papers.
    pub name: String,
    /// Role codes.
    pub roles: Vec<String>,
    /// End of validity, milliseconds since 1970.
    pub not_after_ms: i64,
}

impl Enrolled {
    /// The root certificate, with which the phone is opened.
    pub fn root(&self) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(self.file.root.as_bytes()).unwrap_or_default()
    }
}

/// No certificate came of it; the keys may be used for another attempt.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolError {
    /// The key store did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// No answer, or a refusal with the server's code.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The answer cannot be read.
    #[error(transparent)]
    Message(#[from] CanonicalError),
    /// The certificates do not lead to the root in the code.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// Certificates of other keys, or for other uses, than were asked for.
    #[error("the court certified something else than this phone's keys")]
    OtherKeys,
}

impl EnrolError {
    /// Stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Sign(error) => error.code(),
            Self::Transport(error) => error.code(),
            Self::Message(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::OtherKeys => "enrolment_other_keys",
        }
    }
}

/// Carries an enrolment to the court and brings the answer.
pub trait EnrolmentRoad {
    /// Posts the encoded request; gives the encoded answer.
    fn enrol(&self, court: &str, request: &[u8]) -> Result<Vec<u8>, TransportError>;
}

/// All three steps.
pub fn enrol(
    code: &EnrolmentCode,
    keys: &NewKeys,
    road: &dyn EnrolmentRoad,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Enrolled, EnrolError> {
    let request = ask(code, keys, clock, entropy)?;
    let answer = road.enrol(&code.court, &request.encode())?;
    take(code, keys, &EnrolmentAnswer::decode(&answer)?)
}

/// Makes the request: every key signs that it belongs to this code and court.
pub fn ask(
    code: &EnrolmentCode,
    keys: &NewKeys,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<EnrolmentRequest, SignError> {
    let by_purpose = keys.by_purpose();
    let new_key = |(purpose, signer): &(&str, &dyn Signer)| NewKey {
        purpose: (*purpose).to_owned(),
        key: signer.public_key(),
    };
    let possession = Possession {
        court: code.court.clone(),
        root: code.root,
        id: code.id,
        code_hash: code.hash(),
        protection: keys.protection.clone(),
        keys: by_purpose.iter().map(new_key).collect(),
        nonce: entropy.bytes16(),
        at_ms: clock.now().device_ms,
    };
    let signers: Vec<&dyn Signer> = by_purpose.into_iter().map(|(_, signer)| signer).collect();
    EnrolmentRequest::seal(possession, code, &signers)
}

/// Holds the answer against the code and the keys. Nothing of it is believed that does not lead to
/// the root in the code.
pub fn take(
    code: &EnrolmentCode,
    keys: &NewKeys,
    answer: &EnrolmentAnswer,
) -> Result<Enrolled, EnrolError> {
    let read = |bytes: &[u8]| Signed::<Certificate>::from_bytes(bytes).map_err(TrustError::from);
    let mut directory = Directory::open(read(&answer.root)?, code.root)?;
    if directory.court() != code.court {
        return Err(TrustError::WrongCourt.into());
    }
    for bytes in &answer.chain {
        directory.add(read(bytes)?)?;
    }
    let wanted = keys.by_purpose();
    if wanted.len() != answer.own.len() {
        return Err(EnrolError::OtherKeys);
    }
    let mut own = Vec::with_capacity(wanted.len());
    for (bytes, (purpose, signer)) in answer.own.iter().zip(wanted) {
        let signed = read(bytes)?;
        let id = CertificateId(signed.body_hash());
        directory.add(signed)?;
        let found = directory.get(&id).ok_or(TrustError::UnknownCertificate(id))?.payload();
        if found.signing_key() != Some(&signer.public_key()) || !found.serves(purpose) {
            return Err(EnrolError::OtherKeys);
        }
        own.push((id, found.clone()));
    }
    let (record, everyday) = own.pop().ok_or(EnrolError::OtherKeys)?;
    let person = everyday.person.clone().ok_or(TrustError::WrongKind)?;
    let same_person = |other: &Certificate| other.person.as_ref() == Some(&person);
    if !own.iter().all(|(_, certificate)| same_person(certificate)) {
        return Err(EnrolError::OtherKeys);
    }
    let hex = |bytes: &Vec<u8>| data_encoding::HEXLOWER.encode(bytes);
    let (certificate, second) = answer.own.split_last().ok_or(EnrolError::OtherKeys)?;
    Ok(Enrolled {
        file: DeviceFile {
            court: code.court.clone(),
            root: hex(&answer.root),
            // The phone keeps the second certificate like those above it.
            chain: answer.chain.iter().chain(second).map(hex).collect(),
            certificate: hex(certificate),
            server: Some(code.url.clone()),
        },
        record,
        finalise: own.pop().map(|(id, _)| id),
        person,
        name: everyday.name,
        roles: everyday.roles,
        not_after_ms: everyday.not_after_ms,
    })
}
