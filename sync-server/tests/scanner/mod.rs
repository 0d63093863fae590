//! Finds in any bytes what must never leave: private keys, tokens, passphrases, identity numbers, telephone
//! numbers; plainly, in hexadecimal, in base64 of either alphabet, and so one inside the other.

#![allow(dead_code, unreachable_pub, missing_docs)] // each test file uses a part of it

use std::collections::BTreeSet;
use std::path::Path;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use lastmile_core::identifier::{Standing, phone, resident_id};

/// The day on which numbers are judged.
const TODAY: jiff::civil::Date = jiff::civil::Date::constant(2026, 3, 17);

/// What opens every unsealed P-256 key of ours: the algorithm of PKCS#8 and the head of the secret.
const PKCS8: &[u8] = &[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
    0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20,
];

/// Shorter runs of a code hide nothing that is looked for.
const RUN: usize = 24;

pub struct Scanner {
    needles: Vec<(&'static str, Vec<u8>)>,
}

impl Scanner {
    pub fn new() -> Self {
        let needles: [(&'static str, &[u8]); 3] = [
            ("private key", PKCS8),
            ("private key", b"PRIVATE KEY-----"),
            ("device token", b"lastmile-token"),
        ];
        Self { needles: needles.map(|(name, bytes)| (name, bytes.to_vec())).to_vec() }
    }

    /// Looks for `secret` too.
    pub fn also(mut self, name: &'static str, secret: &[u8]) -> Self {
        self.needles.push((name, secret.to_vec()));
        self
    }

    /// What is in `bytes`, by name; never the secret itself, for test output is an output too.
    pub fn find(&self, bytes: &[u8]) -> BTreeSet<&'static str> {
        let mut found = self.plain(bytes);
        for run in runs(bytes, |byte| byte.is_ascii_hexdigit()) {
            for shift in 0..2 {
                let even = &run[shift..shift + (run.len() - shift) / 2 * 2];
                found.extend(
                    HEXLOWER_PERMISSIVE.decode(even).map(|it| self.plain(&it)).unwrap_or_default(),
                );
            }
        }
        for (more, code) in [(b"+/", &BASE64_NOPAD), (b"-_", &BASE64URL_NOPAD)] {
            for run in runs(bytes, |byte| byte.is_ascii_alphanumeric() || more.contains(&byte)) {
                for shift in 0..4 {
                    // The last group may be cut short; `A` is six zero bits.
                    let mut whole = run[shift..].to_vec();
                    whole.resize(whole.len().next_multiple_of(4), b'A');
                    found.extend(code.decode(&whole).map(|it| self.plain(&it)).unwrap_or_default());
                }
            }
        }
        found
    }

    /// Every file under `dir`, except those that `content` names with a reason.
    pub fn files(&self, dir: &Path, content: &[(&str, &str)]) -> (usize, Vec<String>) {
        let (mut read, mut found) = (0, Vec::new());
        let mut open = vec![dir.to_owned()];
        while let Some(next) = open.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                let name = path.strip_prefix(dir).unwrap().display().to_string();
                if content.iter().any(|(end, _)| name.ends_with(end)) {
                    continue;
                }
                read += 1;
                for what in self.find(&std::fs::read(&path).unwrap()) {
                    found.push(format!("{name}: {what}"));
                }
            }
        }
        (read, found)
    }

    fn plain(&self, bytes: &[u8]) -> BTreeSet<&'static str> {
        let mut found: BTreeSet<&'static str> = BTreeSet::new();
        let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        found.extend(self.needles.iter().filter(|(_, needle)| has(needle)).map(|(name, _)| *name));
        if operator_token(bytes) {
            found.insert("operator token");
        }
        if bytes.windows(18).any(identity_number) {
            found.insert("identity number");
        }
        if numbers(bytes, phone::PhoneKind::Mobile) {
            found.insert("mobile number");
        }
        if numbers(bytes, phone::PhoneKind::Landline) {
            found.insert("landline number");
        }
        found
    }
}

fn runs(bytes: &[u8], of: impl Fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    bytes.split(move |byte| !of(*byte)).filter(|run| run.len() >= RUN)
}

/// `lmo.<16 hex>.<43 base64url>`.
fn operator_token(bytes: &[u8]) -> bool {
    bytes.windows(64).any(|window| {
        window.starts_with(b"lmo.")
            && window[20] == b'.'
            && window[4..20].iter().all(u8::is_ascii_hexdigit)
            && window[21..].iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    })
}

fn identity_number(window: &[u8]) -> bool {
    let digits = window[..17].iter().all(u8::is_ascii_digit);
    digits
        && (window[17].is_ascii_digit() || matches!(window[17], b'x' | b'X'))
        && std::str::from_utf8(window)
            .is_ok_and(|text| resident_id::check(text, TODAY).standing == Standing::Ok)
}

/// Whether a telephone number of this kind stands on its own: a longer number of digits and letters is
/// something else, and so is one with a point in it. Area codes begin with one zero.
fn numbers(bytes: &[u8], kind: phone::PhoneKind) -> bool {
    let mut tokens = bytes.split(|byte| !byte.is_ascii_alphanumeric() && !b".-".contains(byte));
    tokens.any(|token| {
        let mobile = kind == phone::PhoneKind::Mobile;
        let begins = match token {
            [b'1', ..] => mobile && token.len() == 11,
            [b'0', b'1'..=b'9', ..] => !mobile && (10..=13).contains(&token.len()),
            _ => false,
        };
        begins
            && token.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
            && std::str::from_utf8(token).is_ok_and(|text| {
                let checked = phone::check(text);
                checked.standing == Standing::Ok && checked.parts.is_some_and(|it| it.kind == kind)
            })
    })
}
