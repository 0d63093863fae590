//! Opening couriers' bundles: the court's encryption keys, old ones too, and the one way from a bundle to
//! the same judgement that a direct request gets. The author of what is inside is who signed it; who
//! brought it is noted as its carrier.

use std::sync::{Arc, Mutex, PoisonError};

use lastmile_core::courier::{Bundle, Letter, PrivateKey, Receipt, SealedError};
use lastmile_core::id::CertificateId;
use lastmile_core::identity::{Canonical, CertificateKind, Directory, Signed, SubjectKey};
use lastmile_core::sync::frame;
use lastmile_core::sync::token::{Errand, RequestToken};
use p256::pkcs8::DecodePrivateKey;

use crate::keys::{self, KeyName, Passphrase};
use crate::server::Server;
use crate::sync::{Asker, Session, SyncError};

/// A bundle is not taken in; nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// The carrier's own request.
    #[error(transparent)]
    Carrier(SyncError),
    /// Not a bundle, or not as it was sealed.
    #[error("the bundle is damaged")]
    Damaged,
    /// Sealed to a key this court does not have.
    #[error("the bundle is sealed to a key that this court does not have")]
    UnknownKey,
    /// The request inside is refused whole.
    #[error("the request in the bundle is refused")]
    Refused(SyncError),
    /// The receipt cannot be sealed.
    #[error("the receipt cannot be sealed")]
    Receipt(SealedError),
}

type Known = Vec<([u8; 65], Arc<PrivateKey>)>;

/// The court's private encryption keys, read from their files when a bundle first needs them.
#[derive(Debug, Default)]
pub struct Opener(Mutex<Known>);

impl Opener {
    /// The key behind an encryption certificate. Keys are read again when one is missing: a rotation may
    /// have brought it since.
    fn key(
        &self,
        server: &Server,
        directory: &Directory,
        certificate: CertificateId,
    ) -> Result<Arc<PrivateKey>, CourierError> {
        let verified = directory.get(&certificate).ok_or(CourierError::UnknownKey)?;
        let body = verified.payload();
        let (CertificateKind::Encryption, SubjectKey::Other { bytes: public, .. }) =
            (&body.kind, &body.key)
        else {
            return Err(CourierError::UnknownKey);
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let find = |known: &Known| {
            known.iter().find(|(half, _)| half[..] == public[..]).map(|(_, key)| Arc::clone(key))
        };
        if let Some(key) = find(&known) {
            return Ok(key);
        }
        *known = read(server.dir(), server.passphrase());
        find(&known).ok_or(CourierError::UnknownKey)
    }
}

/// Every encryption key in the court's folder: the present one, the one about to be, and those kept for
/// bundles still on their way. A file that cannot be used stops no other.
fn read(dir: &std::path::Path, passphrase: &Passphrase) -> Known {
    let mut known = Known::new();
    for path in keys::files(dir).unwrap_or_default() {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.split('.').next() != Some(KeyName::Encryption.code()) {
            continue;
        }
        let key = keys::load_document(&path, passphrase).map_err(|error| error.code());
        let key = key.and_then(|document| {
            let secret = p256::SecretKey::from_pkcs8_der(&document).map_err(|_| "key_form")?;
            PrivateKey::from_bytes(&zeroize::Zeroizing::new(secret.to_bytes().to_vec()))
                .map_err(SealedError::code)
        });
        match key {
            Ok(key) => known.push((key.public(), Arc::new(key))),
            Err(code) => tracing::warn!(code, "an encryption key cannot be used"),
        }
    }
    known
}

/// Takes in a bundle that the holder of `token` brought, and gives the receipt for its sender.
pub fn deliver(server: &Server, bytes: &[u8], token: &str) -> Result<Vec<u8>, CourierError> {
    let directory = server.directory().map_err(|error| CourierError::Carrier(error.into()))?;
    let carrier = Asker::token(token)
        .and_then(|token| Asker::of(&directory, &token, Errand::Courier.code(), bytes))
        .and_then(|carrier| carrier.admit(server).map(|()| carrier))
        .map_err(CourierError::Carrier)?;
    let bundle = Bundle::decode(bytes).map_err(|_| CourierError::Damaged)?;
    if bundle.court != server.court() {
        return Err(CourierError::Refused(SyncError::WrongCourt));
    }
    let key = server.opener().key(server, &directory, bundle.certificate)?;
    let letter = bundle.open(&key).map_err(|_| CourierError::Damaged)?;
    let session = judged(server, &letter, carrier.id)?;
    let answer = frame::seal(&session.verdicts(server).encode())
        .map_err(|error| CourierError::Carrier(error.into()))?;
    let receipt = Receipt::seal(server.court(), bundle.id, &letter.reply, &answer)
        .map_err(CourierError::Receipt)?;
    Ok(receipt.encode())
}

/// The request inside, as if it had come directly. When it was made does not matter: the journey may
/// have taken weeks, and what is known already changes nothing.
fn judged(
    server: &Server,
    letter: &Letter,
    carrier: CertificateId,
) -> Result<Session, CourierError> {
    let token = Signed::<RequestToken>::from_bytes(&letter.token)
        .map_err(|_| CourierError::Refused(SyncError::BadToken))?;
    let purpose = Letter::purpose(&letter.reply);
    Session::carried(server, &letter.request, &token, &purpose, carrier).map_err(
        |error| match error {
            // The server's fault, not the bundle's: it may come again.
            SyncError::Ingest(_) => CourierError::Carrier(error),
            error => CourierError::Refused(error),
        },
    )
}
