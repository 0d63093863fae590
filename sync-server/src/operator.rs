//! Operators of the read API until people sign in to the console: a token per program or desk, made by
//! the administrator, shown once, stored as a hash.
//!
//! ```text
//! lmo.<id, 16 hex digits>.<secret, 43 characters>      id finds the row, the secret proves it
//! ```

use lastmile_core::id::sha256;
use lastmile_core::time::Entropy;

use crate::store::{Reading, StoreError, TokenRow, Writing};

/// What a token begins with, so that a leaked one is recognised.
pub const PREFIX: &str = "lmo";
/// Longest label, in characters.
pub const MAX_LABEL: usize = 80;
/// Longest staff id.
const MAX_PERSON: usize = 64;

/// What the holder of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorRole {
    /// Command centre (执行指挥中心): reads everything the API shows.
    Command,
    /// Administrator: runs the service, sees figures, reads no content.
    Admin,
    /// The program that carries text messages: hands in those that came, fetches those that go out, nothing else.
    Gateway,
}

impl OperatorRole {
    /// Code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Admin => "admin",
            Self::Gateway => "gateway",
        }
    }

    /// The role of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Command, Self::Admin, Self::Gateway].into_iter().find(|role| role.code() == code)
    }
}

/// Whoever shows a token that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// What the token allows.
    pub role: OperatorRole,
    /// Staff id of the person who holds it, when it is one person's.
    pub person: Option<String>,
}

/// A token cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The label.
    #[error("a label has 1 to {MAX_LABEL} characters and no control characters")]
    BadLabel,
    /// The person.
    #[error("a staff id has 1 to {MAX_PERSON} letters, digits and `_.-`")]
    BadPerson,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TokenError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadLabel => "bad_label",
            Self::BadPerson => "bad_person",
            Self::Store(error) => error.code(),
        }
    }
}

/// Makes a token and gives its text, which is not kept anywhere. Only the token of a `person` decides
/// anything: what is decided with it is that person's decision.
pub fn add(
    writing: &Writing<'_>,
    entropy: &dyn Entropy,
    role: OperatorRole,
    label: &str,
    person: Option<&str>,
    now_ms: i64,
) -> Result<String, TokenError> {
    let length = label.chars().count();
    if length == 0 || length > MAX_LABEL || label.chars().any(char::is_control) {
        return Err(TokenError::BadLabel);
    }
    let is_id = |person: &str| {
        (1..=MAX_PERSON).contains(&person.len())
            && person.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    };
    if !person.is_none_or(is_id) {
        return Err(TokenError::BadPerson);
    }
    let (mut id, mut secret) = ([0_u8; 8], [0_u8; 32]);
    entropy.fill(&mut id);
    entropy.fill(&mut secret);
    let id = data_encoding::HEXLOWER.encode(&id);
    let secret = data_encoding::BASE64URL_NOPAD.encode(&secret);
    writing.put_token(&TokenRow {
        id: id.clone(),
        hash: sha256(secret.as_bytes()),
        role: role.code().to_owned(),
        label: label.to_owned(),
        person: person.map(str::to_owned),
        created_ms: now_ms,
        revoked_ms: None,
    })?;
    Ok(format!("{PREFIX}.{id}.{secret}"))
}

/// Whoever shows this token; nothing when it does not hold.
pub fn check(reading: &Reading<'_>, token: &str) -> Result<Option<Operator>, StoreError> {
    let Some((id, secret)) = parts(token) else { return Ok(None) };
    let Some(row) = reading.token(id)? else { return Ok(None) };
    let holds = equal(&row.hash, &sha256(secret.as_bytes())) && row.revoked_ms.is_none();
    let role = OperatorRole::from_code(&row.role).filter(|_| holds);
    Ok(role.map(|role| Operator { role, person: row.person }))
}

fn parts(token: &str) -> Option<(&str, &str)> {
    let mut parts = token.split('.');
    let (prefix, id, secret) = (parts.next()?, parts.next()?, parts.next()?);
    let sane = prefix == PREFIX && id.len() == 16 && secret.len() == 43 && parts.next().is_none();
    sane.then_some((id, secret))
}

/// Compares every byte whatever the first ones were, so that time tells nothing.
pub(crate) fn equal(one: &[u8; 32], other: &[u8; 32]) -> bool {
    let differing = one.iter().zip(other).fold(0_u8, |sum, (one, other)| sum | (one ^ other));
    std::hint::black_box(differing) == 0
}

#[cfg(test)]
// The method itself is not general enough for the closure.
#[allow(clippy::unwrap_used, clippy::redundant_closure_for_method_calls)]
mod tests {
    use lastmile_core::id::{CertificateId, ServerEpoch};
    use lastmile_core::time::SeededEntropy;

    use super::*;
    use crate::store::{CourtRow, Store};

    fn store(dir: &std::path::Path) -> Store {
        let court = CourtRow {
            court: "粤0605".into(),
            name: "测试法院".into(),
            epoch: ServerEpoch([1; 16]),
            root: CertificateId([2; 32]),
            created_ms: 1,
        };
        Store::create(&dir.join("server.db"), &court).unwrap()
    }

    #[test]
    fn a_token_holds_until_it_is_revoked_and_only_its_hash_is_kept() {
        let dir = tempfile::TempDir::new().unwrap();
        let store = store(dir.path());
        let entropy = SeededEntropy::new(7);
        let make = |role, label: &str, person: Option<&str>| {
            store.write(|writing| add(writing, &entropy, role, label, person, 5))
        };
        let check = |token: &str| store.read(|reading| check(reading, token)).unwrap();
        let of =
            |role, person: Option<&str>| Some(Operator { role, person: person.map(str::to_owned) });
        let token = make(OperatorRole::Command, "指挥中心大屏", None).unwrap();
        assert_eq!(check(&token), of(OperatorRole::Command, None));
        let admin = make(OperatorRole::Admin, "运维", Some("heqing")).unwrap();
        assert_eq!(check(&admin), of(OperatorRole::Admin, Some("heqing")));
        let (id, secret) = parts(&token).unwrap();
        let mixed = format!("{PREFIX}.{id}.{}", parts(&admin).unwrap().1);
        let longer = format!("{token}.x");
        for wrong in
            ["", "lmo", "lmo..", mixed.as_str(), longer.as_str(), &token[..token.len() - 1]]
        {
            assert_eq!(check(wrong), None, "{wrong}");
        }
        let stored = store.read::<_, StoreError>(|reading| reading.tokens()).unwrap();
        assert_eq!(stored.len(), 2);
        assert!(stored.iter().all(|row| !format!("{row:?}").contains(secret)));
        assert!(store.write::<_, StoreError>(|writing| writing.revoke_token(id, 9)).unwrap());
        assert!(!store.write::<_, StoreError>(|writing| writing.revoke_token(id, 9)).unwrap());
        assert_eq!(check(&token), None);
        assert_eq!(make(OperatorRole::Admin, "", None).unwrap_err().code(), "bad_label");
        let long = "x".repeat(65);
        for person in ["", "关永怡", "a b", long.as_str()] {
            let refused = make(OperatorRole::Command, "指挥", Some(person)).unwrap_err();
            assert_eq!(refused.code(), "bad_person", "{person}");
        }
    }
}
