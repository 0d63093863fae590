//! A whole court on disk with the phones of its people, as a real one is founded: for tests in which a server runs.

use std::path::Path;
use std::sync::Arc;

use lastmile_core::identity::{Signer, SoftwareSigner};
use lastmile_core::pack::case::{CasePack, CaseState, CaseStatus};
use lastmile_core::pack::party::{Party, PartyKind, PartyRole};
use lastmile_core::phone::{Phone, PhoneOptions};
use lastmile_core::records::{Role, builtin};
use lastmile_core::time::{SystemClock, SystemEntropy};
use lastmile_server::court::{self, NewDevice};
use lastmile_server::server::{Options, Server};

use crate::phones::{CASE, store_at};

/// The officers of the case; the first handles it.
pub const OFFICERS: [&str; 2] = ["luqihang", "wenruotang"];

/// The debtor of the case.
pub const DEBTOR: &str = "佛山市南海区测试塑料制品厂";

/// Founds a court in `dir/data`, with one case, and gives the registered phones of its officers, whose stores lie
/// in `dir` too. The server does not run yet.
pub fn court_with_phones(dir: &Path) -> Vec<Phone> {
    let data = dir.join("data");
    let clock = SystemClock::new(&SystemEntropy);
    court::found(&data, "粤0605", "测试法院", &clock, &SystemEntropy).unwrap();
    let server = Server::open(&data, Options::default()).unwrap();
    let pack = CasePack {
        case_no: CASE.into(),
        version: 1,
        court: "粤0605".into(),
        cause: "买卖合同纠纷".into(),
        handler: OFFICERS[0].into(),
        parties: vec![Party {
            id: "B1".into(),
            role: PartyRole::Debtor,
            kind: PartyKind::Organisation,
            name: DEBTOR.into(),
            ..Party::default()
        }],
        team: OFFICERS.map(ToOwned::to_owned).to_vec(),
        status: CaseStatus { state: CaseState::Active, ..CaseStatus::default() },
        ..CasePack::default()
    };
    server.publish(|publisher| publisher.case(&pack)).unwrap();
    let phones = OFFICERS.map(|person| {
        let key = SoftwareSigner::generate().unwrap();
        let signer: Arc<dyn Signer> = Arc::new(SoftwareSigner::from_pkcs8(&key).unwrap());
        let device = NewDevice {
            person: person.into(),
            name: Some(person.into()),
            roles: vec![Role::Officer],
            device: Some(format!("P-{person}")),
            key: signer.public_key(),
            protection: "software".into(),
        };
        let file = court::register(&server, &device, None).unwrap();
        let phone = Phone::open(PhoneOptions {
            store: store_at(dir.join(format!("{person}.store")), None),
            kinds: builtin(),
            clock: Arc::new(SystemClock::new(&SystemEntropy)),
            entropy: Arc::new(SystemEntropy),
            root: unhex(&file.root),
        })
        .unwrap();
        phone.register(&file, signer).unwrap();
        phone
    });
    phones.into()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
