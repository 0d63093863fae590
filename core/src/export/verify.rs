//! Verifying a whole file. Parts are hashed as they stream by; only those that prove are read whole, and
//! each photo is in memory piece by piece, so that a large file needs no large machine.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

use ring::digest;

use crate::id::{BlobHash, CertificateId};
use crate::identity::{Canonical, CanonicalError, Finding, OpenError, Signed, TrustError};
use crate::records::KindSet;

use super::chain::{CERTIFICATES, CHAINS, MAX_PART};
use super::container::{Archive, ContainerError};
use super::examine::{Claims, Contents, Examined, examine};
use super::finding::{Fault, Limit};
use super::manifest::{MANIFEST, Manifest};
use super::proof::PROOFS;
use super::report::{Author, Report};
use super::summary::{self, SUMMARY};
use super::{PROGRAM, photo_part};

/// There is nothing to report on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// The file cannot be read, or is something else.
    #[error(transparent)]
    File(#[from] ContainerError),
    /// The file follows a later version of the format.
    #[error("the file is of a later version: verify it with a newer program")]
    Newer,
    /// The file follows an earlier version of the format, which did not prove that the log was not rewritten
    /// and that nothing shown was cut short.
    #[error("the file is of an earlier version, which proves less: have the court export it again")]
    Older,
}

impl Unusable {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(error) => error.code(),
            Self::Newer => "newer_version",
            Self::Older => "older_version",
        }
    }
}

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes hashed, of how many.
    Reading(u64, u64),
    /// Changes judged, of how many.
    Judging(u64, u64),
}

/// Verifies a file. `root` is the hash of the court's root certificate, from somewhere safer than the
/// file; without it the file's own is taken, and the report says so.
pub fn verify<R: Read + Seek>(
    kinds: &KindSet,
    input: R,
    root: Option<CertificateId>,
    progress: &mut dyn FnMut(Step),
) -> Result<Report, Unusable> {
    let mut archive = match Archive::open(input) {
        Ok(archive) => archive,
        Err(error) => return broken(Report::default(), error, "file"),
    };
    let signed = match archive.read(MANIFEST, Signed::<Manifest>::MAX_LEN) {
        Ok(bytes) => Signed::<Manifest>::from_bytes(&bytes),
        Err(error) => return broken(Report::default(), error, MANIFEST),
    };
    let read = signed.and_then(|signed| Ok((signed.claims()?, signed)));
    let (manifest, signed) = match read {
        Ok(read) => read,
        Err(OpenError::Body(CanonicalError::UnsupportedVersion { .. })) => {
            return Err(Unusable::Newer);
        }
        Err(error) => {
            let mut report = Report::default();
            report.fault(Fault::PartMalformed, MANIFEST, Some(error.code()));
            return Ok(report);
        }
    };
    let mut faults = Report::default();
    let parts = match read_parts(&mut archive, &manifest, &mut faults, progress) {
        Ok(parts) => parts,
        Err(error) => return broken(faults, error, "parts"),
    };
    let claims = Claims {
        court: manifest.court.clone(),
        case_no: manifest.case_no.clone(),
        edition: manifest.edition,
        made_at_ms: manifest.made_at_ms,
        program: manifest.program.clone(),
        root,
    };
    let Some(contents) = contents(&parts, &mut faults)? else {
        let said = Report {
            court: claims.court,
            case_no: claims.case_no,
            edition: claims.edition.code().to_owned(),
            ..faults
        };
        return Ok(said);
    };
    let summary = parts.whole.get(SUMMARY).cloned().unwrap_or_default();
    let photos = parts.photos;
    let judging = &mut |done, total| progress(Step::Judging(done, total));
    let Examined { mut report, directory, photos: named } =
        examine(kinds, &claims, &contents, judging);
    drop(contents);
    if summary::page(&report).as_bytes() != summary {
        let ours = manifest.program == PROGRAM;
        let fault = if ours { Fault::SummaryReplaced } else { Fault::SummaryNotCompared };
        report.fault(fault, SUMMARY, None);
    }
    for found in faults.findings {
        report.fault(found.code, found.place, found.cause.as_deref());
    }
    let head = report.log.as_ref().map(|log| (log.size, log.root.clone()));
    let named_head =
        (manifest.checkpoint.size, data_encoding::HEXLOWER.encode(&manifest.checkpoint.root));
    if head.is_some_and(|head| head != named_head) {
        report.fault(Fault::ManifestCheckpoint, MANIFEST, None);
    }
    check_photos(&manifest, &named, &photos, &mut report);
    if let Some(directory) = directory {
        let signer = manifest.certificate;
        match directory.verify_with_signer(signed) {
            Ok((_, certificate)) => {
                report.made_by = Some(Author::of(certificate.payload()));
                if certificate.payload().person.is_some() {
                    report.limit(Limit::PhoneExport, "");
                }
            }
            Err(error) => {
                let fault = match error {
                    TrustError::UnknownCertificate(_) | TrustError::WrongKind => {
                        Fault::ManifestSigner
                    }
                    TrustError::WrongCourt => Fault::WrongCourt,
                    _ => Fault::ManifestForged,
                };
                report.fault(fault, MANIFEST, Some(error.code()));
            }
        }
        for finding in directory.findings(&signer, manifest.made_at_ms) {
            // Whoever knows of a revocation exports after it, whatever the date says.
            let fault = match finding {
                Finding::Revoked { .. } => Fault::ManifestSignerRevoked,
                _ => Fault::ManifestSignerExpired,
            };
            report.fault(fault, MANIFEST, Some(finding.code()));
        }
    }
    Ok(report)
}

/// A file whose container does not hold: unusable when it is none of ours, a finding when it is.
fn broken(mut report: Report, error: ContainerError, place: &str) -> Result<Report, Unusable> {
    match Fault::of_container(&error) {
        Some(fault) => {
            report.fault(fault, place, None);
            Ok(report)
        }
        None => Err(error.into()),
    }
}

/// The parts after hashing: those that are read whole, and the photos' hashes.
#[derive(Default)]
struct Parts {
    whole: BTreeMap<String, Vec<u8>>,
    photos: BTreeMap<String, [u8; 32]>,
}

fn read_parts<R: Read + Seek>(
    archive: &mut Archive<R>,
    manifest: &Manifest,
    report: &mut Report,
    progress: &mut dyn FnMut(Step),
) -> Result<Parts, ContainerError> {
    let listed: BTreeMap<&str, ([u8; 32], u64)> =
        manifest.parts.iter().map(|part| (part.name.as_str(), (part.hash, part.length))).collect();
    let names: Vec<String> = archive.parts().iter().map(|part| part.name.clone()).collect();
    let order = manifest.parts.iter().map(|part| part.name.as_str()).chain([MANIFEST]);
    if listed.len() == manifest.parts.len()
        && names.len() == listed.len() + 1
        && !order.eq(names.iter().map(String::as_str))
    {
        report.fault(Fault::PartChanged, "order", None);
    }
    for name in listed.keys().filter(|name| !names.iter().any(|found| found == *name)) {
        let fault =
            if name.starts_with("photos/") { Fault::PhotoMissing } else { Fault::PartMissing };
        report.fault(fault, *name, None);
    }
    let total = archive.parts().iter().map(|part| u64::from(part.length)).sum();
    let (mut parts, mut done) = (Parts::default(), 0);
    for (index, name) in names.iter().enumerate() {
        let length = archive.parts()[index].length;
        let keep = [SUMMARY, CERTIFICATES, CHAINS, PROOFS].contains(&name.as_str());
        if name == MANIFEST {
            continue;
        }
        if keep && length as usize > MAX_PART {
            return Err(ContainerError::TooLarge);
        }
        let mut context = digest::Context::new(&digest::SHA256);
        let mut whole = Vec::with_capacity(if keep { length as usize } else { 0 });
        let streamed = archive.stream(index, &mut |chunk| {
            context.update(chunk);
            if keep {
                whole.extend_from_slice(chunk);
            }
            done += chunk.len() as u64;
            progress(Step::Reading(done, total));
        });
        match streamed {
            Ok(()) => {}
            Err(ContainerError::Checksum) => report.fault(Fault::ContainerChecksum, name, None),
            Err(error) => return Err(error),
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        match listed.get(name.as_str()) {
            Some(said) if *said == (hash, u64::from(length)) => {}
            Some(_) => report.fault(Fault::PartChanged, name, None),
            None => report.fault(Fault::PartExtra, name, None),
        }
        if keep {
            parts.whole.insert(name.clone(), whole);
        } else {
            parts.photos.insert(name.clone(), hash);
        }
    }
    Ok(parts)
}

/// The parts that prove; `None` when one of them cannot be read.
fn contents(parts: &Parts, report: &mut Report) -> Result<Option<Contents>, Unusable> {
    fn part<T: Canonical>(
        parts: &Parts,
        name: &str,
        report: &mut Report,
    ) -> Result<Option<T>, Unusable> {
        let Some(bytes) = parts.whole.get(name) else {
            report.fault(Fault::PartMissing, name, None);
            return Ok(None);
        };
        match T::decode(bytes) {
            Ok(part) => Ok(Some(part)),
            Err(CanonicalError::UnsupportedVersion { version, .. }) => {
                let older = version < u64::from(T::VERSION);
                Err(if older { Unusable::Older } else { Unusable::Newer })
            }
            Err(error) => {
                report.fault(Fault::PartMalformed, name, Some(error.code()));
                Ok(None)
            }
        }
    }
    if !parts.whole.contains_key(SUMMARY) {
        report.fault(Fault::PartMissing, SUMMARY, None);
    }
    let certificates = part(parts, CERTIFICATES, report)?;
    let chains = part(parts, CHAINS, report)?;
    let proofs = part(parts, PROOFS, report)?;
    let (Some(certificates), Some(chains), Some(proofs)) = (certificates, chains, proofs) else {
        return Ok(None);
    };
    Ok(Some(Contents { certificates, chains, proofs }))
}

/// Every photo that a record names is in the file and is the one, or is named as absent; and no other is
/// there.
fn check_photos(
    manifest: &Manifest,
    named: &BTreeSet<BlobHash>,
    photos: &BTreeMap<String, [u8; 32]>,
    report: &mut Report,
) {
    let absent: BTreeMap<BlobHash, &str> =
        manifest.absent.iter().map(|absent| (absent.hash, absent.reason.as_str())).collect();
    report.photos.named = named.len();
    for hash in named {
        let part = photo_part(*hash);
        match (photos.get(&part), absent.get(hash)) {
            (Some(found), _) if *found == hash.0 => report.photos.present += 1,
            (Some(_), _) => report.fault(Fault::PhotoChanged, part, None),
            (None, Some(reason)) => {
                report.photos.absent.push((hash.to_hex(), (*reason).to_owned()));
            }
            (None, None) => report.fault(Fault::PhotoMissing, part, None),
        }
    }
    let expected: BTreeSet<String> = named.iter().map(|hash| photo_part(*hash)).collect();
    for part in photos.keys().filter(|part| !expected.contains(*part)) {
        report.fault(Fault::PhotoUnreferenced, part, None);
    }
    if !report.photos.absent.is_empty() {
        report.limit(Limit::PhotosAbsent, "");
    }
}
