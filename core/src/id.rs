//! Hashes and the fixed-size identifiers built from them. Nothing here generates or interprets
//! content; identifiers that people read (case numbers, plates) live in [`crate::identifier`].

use std::fmt;

use ring::digest;

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha256_parts(&[bytes])
}

/// SHA-256 of the concatenation of `parts`.
pub fn sha256_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0_u8; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// The bytes had another length than the identifier needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("identifier needs {expected} bytes, got {got}")]
pub struct IdLengthError {
    /// Bytes the identifier has.
    pub expected: usize,
    /// Bytes that were offered.
    pub got: usize,
}

/// The text was not lower-case hexadecimal of the right length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("identifier text is not hexadecimal of the right length")]
pub struct IdTextError;

macro_rules! fixed_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// The raw bytes.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// Lower-case hexadecimal, the form used in URLs, logs and exports.
            pub fn to_hex(&self) -> String {
                data_encoding::HEXLOWER.encode(&self.0)
            }

            /// Reads the form written by [`Self::to_hex`].
            pub fn from_hex(text: &str) -> Result<Self, IdTextError> {
                let bytes = data_encoding::HEXLOWER_PERMISSIVE
                    .decode(text.as_bytes())
                    .map_err(|_| IdTextError)?;
                Self::try_from(bytes.as_slice()).map_err(|_| IdTextError)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdLengthError;

            fn try_from(bytes: &[u8]) -> Result<Self, IdLengthError> {
                <[u8; $len]>::try_from(bytes)
                    .map(Self)
                    .map_err(|_| IdLengthError { expected: $len, got: bytes.len() })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.to_hex())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), &self.to_hex()[..16])
            }
        }
    };
}

fixed_id!(
    /// Hash of an Automerge change (the SHA-256 Automerge itself computes).
    ChangeHash, 32
);
fixed_id!(
    /// Identity of a signed change: SHA-256 of the unsigned envelope body.
    EnvelopeId, 32
);
fixed_id!(
    /// Identity of a certificate: SHA-256 of its unsigned body.
    CertificateId, 32
);
fixed_id!(
    /// SHA-256 of a photo's or file's original bytes.
    BlobHash, 32
);
fixed_id!(
    /// SHA-256 over a record's canonical form; see [`crate::document::digest`].
    Digest, 32
);
fixed_id!(
    /// A record's document: the first 16 bytes of its creating change's hash.
    DocumentId, 16
);
fixed_id!(
    /// Automerge actor: first 16 bytes of
    /// SHA-256("lastmile-actor-v1", certificate id, epoch, generation).
    ActorId, 16
);
fixed_id!(
    /// One installation of the app on one phone. A restored or cloned phone starts a new one.
    Epoch, 16
);
fixed_id!(
    /// One life of the server's database; a restore starts a new one.
    ServerEpoch, 16
);
fixed_id!(
    /// One boot of a phone, so that monotonic times of the same boot can be compared.
    BootId, 8
);

impl DocumentId {
    /// The document that `creating` begins.
    pub fn of_creating_change(creating: ChangeHash) -> Self {
        let mut out = [0_u8; 16];
        out.copy_from_slice(&creating.0[..16]);
        Self(out)
    }
}

impl ActorId {
    /// The only actor that a certificate may write under in this epoch and generation, so that
    /// nobody can squat on another's sequence numbers.
    pub fn derive(certificate: CertificateId, epoch: Epoch, generation: u32) -> Self {
        let hash = sha256_parts(&[
            b"lastmile-actor-v1",
            &certificate.0,
            &epoch.0,
            &generation.to_be_bytes(),
        ]);
        let mut out = [0_u8; 16];
        out.copy_from_slice(&hash[..16]);
        Self(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_refuses_other_lengths() {
        let id = DocumentId([7; 16]);
        assert_eq!(DocumentId::from_hex(&id.to_hex()), Ok(id));
        assert_eq!(DocumentId::from_hex("07"), Err(IdTextError));
        assert_eq!(DocumentId::from_hex("zz"), Err(IdTextError));
    }

    #[test]
    fn an_actor_depends_on_every_input() {
        let base = ActorId::derive(CertificateId([1; 32]), Epoch([2; 16]), 0);
        assert_ne!(base, ActorId::derive(CertificateId([3; 32]), Epoch([2; 16]), 0));
        assert_ne!(base, ActorId::derive(CertificateId([1; 32]), Epoch([4; 16]), 0));
        assert_ne!(base, ActorId::derive(CertificateId([1; 32]), Epoch([2; 16]), 1));
    }
}
