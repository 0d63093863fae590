//! An officer's phone of a court that has no server here, and the keys in its key store.

use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::identity::{Signer as _, SoftwareSigner};
use lastmile_core::phone::DeviceFile;
use lastmile_ffi::{
    Act, DraftItem, KeyError, KeyInfo, LastmileError, OpenOptions, Phone, RecordDraft, SavedChange,
    Signer, Value,
};
use tempfile::TempDir;

pub(crate) const CASE: &str = "(2026)粤0605执1101号";

/// Waits for a call that is `suspend` in Kotlin.
pub(crate) fn wait<F: Future>(call: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(call)
}

/// How a key behaves.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Manner {
    /// Gives DER, as Android does.
    Der,
    /// Gives r‖s.
    Fixed,
    /// Signs something else.
    Wrong,
    /// Is locked.
    Locked,
}

/// A key of a phone's key store.
pub(crate) struct Key {
    pub(crate) signer: Arc<SoftwareSigner>,
    pub(crate) manner: Manner,
}

#[async_trait]
impl Signer for Key {
    fn key(&self) -> Result<KeyInfo, KeyError> {
        let public_key = self.signer.public_key().as_bytes().to_vec();
        Ok(KeyInfo { public_key, protection: "tee".to_owned() })
    }

    async fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        let sign = |message: &[u8]| self.signer.sign(message).map_err(|_| KeyError::Failed);
        match self.manner {
            Manner::Der => Ok(sign(&message)?.to_der()),
            Manner::Fixed => Ok(sign(&message)?.as_bytes().to_vec()),
            Manner::Wrong => Ok(sign(b"something else")?.to_der()),
            Manner::Locked => Err(KeyError::Locked),
        }
    }
}

/// An officer with an everyday key that finalises as well, and a place for the phone's store.
pub(crate) struct Officer {
    court: TestCourt,
    person: &'static str,
    pub(crate) dir: TempDir,
}

impl Officer {
    pub(crate) fn new() -> Self {
        Self { court: TestCourt::nanhai(), person: "luqihang", dir: TempDir::new().unwrap() }
    }

    pub(crate) fn device_file(&self) -> String {
        let hex = |bytes: Vec<u8>| data_encoding::HEXLOWER.encode(&bytes);
        let court = &self.court;
        let above = [&court.issuing, &court.server];
        let file = DeviceFile {
            court: court.court.clone(),
            root: hex(court.root.certificate.to_bytes()),
            chain: above.map(|one| hex(one.certificate.to_bytes())).to_vec(),
            certificate: hex(court.person(self.person).certificate.to_bytes()),
            server: None,
        };
        serde_json::to_string(&file).unwrap()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("officer.db")
    }

    pub(crate) fn options(&self) -> OpenOptions {
        OpenOptions {
            path: self.path().to_string_lossy().into_owned(),
            key: vec![7; 32],
            installation: vec![1; 16],
            device_file: self.device_file(),
        }
    }

    pub(crate) fn key(&self, manner: Manner) -> Arc<dyn Signer> {
        Arc::new(Key { signer: Arc::clone(&self.court.person(self.person).signer), manner })
    }

    /// The phone, with the officer signed in by a key that behaves like that.
    pub(crate) fn phone_with(&self, manner: Manner) -> Arc<Phone> {
        let phone = Phone::open(self.options(), None, None, None).unwrap();
        let key = self.key(manner);
        wait(Arc::clone(&phone).sign_in(self.device_file(), key, None)).unwrap();
        phone
    }

    pub(crate) fn phone(&self) -> Arc<Phone> {
        self.phone_with(Manner::Der)
    }
}

/// A form of text fields.
pub(crate) fn form(fields: &[(&str, &str)]) -> HashMap<String, Value> {
    let text = |value: &str| Value::Text { value: value.to_owned() };
    fields.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect()
}

/// A seizure with one line.
pub(crate) fn seizure() -> RecordDraft {
    RecordDraft {
        kind: "seizure".to_owned(),
        case_no: CASE.to_owned(),
        handler: None,
        head: form(&[("location", "九江镇测试工业区1号")]),
        items: vec![DraftItem { collection: "lines".to_owned(), fields: line("注塑机") }],
    }
}

pub(crate) fn line(name: &str) -> HashMap<String, Value> {
    let mut fields = form(&[("name", name)]);
    fields.insert("quantity".to_owned(), Value::Number { value: 1 });
    fields
}

pub(crate) fn add_line(
    phone: &Phone,
    record: &str,
    name: &str,
) -> Result<SavedChange, LastmileError> {
    let act = Act::Add { verb: "add_line".to_owned(), fields: line(name) };
    phone.act(record.to_owned(), act, None, None)
}

pub(crate) fn edit_quantity(
    phone: &Phone,
    record: &str,
    item: &str,
    quantity: i64,
) -> Result<SavedChange, LastmileError> {
    let fields = HashMap::from([("quantity".to_owned(), Value::Number { value: quantity })]);
    let act = Act::Edit { verb: "edit_line".to_owned(), item: item.to_owned(), fields };
    phone.act(record.to_owned(), act, None, None)
}
