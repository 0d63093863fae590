//! Passwords: only what argon2id (RFC 9106) makes of them is kept, with its cost and salt beside it, so that
//! the cost can rise later without anybody choosing a new password.

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use lastmile_core::time::Entropy;
use zeroize::Zeroizing;

/// Fewest characters of a password.
pub const MIN_LEN: usize = 10;
/// Most characters.
pub const MAX_LEN: usize = 128;

const SALT: usize = 16;
const HASH: usize = 32;
const NAME: &str = "argon2id";

/// What hashing costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// The least that OWASP asks for (2024): 19 MiB, two passes, one lane.
    pub const USUAL: Self = Self { memory: 19_456, passes: 2 };
    /// For tests.
    pub const QUICK: Self = Self { memory: 64, passes: 1 };
}

/// A password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// Its length, or a control character.
    #[error("a password has {MIN_LEN} to {MAX_LEN} characters and no control characters")]
    Form,
    /// Too easily guessed.
    #[error("a password is not the person's id, and not one character over and over")]
    Guessed,
    /// The hash cannot be computed or read.
    #[error("the stored password cannot be used")]
    Stored,
}

impl PasswordError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "password_form",
            Self::Guessed => "password_guessed",
            Self::Stored => "password_stored",
        }
    }
}

/// Whether `password` may be one of `person`.
pub fn check_form(person: &str, password: &str) -> Result<(), PasswordError> {
    let length = password.chars().count();
    if !(MIN_LEN..=MAX_LEN).contains(&length) || password.chars().any(char::is_control) {
        return Err(PasswordError::Form);
    }
    let lower = password.to_lowercase();
    let mut characters = lower.chars();
    let first = characters.next();
    if lower.contains(&person.to_lowercase()) || characters.all(|one| Some(one) == first) {
        return Err(PasswordError::Guessed);
    }
    Ok(())
}

/// What is kept of a password: `argon2id$memory$passes$salt$hash`.
pub fn hash(password: &str, cost: Cost, entropy: &dyn Entropy) -> Result<String, PasswordError> {
    let mut salt = [0; SALT];
    entropy.fill(&mut salt);
    let hash = compute(password, &salt, cost)?;
    let (salt, hash) = (BASE64_NOPAD.encode(&salt), BASE64_NOPAD.encode(&hash[..]));
    Ok(format!("{NAME}${}${}${salt}${hash}", cost.memory, cost.passes))
}

/// Whether `password` is the one of which `kept` was made.
pub fn holds(password: &str, kept: &str) -> Result<bool, PasswordError> {
    let (cost, salt, wanted) = read(kept).ok_or(PasswordError::Stored)?;
    // Nothing longer was ever taken, and nothing longer is worth the work.
    if password.chars().count() > MAX_LEN {
        return Ok(false);
    }
    let found = compute(password, &salt, cost)?;
    Ok(crate::operator::equal(&found, &wanted))
}

/// A hash that no password has: somebody who is not known takes as long to refuse as somebody who is.
pub fn nobodys(cost: Cost) -> String {
    let (salt, hash) = (BASE64_NOPAD.encode(&[0; SALT]), BASE64_NOPAD.encode(&[0; HASH]));
    format!("{NAME}${}${}${salt}${hash}", cost.memory, cost.passes)
}

fn read(kept: &str) -> Option<(Cost, [u8; SALT], [u8; HASH])> {
    let mut parts = kept.split('$');
    let (name, memory, passes) = (parts.next()?, parts.next()?, parts.next()?);
    let (salt, hash) = (parts.next()?, parts.next()?);
    if name != NAME || parts.next().is_some() {
        return None;
    }
    let cost = Cost { memory: memory.parse().ok()?, passes: passes.parse().ok()? };
    // Whoever could write rows could ask for any memory; a sign-in asks for no more than this.
    if cost.memory > 1 << 18 || cost.passes > 16 {
        return None;
    }
    let bytes = |text: &str| BASE64_NOPAD.decode(text.as_bytes()).ok();
    Some((cost, bytes(salt)?.try_into().ok()?, bytes(hash)?.try_into().ok()?))
}

fn compute(
    password: &str,
    salt: &[u8; SALT],
    cost: Cost,
) -> Result<Zeroizing<[u8; HASH]>, PasswordError> {
    let params = Params::new(cost.memory, cost.passes, 1, Some(HASH));
    let params = params.map_err(|_| PasswordError::Stored)?;
    let mut out = Zeroizing::new([0; HASH]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut out[..])
        .map_err(|_| PasswordError::Stored)?;
    Ok(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::time::SeededEntropy;

    use super::*;

    #[test]
    fn only_the_password_itself_holds_and_it_is_not_kept() {
        let entropy = SeededEntropy::new(1);
        let kept = hash("九江值班台-2026!", Cost::QUICK, &entropy).unwrap();
        assert!(!kept.contains("九江"));
        assert_eq!(holds("九江值班台-2026!", &kept), Ok(true));
        for wrong in ["", "九江值班台-2026", "九江值班台-2026!!", &"x".repeat(5_000)] {
            assert_eq!(holds(wrong, &kept), Ok(false), "{wrong}");
        }
        assert_ne!(hash("九江值班台-2026!", Cost::QUICK, &entropy).unwrap(), kept, "its own salt");
        assert_eq!(holds("九江值班台-2026!", &nobodys(Cost::QUICK)), Ok(false));
        assert_eq!(holds("", &nobodys(Cost::QUICK)), Ok(false));
    }

    #[test]
    fn damaged_rows_are_named_and_ask_for_no_more_than_a_sign_in_may_cost() {
        let kept = hash("九江值班台-2026!", Cost::QUICK, &SeededEntropy::new(1)).unwrap();
        let huge = kept.replacen("$64$", "$4000000$", 1);
        let more = format!("{kept}$x");
        for bad in ["", "argon2id", "argon2i$64$1$AA$AA", huge.as_str(), more.as_str(), &kept[..60]]
        {
            assert_eq!(holds("九江值班台-2026!", bad), Err(PasswordError::Stored), "{bad}");
        }
    }

    #[test]
    fn easy_passwords_are_refused() {
        let refused =
            |password: &str| check_form("tanliheng", password).map_err(PasswordError::code);
        assert_eq!(refused("short"), Err("password_form"));
        assert_eq!(refused(&"长".repeat(129)), Err("password_form"));
        assert_eq!(refused("line\nbreak in it"), Err("password_form"));
        assert_eq!(refused("TanLiHeng2026"), Err("password_guessed"));
        assert_eq!(refused("aaaaaaaaaaaa"), Err("password_guessed"));
        assert_eq!(refused("九江派出所值班台一号"), Ok(()));
    }
}
