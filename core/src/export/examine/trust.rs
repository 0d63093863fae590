//! The court's certificates: all of them must lead to the root.

use crate::id::CertificateId;
use crate::identity::{Addition, Certificate, Directory, Signed, TrustError};

use super::Claims;
use crate::export::chain::Certificates;
use crate::export::finding::Fault;
use crate::export::report::Report;

/// The directory that the file's certificates make; `None` when its root does not hold.
pub(super) fn open(
    claims: &Claims,
    certificates: &Certificates,
    report: &mut Report,
) -> Option<Directory> {
    let root = match Signed::<Certificate>::from_bytes(&certificates.root) {
        Ok(root) => root,
        Err(error) => {
            report.fault(Fault::RootUnsound, "root", Some(error.code()));
            return None;
        }
    };
    let found = CertificateId(root.body_hash());
    report.root = found.to_hex();
    if claims.root.is_some_and(|pinned| pinned != found) {
        report.fault(Fault::RootNotPinned, found.to_hex(), None);
        return None;
    }
    let mut directory = match Directory::open(root, found) {
        Ok(directory) => directory,
        Err(error) => {
            report.fault(Fault::RootUnsound, "root", Some(error.code()));
            return None;
        }
    };
    if directory.court() != claims.court {
        report.fault(Fault::WrongCourt, "root", None);
    }
    for bytes in &certificates.others {
        add(&mut directory, bytes, report);
    }
    Some(directory)
}

fn add(directory: &mut Directory, bytes: &[u8], report: &mut Report) {
    let signed = match Signed::<Certificate>::from_bytes(bytes) {
        Ok(signed) => signed,
        Err(error) => {
            return report.fault(Fault::CertificateForged, "certificates", Some(error.code()));
        }
    };
    let place = CertificateId(signed.body_hash()).to_hex();
    match directory.add(signed) {
        Ok(Addition::Trusted { .. } | Addition::Known) => {}
        // They stand after their issuers, so none has to wait.
        Ok(Addition::Waiting(_)) => report.fault(Fault::CertificateUnknown, place, None),
        Err(error @ TrustError::WrongCourt) => {
            report.fault(Fault::WrongCourt, place, Some(error.code()));
        }
        Err(error) => report.fault(Fault::CertificateForged, place, Some(error.code())),
    }
}
