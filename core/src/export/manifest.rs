//! The manifest: which parts a file has, by length and hash, of which case, under which checkpoint, made
//! when; signed by the exporting server or by the person who exported on a phone. The only part
//! that is not named in it is itself.

use crate::envelope::CheckpointRef;
use crate::id::{BlobHash, CertificateId};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::identity::{CertificateKind, SignedBody};

use super::container::{MAX_NAME, MAX_PARTS};

/// Name of the manifest's part.
pub const MANIFEST: &str = "manifest.cbor";
/// Most photos named as absent.
pub const MAX_ABSENT: usize = 100_000;

const CASE_LEN: usize = 120;
const CODE_LEN: usize = 32;

/// For whom the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// Everything: for a higher court, an auditor.
    Full,
    /// For the other side: without what it may not see, of which the hashes remain.
    Party,
}

impl Edition {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Party => "party",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Full, Self::Party].into_iter().find(|edition| edition.code() == code)
    }
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name in the container.
    pub name: String,
    /// Bytes.
    pub length: u64,
    /// SHA-256 of its content.
    pub hash: [u8; 32],
}

/// A photo that a record names and the file does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Absent {
    /// Its hash.
    pub hash: BlobHash,
    /// Why, a code: `not_received`, `left_out`.
    pub reason: String,
}

/// The unsigned body; `docs/protocol/export.cddl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The court's code.
    pub court: String,
    /// The case's number.
    pub case_no: String,
    /// For whom.
    pub edition: Edition,
    /// When, by the clock of whoever made it, milliseconds since 1970.
    pub made_at_ms: i64,
    /// Name and version of the program: another version may word the page otherwise, and then cannot prove it.
    pub program: String,
    /// The checkpoint that everything in it leads to.
    pub checkpoint: CheckpointRef,
    /// The parts, in their order in the container.
    pub parts: Vec<Part>,
    /// Photos that records name and the file does not have, by hash.
    pub absent: Vec<Absent>,
    /// The exporting server's or person's certificate.
    pub certificate: CertificateId,
}

impl Canonical for Manifest {
    const TAG: &'static str = "lastmile-export";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 9;
    const MAX_LEN: usize = 8 * 1024 * 1024;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.text(&self.case_no);
        out.text(self.edition.code());
        out.int(self.made_at_ms);
        out.text(&self.program);
        out.array(2);
        out.uint(self.checkpoint.size);
        out.bytes(&self.checkpoint.root);
        out.array(self.parts.len() as u64);
        for part in &self.parts {
            out.array(3);
            out.text(&part.name);
            out.uint(part.length);
            out.bytes(&part.hash);
        }
        out.array(self.absent.len() as u64);
        for absent in &self.absent {
            out.array(2);
            out.bytes(&absent.hash.0);
            out.text(&absent.reason);
        }
        out.bytes(&self.certificate.0);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            case_no: input.text(CASE_LEN, "case")?.to_owned(),
            edition: Edition::from_code(input.text(CODE_LEN, "edition")?)
                .ok_or(CanonicalError::Bound { field: "edition" })?,
            made_at_ms: input.int()?,
            program: input.text(CODE_LEN, "program")?.to_owned(),
            checkpoint: {
                input.array_of(2)?;
                CheckpointRef { size: input.uint()?, root: input.fixed("checkpoint")? }
            },
            parts: {
                let length = input.array_up_to(MAX_PARTS as u64, "parts")?;
                (0..length)
                    .map(|_| {
                        input.array_of(3)?;
                        Ok(Part {
                            name: input.text(MAX_NAME, "name")?.to_owned(),
                            length: input.uint()?,
                            hash: input.fixed("hash")?,
                        })
                    })
                    .collect::<Result<_, CanonicalError>>()?
            },
            absent: {
                let length = input.array_up_to(MAX_ABSENT as u64, "absent")?;
                (0..length)
                    .map(|_| {
                        input.array_of(2)?;
                        Ok(Absent {
                            hash: BlobHash(input.fixed("absent")?),
                            reason: input.text(CODE_LEN, "reason")?.to_owned(),
                        })
                    })
                    .collect::<Result<_, CanonicalError>>()?
            },
            certificate: CertificateId(input.fixed("certificate")?),
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        bound::printed(&self.case_no, CASE_LEN, "case")?;
        bound::instant(self.made_at_ms, "made_at_ms")?;
        bound::printed(&self.program, CODE_LEN, "program")?;
        bound::count(self.checkpoint.size, "checkpoint")?;
        let ascending = self
            .absent
            .iter()
            .zip(self.absent.iter().skip(1))
            .all(|(one, two)| one.hash < two.hash);
        if !ascending {
            return Err(CanonicalError::Bound { field: "absent" });
        }
        self.absent.iter().try_for_each(|absent| bound::code(&absent.reason, CODE_LEN, "reason"))
    }
}

impl SignedBody for Manifest {
    fn court(&self) -> &str {
        &self.court
    }

    fn signer(&self) -> Option<CertificateId> {
        Some(self.certificate)
    }

    fn may_be_signed_by(kind: &CertificateKind) -> bool {
        matches!(kind, CertificateKind::Server | CertificateKind::Person)
    }
}
