//! The two messages of an enrolment: the phone's request, in which every new key signs for itself,
//! and the court's answer.

use zeroize::Zeroizing;

use crate::id::{CertificateId, sha256};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::identity::certificate::purpose;
use crate::identity::key::{PublicKey, Signature, SignatureError};
use crate::identity::signer::{SignError, Signer};

use super::code::{EnrolmentCode, secret_hash};

/// Most keys of one enrolment.
pub const MAX_KEYS: usize = 2;
/// Most certificates between the root and a person's.
const MAX_CHAIN: usize = 16;
/// Longest certificate in its transfer form, bytes.
const CERTIFICATE_LEN: usize = 2_200;
const CODE_LEN: usize = 32;

/// A key the phone made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for, see [`purpose`].
    pub purpose: String,
    /// Its public half.
    pub key: PublicKey,
}

/// What every new key signs: that it belongs to this enrolment and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possession {
    /// The court.
    pub court: String,
    /// The root the phone will trust.
    pub root: CertificateId,
    /// The code's id.
    pub id: [u8; 5],
    /// Hash of the code's secret, [`EnrolmentCode::hash`].
    pub code_hash: [u8; 32],
    /// Where the private keys live, as the phone says; a
    /// [`protection`](crate::identity::certificate::protection) code.
    pub protection: String,
    /// The keys, by ascending purpose: always one to record with, usually one to finalise with.
    pub keys: Vec<NewKey>,
    /// Random.
    pub nonce: [u8; 16],
    /// When, by the phone's clock, milliseconds since 1970. Evidence only.
    pub at_ms: i64,
}

impl Possession {
    /// Hash of the keys alone: what tells a repeated request from another phone's.
    pub fn keys_hash(&self) -> [u8; 32] {
        let mut out = Writer::default();
        write_keys(&mut out, &self.keys);
        sha256(&out.into_bytes())
    }
}

fn write_keys(out: &mut Writer, keys: &[NewKey]) {
    out.array(keys.len() as u64);
    for key in keys {
        out.array(2);
        out.text(&key.purpose);
        out.bytes(key.key.as_bytes());
    }
}

impl Canonical for Possession {
    const TAG: &'static str = "lastmile-possession";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 8;
    const MAX_LEN: usize = 512;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.bytes(&self.root.0);
        out.bytes(&self.id);
        out.bytes(&self.code_hash);
        out.text(&self.protection);
        write_keys(out, &self.keys);
        out.bytes(&self.nonce);
        out.int(self.at_ms);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            root: CertificateId(input.fixed("root")?),
            id: input.fixed("id")?,
            code_hash: input.fixed("code_hash")?,
            protection: input.text(CODE_LEN, "protection")?.to_owned(),
            keys: {
                let length = input.array_up_to(MAX_KEYS as u64, "keys")?;
                (0..length).map(|_| read_key(input)).collect::<Result<_, _>>()?
            },
            nonce: input.fixed("nonce")?,
            at_ms: input.int()?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        const REFUSED: CanonicalError = CanonicalError::Bound { field: "keys" };
        bound::court(&self.court)?;
        bound::code(&self.protection, CODE_LEN, "protection")?;
        bound::instant(self.at_ms, "at_ms")?;
        let purposes: Vec<&str> = self.keys.iter().map(|key| key.purpose.as_str()).collect();
        let usual =
            purposes == [purpose::RECORD] || purposes == [purpose::FINALISE, purpose::RECORD];
        let twice = matches!(self.keys.as_slice(), [one, other] if one.key == other.key);
        if !usual || twice { Err(REFUSED) } else { Ok(()) }
    }
}

fn read_key(input: &mut Reader<'_>) -> Result<NewKey, CanonicalError> {
    input.array_of(2)?;
    let purpose = input.text(CODE_LEN, "purpose")?.to_owned();
    let key = PublicKey::from_bytes(&input.fixed::<{ PublicKey::LEN }>("public_key")?)
        .map_err(|_| CanonicalError::Bound { field: "public_key" })?;
    Ok(NewKey { purpose, key })
}

/// A request that does not show what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PossessionError {
    /// The keys signed for another code than the secret given.
    #[error("the keys were signed for another code")]
    OtherCode,
    /// A key did not sign, or signed something else.
    #[error("a key does not prove that the phone holds it: {0}")]
    Key(#[from] SignatureError),
}

impl PossessionError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherCode => "enrolment_other_code",
            Self::Key(_) => "enrolment_no_possession",
        }
    }
}

/// What the phone sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentRequest {
    /// What the keys signed; not to be believed before [`Self::prove`].
    pub possession: Possession,
    /// The code's secret.
    pub secret: Zeroizing<[u8; 16]>,
    /// One signature for each key, in their order.
    pub signatures: Vec<Signature>,
}

impl EnrolmentRequest {
    /// Lets every key sign. `signers` in the order of `possession.keys`.
    pub fn seal(
        possession: Possession,
        code: &EnrolmentCode,
        signers: &[&dyn Signer],
    ) -> Result<Self, SignError> {
        let message = possession.encode();
        let signatures =
            signers.iter().map(|signer| signer.sign(&message)).collect::<Result<_, _>>()?;
        Ok(Self { possession, secret: Zeroizing::new(code.secret), signatures })
    }

    /// Checks that the secret is the one the keys signed for, and every signature.
    pub fn prove(&self) -> Result<&Possession, PossessionError> {
        let possession = &self.possession;
        if possession.code_hash != secret_hash(&self.secret) {
            return Err(PossessionError::OtherCode);
        }
        if self.signatures.len() != possession.keys.len() {
            return Err(SignatureError::Mismatch.into());
        }
        let message = possession.encode();
        for (key, signature) in possession.keys.iter().zip(&self.signatures) {
            key.key.verify(&message, signature)?;
        }
        Ok(possession)
    }
}

impl Canonical for EnrolmentRequest {
    const TAG: &'static str = "lastmile-enrolment";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 3;
    const MAX_LEN: usize = 800;

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.possession.encode());
        out.bytes(&self.secret[..]);
        out.array(self.signatures.len() as u64);
        for signature in &self.signatures {
            out.bytes(signature.as_bytes());
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            possession: Possession::decode(input.bytes(Possession::MAX_LEN, "possession")?)?,
            secret: Zeroizing::new(input.fixed("secret")?),
            signatures: {
                let length = input.array_up_to(MAX_KEYS as u64, "signatures")?;
                (0..length)
                    .map(|_| {
                        let bytes: [u8; Signature::LEN] = input.fixed("signature")?;
                        Signature::from_bytes(&bytes).map_err(|_| CanonicalError::Malformed)
                    })
                    .collect::<Result<_, _>>()?
            },
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        self.possession.check()
    }
}

/// What the court answers: nothing the phone has to believe, for everything leads to the root whose
/// pin stands in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentAnswer {
    /// The root certificate, transfer form.
    pub root: Vec<u8>,
    /// The certificates between it and the person's, from the top.
    pub chain: Vec<Vec<u8>>,
    /// The person's certificates, in the order of the keys.
    pub own: Vec<Vec<u8>>,
}

impl Canonical for EnrolmentAnswer {
    const TAG: &'static str = "lastmile-enrolled";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 3;
    const MAX_LEN: usize = (1 + MAX_CHAIN + MAX_KEYS) * (CERTIFICATE_LEN + 3) + 64;

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.root);
        for list in [&self.chain, &self.own] {
            out.array(list.len() as u64);
            for certificate in list {
                out.bytes(certificate);
            }
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let certificates = |input: &mut Reader<'_>, most: usize, field| {
            let length = input.array_up_to(most as u64, field)?;
            (0..length)
                .map(|_| input.bytes(CERTIFICATE_LEN, field).map(<[u8]>::to_vec))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            root: input.bytes(CERTIFICATE_LEN, "root")?.to_vec(),
            chain: certificates(input, MAX_CHAIN, "chain")?,
            own: certificates(input, MAX_KEYS, "own")?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        if self.own.is_empty() { Err(CanonicalError::Bound { field: "own" }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::identity::certificate::protection;
    use crate::identity::test_keys::{COURT, TestCourt, signer};

    fn code() -> EnrolmentCode {
        EnrolmentCode {
            url: "https://sync.nanhai.example".to_owned(),
            court: COURT.to_owned(),
            root: TestCourt::nanhai().root.id,
            id: [1; 5],
            secret: [2; 16],
        }
    }

    fn possession(code: &EnrolmentCode) -> Possession {
        let key = |purpose: &str, index| NewKey {
            purpose: purpose.to_owned(),
            key: signer(index).public_key(),
        };
        Possession {
            court: code.court.clone(),
            root: code.root,
            id: code.id,
            code_hash: code.hash(),
            protection: protection::TEE.to_owned(),
            keys: vec![key(purpose::FINALISE, 6), key(purpose::RECORD, 5)],
            nonce: [3; 16],
            at_ms: 1_773_701_400_000,
        }
    }

    #[test]
    fn each_key_proves_itself_and_every_damage_is_noticed() {
        let code = code();
        let request =
            EnrolmentRequest::seal(possession(&code), &code, &[&signer(6), &signer(5)]).unwrap();
        request.prove().unwrap();
        let bytes = request.encode();
        assert!(bytes.len() <= EnrolmentRequest::MAX_LEN);
        assert_eq!(EnrolmentRequest::decode(&bytes), Ok(request));
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let taken = EnrolmentRequest::decode(&damaged);
            assert!(taken.is_err() || taken.unwrap().prove().is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(EnrolmentRequest::decode(&bytes[..length]).is_err());
        }
    }

    #[test]
    fn a_key_that_signed_for_another_or_not_at_all_proves_nothing() {
        let code = code();
        let with = |signers: &[&dyn Signer]| {
            EnrolmentRequest::seal(possession(&code), &code, signers).unwrap()
        };
        let mismatch = Err(PossessionError::Key(SignatureError::Mismatch));
        assert_eq!(with(&[&signer(5), &signer(6)]).prove().map(|_| ()), mismatch);
        assert_eq!(with(&[&signer(6)]).prove().map(|_| ()), mismatch);
        let mut other = with(&[&signer(6), &signer(5)]);
        *other.secret = [9; 16];
        assert_eq!(other.prove().map(|_| ()), Err(PossessionError::OtherCode));
    }

    #[test]
    fn keys_are_one_to_record_with_and_perhaps_one_to_finalise_with() {
        let code = code();
        let whole = possession(&code);
        let with = |keys: Vec<NewKey>| Possession { keys, ..whole.clone() }.check();
        let [finalise, record] = [whole.keys[0].clone(), whole.keys[1].clone()];
        assert_eq!(with(vec![record.clone()]), Ok(()));
        let refused = Err(CanonicalError::Bound { field: "keys" });
        assert_eq!(with(vec![]), refused);
        assert_eq!(with(vec![finalise.clone()]), refused);
        assert_eq!(with(vec![record.clone(), finalise.clone()]), refused, "order");
        let twin = NewKey { key: record.key, ..finalise };
        assert_eq!(with(vec![twin, record]), refused, "one key for both");
    }

    #[test]
    fn the_answer_survives() {
        let court = TestCourt::nanhai();
        let answer = EnrolmentAnswer {
            root: court.root.certificate.to_bytes(),
            chain: vec![court.issuing.certificate.to_bytes()],
            own: vec![court.people[0].certificate.to_bytes()],
        };
        assert_eq!(EnrolmentAnswer::decode(&answer.encode()), Ok(answer.clone()));
        let empty = EnrolmentAnswer { own: Vec::new(), ..answer };
        assert!(EnrolmentAnswer::decode(&empty.encode()).is_err());
    }
}
