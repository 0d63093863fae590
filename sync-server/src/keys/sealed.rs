//! A private key sealed with a passphrase, in the standard form that other programs read too: PKCS#8
//! `EncryptedPrivateKeyInfo` (RFC 5958) with PBES2 (RFC 8018), scrypt (RFC 7914) and AES-256-CBC.
//! `openssl pkey -in FILE -inform DER` opens it.
//!
//! A file says itself what it costs to open. Whoever can replace it must not be able to make a start
//! of the service take all memory or for ever, so costs are bounded before anything is computed.

use std::path::Path;

use lastmile_core::time::Entropy;
use pkcs8::der::ErrorKind;
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Parameters, ScryptParams};
use pkcs8::pkcs5::{self, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::error::KeyError;
use super::passphrase::Passphrase;

/// Longest key file read, bytes; ours have about 250.
pub const MAX_FILE: usize = 4_096;

/// Block size of scrypt, ours and the largest read.
const R: u16 = 8;
/// Largest scrypt N read: 64 MiB at `r` = 8.
const MAX_N: u64 = 1 << 16;
/// Largest `N * p` read: about four times our own.
const MAX_WORK: u64 = 1 << 18;

/// What opening a sealed key costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// N = 2^14, r = 8, p = 5 (OWASP's figures for 16 MiB, what OpenSSL reads without being told to
    /// use more): some tenths of a second.
    Strong,
    /// N = 2^4: nothing. For the demo and tests, whose passphrase is known anyway.
    Quick,
}

impl Cost {
    fn log_n_and_p(self) -> (u8, u32) {
        match self {
            Self::Strong => (14, 5),
            Self::Quick => (4, 1),
        }
    }
}

/// Seals a PKCS#8 document. `path` is for the words of an error only.
pub fn seal(
    document: &[u8],
    passphrase: &Passphrase,
    entropy: &dyn Entropy,
    path: &Path,
) -> Result<Vec<u8>, KeyError> {
    let not_a_key = || KeyError::NotAKey(path.to_owned());
    let (log_n, p) = passphrase.cost().log_n_and_p();
    let params = scrypt::Params::new(log_n, u32::from(R), p).map_err(|_| not_a_key())?;
    let (salt, iv) = (entropy.bytes16(), entropy.bytes16());
    let params =
        Parameters::generate_scrypt_aes256cbc(params, &salt, iv).map_err(|_| not_a_key())?;
    let key = PrivateKeyInfoRef::try_from(document).map_err(|_| not_a_key())?;
    let sealed = key.encrypt_with_params(params, passphrase.text()).map_err(|_| not_a_key())?;
    Ok(sealed.as_bytes().to_vec())
}

/// Opens a sealed PKCS#8 document.
pub fn open(
    bytes: &[u8],
    passphrase: &Passphrase,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let path = || path.to_owned();
    if ends_early(bytes) {
        return Err(KeyError::Truncated(path()));
    }
    if PrivateKeyInfoRef::try_from(bytes).is_ok() {
        return Err(KeyError::Unsealed(path()));
    }
    let sealed = EncryptedPrivateKeyInfoRef::try_from(bytes).map_err(|error| match error {
        // A sealed file of algorithms that this program does not know.
        pkcs8::Error::Asn1(inner) if matches!(inner.kind(), ErrorKind::OidUnknown { .. }) => {
            KeyError::OtherSeal(path())
        }
        _ => KeyError::NotAKey(path()),
    })?;
    if !affordable(&sealed.encryption_algorithm) {
        return Err(KeyError::OtherSeal(path()));
    }
    let document =
        sealed.decrypt(passphrase.text()).map_err(|_| KeyError::WrongPassphrase(path()))?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

/// Whether a DER sequence begins here whose length says more than there is.
fn ends_early(bytes: &[u8]) -> bool {
    let [0x30, first, rest @ ..] = bytes else { return bytes.is_empty() || bytes == [0x30] };
    match first {
        0..=0x7f => rest.len() < usize::from(*first),
        0x81 => rest.first().is_none_or(|length| rest.len() - 1 < usize::from(*length)),
        0x82 => match rest {
            [high, low, rest @ ..] => rest.len() < usize::from(u16::from_be_bytes([*high, *low])),
            _ => true,
        },
        _ => false,
    }
}

/// Whether opening is within bounds and done as [`seal`] does it. Asked before the library turns `N`
/// into its logarithm, which panics at zero.
fn affordable(scheme: &pkcs5::EncryptionScheme) -> bool {
    let pkcs5::EncryptionScheme::Pbes2(parameters) = scheme else { return false };
    let Some(ScryptParams { cost_parameter, block_size, parallelization, .. }) =
        parameters.kdf.scrypt()
    else {
        return false;
    };
    matches!(parameters.encryption, EncryptionScheme::Aes256Cbc { .. })
        && cost_parameter.is_power_of_two()
        && (2..=MAX_N).contains(cost_parameter)
        && (1..=R).contains(block_size)
        && *parallelization > 0
        && cost_parameter * u64::from(*parallelization) <= MAX_WORK
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::identity::SoftwareSigner;
    use lastmile_core::time::SeededEntropy;

    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text).unwrap().quick()
    }

    fn sealed(text: &str) -> (Zeroizing<Vec<u8>>, Vec<u8>) {
        let document = SoftwareSigner::generate().unwrap();
        let entropy = SeededEntropy::new(1);
        let bytes = seal(&document, &passphrase(text), &entropy, Path::new("k")).unwrap();
        (document, bytes)
    }

    fn code(bytes: &[u8], text: &str) -> &'static str {
        open(bytes, &passphrase(text), Path::new("k")).unwrap_err().code()
    }

    #[test]
    fn what_was_sealed_opens_with_its_passphrase_only() {
        let (document, bytes) = sealed("correct horse battery");
        let opened = open(&bytes, &passphrase("correct horse battery"), Path::new("k")).unwrap();
        assert_eq!(opened, document);
        for wrong in 0..300 {
            // One in 256 wrong passphrases gives padding that looks right.
            assert_eq!(code(&bytes, &format!("wrong passphrase {wrong}")), "passphrase_wrong");
        }
        let scalar = &document[36..68];
        assert!(!bytes.windows(8).any(|window| scalar.windows(8).any(|secret| secret == window)));
    }

    #[test]
    fn every_cut_is_named_and_nothing_else_is_taken_for_a_key() {
        let (document, bytes) = sealed("correct horse battery");
        let text = "correct horse battery";
        for length in 0..bytes.len() {
            assert_eq!(code(&bytes[..length], text), "key_file_truncated", "{length}");
        }
        assert_eq!(code(&document, text), "key_file_not_encrypted");
        assert_eq!(code(&[bytes.clone(), vec![0]].concat(), text), "key_file_not_a_key");
        for other in
            [&b"-----BEGIN PRIVATE KEY-----"[..], b"hello", &[0; 300], &[0x30, 0x03, 1, 1, 1]]
        {
            assert_eq!(code(other, text), "key_file_not_a_key");
        }
        // A flipped bit never gives another key; where it falls decides what is said.
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            match open(&damaged, &passphrase(text), Path::new("k")) {
                Ok(opened) => {
                    assert!(opened == document || SoftwareSigner::from_pkcs8(&opened).is_err());
                }
                Err(error) => assert!(
                    error.code().starts_with("key_file_") || error.code() == "passphrase_wrong"
                ),
            }
        }
    }

    #[test]
    fn a_hostile_file_costs_nothing() {
        let document = SoftwareSigner::generate().unwrap();
        let key = PrivateKeyInfoRef::try_from(document.as_slice()).unwrap();
        let with = |n: u64, r: u16, p: u16| {
            let cheap = scrypt::Params::new(4, 8, 1).unwrap();
            let parameters =
                Parameters::generate_scrypt_aes256cbc(cheap, &[1; 16], [2; 16]).unwrap();
            let sealed = key.encrypt_with_params(parameters.clone(), "x").unwrap();
            let mut read = EncryptedPrivateKeyInfoRef::try_from(sealed.as_bytes()).unwrap();
            let kdf = ScryptParams {
                cost_parameter: n,
                block_size: r,
                parallelization: p,
                ..*parameters.kdf.scrypt().unwrap()
            };
            let parameters = Parameters { kdf: kdf.into(), ..parameters };
            read.encryption_algorithm = parameters.into();
            pkcs8::der::Encode::to_der(&read).unwrap()
        };
        for (n, r, p) in [
            (1 << 40, 8, 1),
            (1 << 17, 8, 1),
            (1 << 14, 9, 1),
            (1 << 14, 8, 17),
            (0, 8, 1),
            (1, 8, 1),
            (3, 8, 1),
            (16, 0, 1),
            (16, 8, 0),
        ] {
            assert_eq!(
                code(&with(n, r, p), "some passphrase"),
                "key_file_encryption",
                "{n} {r} {p}"
            );
        }
        let weak = Parameters::generate_pbkdf2_sha256_aes256cbc(1, &[1; 16], [2; 16]).unwrap();
        let weak = key.encrypt_with_params(weak, "x").unwrap();
        assert_eq!(code(weak.as_bytes(), "some passphrase"), "key_file_encryption");
    }
}
