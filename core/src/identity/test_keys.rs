//! Keys **known to the world**, for tests and the demo only, and a court built from them. Whoever
//! pins this court's root trusts everybody who can read this file.
//!
//! Keys and certificate bodies are the same in every run, and so are certificate ids; the
//! signatures under them are not, because ECDSA signing is randomised.

use std::sync::Arc;

use crate::id::CertificateId;
use crate::records::Role;

use super::certificate::{Certificate, CertificateKind, SubjectKey, protection, purpose};
use super::directory::Directory;
use super::signed::Signed;
use super::signer::{Signer, SoftwareSigner};

/// PKCS#8 documents, hexadecimal. The first five are the court's own, the others people's.
pub const PKCS8_HEX: [&str; 16] = [
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420857d5c44b89703099f524c18b0934b2c5286b03a0e58de0fe7a867209e695a90a14403420004dd531ef57941d2aa11e8c6bc475af59e3dde3b0a34fe484653e48821de64d81d43385062313bcd4f879c03e35b98d3a680facb5c7231805be4c73ef0d5162540",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420fb34c740183924053cd883aee01d3b886110a7078f87088e9899c0f8e377b249a1440342000439b28b64ff12a9d68543c2f3627ce27c367c61f021fb11d441d165a0ee8b47c3b5d49fa2501d698d81b88d1e46133235915553e4d63db5d68b19e4e86acda85b",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420ace9d39d52407bff09a78ed54075492afdc1968243c48c6c003215e0ebdd8edfa14403420004b73acd7d5bada5386d16a0c2ec4432da082974f305ba7ded832810c2f0d833edb0c84fa6d306e2ffbee4bda1d60b3ce298b201570a7ab3991d0de30d49baf56c",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420806215d0ec0aed1e7cf35702d413f16d56d2a9c61db9dbf416905c178368bce9a14403420004fb49e9a6c451179b4962d113d7af9275225705e8cc271ee2117d425a7a40370017c99ac73ded32fbedeead3f75c380b1ec68dffc39d628877e83d4aeba4d45e2",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b020101042084ab6d0546b28b9dc544dfd30b8c30f9d86408c2425089e2f8a96d7fce8f3028a14403420004df176ed51f1290d7dd34d2830fbc576d14457566442c9691f2c1c0035a565d4113f7d2aa9d0854089718b568d7891632c11255229a64d63c5fdf513f0cad50d5",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b020101042016c7d83dc23c3e99cbc60b32aa605309342aad4e06001a8a5444249bd490d566a1440342000405e6d4d2c364ae88b9901e2ce69994fa4e8abff56203f736f18925d4887a708437ba9433ca01bfb14ae03e6b9babb738df3e9308b2148f8a003bad770c15b0a5",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420567d6b0b575356b8658ec311df32ee76fef860f34e8c19dd5118cc7f20b617c1a14403420004d838c7d1f8d2a18ecbb7b5920d16afa0790f9ef591d98ed78f9d51e85f1fc854ed775f925a234a8fc3b8fbe8ed068db3f722c24bdd73c401b5c6889b5a79bad9",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420ffcad8bfb7046bce39e9449cfe3fb7d6c521fb3aa572910fe32d7d16a6f54adda144034200047a02bd133fdff0ac7976c89833a054493adde750630aa0c2577ce081c7eb3e9d894747c63747045da04d0f3ee4636f10d3fb4944bd6cd63521b207d0c57f72cd",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420ec1f471fb49d69bdcc0157e285f46aa4ba26689197e9c808e35b5e9e59990797a14403420004d99a92c54c8fa1856772a28fb6c1e9ecb9d9aef33f4d97327de97ef7cd4c504562f7eb58ca957db5161521f707361490795e2b16652f99240d904175478ce110",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420f92cb2ce5eea4370a327536e5ef3d404226522e4b6aaaa21b7c6bbf909fc4125a14403420004972817f102ecf67fa738b2210fd3b72bbf2f58648b9c7de559091db661b723833c05d0bb8b471ae984e908e052e12c8602e18baed139b70ea4db579af8b6feff",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420011d791f29eb987ecebb69b7be7ae1ba578410665861139b618dddae1f386c10a1440342000459e8b6648d2556b8f572569f4c838e12df090423a077e115a658ee11542f23272cd57ef1abc57715fda3d2e1569816350e123b31c3b20261425e355c7065b153",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420a561b2838b357c8862877970c7c82ba970e435872552fbf0b6feb3b886d9b2cea1440342000433505de8ceed87be5eb1a812d3cadb4a1c5667adb3f0416d23c42fd27209084f2ff6de88f67a9f0767a03d8e1e98a6a23c03ac75ae8e993714c5725c42002478",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420d046cb293f955d719bdf8c2f0fcbf9e08d28ec189bca3e115e604e6781dc40e5a14403420004a4b9f0018d2108d86abfefc14cdee4733448d82d6076549a768d8af9069b908b6ac582283d5924937d95e85e370eaa376229135c46afdf53faf6ae6761613944",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b020101042048455baa1dd99f8c51b45eabdeee6db6da29036c0f2efcfd17f3734b3a95f483a14403420004cb6c9c7a260fb120380d85421886e9814629d3a79782fb1a7402d09290e9d91014de0854b98eb222b6c61b5eb27b4d2c839b302b99f9cc4ae54e473296916744",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104207e1759cbd1ec7138606e3829756ed5ff093063f868bffcbd150ce7dd9e1c7865a14403420004e4b1af5ba2611d3ac293effe247187d3b244c7871d63cf5f7358c53e9ed00f23298ad4a39b8fbc39589569aeb63793117aea52733849c580dfa3178cb1eb361c",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b020101042008f349400f03af497d2a1f355d089b0e011b2e5215abd1e9ffcf161e106c260fa144034200047b741c89f817f8e9b0daea8765f684885ad13c116c32411e0da7b2474fd537c9102881b79a43179fc63f5dc55f819f00bb6e0ab7c9943dc758b34482430f3069",
];

const ROOT: usize = 0;
const ISSUING: usize = 1;
const SERVER: usize = 2;
const CHECKPOINT: usize = 3;
const SECOND_SERVER: usize = 4;
const FIRST_PERSON: usize = 5;

/// The test court's code.
pub const COURT: &str = "粤0605";
/// 2026-01-01T00:00:00+08:00, when the test certificates begin.
pub const NOT_BEFORE_MS: i64 = 1_767_196_800_000;
/// 2031-01-01T00:00:00+08:00, when they end.
pub const NOT_AFTER_MS: i64 = 1_924_963_200_000;

/// The PKCS#8 document of test key `index`.
pub fn pkcs8(index: usize) -> Vec<u8> {
    let text = PKCS8_HEX[index % PKCS8_HEX.len()];
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap_or_default()
}

/// Test key `index`, modulo the number of keys.
///
/// # Panics
/// Never: the constants above are keys, as the tests show.
#[allow(clippy::expect_used)]
pub fn signer(index: usize) -> SoftwareSigner {
    SoftwareSigner::from_pkcs8(&pkcs8(index)).expect("the constants are keys")
}

/// Somebody to make a certificate for.
#[derive(Debug, Clone, Copy)]
pub struct Cast<'a> {
    /// Staff id.
    pub person: &'a str,
    /// Name.
    pub name: &'a str,
    /// Roles.
    pub roles: &'a [Role],
    /// Device id.
    pub device: &'a str,
}

/// The people of the day in Nanhai who have a device of their own; all invented.
pub const NANHAI: [Cast<'static>; 9] = [
    Cast { person: "luqihang", name: "陆启航", roles: &[Role::Officer], device: "P1" },
    Cast { person: "wenruotang", name: "温若棠", roles: &[Role::Officer], device: "P2" },
    Cast { person: "ouziqian", name: "区子谦", roles: &[Role::Officer], device: "P3" },
    Cast { person: "xianguifang", name: "冼桂芳", roles: &[Role::Liaison], device: "V1" },
    Cast { person: "huoqiming", name: "霍启明", roles: &[Role::Liaison], device: "V2" },
    Cast { person: "tanliheng", name: "谭立衡", roles: &[Role::Dispatcher], device: "D1" },
    Cast { person: "guanyongyi", name: "关咏仪", roles: &[Role::Command], device: "C1" },
    Cast { person: "maixiaolan", name: "麦晓岚", roles: &[Role::Clerk], device: "P4" },
    Cast { person: "dengchengwu", name: "邓承武", roles: &[Role::JudicialPolice], device: "P5" },
];

/// A certified key of the test court.
#[derive(Debug, Clone)]
pub struct TestIdentity {
    /// Its certificate's identity.
    pub id: CertificateId,
    /// What the certificate says.
    pub body: Certificate,
    /// The signed certificate.
    pub certificate: Signed<Certificate>,
    /// Its private key.
    pub signer: Arc<SoftwareSigner>,
}

/// A whole court: every kind of certificate that signs, and people.
#[derive(Debug, Clone)]
pub struct TestCourt {
    /// Its code.
    pub court: String,
    /// The pinned root.
    pub root: TestIdentity,
    /// Issues the servers and people.
    pub issuing: TestIdentity,
    /// Signs checkpoints.
    pub checkpoint: TestIdentity,
    /// A server process.
    pub server: TestIdentity,
    /// A second server process.
    pub second_server: TestIdentity,
    /// People, in the order they were named.
    pub people: Vec<TestIdentity>,
    /// All of the above, verified.
    pub directory: Directory,
}

impl TestCourt {
    /// The court [`COURT`] with these people. From the twelfth person on keys repeat; certificates
    /// never do.
    pub fn new(people: &[Cast<'_>]) -> Self {
        Self::named(COURT, people)
    }

    /// The court of the day in Nanhai.
    pub fn nanhai() -> Self {
        Self::new(&NANHAI)
    }

    /// A court of another code, with the same keys.
    ///
    /// # Panics
    /// If a code, name or id is outside the bounds of certificates.
    #[allow(clippy::expect_used)]
    pub fn named(court: &str, people: &[Cast<'_>]) -> Self {
        let key = |index: usize| Arc::new(signer(index));
        let root_key = key(ROOT);
        let root = identity(root_body(court, &root_key), Arc::clone(&root_key), &root_key);
        let by_root = |kind: CertificateKind, index: usize, name: &str| {
            let subject = key(index);
            let body = body(court, kind, index, name, &subject, Some(root.id));
            identity(body, subject, &root_key)
        };
        let issuing = by_root(CertificateKind::Issuing, ISSUING, "签发证书");
        let checkpoint = by_root(CertificateKind::Checkpoint, CHECKPOINT, "检查点证书");
        let server = |index: usize, device: &str| {
            let subject = key(index);
            let mut body =
                body(court, CertificateKind::Server, index, "服务器", &subject, Some(issuing.id));
            body.device = Some(device.to_owned());
            identity(body, subject, &issuing.signer)
        };
        let (first_server, second_server) =
            (server(SERVER, "server-1"), server(SECOND_SERVER, "server-2"));
        let people: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(index, cast)| {
                let number = FIRST_PERSON + index;
                let keys_for_people = PKCS8_HEX.len() - FIRST_PERSON;
                let subject = key(FIRST_PERSON + index % keys_for_people);
                let body = person_body(court, number, cast, &subject, issuing.id);
                identity(body, subject, &issuing.signer)
            })
            .collect();

        let mut directory =
            Directory::open(root.certificate.clone(), root.id).expect("the root is sound");
        for identity in
            [&issuing, &checkpoint, &first_server, &second_server].into_iter().chain(&people)
        {
            directory.add(identity.certificate.clone()).expect("the certificate is sound");
        }
        let server = first_server;
        Self {
            court: court.to_owned(),
            root,
            issuing,
            checkpoint,
            server,
            second_server,
            people,
            directory,
        }
    }

    /// One more certificate for a person's device: test key `key`, for `purposes` only.
    ///
    /// # Panics
    /// If there is no such person.
    #[allow(clippy::expect_used)]
    pub fn certify(&mut self, person: &str, key: usize, purposes: &[&str]) -> TestIdentity {
        let subject = Arc::new(signer(key));
        let body = Certificate {
            serial: self.directory.len() as u64 + 1,
            purposes: purposes.iter().map(|code| (*code).to_owned()).collect(),
            key: SubjectKey::Signing(subject.public_key()),
            ..self.person(person).body.clone()
        };
        let made = identity(body, subject, &self.issuing.signer);
        self.directory.add(made.certificate.clone()).expect("the certificate is sound");
        made
    }

    /// The person with this staff id.
    ///
    /// # Panics
    /// If there is none.
    #[allow(clippy::expect_used)]
    pub fn person(&self, person: &str) -> &TestIdentity {
        self.people
            .iter()
            .find(|identity| identity.body.person.as_deref() == Some(person))
            .expect("the person is in the cast")
    }
}

#[allow(clippy::expect_used)]
fn identity(
    body: Certificate,
    subject: Arc<SoftwareSigner>,
    issuer: &SoftwareSigner,
) -> TestIdentity {
    let certificate = Signed::seal(&body, issuer).expect("the certificate is within its bounds");
    TestIdentity { id: body.id(), body, certificate, signer: subject }
}

/// A certificate body of any kind without person and device.
pub fn body(
    court: &str,
    kind: CertificateKind,
    serial: usize,
    name: &str,
    key: &SoftwareSigner,
    issuer: Option<CertificateId>,
) -> Certificate {
    Certificate {
        court: court.to_owned(),
        kind,
        serial: serial as u64 + 1,
        person: None,
        device: None,
        name: name.to_owned(),
        roles: Vec::new(),
        purposes: Vec::new(),
        protection: protection::SOFTWARE.to_owned(),
        key: SubjectKey::Signing(key.public_key()),
        not_before_ms: NOT_BEFORE_MS,
        not_after_ms: NOT_AFTER_MS,
        issuer,
    }
}

fn root_body(court: &str, key: &SoftwareSigner) -> Certificate {
    body(court, CertificateKind::Root, ROOT, "测试根证书", key, None)
}

/// A person's certificate body; the one key both records and finalises.
pub fn person_body(
    court: &str,
    serial: usize,
    cast: &Cast<'_>,
    key: &SoftwareSigner,
    issuer: CertificateId,
) -> Certificate {
    let mut roles: Vec<String> = cast.roles.iter().map(|role| role.code().to_owned()).collect();
    roles.sort();
    Certificate {
        person: Some(cast.person.to_owned()),
        device: Some(cast.device.to_owned()),
        roles,
        purposes: vec![purpose::FINALISE.to_owned(), purpose::RECORD.to_owned()],
        ..body(court, CertificateKind::Person, serial, cast.name, key, Some(issuer))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_court_is_the_same_every_time_and_all_of_it_is_trusted() {
        let court = TestCourt::nanhai();
        let again = TestCourt::nanhai();
        assert_eq!(court.root.id, again.root.id);
        assert_eq!(court.person("tanliheng").id, again.person("tanliheng").id);
        assert_eq!(court.directory.len(), 5 + NANHAI.len());
        assert_eq!(court.directory.waiting(), 0);
        for identity in &court.people {
            let found = court.directory.get(&identity.id).map(|found| found.payload());
            assert_eq!(found, Some(&identity.body));
            assert_eq!(identity.body.signing_key(), Some(&identity.signer.public_key()));
        }
    }

    #[test]
    fn keys_differ_and_a_larger_cast_still_gets_certificates_of_its_own() {
        let keys: BTreeSet<_> =
            (0..PKCS8_HEX.len()).map(|index| signer(index).public_key()).collect();
        assert_eq!(keys.len(), PKCS8_HEX.len());
        let names: Vec<String> = (0..30).map(|number| format!("person-{number}")).collect();
        let cast: Vec<_> = names
            .iter()
            .map(|name| Cast { person: name, name, roles: &[Role::Officer], device: name })
            .collect();
        let court = TestCourt::new(&cast);
        let ids: BTreeSet<_> = court.people.iter().map(|identity| identity.id).collect();
        assert_eq!(ids.len(), 30);
    }
}
