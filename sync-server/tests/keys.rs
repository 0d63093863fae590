//! Key files that are not what they should be: every command says what is wrong, and nothing changes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use lastmile_server::keys::{KeyName, path_of};
use tempfile::TempDir;
use world::COURT;
use world::command::{KEYS, ROOT, passphrase_file, program};

fn found(dir: &Path) -> PathBuf {
    let data = dir.join("data");
    let weak = "--weak-keys-for-demonstration";
    let init = ["init", "--data", data.to_str().unwrap(), "--court", COURT, weak];
    assert!(program(&init).output().unwrap().status.success());
    data
}

/// Every file with its content and mode.
fn listing(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u32)> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(listing(&path));
        } else {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            files.insert(path.clone(), (fs::read(&path).unwrap(), mode));
        }
    }
    files
}

/// Commands that need the keys, one after the other.
fn commands(data: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["serve", "--data", data, "--listen", "127.0.0.1:0"],
        vec![
            "device",
            "add",
            "--data",
            data,
            "--person",
            "luqihang",
            "--name",
            "陆启航",
            "--role",
            "officer",
            "--public-key",
            "04",
        ],
        vec!["rebuild", "--data", data],
        vec!["verify", "--data", data],
    ]
}

/// The command refuses with `code`, a Chinese sentence and no change in `data`.
fn refuses(mut command: Command, code: &str, data: &Path, about: &str) {
    let before = listing(data);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(1 | 3)), "{about}: {said}");
    let first = said.lines().find(|line| line.starts_with('[')).unwrap_or_default();
    assert!(first.starts_with(&format!("[{code}] ")) && !first.is_ascii(), "{about}: {said}");
    assert!(!said.contains(KEYS) && !said.contains(ROOT), "{about}: {said}");
    assert!(before == listing(data), "{about}: something changed");
}

type Damage = (&'static str, fn(&Path, &Path));

/// What happens to a key file, and the code that names it. The second path is a healthy other file.
const DAMAGES: [Damage; 8] = [
    ("key_file_missing", |key, _| fs::remove_file(key).unwrap()),
    ("key_file_truncated", |key, _| {
        let bytes = fs::read(key).unwrap();
        fs::write(key, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("key_file_truncated", |key, _| fs::write(key, "").unwrap()),
    ("key_file_not_a_key", |key, _| fs::write(key, "not a key at all").unwrap()),
    ("key_file_not_a_key", |key, _| fs::write(key, vec![0x30; 1 << 20]).unwrap()),
    ("key_file_exposed", |key, _| {
        fs::set_permissions(key, fs::Permissions::from_mode(0o640)).unwrap();
    }),
    ("key_file_swapped", |key, other| fs::write(key, fs::read(other).unwrap()).unwrap()),
    ("passphrase_wrong", |key, _| {
        // A flipped bit in the sealed content looks like another passphrase.
        let mut bytes = fs::read(key).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(key, bytes).unwrap();
    }),
];

#[test]
fn every_damage_of_every_key_file_is_named_and_changes_nothing() {
    let dir = TempDir::new().unwrap();
    let data = found(dir.path());
    let text = data.to_str().unwrap();
    let mut turn = 0;
    for name in KeyName::ALL {
        let key = path_of(&data, name);
        let other = path_of(&data, KeyName::ALL.into_iter().find(|other| *other != name).unwrap());
        let healthy = fs::read(&key).unwrap();
        for (code, damage) in DAMAGES {
            damage(&key, &other);
            let commands = commands(text);
            let arguments = &commands[turn % commands.len()];
            turn += 1;
            refuses(program(arguments), code, &data, &format!("{} {code}", name.code()));
            fs::write(&key, &healthy).unwrap();
            fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    assert!(program(&["verify", "--data", text]).output().unwrap().status.success());
}

#[test]
fn a_key_of_another_court_does_not_belong_here() {
    let dir = TempDir::new().unwrap();
    let data = found(dir.path());
    let elsewhere = found(&dir.path().join("other"));
    for name in KeyName::ALL {
        let key = path_of(&data, name);
        let healthy = fs::read(&key).unwrap();
        fs::write(&key, fs::read(path_of(&elsewhere, name)).unwrap()).unwrap();
        let verify = program(&["verify", "--data", data.to_str().unwrap()]);
        refuses(verify, "key_file_swapped", &data, name.code());
        fs::write(&key, healthy).unwrap();
    }
}

#[test]
fn without_the_passphrase_nothing_opens() {
    let dir = TempDir::new().unwrap();
    let data = found(dir.path());
    for arguments in commands(data.to_str().unwrap()) {
        let with = |file: PathBuf| {
            let mut command = program(&arguments);
            command.env("LASTMILE_PASSPHRASE_FILE", file);
            command
        };
        refuses(with(passphrase_file("root", ROOT)), "passphrase_wrong", &data, arguments[0]);
        refuses(with(passphrase_file("short", "short")), "passphrase_form", &data, arguments[0]);
        refuses(with(dir.path().join("nowhere")), "passphrase_file", &data, arguments[0]);
        let exposed = dir.path().join("exposed");
        fs::write(&exposed, KEYS).unwrap();
        fs::set_permissions(&exposed, fs::Permissions::from_mode(0o644)).unwrap();
        refuses(with(exposed), "passphrase_file_exposed", &data, arguments[0]);
        let mut without = program(&arguments);
        without.env_remove("LASTMILE_PASSPHRASE_FILE");
        refuses(without, "passphrase_missing", &data, arguments[0]);
    }
}

#[test]
fn a_court_is_made_whole_or_not_at_all() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let init = ["init", "--data", data.to_str().unwrap(), "--court", COURT];
    let refused = |mut command: Command, code: &str| {
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with(&format!("[{code}] ")), "{said}");
    };
    let mut without_root = program(&init);
    without_root.env_remove("LASTMILE_ROOT_PASSPHRASE_FILE");
    refused(without_root, "passphrase_missing");
    let mut same = program(&init);
    same.env("LASTMILE_ROOT_PASSPHRASE_FILE", passphrase_file("keys", KEYS));
    refused(same, "passphrase_same_as_root");
    assert!(!data.exists());
    // What a start that was cut off leaves behind is not taken for a court, nor overwritten.
    fs::create_dir_all(data.join("keys")).unwrap();
    refused(program(&init), "court_unfinished");
    assert_eq!(listing(&data).len(), 0);
}

#[test]
fn openssl_opens_what_was_sealed() {
    let Ok(version) = Command::new("openssl").arg("version").output() else {
        eprintln!("skipped: no openssl here");
        return;
    };
    assert!(version.status.success());
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    // At full cost, as a real court has it.
    let init = ["init", "--data", data.to_str().unwrap(), "--court", COURT];
    assert!(program(&init).output().unwrap().status.success());
    let read = |key: &Path, passphrase: &str| {
        Command::new("openssl")
            .args(["pkey", "-inform", "DER", "-noout", "-text_pub", "-passin"])
            .arg(format!("pass:{passphrase}"))
            .arg("-in")
            .arg(key)
            .output()
            .unwrap()
    };
    let opened = read(&path_of(&data, KeyName::Issuing), KEYS);
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    assert!(String::from_utf8_lossy(&opened.stdout).contains("prime256v1"));
    let root = data.join(lastmile_server::keys::ROOT_KEY);
    assert!(read(&root, ROOT).status.success());
    assert!(!read(&root, KEYS).status.success());
}
