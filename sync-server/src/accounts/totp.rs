//! One-time codes of an authenticator app: TOTP (RFC 6238) over HMAC-SHA-1, six digits, 30 seconds, as every
//! such app makes them. A code serves once.

use data_encoding::BASE32_NOPAD;
use ring::hmac;

/// Bytes of a secret: as long as the hash (RFC 4226, 4 R6).
pub const SECRET: usize = 20;

const STEP_S: i64 = 30;
/// Codes of the step before and after are taken: clocks differ and people type slowly (RFC 6238, 5.2).
const AROUND: i64 = 1;

/// The step whose code `code` is, if it is one of those around `now_ms` and after `used`, the last step
/// whose code was used.
pub fn step_of(secret: &[u8], code: &str, now_ms: i64, used: i64) -> Option<i64> {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let code: u32 = code.parse().ok()?;
    let now = now_ms.div_euclid(1_000 * STEP_S);
    (now - AROUND..=now + AROUND).find(|step| *step > used && code_of(secret, *step) == Some(code))
}

/// The code of a step (RFC 4226, 5.3).
fn code_of(secret: &[u8], step: i64) -> Option<u32> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &u64::try_from(step).ok()?.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last()? & 0x0f);
    let four: [u8; 4] = bytes.get(offset..offset + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// What the app scans. `label` is shown there, as is `issuer`.
pub fn uri(secret: &[u8], issuer: &str, label: &str) -> String {
    let secret = BASE32_NOPAD.encode(secret);
    let (issuer, label) = (encode(issuer), encode(label));
    format!("otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}")
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B; its codes have eight digits, of which these are the last six.
    #[test]
    fn codes_are_those_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = step_of(secret, code, seconds * 1_000, 0);
            assert_eq!(step, Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_serves_once_and_around_its_time() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64, used| step_of(secret, "081804", seconds * 1_000, used);
        let step = 1_111_111_109 / 30;
        assert_eq!(at(1_111_111_109, 0), Some(step));
        assert_eq!(at(1_111_111_109 + 30, 0), Some(step), "typed slowly");
        assert_eq!(at(1_111_111_109 - 30, 0), Some(step), "the phone is ahead");
        assert_eq!(at(1_111_111_109 + 90, 0), None);
        assert_eq!(at(1_111_111_109, step), None, "used");
        for bad in ["", "81804", "0818041", "08180x", "０８１８０４"] {
            assert_eq!(step_of(secret, bad, 1_111_111_109_000, 0), None, "{bad}");
        }
    }

    #[test]
    fn the_app_is_told_who_and_where() {
        let uri = uri(b"12345678901234567890", "南海法院", "tanliheng");
        assert_eq!(
            uri,
            "otpauth://totp/%E5%8D%97%E6%B5%B7%E6%B3%95%E9%99%A2:tanliheng?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%8D%97%E6%B5%B7%E6%B3%95%E9%99%A2"
        );
    }
}
