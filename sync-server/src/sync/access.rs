//! Which channels a person may read, and how far.

use lastmile_core::id::CertificateId;
use lastmile_core::identity::{Certificate, Directory};
use lastmile_core::records::Role;
use lastmile_core::sync::channel::{DIRECTORY, STATION, of_device};

use crate::store::{Reading, StoreError};
use crate::trust;

/// The channel of packs that name nobody: court settings, areas, stations, rules.
pub const REFERENCE: &str = "reference";
/// The channel of packs for the court's own staff: the roster.
pub const STAFF: &str = "staff";

/// A channel a person may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Its name.
    pub channel: String,
    /// The last entry the person may read, when there is one.
    pub until: Option<u64>,
}

/// The channel of one phone: all that a withdrawn one is told.
pub fn device(certificate: CertificateId) -> Access {
    Access { channel: of_device(certificate), until: None }
}

/// Roles of people who are not the court's own.
const OUTSIDE: [Role; 3] = [Role::Liaison, Role::Dispatcher, Role::Contractor];

/// The channels of a person, in the order in which their news are told: certificates first, because
/// everything else is verified with them; then stations, because somebody may be in danger.
pub fn readable(
    reading: &Reading<'_>,
    certificate: &Certificate,
    person: &str,
) -> Result<Vec<Access>, StoreError> {
    let whole = |channel: &str| Access { channel: channel.to_owned(), until: None };
    let mut channels = vec![whole(DIRECTORY)];
    let (stations, others): (Vec<_>, Vec<_>) = reading
        .memberships(person)?
        .into_iter()
        .map(|membership| Access { channel: membership.channel, until: membership.left_seq })
        .partition(|access| access.channel.starts_with(STATION));
    channels.extend(stations);
    channels.extend(others);
    channels.push(whole(REFERENCE));
    if certificate.known_roles().any(|role| !OUTSIDE.contains(&role)) {
        channels.push(whole(STAFF));
    }
    Ok(channels)
}

/// The channels of a person on a phone with the certificate `own` at `now_ms`, server clock; `None` when it
/// was withdrawn or has run out, and nothing has taken its place.
pub fn reach(
    reading: &Reading<'_>,
    directory: &Directory,
    own: CertificateId,
    person: &str,
    now_ms: i64,
) -> Result<Option<Vec<Access>>, StoreError> {
    // Other roles, or a longer time, same key: the phone goes on under the new certificate.
    let certificate = trust::standing(directory, own, now_ms);
    certificate.map(|certificate| readable(reading, certificate, person)).transpose()
}
