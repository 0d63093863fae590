//! Making a court and its devices: keys, certificates, the files handed to phones.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lastmile_core::id::{CertificateId, ServerEpoch, sha256};
use lastmile_core::identity::certificate::purpose;
use lastmile_core::identity::{
    CanonicalError, Certificate, CertificateKind, Directory, PublicKey, SealError, Signed,
    SoftwareSigner, SubjectKey, TrustError,
};
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::phone::DeviceFile;
use lastmile_core::records::Role;
use lastmile_core::time::{Clock, Entropy};

use crate::acting::hand::passes_for_console;
use crate::certify::{self, Draft};
use crate::ingest::IngestError;
use crate::keys::{self, KeyError, KeyName, Secrets};
use crate::publish::{self, PublishError};
use crate::roles::{self, RoleError};
use crate::server::{DATABASE, OpenError, Server};
use crate::store::{CertificateRow, CourtRow, Store, StoreError};
use crate::trust;
use crate::withdraw::WithdrawError;

/// A court or a device could not be made; nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum CourtError {
    /// The server.
    #[error(transparent)]
    Open(OpenError),
    /// There is one already.
    #[error("{0} holds a court already")]
    Exists(PathBuf),
    /// Somebody began to make a court here and did not finish.
    #[error("{0} holds keys but no court; remove them and begin again")]
    Unfinished(PathBuf),
    /// The data directory.
    #[error("data directory: {0}")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A certificate.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A certificate that does not lead to the root.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The roster.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// What waited for a certificate could not be judged.
    #[error(transparent)]
    Ingest(IngestError),
    /// Another key than the one that certifies this court's.
    #[error("this is no root key of this court")]
    NotTheRoot,
    /// A certificate that could not be withdrawn.
    #[error(transparent)]
    Withdraw(#[from] WithdrawError),
    /// Roles that were not granted.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// The public key is not one.
    #[error("the public key is not an uncompressed P-256 point in hexadecimal (130 digits)")]
    PublicKey,
    /// Nobody said what the person is called or may do.
    #[error("the roster has no person `{0}`; give a name and a role")]
    UnknownPerson(String),
    /// This key has a certificate already.
    #[error("this key is certified already")]
    KeyCertified,
}

impl CourtError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Exists(_) => "court_exists",
            Self::Unfinished(_) => "court_unfinished",
            Self::Io(_) => "data_directory",
            Self::Store(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::Publish(error) => error.code(),
            Self::Ingest(error) => error.code(),
            Self::NotTheRoot => "not_the_root",
            Self::Withdraw(error) => error.code(),
            Self::Role(error) => error.code(),
            Self::PublicKey => "public_key_invalid",
            Self::UnknownPerson(_) => "person_unknown",
            Self::KeyCertified => "key_certified",
        }
    }
}

/// What `init` made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founded {
    /// The root certificate: what every phone pins.
    pub root: CertificateId,
    /// Where the root key lies until it is taken away.
    pub root_key: PathBuf,
}

/// Makes a court in `dir`: five keys, their certificates, an empty database.
pub fn found(
    dir: &Path,
    court: &str,
    name: &str,
    secrets: &Secrets,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Founded, CourtError> {
    let database = dir.join(DATABASE);
    if database.exists() {
        return Err(CourtError::Exists(dir.to_owned()));
    }
    let root_path = dir.join(keys::ROOT_KEY);
    if root_path.exists() || dir.join(keys::FOLDER).exists() {
        return Err(CourtError::Unfinished(dir.to_owned()));
    }
    std::fs::create_dir_all(dir)?;
    // The database holds what people told the court: nobody else on this machine reads it.
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
    let now_ms = clock.now().device_ms;
    let root_key = keys::make_at(&root_path, &secrets.root, entropy)?;
    let make = |name| keys::make(dir, name, &secrets.keys, entropy);
    let draft = Draft { court, now_ms };
    let root_body = draft.own(CertificateKind::Root, 1, &root_key, None);
    let root = Signed::seal(&root_body, &root_key)?;
    let root_id = root_body.id();
    let mut directory = Directory::open(root, root_id)?;
    let issuing_key = make(KeyName::Issuing)?;
    let server_key = make(KeyName::Server)?;
    let checkpoint_key = make(KeyName::Checkpoint)?;
    let encryption_key = make(KeyName::Encryption)?;
    let by_root = |kind, serial, key: &SoftwareSigner| draft.own(kind, serial, key, Some(root_id));
    let issuing = by_root(CertificateKind::Issuing, 2, &issuing_key);
    let checkpoint = by_root(CertificateKind::Checkpoint, 3, &checkpoint_key);
    let encryption = by_root(CertificateKind::Encryption, 4, &encryption_key);
    let server = draft.own(CertificateKind::Server, 5, &server_key, Some(issuing.id()));
    for (body, signer) in [
        (&issuing, &root_key),
        (&checkpoint, &root_key),
        (&encryption, &root_key),
        (&server, &issuing_key),
    ] {
        directory.add(Signed::seal(body, signer)?)?;
    }
    let row = CourtRow {
        court: court.to_owned(),
        name: name.to_owned(),
        epoch: ServerEpoch(entropy.bytes16()),
        root: root_id,
        created_ms: now_ms,
    };
    let store = Store::create(&database, &row)?;
    let ids = [root_id, issuing.id(), checkpoint.id(), encryption.id(), server.id()];
    let rows: Vec<CertificateRow> =
        ids.iter().filter_map(|id| directory.get(id)).map(|found| trust::row_of(found)).collect();
    store.write::<_, CourtError>(|writing| Ok(trust::publish(writing, &rows, now_ms)?))?;
    Ok(Founded { root: root_id, root_key: root_path })
}

/// A person on a device, to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// Staff id.
    pub person: String,
    /// Name as on papers; from the roster when not given.
    pub name: Option<String>,
    /// Roles; from the roster when empty.
    pub roles: Vec<Role>,
    /// Device id; derived from the key when not given.
    pub device: Option<String>,
    /// The person's key on the device.
    pub key: PublicKey,
    /// Where the private key lives, see [`protection`].
    pub protection: String,
}

/// Reads a public key from hexadecimal.
pub fn public_key(hex: &str) -> Result<PublicKey, CourtError> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE
        .decode(hex.trim().as_bytes())
        .map_err(|_| CourtError::PublicKey)?;
    PublicKey::from_bytes(&bytes).map_err(|_| CourtError::PublicKey)
}

/// Certifies a person's key on a device, announces it to everybody, and gives what the phone needs.
pub fn register(
    server: &Server,
    device: &NewDevice,
    url: Option<&str>,
) -> Result<DeviceFile, CourtError> {
    register_approved(server, device, url, &[])
}

/// Like [`register`], for roles that others must approve.
pub fn register_approved(
    server: &Server,
    device: &NewDevice,
    url: Option<&str>,
    approvals: &[Vec<u8>],
) -> Result<DeviceFile, CourtError> {
    if passes_for_console(device.device.as_deref(), &device.protection) {
        return Err(CourtError::Seal(CanonicalError::Bound { field: "device" }.into()));
    }
    let issuing = &server.keys().issuing;
    let directory = server.directory()?;
    if directory
        .certificates()
        .any(|(_, verified)| verified.payload().signing_key() == Some(&device.key))
    {
        return Err(CourtError::KeyCertified);
    }
    let (name, roles) = who(server, device)?;
    roles::set(server, &device.person, &roles, approvals)?;
    let print = data_encoding::HEXLOWER.encode(&sha256(device.key.as_bytes())[..4]);
    let now_ms = server.now_ms();
    let body = Certificate {
        court: server.court().to_owned(),
        kind: CertificateKind::Person,
        serial: certify::next_serial(server)?,
        person: Some(device.person.clone()),
        device: Some(device.device.clone().unwrap_or_else(|| format!("d-{print}"))),
        name,
        roles: roles::codes(&roles),
        purposes: vec![purpose::FINALISE.to_owned(), purpose::RECORD.to_owned()],
        protection: device.protection.clone(),
        key: SubjectKey::Signing(device.key),
        not_before_ms: now_ms - certify::DAY_MS,
        not_after_ms: now_ms + 3 * certify::YEAR_MS,
        issuer: Some(issuing.certificate),
    };
    let rows = certify::publish(server, vec![Signed::seal(&body, issuing.signer.as_ref())?])?;
    let row = rows.first().ok_or(TrustError::WrongKind)?;
    device_file(server, row, url)
}

fn who(server: &Server, device: &NewDevice) -> Result<(String, Vec<Role>), CourtError> {
    name_and_roles(server, &device.person, device.name.as_deref(), &device.roles)
}

/// Name and roles of a person, from the roster where they are not given.
pub fn name_and_roles(
    server: &Server,
    person: &str,
    name: Option<&str>,
    roles: &[Role],
) -> Result<(String, Vec<Role>), CourtError> {
    if let (Some(name), false) = (name, roles.is_empty()) {
        return Ok((name.to_owned(), roles.to_vec()));
    }
    let roster = server.store().read::<_, PublishError>(|reading| {
        publish::stored::<RosterPack>(reading, server.court())
    })?;
    let unknown = || CourtError::UnknownPerson(person.to_owned());
    let staff = roster.as_ref().and_then(|roster| roster.find(person)).ok_or_else(unknown)?;
    let roles =
        if roles.is_empty() { vec![staff.role().ok_or_else(unknown)?] } else { roles.to_vec() };
    Ok((name.unwrap_or(&staff.name).to_owned(), roles))
}

fn device_file(
    server: &Server,
    row: &CertificateRow,
    url: Option<&str>,
) -> Result<DeviceFile, CourtError> {
    let directory = server.directory()?;
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let mut chain = Vec::new();
    let mut next = directory.get(&row.id).and_then(|verified| verified.payload().issuer);
    let mut root = String::new();
    while let Some(id) = next {
        let verified = directory.get(&id).ok_or(TrustError::UnknownCertificate(id))?;
        let text = hex(&verified.signed().to_bytes());
        next = verified.payload().issuer;
        if next.is_some() {
            chain.insert(0, text);
        } else {
            root = text;
        }
    }
    Ok(DeviceFile {
        court: server.court().to_owned(),
        root,
        chain,
        certificate: hex(&row.bytes),
        server: url.map(str::to_owned),
    })
}
