//! An authority made of nothing, one made of openssl, and answers that are not ours.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use lastmile_core::id::BootId;
use lastmile_core::time::{ManualClock, SeededEntropy};
use tempfile::TempDir;

use super::*;
use crate::court;
use crate::keys::Secrets;
use crate::server::Options;

const NOW_MS: i64 = 1_773_701_400_000;

fn server(dir: &Path) -> Server {
    let clock = Arc::new(ManualClock::new(NOW_MS, 0, BootId([0; 8])));
    let (secrets, entropy) = (Secrets::demo(), SeededEntropy::new(1));
    court::found(dir, "粤0605", "测试法院", &secrets, clock.as_ref(), &entropy).unwrap();
    Server::open(dir, Options { clock, ..Options::default() }).unwrap()
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..0x80) => out.push(short),
        Ok(long) => out.extend([0x81, long]),
        Err(_) => {
            out.push(0x82);
            out.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    out.extend(content);
    out
}

/// The answer of an authority that signs with nothing.
fn answer(status: u8, algorithm: &[u8], digest: &[u8], nonce: &[u8]) -> Vec<u8> {
    let algorithm = tlv(0x30, &[tlv(0x06, algorithm), tlv(0x05, &[])].concat());
    let imprint = tlv(0x30, &[algorithm, tlv(0x04, digest)].concat());
    let info = [
        tlv(0x02, &[1]),
        tlv(0x06, &[0x2a, 0x03]),
        imprint,
        tlv(0x02, &[7]),
        tlv(0x18, b"20260316225000Z"),
        tlv(0x02, nonce),
    ];
    let octets = tlv(0x04, &tlv(0x30, &info.concat()));
    let encapsulated = tlv(0x30, &[tlv(0x06, &[0x2a]), tlv(0xa0, &octets)].concat());
    let signed = tlv(0x30, &[tlv(0x02, &[3]), tlv(0x31, &[]), encapsulated].concat());
    let content = tlv(0x30, &[tlv(0x06, &[0x2a]), tlv(0xa0, &signed)].concat());
    tlv(0x30, &[tlv(0x30, &tlv(0x02, &[status])), content].concat())
}

/// Answers with what it is told to make of digest and nonce.
struct Fake<F>(F);

impl<F: Fn(&[u8], &[u8]) -> Vec<u8>> Authority for Fake<F> {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn stamp(&self, request: &[u8]) -> Result<Vec<u8>, TimestampError> {
        Ok((self.0)(&request[24..56], &request[58..66]))
    }
}

#[test]
fn a_checkpoint_is_stamped_once_and_the_token_kept_as_it_came() {
    let dir = TempDir::new().unwrap();
    let server = server(&dir.path().join("data"));
    let honest = Fake(|digest: &[u8], nonce: &[u8]| answer(0, &SHA256, digest, nonce));
    let (size, new) = stamp_newest(&server, &honest, &SeededEntropy::new(5)).unwrap();
    assert!(new && size > 0);
    assert_eq!(stamp_newest(&server, &honest, &SeededEntropy::new(6)).unwrap(), (size, false));
    let kept = server.store().read::<_, StoreError>(|reading| reading.timestamps(size)).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].authority.as_str(), kept[0].made_ms), ("fake", NOW_MS));
    let newest = server
        .store()
        .read::<_, StoreError>(|reading| server.sequencer().newest(reading))
        .unwrap()
        .unwrap();
    let digest = sha256(&newest.note);
    assert!(kept[0].token.windows(32).any(|part| part == digest), "of the signed note");
}

type Lie = fn(&[u8], &[u8]) -> Vec<u8>;

#[test]
fn what_is_no_timestamp_of_ours_is_refused_and_nothing_is_kept() {
    let dir = TempDir::new().unwrap();
    let server = server(&dir.path().join("data"));
    let lies: [(&str, Lie); 8] = [
        ("timestamp_unreadable", |_, _| Vec::new()),
        ("timestamp_unreadable", |_, _| b"<html>".to_vec()),
        ("timestamp_unreadable", |digest, nonce| answer(2, &SHA256, digest, nonce)),
        ("timestamp_unreadable", |digest, nonce| {
            let mut cut = answer(0, &SHA256, digest, nonce);
            cut.pop();
            cut
        }),
        ("timestamp_unreadable", |_, _| vec![0x30; 70_000]),
        ("timestamp_other_subject", |_, nonce| answer(0, &SHA256, &[7; 32], nonce)),
        ("timestamp_other_subject", |digest, nonce| answer(0, &[0x2b, 14], digest, nonce)),
        ("timestamp_other_subject", |digest, _| answer(0, &SHA256, digest, &[9; 8])),
    ];
    for (number, (code, lie)) in lies.into_iter().enumerate() {
        let refused = stamp_newest(&server, &Fake(lie), &SeededEntropy::new(5)).unwrap_err();
        assert_eq!(refused.code(), code, "lie {number}");
    }
    let kept =
        server.store().read::<_, StoreError>(|reading| reading.newest_timestamps(9)).unwrap();
    assert!(kept.is_empty());
    // Whatever the bytes, an answer and not a panic.
    let honest = answer(0, &SHA256, &[1; 32], &[2; 8]);
    assert!(check(&honest, &[1; 32], [2; 8]).is_ok());
    for at in 0..honest.len() {
        let mut bent = honest.clone();
        bent[at] ^= 0x55;
        let _ = check(&bent, &[1; 32], [2; 8]);
        assert!(check(&honest[..at], &[1; 32], [2; 8]).is_err());
    }
}

/// An authority in a few lines of shell.
const AUTHORITY: &str = r#"#!/bin/sh
set -e
cd "$(dirname "$0")"
cat > request.tsq
openssl ts -reply -config tsa.cnf -section tsa -queryfile request.tsq -inkey tsa.key -signer tsa.pem -out answer.tsr 2>/dev/null
cat answer.tsr
"#;

const CONFIG: &str = r"
[req]
distinguished_name = name
x509_extensions = stamping
prompt = no
[name]
CN = Timestamps for a test
[stamping]
basicConstraints = critical, CA:TRUE
extendedKeyUsage = critical, timeStamping
[tsa]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
";

#[test]
fn a_real_authority_behind_a_command_stamps_and_a_strangers_tool_agrees() {
    let dir = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        Command::new("openssl").args(arguments).current_dir(dir.path()).output()
    };
    if run(&["version"]).is_err() {
        eprintln!("skipped: there is no openssl here");
        return;
    }
    std::fs::write(dir.path().join("tsa.cnf"), CONFIG).unwrap();
    std::fs::write(dir.path().join("serial"), "01\n").unwrap();
    let program = dir.path().join("authority.sh");
    std::fs::write(&program, AUTHORITY).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let made = run(&[
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "36500", "-config", "tsa.cnf",
        "-keyout", "tsa.key", "-out", "tsa.pem",
    ])
    .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let server = server(&dir.path().join("data"));
    let authority = ByCommand { name: "house".to_owned(), program };
    let (size, new) = stamp_newest(&server, &authority, &SeededEntropy::new(5)).unwrap();
    assert!(new);
    let kept = server.store().read::<_, StoreError>(|reading| reading.timestamps(size)).unwrap();
    std::fs::write(dir.path().join("kept.tsr"), &kept[0].token).unwrap();
    let newest = server
        .store()
        .read::<_, StoreError>(|reading| server.sequencer().newest(reading))
        .unwrap()
        .unwrap();
    std::fs::write(dir.path().join("checkpoint"), &newest.note).unwrap();
    let verify = ["ts", "-verify", "-data", "checkpoint", "-in", "kept.tsr", "-CAfile", "tsa.pem"];
    let verified = run(&verify).unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let silent = ByCommand { name: "silent".to_owned(), program: "/bin/false".into() };
    let refused = stamp_newest(&server, &silent, &SeededEntropy::new(5)).unwrap_err();
    assert_eq!(refused.code(), "timestamp_no_answer");
}
