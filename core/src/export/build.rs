//! From the feeds of a case to a file. The builder examines what it writes, so that whoever exports sees
//! the same report as whoever verifies.

use std::collections::BTreeSet;
use std::io::Write;

use crate::envelope::{Body, CheckpointRef};
use crate::id::{BlobHash, CertificateId, sha256};
use crate::identity::{
    Approval, Canonical, Certificate, CertificateKind, Directory, SealError, Signed, Signer,
    Transition, TransitionKind,
};
use crate::log::checkpoint::SignedCheckpoint;
use crate::pack::signed::PackHeader;
use crate::records::KindSet;

use super::chain::{CERTIFICATES, CHAINS, Certificates, Chains, Content, MAX_PART};
use super::container::{ContainerError, Writer};
use super::edition::party;
use super::examine::{Claims, Contents, Examined, examine};
use super::manifest::{Absent, Edition, MANIFEST, Manifest, Part};
use super::proof::{PROOFS, Proofs};
use super::report::Report;
use super::summary::{self, SUMMARY};
use super::{PROGRAM, photo_part};

/// Nothing was exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The container cannot be written.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// The manifest cannot be signed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No checkpoint covers the case yet.
    #[error("no checkpoint of the court's log covers the case yet")]
    NoCheckpoint,
    /// The case's history is larger than one file may hold.
    #[error("the case's history is larger than one file may hold")]
    TooLarge,
    /// A certificate that the case needs is not known.
    #[error("a certificate that the case needs is not known")]
    Certificate,
}

impl ExportError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Container(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::NoCheckpoint => "export_no_checkpoint",
            Self::TooLarge => "export_too_large",
            Self::Certificate => "export_certificate_unknown",
        }
    }
}

/// Everything that makes an export.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// The case's number.
    pub case_no: String,
    /// For whom.
    pub edition: Edition,
    /// When, milliseconds since 1970.
    pub made_at_ms: i64,
    /// The court's certificates.
    pub directory: &'a Directory,
    /// The feeds of the case and of the directory, whole.
    pub chains: Chains,
    /// Proofs of all their entries.
    pub proofs: Proofs,
    /// Who exports.
    pub certificate: CertificateId,
}

/// Gives a photo, or says why not (a code).
pub type Photos<'a> = dyn FnMut(BlobHash) -> Result<Vec<u8>, String> + 'a;

/// Writes the file to `out` and says what a verifier will say of its contents.
pub fn build<W: Write>(
    kinds: &KindSet,
    draft: Draft<'_>,
    signer: &dyn Signer,
    photos: &mut Photos<'_>,
    out: W,
) -> Result<(W, Report), ExportError> {
    let claims = Claims {
        court: draft.directory.court().to_owned(),
        case_no: draft.case_no,
        edition: draft.edition,
        made_at_ms: draft.made_at_ms,
        program: PROGRAM.to_owned(),
        root: Some(draft.directory.root()),
    };
    let last = draft.proofs.checkpoints.last().ok_or(ExportError::NoCheckpoint)?;
    let last = SignedCheckpoint::verify(draft.directory, &last.note)
        .map_err(|_| ExportError::NoCheckpoint)?;
    let checkpoint = last.checkpoint().reference();
    let with_certificates = |chains: Chains| {
        let certificates = needed(draft.directory, &chains, draft.certificate)?;
        Ok::<_, ExportError>(Contents { certificates, chains, proofs: draft.proofs.clone() })
    };
    let mut contents = with_certificates(draft.chains)?;
    let mut examined = examine(kinds, &claims, &contents, &mut |_, _| {});
    if draft.edition == Edition::Party {
        contents = with_certificates(party(contents.chains, &examined.report))?;
        examined = examine(kinds, &claims, &contents, &mut |_, _| {});
    }
    let Examined { report, photos: named, .. } = examined;
    let mut parts = Parts { writer: Writer::new(out), parts: Vec::new() };
    parts.add(SUMMARY, summary::page(&report).as_bytes())?;
    for (name, part) in [
        (CERTIFICATES, contents.certificates.encode()),
        (CHAINS, contents.chains.encode()),
        (PROOFS, contents.proofs.encode()),
    ] {
        if part.len() > MAX_PART {
            return Err(ExportError::TooLarge);
        }
        parts.add(name, &part)?;
    }
    let mut absent = Vec::new();
    for hash in named {
        match photos(hash) {
            Ok(photo) => parts.add(&photo_part(hash), &photo)?,
            Err(reason) => absent.push(Absent { hash, reason }),
        }
    }
    let manifest = parts.manifest(claims, checkpoint, absent, draft.certificate);
    let signed = Signed::seal(&manifest, signer)?;
    parts.writer.add(MANIFEST, &signed.to_bytes())?;
    Ok((parts.writer.finish()?, report))
}

/// The container with what the manifest will say of it.
struct Parts<W> {
    writer: Writer<W>,
    parts: Vec<Part>,
}

impl<W: Write> Parts<W> {
    fn add(&mut self, name: &str, content: &[u8]) -> Result<(), ContainerError> {
        self.writer.add(name, content)?;
        let (length, hash) = (content.len() as u64, sha256(content));
        self.parts.push(Part { name: name.to_owned(), length, hash });
        Ok(())
    }

    fn manifest(
        &mut self,
        claims: Claims,
        checkpoint: CheckpointRef,
        absent: Vec<Absent>,
        certificate: CertificateId,
    ) -> Manifest {
        Manifest {
            court: claims.court,
            case_no: claims.case_no,
            edition: claims.edition,
            made_at_ms: claims.made_at_ms,
            program: claims.program,
            checkpoint,
            parts: std::mem::take(&mut self.parts),
            absent,
            certificate,
        }
    }
}

/// The certificates of everybody who signed something in the file, each after its issuer. No more: those
/// of other people are nobody's business.
pub fn needed(
    directory: &Directory,
    chains: &Chains,
    exporter: CertificateId,
) -> Result<Certificates, ExportError> {
    let mut wanted = BTreeSet::from([exporter]);
    let checkpoint_keys = directory
        .certificates()
        .filter(|(_, verified)| verified.payload().kind == CertificateKind::Checkpoint);
    wanted.extend(checkpoint_keys.map(|(id, _)| id));
    for entry in chains.0.iter().flat_map(|chain| &chain.entries) {
        signers_of(&entry.content, &mut wanted);
    }
    let successors = successors(directory, &wanted);
    wanted.extend(successors);
    let root = directory.get(&directory.root()).ok_or(ExportError::Certificate)?;
    let mut ordered: Vec<CertificateId> = vec![directory.root()];
    for id in wanted {
        let mut path = Vec::new();
        let mut above = Some(id);
        while let Some(id) = above.filter(|id| !ordered.contains(id)) {
            path.push(id);
            above = directory.get(&id).and_then(|found| found.payload().issuer);
        }
        ordered.extend(path.into_iter().rev());
    }
    let others = ordered.iter().skip(1).filter_map(|id| directory.get(id));
    Ok(Certificates {
        root: root.signed().to_bytes(),
        others: others.map(|verified| verified.signed().to_bytes()).collect(),
    })
}

/// Certificates of the same keys and people: whether one that was revoked was replaced, or withdrawn.
fn successors(directory: &Directory, wanted: &BTreeSet<CertificateId>) -> Vec<CertificateId> {
    let of = |id| directory.get(id).map(|found| found.payload());
    let keys: BTreeSet<_> = wanted
        .iter()
        .filter_map(of)
        .filter(|body| body.person.is_some())
        .filter_map(|body| body.signing_key().map(|key| *key.as_bytes()))
        .collect();
    let same = |body: &Certificate| {
        body.person.is_some() && body.signing_key().is_some_and(|key| keys.contains(key.as_bytes()))
    };
    let all = directory.certificates().filter(|(_, verified)| same(verified.payload()));
    all.map(|(id, _)| id).collect()
}

/// Who signed what an entry carries; nobody when it cannot be read, which the report will say.
fn signers_of(content: &Content, wanted: &mut BTreeSet<CertificateId>) {
    match content {
        Content::Change { body, .. } => {
            wanted.extend(Body::decode(body).ok().map(|body| body.certificate));
        }
        Content::Pack { header, .. } => {
            wanted.extend(PackHeader::decode(header).ok().map(|header| header.certificate));
        }
        Content::Transition(signed) => {
            let signed = Signed::<Transition>::from_bytes(signed).ok();
            let Some(body) = signed.and_then(|signed| signed.claims().ok()) else { return };
            wanted.insert(body.certificate);
            let (TransitionKind::Role { approvals, .. }
            | TransitionKind::Restore { approvals, .. }) = body.kind
            else {
                return;
            };
            for approval in approvals {
                let signed = Signed::<Approval>::from_bytes(&approval).ok();
                let body = signed.and_then(|signed| signed.claims().ok());
                wanted.extend(body.map(|body| body.certificate));
            }
        }
        // Who wrote what is withheld may be somebody whom the file must not name.
        Content::Certificate(_) | Content::Envelope { .. } | Content::Withheld { .. } => {}
    }
}
