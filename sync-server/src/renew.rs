//! People's certificates made anew under the present issuing key: same person, device, key and roles.
//! Needed before a leaked issuing certificate is withdrawn, because everything under it falls with it. A
//! phone whose key was certified anew goes on; any other must be enrolled again.

use lastmile_core::identity::certificate::protection;
use lastmile_core::identity::{Certificate, CertificateKind, Signed};

use crate::certify;
use crate::court::CourtError;
use crate::roles;
use crate::server::Server;

/// Certifies anew every person's certificate that stands, is not from the present issuing key, and says
/// the roles that the person has. Gives how many there were. Whether they are all honest is for a person
/// to judge before: a stolen issuing key makes certificates that look like any other.
pub fn renew(server: &Server) -> Result<usize, CourtError> {
    let directory = server.directory()?;
    let issuing = &server.keys().issuing;
    let now_ms = server.now_ms();
    let mut serial = certify::next_serial(server)?;
    let mut anew = Vec::new();
    for (id, verified) in directory.certificates() {
        let body = verified.payload();
        let Certificate { kind: CertificateKind::Person, person: Some(person), .. } = body else {
            continue;
        };
        let stands = directory.findings(&id, now_ms).is_empty();
        let done = directory.certificates().any(|(_, other)| {
            let other = other.payload();
            other.issuer == Some(issuing.certificate) && other.signing_key() == body.signing_key()
        });
        let has = server.store().read(|reading| roles::current(reading, person))?;
        let console = body.protection == protection::COURT;
        if !stands || done || console || has.as_ref() != Some(&body.roles) {
            continue;
        }
        let body = Certificate {
            serial,
            not_before_ms: now_ms - certify::DAY_MS,
            issuer: Some(issuing.certificate),
            ..body.clone()
        };
        anew.push(Signed::seal(&body, issuing.signer.as_ref())?);
        serial += 1;
    }
    let count = anew.len();
    if count > 0 {
        certify::publish(server, anew)?;
    }
    Ok(count)
}
