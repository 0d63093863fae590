//! Signed packs: a server's signature over a small header that names the payload by its hash. The
//! payload itself (JSON, up to 32 MiB for a map) travels beside the header, so it can be fetched in
//! pieces and is hashed once instead of being copied through an encoder.
//!
//! As with changes, [`SignedPack`] shows nothing; [`VerifiedPack`] exists only after the signature
//! and the hash were checked. What payloads say is in the other files of this module. Format:
//! `docs/protocol/pack.cddl`.

use crate::id::{CertificateId, sha256};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::identity::{
    CertificateKind, Directory, OpenError, SealError, Signed, SignedBody, Signer, TrustError,
    Verified,
};

use super::payload::{Payload, PayloadError};

/// Longest payload of any kind, bytes; kinds set tighter bounds of their own.
pub const MAX_PAYLOAD_LEN: usize = 32 * 1024 * 1024;

const KIND_LEN: usize = 32;
const ID_LEN: usize = 96;

/// The header of a pack, the part that is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackHeader {
    /// The court's code.
    pub court: String,
    /// [`Payload::KIND`]; unknown kinds are kept and passed on.
    pub kind: String,
    /// [`Payload::subject`]: which of several packs of the kind.
    pub id: String,
    /// [`Payload::version`]: rises with every replacement.
    pub version: u64,
    /// When it was signed, by the server's clock, milliseconds since 1970.
    pub made_at_ms: i64,
    /// Length of the payload, bytes.
    pub payload_len: u64,
    /// SHA-256 of the payload.
    pub payload_hash: [u8; 32],
    /// The server's certificate.
    pub certificate: CertificateId,
}

impl Canonical for PackHeader {
    const TAG: &'static str = "lastmile-pack";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 8;
    const MAX_LEN: usize = 512;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.text(&self.kind);
        out.text(&self.id);
        out.uint(self.version);
        out.int(self.made_at_ms);
        out.uint(self.payload_len);
        out.bytes(&self.payload_hash);
        out.bytes(&self.certificate.0);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            kind: input.text(KIND_LEN, "kind")?.to_owned(),
            id: input.text(ID_LEN, "id")?.to_owned(),
            version: input.uint()?,
            made_at_ms: input.int()?,
            payload_len: input.uint()?,
            payload_hash: input.fixed("payload_hash")?,
            certificate: CertificateId(input.fixed("certificate")?),
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        bound::code(&self.kind, KIND_LEN, "kind")?;
        bound::printed(&self.id, ID_LEN, "id")?;
        bound::count(self.version, "version")?;
        bound::instant(self.made_at_ms, "made_at")?;
        if self.payload_len > MAX_PAYLOAD_LEN as u64 {
            return Err(CanonicalError::Bound { field: "payload_len" });
        }
        Ok(())
    }
}

impl SignedBody for PackHeader {
    fn court(&self) -> &str {
        &self.court
    }

    fn signer(&self) -> Option<CertificateId> {
        Some(self.certificate)
    }

    fn may_be_signed_by(kind: &CertificateKind) -> bool {
        *kind == CertificateKind::Server
    }
}

/// Why a pack is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// The header is malformed, of another court, or not signed by a server of this court.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// Nothing was signed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The payload is not the one that was signed.
    #[error("the pack's content is not the one that was signed")]
    PayloadMismatch,
    /// The payload cannot be read as this kind.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// Kind, subject or version inside the payload differ from the signed header.
    #[error("the pack's content is labelled as another pack")]
    LabelMismatch,
}

impl PackError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Trust(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::PayloadMismatch => "pack_payload_mismatch",
            Self::Payload(error) => error.code(),
            Self::LabelMismatch => "pack_label_mismatch",
        }
    }
}

impl From<OpenError> for PackError {
    fn from(error: OpenError) -> Self {
        Self::Trust(error.into())
    }
}

/// A pack as received or read from storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPack {
    header: Signed<PackHeader>,
    payload: Vec<u8>,
}

impl SignedPack {
    /// Signs a typed payload for `court`.
    pub fn seal<P: Payload>(
        court: &str,
        payload: &P,
        made_at_ms: i64,
        certificate: CertificateId,
        signer: &dyn Signer,
    ) -> Result<Self, PackError> {
        let bytes = payload.encode()?;
        Self::seal_bytes(
            court,
            P::KIND,
            payload.subject(),
            payload.version(),
            bytes,
            (made_at_ms, certificate, signer),
        )
    }

    /// Signs payload bytes of a kind this crate has no type for.
    pub fn seal_bytes(
        court: &str,
        kind: &str,
        id: &str,
        version: u64,
        payload: Vec<u8>,
        (made_at_ms, certificate, signer): (i64, CertificateId, &dyn Signer),
    ) -> Result<Self, PackError> {
        let header = PackHeader {
            court: court.to_owned(),
            kind: kind.to_owned(),
            id: id.to_owned(),
            version,
            made_at_ms,
            payload_len: payload.len() as u64,
            payload_hash: sha256(&payload),
            certificate,
        };
        Ok(Self { header: Signed::seal(&header, signer)?, payload })
    }

    /// Takes stored or received byte strings; only sizes are checked.
    pub fn from_raw_parts(
        header: &[u8],
        signature: &[u8],
        payload: Vec<u8>,
    ) -> Result<Self, PackError> {
        if payload.len() > MAX_PAYLOAD_LEN {
            return Err(
                PayloadError::TooLarge { bytes: payload.len(), max: MAX_PAYLOAD_LEN }.into()
            );
        }
        Ok(Self { header: Signed::from_parts(header, signature)?, payload })
    }

    /// Header, signature and payload, for storage and transfer.
    pub fn raw_parts(&self) -> (&[u8], &[u8], &[u8]) {
        let (header, signature) = self.header.raw_parts();
        (header, signature, &self.payload)
    }

    /// Identity of the pack: SHA-256 of the header.
    pub fn id(&self) -> [u8; 32] {
        self.header.body_hash()
    }

    /// Checks header, signer and payload against the court's certificates.
    pub fn verify(self, directory: &Directory) -> Result<VerifiedPack, PackError> {
        let header = directory.verify(self.header)?;
        let claimed = header.payload();
        if claimed.payload_len != self.payload.len() as u64
            || claimed.payload_hash != sha256(&self.payload)
        {
            return Err(PackError::PayloadMismatch);
        }
        Ok(VerifiedPack { header, payload: self.payload })
    }
}

/// A pack that a server of this court signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPack {
    header: Verified<PackHeader>,
    payload: Vec<u8>,
}

impl VerifiedPack {
    /// The header.
    pub fn header(&self) -> &PackHeader {
        self.header.payload()
    }

    /// The payload's bytes.
    pub fn payload_bytes(&self) -> &[u8] {
        &self.payload
    }

    /// Reads the payload and demands that it is what the header says.
    pub fn read<P: Payload>(&self) -> Result<P, PackError> {
        let header = self.header();
        if header.kind != P::KIND {
            return Err(PackError::LabelMismatch);
        }
        let payload = P::decode(&self.payload)?;
        if payload.subject() != header.id || payload.version() != header.version {
            return Err(PackError::LabelMismatch);
        }
        Ok(payload)
    }

    /// Header, signature and payload, for storage and transfer.
    pub fn raw_parts(&self) -> (&[u8], &[u8], &[u8]) {
        let (header, signature) = self.header.signed().raw_parts();
        (header, signature, &self.payload)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::identity::test_keys::{COURT, TestCourt};
    use crate::pack::payload::Audience;
    use crate::pack::problem::Problem;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Note {
        subject: String,
        version: u64,
        text: String,
    }

    impl Payload for Note {
        const KIND: &'static str = "note";
        const MAX_BYTES: usize = 1_000;

        fn subject(&self) -> &str {
            &self.subject
        }

        fn version(&self) -> u64 {
            self.version
        }

        fn audience(&self) -> Audience {
            Audience::Everyone
        }

        fn validate(&self) -> Vec<Problem> {
            Vec::new()
        }
    }

    fn note() -> Note {
        let subject = "(2026)粤0605执1101号".to_owned();
        Note { subject, version: 41, text: "案卷包".to_owned() }
    }

    fn sealed(court: &TestCourt) -> SignedPack {
        let server = &court.server;
        SignedPack::seal(COURT, &note(), 1_773_700_000_000, server.id, server.signer.as_ref())
            .unwrap()
    }

    #[test]
    fn a_servers_pack_is_read() {
        let court = TestCourt::nanhai();
        let sent = sealed(&court);
        let (header, signature, payload) = sent.raw_parts();
        let stored = SignedPack::from_raw_parts(header, signature, payload.to_vec()).unwrap();
        assert_eq!(stored, sent);
        let verified = stored.verify(&court.directory).unwrap();
        assert_eq!(verified.read::<Note>(), Ok(note()));
        assert_eq!(verified.raw_parts(), sent.raw_parts());
        assert_eq!(verified.header().version, 41);
    }

    #[test]
    fn only_servers_of_this_court_make_packs() {
        let court = TestCourt::nanhai();
        let seal = |id, signer: &dyn Signer| {
            SignedPack::seal(COURT, &note(), 0, id, signer).unwrap().verify(&court.directory)
        };
        let (officer, server) = (court.person("luqihang"), &court.server);
        let by_officer = seal(officer.id, officer.signer.as_ref());
        assert_eq!(by_officer, Err(TrustError::WrongKind.into()));
        let forged = seal(server.id, officer.signer.as_ref()).unwrap_err();
        assert_eq!(forged.code(), "signature_mismatch");
        let elsewhere = TestCourt::named("粤0606", &[]);
        let refused = sealed(&court).verify(&elsewhere.directory);
        assert_eq!(refused, Err(TrustError::WrongCourt.into()));
    }

    #[test]
    fn another_payload_or_another_label_is_refused() {
        let court = TestCourt::nanhai();
        let sent = sealed(&court);
        let (header, signature, payload) = sent.raw_parts();
        for index in 0..payload.len() {
            let mut changed = payload.to_vec();
            changed[index] ^= 1;
            let pack = SignedPack::from_raw_parts(header, signature, changed).unwrap();
            assert_eq!(pack.verify(&court.directory), Err(PackError::PayloadMismatch));
        }
        for index in 0..header.len() {
            let mut changed = header.to_vec();
            changed[index] ^= 1;
            let pack = SignedPack::from_raw_parts(&changed, signature, payload.to_vec()).unwrap();
            assert!(pack.verify(&court.directory).is_err(), "byte {index}");
        }

        let relabel = |kind: &str, id: &str, version| {
            let by = (0, court.server.id, court.server.signer.as_ref() as &dyn Signer);
            SignedPack::seal_bytes(COURT, kind, id, version, payload.to_vec(), by)
                .unwrap()
                .verify(&court.directory)
                .unwrap()
                .read::<Note>()
        };
        let subject = note().subject;
        assert_eq!(relabel("note", &subject, 41), Ok(note()));
        assert_eq!(relabel("case", &subject, 41), Err(PackError::LabelMismatch));
        assert_eq!(relabel("note", "other", 41), Err(PackError::LabelMismatch));
        assert_eq!(relabel("note", &subject, 42), Err(PackError::LabelMismatch));
    }

    #[test]
    fn sizes_are_capped_before_anything_is_read() {
        let court = TestCourt::nanhai();
        let sent = sealed(&court);
        let (header, signature, _) = sent.raw_parts();
        let too_long = SignedPack::from_raw_parts(header, signature, vec![0; MAX_PAYLOAD_LEN + 1]);
        assert_eq!(too_long.unwrap_err().code(), "pack_too_large");
        let too_long = SignedPack::from_raw_parts(&[0; 513], signature, Vec::new());
        assert_eq!(too_long.unwrap_err().code(), "too_long");
    }
}
