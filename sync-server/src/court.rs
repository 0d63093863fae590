//! Making a court and its devices: keys, certificates, the files handed to phones.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lastmile_core::id::{CertificateId, ServerEpoch, sha256};
use lastmile_core::identity::certificate::{protection, purpose};
use lastmile_core::identity::{
    Certificate, CertificateKind, Directory, PublicKey, SealError, Signed, Signer, SoftwareSigner,
    SubjectKey, TrustError,
};
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::phone::DeviceFile;
use lastmile_core::records::Role;
use lastmile_core::time::{Clock, Entropy};

use crate::ingest::Ingested;
use crate::keys::{self, KeyError, KeyName, Secrets};
use crate::publish::{self, PublishError};
use crate::server::{DATABASE, OpenError, Server};
use crate::store::{CertificateRow, CourtRow, Store, StoreError};
use crate::trust;

const YEAR_MS: i64 = 366 * 24 * 3_600_000;
/// Algorithm of the key that couriers' bundles are sealed to (RFC 9180, DHKEM over P-256).
const ENCRYPTION: &str = "dhkem_p256_hkdf_sha256";

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
    let root_body = draft.certificate(CertificateKind::Root, 1, "根证书", &root_key, None, 20);
    let root = Signed::seal(&root_body, &root_key)?;
    let root_id = root_body.id();
    let mut directory = Directory::open(root, root_id)?;
    let issuing_key = make(KeyName::Issuing)?;
    let server_key = make(KeyName::Server)?;
    let checkpoint_key = make(KeyName::Checkpoint)?;
    let encryption_key = make(KeyName::Encryption)?;
    let by_root = |kind, serial, name, key: &SoftwareSigner| {
        draft.certificate(kind, serial, name, key, Some(root_id), 10)
    };
    let issuing = by_root(CertificateKind::Issuing, 2, "签发证书", &issuing_key);
    let checkpoint = by_root(CertificateKind::Checkpoint, 3, "检查点证书", &checkpoint_key);
    let mut encryption = by_root(CertificateKind::Encryption, 4, "加密证书", &encryption_key);
    encryption.key = SubjectKey::Other {
        algorithm: ENCRYPTION.to_owned(),
        bytes: encryption_key.public_key().as_bytes().to_vec(),
    };
    let mut server = draft.certificate(
        CertificateKind::Server,
        5,
        "服务器证书",
        &server_key,
        Some(issuing.id()),
        5,
    );
    server.device = Some("server-1".to_owned());
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

struct Draft<'a> {
    court: &'a str,
    now_ms: i64,
}

impl Draft<'_> {
    fn certificate(
        &self,
        kind: CertificateKind,
        serial: u64,
        name: &str,
        key: &SoftwareSigner,
        issuer: Option<CertificateId>,
        years: i64,
    ) -> Certificate {
        let offline = kind == CertificateKind::Root;
        Certificate {
            court: self.court.to_owned(),
            kind,
            serial,
            person: None,
            device: None,
            name: name.to_owned(),
            roles: Vec::new(),
            purposes: Vec::new(),
            protection: if offline { protection::OFFLINE } else { protection::SOFTWARE }.to_owned(),
            key: SubjectKey::Signing(key.public_key()),
            // A day back: another machine's clock may be a little behind.
            not_before_ms: self.now_ms - 24 * 3_600_000,
            not_after_ms: self.now_ms + years * YEAR_MS,
            issuer,
        }
    }
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
    let issuing = &server.keys().issuing;
    let directory = server.directory()?;
    if directory
        .certificates()
        .any(|(_, verified)| verified.payload().signing_key() == Some(&device.key))
    {
        return Err(CourtError::KeyCertified);
    }
    let (name, roles) = who(server, device)?;
    let mut codes: Vec<String> = roles.iter().map(|role| role.code().to_owned()).collect();
    codes.sort_unstable();
    codes.dedup();
    let print = data_encoding::HEXLOWER.encode(&sha256(device.key.as_bytes())[..4]);
    let now_ms = server.now_ms();
    let body = Certificate {
        court: server.court().to_owned(),
        kind: CertificateKind::Person,
        serial: server.store().read::<_, StoreError>(|reading| reading.last_certificate())? + 1,
        person: Some(device.person.clone()),
        device: Some(device.device.clone().unwrap_or_else(|| format!("d-{print}"))),
        name,
        roles: codes,
        purposes: vec![purpose::FINALISE.to_owned(), purpose::RECORD.to_owned()],
        protection: device.protection.clone(),
        key: SubjectKey::Signing(device.key),
        not_before_ms: now_ms - 24 * 3_600_000,
        not_after_ms: now_ms + 3 * YEAR_MS,
        issuer: Some(issuing.certificate),
    };
    let id = body.id();
    let mut with = Directory::clone(&directory);
    with.add(Signed::seal(&body, issuing.signer.as_ref())?)?;
    let row = with.get(&id).map(|verified| trust::row_of(verified)).ok_or(TrustError::WrongKind)?;
    server
        .ingest(&with, |ingest| {
            let mut ingested = Ingested::default();
            let new = trust::publish(ingest.writing, std::slice::from_ref(&row), ingest.now_ms)?;
            ingested.channels.insert(lastmile_core::sync::channel::DIRECTORY.to_owned());
            crate::sync::release_tray(ingest, &new, &mut ingested)?;
            Ok(ingested)
        })
        .map_err(PublishError::Ingest)?;
    device_file(server, &row, url)
}

fn who(server: &Server, device: &NewDevice) -> Result<(String, Vec<Role>), CourtError> {
    if let (Some(name), false) = (&device.name, device.roles.is_empty()) {
        return Ok((name.clone(), device.roles.clone()));
    }
    let roster = server.store().read::<_, PublishError>(|reading| {
        publish::stored::<RosterPack>(reading, server.court())
    })?;
    let unknown = || CourtError::UnknownPerson(device.person.clone());
    let staff =
        roster.as_ref().and_then(|roster| roster.find(&device.person)).ok_or_else(unknown)?;
    let roles = if device.roles.is_empty() {
        vec![staff.role().ok_or_else(unknown)?]
    } else {
        device.roles.clone()
    };
    Ok((device.name.clone().unwrap_or_else(|| staff.name.clone()), roles))
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
