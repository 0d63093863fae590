//! Somebody has a copy of the court's issuing key and certifies a phone of his own. What the guide to the
//! keys says shuts him out and nobody else, a restore does not let him back in, and before anybody noticed
//! his phone could not register itself.

use std::error::Error;
use std::sync::Arc;

use lastmile_core::id::CertificateId;
use lastmile_core::identity::{Canonical, Certificate, Signed, Signer, SoftwareSigner, SubjectKey};
use lastmile_core::phone::Phone;
use lastmile_core::time::SystemEntropy;
use lastmile_server::keys::{self, KeyName, Passphrase};
use lastmile_server::rotate::{self, By, Place};
use lastmile_server::store::{State, StoreError};
use lastmile_server::withdraw::{self, Order};
use lastmile_server::{certify, renew};
use lastmile_tests::acts::{CASE, Direct, add_line, begin};
use lastmile_tests::court_stage::{CourtStage, MORNING_MS, Registered};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

const HOUR_MS: i64 = 3_600_000;

/// A copy of the issuing key, and the certificate it goes with.
struct Stolen {
    key: SoftwareSigner,
    certificate: CertificateId,
}

impl Stolen {
    fn from(stage: &CourtStage) -> Result<Self, Box<dyn Error>> {
        let path = keys::path_of(&stage.data(), KeyName::Issuing);
        let key = keys::load_file(&path, &Passphrase::demo())?;
        let certificate = stage.server()?.server().keys().issuing.certificate;
        Ok(Self { key, certificate })
    }

    /// A phone that calls itself somebody's, made like `honest` one.
    fn phone(
        &self,
        honest: &Registered,
        number: u8,
        change: impl FnOnce(&mut Certificate),
    ) -> Result<Registered, Box<dyn Error>> {
        let made = bytes(&honest.file.certificate)?;
        let mut body =
            Certificate::decode(Signed::<Certificate>::from_bytes(&made)?.raw_parts().0)?;
        let signer: Arc<dyn Signer> =
            Arc::new(SoftwareSigner::from_pkcs8(&SoftwareSigner::generate()?)?);
        body.key = SubjectKey::Signing(signer.public_key());
        body.device = Some(format!("X{number}"));
        body.serial = 900 + u64::from(number);
        body.issuer = Some(self.certificate);
        change(&mut body);
        let signed = Signed::seal(&body, &self.key)?;
        let mut file = honest.file.clone();
        file.certificate = data_encoding::HEXLOWER.encode(&signed.to_bytes());
        let path = honest.path.with_file_name(format!("thief{number}.db"));
        Ok(Registered { number, file, signer, path })
    }
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(data_encoding::HEXLOWER.decode(hex.as_bytes())?)
}

fn knows(stage: &CourtStage, phone: &Registered) -> Result<bool, Box<dyn Error>> {
    let directory = stage.server()?.server().directory()?;
    Ok(directory.get(&phone.certificate()?).is_some())
}

/// The code with which the court refuses this phone.
fn refused(stage: &CourtStage, phone: &Registered) -> Result<String, Box<dyn Error>> {
    let opened = stage.open(phone, 0)?;
    let trouble = opened.sync(&Direct(stage.server()?.server())).err().ok_or("it was let in")?;
    assert!(!knows(stage, phone)?, "refused and yet published");
    Ok(trouble.code().to_owned())
}

fn sync(stage: &CourtStage, phone: &Phone) -> Tested {
    phone.sync(&Direct(stage.server()?.server()))?;
    Ok(())
}

/// What the guide says, step by step.
fn runbook(stage: &mut CourtStage, old: CertificateId) -> Result<usize, Box<dyn Error>> {
    stage.stop();
    let pass = Passphrase::demo();
    let root = keys::load_file(&stage.data().join(keys::ROOT_KEY), &pass)?;
    let data = stage.data();
    let place = Place::open(&data, MORNING_MS + HOUR_MS, &SystemEntropy)?;
    rotate::rotate(&place, KeyName::Issuing, &By::Root(&root), &pass)?;
    rotate::rotate(&place, KeyName::Server, &By::Issuing, &pass)?;
    drop(place);
    stage.start()?;
    let server = stage.server()?.server();
    let renewed = renew::renew(server)?;
    let order =
        Order { certificate: old, reason: "compromised".into(), on_behalf_of: "zhangyi".into() };
    assert!(withdraw::revoke(server, &order)?);
    Ok(renewed)
}

#[test]
fn a_phone_does_not_register_itself() -> Tested {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang"])?;
    let honest = stage.register("luqihang", 1)?;
    let stolen = Stolen::from(&stage)?;
    let thief = stolen.phone(&honest, 7, |_| {})?;
    assert_eq!(refused(&stage, &thief)?, "certificate_not_taken");
    Ok(())
}

#[test]
fn after_the_runbook_the_thief_is_out_and_everybody_else_goes_on() -> Tested {
    let dir = TempDir::new()?;
    let mut stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang", "wenruotang"])?;
    let (lu, wen) = (stage.register("luqihang", 1)?, stage.register("wenruotang", 2)?);
    let phone = stage.open(&lu, 0)?;
    let record = begin(&phone, CASE)?;
    sync(&stage, &phone)?;
    let stolen = Stolen::from(&stage)?;
    // Nobody noticed when this one was certified: the court itself knows it, and then looks at its list.
    let known = stolen.phone(&lu, 7, |_| {})?;
    let certificate = Signed::from_bytes(&bytes(&known.file.certificate)?)?;
    certify::publish(stage.server()?.server(), vec![certificate])?;
    let order = Order {
        certificate: known.certificate()?,
        reason: "compromised".into(),
        on_behalf_of: "zhangyi".into(),
    };
    withdraw::revoke(stage.server()?.server(), &order)?;
    stage.clock.advance(HOUR_MS.unsigned_abs());
    assert_eq!(runbook(&mut stage, stolen.certificate)?, 2);
    assert_eq!(renew::renew(stage.server()?.server())?, 0, "once is enough");
    // Recorded offline, under the old certificate, after it was withdrawn: it does not wait.
    add_line(&phone, record, "离线所记")?;
    let report = phone.sync(&Direct(stage.server()?.server()))?;
    assert_eq!((report.applied.accepted, report.applied.quarantined), (1, 0));
    assert_ne!(phone.signed_in()?.certificate, lu.certificate()?, "it acts under the new one now");
    add_line(&phone, record, "此后所记")?;
    sync(&stage, &phone)?;
    sync(&stage, &stage.open(&wen, 0)?)?;
    // The known phone gives and gets nothing; what it hands in waits for a person.
    let out = stage.open(&known, 0)?;
    add_line_where_it_can(&out)?;
    let report = out.sync(&Direct(stage.server()?.server()))?;
    assert_eq!((report.applied.accepted, report.applied.received.accepted), (0, 0));
    // And no new one gets in.
    let thief = stolen.phone(&lu, 8, |_| {})?;
    assert_eq!(refused(&stage, &thief)?, "certificate_not_taken");
    let waiting = stage
        .server()?
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.document_rows(record, State::Quarantined))?;
    assert!(waiting.is_empty());
    Ok(())
}

/// A record of its own: it has read nothing of the court's.
fn add_line_where_it_can(phone: &Phone) -> Tested {
    let record = begin(phone, CASE)?;
    add_line(phone, record, "伪造")?;
    Ok(())
}

/// That a phone which the restore did lose comes back in is shown in `chaos`.
#[test]
fn a_restore_lets_in_only_what_it_lost() -> Tested {
    let dir = TempDir::new()?;
    let mut stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang"])?;
    let officials = [stage.administrator("zhangyi", 8)?, stage.administrator("liyuan", 9)?];
    let lu = stage.register("luqihang", 1)?;
    let stolen = Stolen::from(&stage)?;
    stage.stop();
    stage.restore(&officials.each_ref())?;
    let later = stolen.phone(&lu, 10, |body| body.not_before_ms = MORNING_MS + HOUR_MS)?;
    assert_eq!(refused(&stage, &later)?, "certificate_not_taken", "made after the restore");
    let official = stolen.phone(&lu, 11, |body| body.roles = vec!["admin".into()])?;
    assert_eq!(refused(&stage, &official)?, "certificate_not_taken", "needs two persons");
    runbook(&mut stage, stolen.certificate)?;
    let earlier = stolen.phone(&lu, 12, |_| {})?;
    assert_eq!(refused(&stage, &earlier)?, "certificate_not_taken", "under a withdrawn issuer");
    Ok(())
}
