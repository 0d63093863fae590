//! Certificates: what a court says about a key. Not X.509, because nobody outside reads them and
//! everything X.509 leaves open (names, extensions, encodings) would have to be closed again.
//!
//! ```text
//! root (offline, pinned by every phone)
//!  ├─ root        the next root, when the old one is retired
//!  ├─ checkpoint  signs the log's checkpoints
//!  ├─ encryption  couriers' bundles are sealed to it
//!  └─ issuing
//!      ├─ server  one for each server process: packs, transitions, receipts
//!      └─ person  one person on one device
//! ```
//!
//! A person's name stands in the certificate because papers show it; numbers of identity documents
//! never do. Times of validity are the issuer's statement; a phone's clock may be years wrong, so
//! they produce findings, never refusals.

use crate::id::{CertificateId, sha256};
use crate::records::Role;

use super::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use super::key::{ALGORITHM, PublicKey};
use super::signed::SignedBody;

/// Most roles, and most purposes, in one certificate.
pub const MAX_CODES: usize = 16;

const CODE_LEN: usize = 32;
const NAME_LEN: usize = 120;
const TOKEN_LEN: usize = 64;
const OTHER_KEY_LEN: usize = 256;

/// What a certificate is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CertificateKind {
    /// The court's offline root; the first one is pinned.
    Root,
    /// Issues server and person certificates.
    Issuing,
    /// Signs checkpoints of the log.
    Checkpoint,
    /// Receives sealed bundles; signs nothing.
    Encryption,
    /// One server process.
    Server,
    /// One person on one device.
    Person,
    /// A kind of a later version: kept and passed on, trusted with nothing.
    Other(String),
}

impl CertificateKind {
    /// The code used in certificates.
    pub fn code(&self) -> &str {
        match self {
            Self::Root => "root",
            Self::Issuing => "issuing",
            Self::Checkpoint => "checkpoint",
            Self::Encryption => "encryption",
            Self::Server => "server",
            Self::Person => "person",
            Self::Other(code) => code,
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Self {
        match code {
            "root" => Self::Root,
            "issuing" => Self::Issuing,
            "checkpoint" => Self::Checkpoint,
            "encryption" => Self::Encryption,
            "server" => Self::Server,
            "person" => Self::Person,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Whether a certificate of this kind may certify one of kind `subject`.
    pub fn may_issue(&self, subject: &Self) -> bool {
        match self {
            Self::Root => matches!(
                subject,
                Self::Root | Self::Issuing | Self::Checkpoint | Self::Encryption | Self::Other(_)
            ),
            Self::Issuing => matches!(subject, Self::Server | Self::Person | Self::Other(_)),
            _ => false,
        }
    }
}

/// What a person's key may be used for.
pub mod purpose {
    /// Everyday changes.
    pub const RECORD: &str = "record";
    /// Finalising (定稿): a second key, released by the person's fingerprint or face each time.
    pub const FINALISE: &str = "finalise";
}

/// Where the private key lives, as far as the court knows; shown by the verifier.
pub mod protection {
    /// In a file or in memory.
    pub const SOFTWARE: &str = "software";
    /// In a phone's trusted execution environment.
    pub const TEE: &str = "tee";
    /// In a separate secure element.
    pub const STRONGBOX: &str = "strongbox";
    /// On a medium that is locked away.
    pub const OFFLINE: &str = "offline";
    /// A person's, in the memory of the court's server while the person is signed in at the console: it signs by
    /// the person's password, and whoever rules the server could have it sign.
    pub const COURT: &str = "court";
}

/// The certified key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectKey {
    /// A key that verifies signatures.
    Signing(PublicKey),
    /// A key of another algorithm (encryption, or of a later version), 1-256 bytes.
    Other {
        /// The algorithm's code.
        algorithm: String,
        /// The public key in the algorithm's own form.
        bytes: Vec<u8>,
    },
}

impl SubjectKey {
    fn algorithm(&self) -> &str {
        match self {
            Self::Signing(_) => ALGORITHM,
            Self::Other { algorithm, .. } => algorithm,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Signing(key) => key.as_bytes(),
            Self::Other { bytes, .. } => bytes,
        }
    }
}

/// The unsigned body of a certificate; `docs/protocol/certificate.cddl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The court's code, `粤0605`.
    pub court: String,
    /// What it is for.
    pub kind: CertificateKind,
    /// Number given by the issuer, for people to refer to.
    pub serial: u64,
    /// Staff id of the person; person certificates only.
    pub person: Option<String>,
    /// The device, or the server process; person and server certificates.
    pub device: Option<String>,
    /// The person's name as papers show it, or a label.
    pub name: String,
    /// Role codes, ascending, without repetition; unknown ones are kept and carry no rights.
    pub roles: Vec<String>,
    /// [`purpose`] codes, ascending, without repetition; person certificates only.
    pub purposes: Vec<String>,
    /// A [`protection`] code.
    pub protection: String,
    /// The certified key.
    pub key: SubjectKey,
    /// Begin of validity, milliseconds since 1970.
    pub not_before_ms: i64,
    /// End of validity, milliseconds since 1970.
    pub not_after_ms: i64,
    /// The issuer's certificate; `None` for a root that signs itself.
    pub issuer: Option<CertificateId>,
}

impl Certificate {
    /// Its identity: SHA-256 of the unsigned body.
    pub fn id(&self) -> CertificateId {
        CertificateId(sha256(&self.encode()))
    }

    /// The key that verifies this subject's signatures, if it signs at all.
    pub fn signing_key(&self) -> Option<&PublicKey> {
        match &self.key {
            SubjectKey::Signing(key) => Some(key),
            SubjectKey::Other { .. } => None,
        }
    }

    /// The roles this version knows.
    pub fn known_roles(&self) -> impl Iterator<Item = Role> + '_ {
        self.roles.iter().filter_map(|code| Role::from_code(code))
    }

    /// Whether it carries `role`.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.iter().any(|code| code == role.code())
    }

    /// Whether the key may be used for this [`purpose`].
    pub fn serves(&self, purpose: &str) -> bool {
        self.purposes.iter().any(|code| code == purpose)
    }
}

fn check_codes(codes: &[String], field: &'static str) -> Result<(), CanonicalError> {
    let ascending = codes.iter().zip(codes.iter().skip(1)).all(|(left, right)| left < right);
    if codes.len() > MAX_CODES || !ascending {
        return Err(CanonicalError::Bound { field });
    }
    codes.iter().try_for_each(|code| bound::code(code, CODE_LEN, field))
}

fn write_codes(out: &mut Writer, codes: &[String]) {
    out.array(codes.len() as u64);
    for code in codes {
        out.text(code);
    }
}

fn read_codes(input: &mut Reader<'_>, field: &'static str) -> Result<Vec<String>, CanonicalError> {
    let length = input.array_up_to(MAX_CODES as u64, field)?;
    (0..length).map(|_| input.text(CODE_LEN, field).map(str::to_owned)).collect()
}

impl Canonical for Certificate {
    const TAG: &'static str = "lastmile-certificate";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 14;
    const MAX_LEN: usize = 2_048;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.text(self.kind.code());
        out.uint(self.serial);
        out.optional(self.person.as_deref(), Writer::text);
        out.optional(self.device.as_deref(), Writer::text);
        out.text(&self.name);
        write_codes(out, &self.roles);
        write_codes(out, &self.purposes);
        out.text(&self.protection);
        out.text(self.key.algorithm());
        out.bytes(self.key.bytes());
        out.int(self.not_before_ms);
        out.int(self.not_after_ms);
        out.optional(self.issuer, |out, issuer| out.bytes(&issuer.0));
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let token = |input: &mut Reader<'_>, field| {
            input.optional(|input| input.text(TOKEN_LEN, field).map(str::to_owned))
        };
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            kind: CertificateKind::from_code(input.text(CODE_LEN, "kind")?),
            serial: input.uint()?,
            person: token(input, "person")?,
            device: token(input, "device")?,
            name: input.text(NAME_LEN, "name")?.to_owned(),
            roles: read_codes(input, "roles")?,
            purposes: read_codes(input, "purposes")?,
            protection: input.text(CODE_LEN, "protection")?.to_owned(),
            key: {
                let algorithm = input.text(CODE_LEN, "algorithm")?;
                let bytes = input.bytes(OTHER_KEY_LEN, "public_key")?;
                if algorithm == ALGORITHM {
                    let key = PublicKey::from_bytes(bytes);
                    SubjectKey::Signing(
                        key.map_err(|_| CanonicalError::Bound { field: "public_key" })?,
                    )
                } else {
                    SubjectKey::Other { algorithm: algorithm.to_owned(), bytes: bytes.to_vec() }
                }
            },
            not_before_ms: input.int()?,
            not_after_ms: input.int()?,
            issuer: input.optional(|input| input.fixed("issuer"))?.map(CertificateId),
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        let refuse = |field| Err(CanonicalError::Bound { field });
        bound::court(&self.court)?;
        bound::code(self.kind.code(), CODE_LEN, "kind")?;
        bound::count(self.serial, "serial")?;
        bound::printed(&self.name, NAME_LEN, "name")?;
        check_codes(&self.roles, "roles")?;
        check_codes(&self.purposes, "purposes")?;
        bound::code(&self.protection, CODE_LEN, "protection")?;
        bound::instant(self.not_before_ms, "not_before")?;
        bound::instant(self.not_after_ms, "not_after")?;
        for (token, field) in [(&self.person, "person"), (&self.device, "device")] {
            if let Some(token) = token {
                bound::token(token, TOKEN_LEN, field)?;
            }
        }
        if self.not_after_ms < self.not_before_ms {
            return refuse("not_after");
        }
        if let SubjectKey::Other { algorithm, bytes } = &self.key {
            bound::code(algorithm, CODE_LEN, "algorithm")?;
            if algorithm == ALGORITHM || !(1..=OTHER_KEY_LEN).contains(&bytes.len()) {
                return refuse("public_key");
            }
        }
        self.check_kind()
    }
}

impl Certificate {
    /// Which fields go with which kind.
    fn check_kind(&self) -> Result<(), CanonicalError> {
        use CertificateKind as Kind;
        let (person, device, signs, issued) = match self.kind {
            Kind::Other(_) => return Ok(()),
            Kind::Root => (false, false, true, self.issuer.is_some()),
            Kind::Issuing | Kind::Checkpoint => (false, false, true, true),
            Kind::Encryption => (false, false, false, true),
            Kind::Server => (false, true, true, true),
            Kind::Person => (true, true, true, true),
        };
        let demands = [
            ("person", self.person.is_some() == person),
            ("device", self.device.is_some() == device),
            ("roles", person || self.roles.is_empty()),
            ("purposes", person != self.purposes.is_empty()),
            ("algorithm", !signs || self.signing_key().is_some()),
            ("issuer", self.issuer.is_some() == issued),
        ];
        match demands.into_iter().find(|(_, holds)| !holds) {
            Some((field, _)) => Err(CanonicalError::Bound { field }),
            None => Ok(()),
        }
    }
}

impl SignedBody for Certificate {
    fn court(&self) -> &str {
        &self.court
    }

    fn signer(&self) -> Option<CertificateId> {
        self.issuer
    }

    fn may_be_signed_by(kind: &CertificateKind) -> bool {
        // Which of the two may issue which kind is [`CertificateKind::may_issue`].
        matches!(kind, CertificateKind::Root | CertificateKind::Issuing)
    }
}
