//! What is signed about a change.

use crate::id::{
    ActorId, BootId, CertificateId, ChangeHash, DocumentId, EnvelopeId, Epoch, sha256,
};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::identity::{CertificateKind, SignedBody};

const VERB_LEN: usize = 64;
const POSITION_LEN: usize = 160;

/// The newest checkpoint of the court's log that the device had verified when it wrote: evidence
/// that the change is not older than that checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckpointRef {
    /// Entries in the log.
    pub size: u64,
    /// Root of the Merkle tree over them.
    pub root: [u8; 32],
}

/// The unsigned body of an envelope; `docs/protocol/envelope.cddl`. Fields stand in the order in
/// which they are encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The court's code.
    pub court: String,
    /// The record's document.
    pub document: DocumentId,
    /// Automerge's hash of the change. Binds the change bytes.
    pub change: ChangeHash,
    /// What the person did, ASCII snake case.
    pub verb: String,
    /// The author's certificate: the person on this device.
    pub certificate: CertificateId,
    /// The installation.
    pub epoch: Epoch,
    /// Rises with each rebase after a rejection.
    pub generation: u32,
    /// Counts the changes of this epoch over all documents, from 1.
    pub sequence: u64,
    /// The envelope before this one in the same epoch and document.
    pub previous: Option<EnvelopeId>,
    /// The refused envelope whose intent this one records again.
    pub replaces: Option<EnvelopeId>,
    /// Version of the record kind's schema that the author's program had.
    pub schema: u32,
    /// Wall clock at capture, milliseconds since 1970. Evidence, never an order.
    pub device_ms: i64,
    /// Milliseconds since boot at capture.
    pub monotonic_ms: u64,
    /// The boot that `monotonic_ms` counts from.
    pub boot: BootId,
    /// Newest checkpoint held.
    pub checkpoint: Option<CheckpointRef>,
    /// Where, as an RFC 5870 URI with datum, `geo:23.0288,113.1429;crs=wgs84;u=8`.
    pub position: Option<String>,
}

impl Body {
    /// Identity of the envelope, whatever signature it carries: signing again changes nothing.
    pub fn id(&self) -> EnvelopeId {
        EnvelopeId(sha256(&self.encode()))
    }

    /// The only actor under which this author may write.
    pub fn actor(&self) -> ActorId {
        ActorId::derive(self.certificate, self.epoch, self.generation)
    }
}

impl Canonical for Body {
    const TAG: &'static str = "lastmile-change";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 16;
    const MAX_LEN: usize = 1_024;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.bytes(&self.document.0);
        out.bytes(&self.change.0);
        out.text(&self.verb);
        out.bytes(&self.certificate.0);
        out.bytes(&self.epoch.0);
        out.uint(u64::from(self.generation));
        out.uint(self.sequence);
        out.optional(self.previous, |out, id| out.bytes(&id.0));
        out.optional(self.replaces, |out, id| out.bytes(&id.0));
        out.uint(u64::from(self.schema));
        out.int(self.device_ms);
        out.uint(self.monotonic_ms);
        out.bytes(&self.boot.0);
        out.optional(self.checkpoint, |out, checkpoint| {
            out.array(2);
            out.uint(checkpoint.size);
            out.bytes(&checkpoint.root);
        });
        out.optional(self.position.as_deref(), Writer::text);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            document: DocumentId(input.fixed("document")?),
            change: ChangeHash(input.fixed("change")?),
            verb: input.text(VERB_LEN, "verb")?.to_owned(),
            certificate: CertificateId(input.fixed("certificate")?),
            epoch: Epoch(input.fixed("epoch")?),
            generation: input.uint32()?,
            sequence: input.uint()?,
            previous: input.optional(|input| input.fixed("previous"))?.map(EnvelopeId),
            replaces: input.optional(|input| input.fixed("replaces"))?.map(EnvelopeId),
            schema: input.uint32()?,
            device_ms: input.int()?,
            monotonic_ms: input.uint()?,
            boot: BootId(input.fixed("boot")?),
            checkpoint: input.optional(|input| {
                input.array_of(2)?;
                Ok(CheckpointRef { size: input.uint()?, root: input.fixed("checkpoint")? })
            })?,
            position: input
                .optional(|input| input.text(POSITION_LEN, "position").map(str::to_owned))?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        bound::code(&self.verb, VERB_LEN, "verb")?;
        bound::count(self.sequence, "sequence")?;
        bound::instant(self.device_ms, "device_ms")?;
        bound::count(self.monotonic_ms, "monotonic_ms")?;
        if let Some(checkpoint) = self.checkpoint {
            bound::count(checkpoint.size, "checkpoint")?;
        }
        self.position
            .as_deref()
            .map_or(Ok(()), |position| bound::token(position, POSITION_LEN, "position"))
    }
}

impl SignedBody for Body {
    fn court(&self) -> &str {
        &self.court
    }

    fn signer(&self) -> Option<CertificateId> {
        Some(self.certificate)
    }

    fn may_be_signed_by(kind: &CertificateKind) -> bool {
        *kind == CertificateKind::Person
    }
}
