//! A code and new keys become certificates. Comes before a phone can be opened.

use std::sync::Arc;

use lastmile_core::identity::enrolment::EnrolmentCode;
use lastmile_core::phone;
use lastmile_core::phone::enrol::NewKeys;
use lastmile_core::time::SystemEntropy;

use crate::error::LastmileError;
use crate::host::{Clock, HostClock};
use crate::road::Road;
use crate::signer::{HostSigner, Signer};
use crate::words::Words;
use crate::work::run;

/// What an enrolment code says, before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CodeInfo {
    /// The court's code, e.g. `粤0605`: show it and let the person agree.
    pub court: String,
    /// Where the court's server is; for [`Road`].
    pub url: String,
    /// The code's number, to be compared with the administrator's screen.
    pub number: String,
}

/// What the court made of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Enrolled {
    /// Whom to trust and who this is (JSON): keep it for [`crate::OpenOptions`] and [`Phone::sign_in`].
    /// Nothing in it is secret.
    ///
    /// [`Phone::sign_in`]: crate::Phone::sign_in
    pub device_file: String,
    /// Staff or liaison id.
    pub person: String,
    /// Name as on papers.
    pub name: String,
    /// Role codes.
    pub roles: Vec<String>,
    /// A key that finalises was certified, too.
    pub may_finalise: bool,
    /// End of validity, milliseconds since 1970.
    pub not_after_ms: i64,
}

/// Reads an enrolment code, as scanned or typed. From memory.
///
/// Errors: `Refused` with the code's fault.
#[uniffi::export]
pub fn read_code(code: String) -> Result<CodeInfo, LastmileError> {
    let code = parse(&code)?;
    Ok(CodeInfo { court: code.court.clone(), number: code.shown_id(), url: code.url.clone() })
}

/// Has the court certify new keys of a person on this phone: `record` for everyday changes, `finalise`
/// for finalising, released by the person's fingerprint or face. Nothing of the answer is believed that
/// does not lead to the root in the code. A lost answer is asked for again with the same keys.
///
/// Errors: `Key`, `Network`, `NotBelieved`; `Refused` for a code that cannot be read.
#[uniffi::export(default(clock = None))]
pub async fn enrol(
    code: String,
    road: Arc<Road>,
    record: Arc<dyn Signer>,
    finalise: Option<Arc<dyn Signer>>,
    clock: Option<Arc<dyn Clock>>,
) -> Result<Enrolled, LastmileError> {
    run(move || {
        let code = parse(&code)?;
        let record = HostSigner::new(record)?;
        let protection = record.protection().to_owned();
        let finalise = finalise.map(HostSigner::new).transpose()?;
        let keys = NewKeys {
            record: Arc::new(record),
            finalise: finalise.map(|signer| Arc::new(signer) as _),
            protection,
        };
        let clock = HostClock::new(clock);
        let done = phone::enrol::enrol(&code, &keys, &road.http, &clock, &SystemEntropy)?;
        let device_file = serde_json::to_string(&done.file);
        Ok(Enrolled {
            device_file: device_file.map_err(|_| LastmileError::input("device_file"))?,
            may_finalise: done.finalise.is_some(),
            person: done.person,
            name: done.name,
            roles: done.roles,
            not_after_ms: done.not_after_ms,
        })
    })
    .await
}

fn parse(code: &str) -> Result<EnrolmentCode, LastmileError> {
    EnrolmentCode::parse(code.trim()).map_err(|error| {
        let said = Words {
            zh: "登记码无法识别,请重新扫描或核对后输入".to_owned(),
            en: "The code cannot be read: scan it again, or check what was typed.".to_owned(),
        };
        LastmileError::refused(error.code(), said)
    })
}
