//! The court's server on a real socket, and officers who enrol with it as an app does.

use std::sync::Arc;

use lastmile_core::identity::SoftwareSigner;
use lastmile_core::pack::case::{CasePack, CaseState, CaseStatus, DutyPhone};
use lastmile_core::pack::court::CourtPack;
use lastmile_core::pack::seal::SealBlock;
use lastmile_core::records::Role;
use lastmile_core::time::{Clock as _, SeededEntropy, SystemClock, SystemEntropy};
use lastmile_ffi::{OpenOptions, Phone, Road, Signer, enrol, read_code};
use lastmile_server::app::Running;
use lastmile_server::court;
use lastmile_server::enrol::{NewEnrolment, make};
use lastmile_server::http::Limits;
use lastmile_server::keys::Secrets;
use lastmile_server::roles;
use lastmile_server::server::Options;
use tempfile::TempDir;

use crate::officer::{CASE, Key, Manner, wait};

/// A court with one case of two officers.
pub(crate) struct Court {
    pub(crate) dir: TempDir,
    running: Option<Running>,
    phones: u8,
    /// The device file of the phone that was enrolled last.
    pub(crate) device_file: String,
}

impl Court {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let data = dir.path().join("data");
        let clock = SystemClock::new(&SystemEntropy);
        assert!(clock.now().device_ms > 0);
        let (secrets, entropy) = (Secrets::demo(), SeededEntropy::new(1));
        court::found(&data, "粤0605", "测试法院", &secrets, &clock, &entropy).unwrap();
        let running =
            Running::start_at(&data, Options::default(), Limits::default(), "127.0.0.1:0").unwrap();
        let seals = SealBlock {
            staff: "luqihang".to_owned(),
            prefix: "S".to_owned(),
            from: 1,
            to: 50,
            ..SealBlock::default()
        };
        let duty = DutyPhone {
            name: "值班室".to_owned(),
            phone: "0757-86220110".to_owned(),
            ..DutyPhone::default()
        };
        let pack = CasePack {
            case_no: CASE.to_owned(),
            version: 1,
            court: "粤0605".to_owned(),
            cause: "买卖合同纠纷".to_owned(),
            handler: "luqihang".to_owned(),
            team: ["luqihang", "wenruotang"].map(str::to_owned).to_vec(),
            status: CaseStatus { state: CaseState::Active, ..CaseStatus::default() },
            seal_blocks: vec![seals],
            duty_phones: vec![duty],
            ..CasePack::default()
        };
        let settings = CourtPack {
            code: "粤0605".to_owned(),
            name: "测试法院".to_owned(),
            version: 1,
            sms_gateway: Some("106000000605".to_owned()),
            ..CourtPack::default()
        };
        running
            .server()
            .publish(|publisher| {
                publisher.case(&pack)?;
                publisher.reference(&settings, |pack, version| pack.version = version)
            })
            .unwrap();
        Self { dir, running: Some(running), phones: 0, device_file: String::new() }
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn stop(&mut self) {
        self.running = None;
    }

    pub(crate) fn road(&self) -> Arc<Road> {
        Road::http(self.running().url(), Vec::new()).unwrap()
    }

    /// A phone of `person`, enrolled by a code with an everyday key and one that finalises.
    pub(crate) fn enrol(&mut self, person: &str) -> Arc<Phone> {
        self.phones += 1;
        let server = self.running().server();
        roles::set(server, person, &[Role::Officer], &[]).unwrap();
        let new = NewEnrolment {
            person: person.to_owned(),
            name: format!("{person}先生"),
            valid_days: 30,
            hours: 72,
            protection: None,
            device: None,
            label: None,
            url: self.running().url(),
        };
        let code = make(server, &new).unwrap().text();
        assert_eq!(read_code(code.clone()).unwrap().court, "粤0605");
        let key = || -> Arc<dyn Signer> {
            let pkcs8 = SoftwareSigner::generate().unwrap();
            let signer = Arc::new(SoftwareSigner::from_pkcs8(&pkcs8).unwrap());
            Arc::new(Key { signer, manner: Manner::Der })
        };
        let (record, finalise) = (key(), Some(key()));
        let road = self.road();
        let enrolled =
            wait(enrol(code, road.clone(), record.clone(), finalise.clone(), None)).unwrap();
        assert!(enrolled.may_finalise && enrolled.roles == ["officer"]);
        self.device_file.clone_from(&enrolled.device_file);
        let path = self.dir.path().join(format!("phone{}.db", self.phones));
        let options = OpenOptions {
            path: path.to_string_lossy().into_owned(),
            key: vec![self.phones; 32],
            installation: vec![self.phones; 16],
            device_file: enrolled.device_file.clone(),
        };
        let phone = Phone::open(options, None, None, None).unwrap();
        phone.set_road(road);
        let signed_in = wait(phone.clone().sign_in(enrolled.device_file, record, finalise));
        assert!(signed_in.unwrap().may_finalise);
        wait(phone.clone().sync(0)).unwrap();
        phone
    }
}
