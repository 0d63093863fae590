//! A phone's word that it did what the court ordered: its copy is destroyed. Signed with the device's
//! key in the same step that destroys everything else, so that it can be handed in whenever a network
//! comes; the key itself is gone by then.

use crate::id::CertificateId;

use super::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use super::certificate::CertificateKind;
use super::signed::SignedBody;

/// Media type of a report and of its empty answer.
pub const MEDIA_TYPE: &str = "application/vnd.lastmile.wiped";

/// The unsigned body of a report; `docs/protocol/wiped.cddl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WipeReport {
    /// The court's code.
    pub court: String,
    /// The certificate that the order named.
    pub certificate: CertificateId,
    /// Identity of the order, a transition.
    pub order: [u8; 32],
    /// The phone's clock when it destroyed its copy, milliseconds since 1970. Evidence only.
    pub at_ms: i64,
    /// Changes handed in at the last contact before.
    pub saved: u64,
    /// Changes that the court is not known to have, destroyed with the rest.
    pub lost: u64,
    /// Originals that the court is not known to have, destroyed with the rest; none in a report of version 1,
    /// which did not count them.
    pub originals: Option<u64>,
}

impl Canonical for WipeReport {
    const TAG: &'static str = "lastmile-wiped";
    const VERSION: u32 = 2;
    const FIELDS: u64 = 7;
    const MAX_LEN: usize = 256;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.bytes(&self.certificate.0);
        out.bytes(&self.order);
        out.int(self.at_ms);
        out.uint(self.saved);
        out.uint(self.lost);
        if let Some(originals) = self.originals {
            out.uint(originals);
        }
    }

    fn form(&self) -> (u32, u64) {
        if self.originals.is_some() { (2, 7) } else { (1, 6) }
    }

    fn older(version: u64) -> Option<u64> {
        (version == 1).then_some(6)
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            certificate: CertificateId(input.fixed("certificate")?),
            order: input.fixed("order")?,
            at_ms: input.int()?,
            saved: input.uint()?,
            lost: input.uint()?,
            originals: if input.at_end() { None } else { Some(input.uint()?) },
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        bound::instant(self.at_ms, "at_ms")?;
        bound::count(self.saved, "saved")?;
        bound::count(self.lost, "lost")?;
        self.originals.map_or(Ok(()), |originals| bound::count(originals, "originals"))
    }
}

impl SignedBody for WipeReport {
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
