//! A small court with a log, one case in it, and its export: for tests that bend exports, with every key
//! at hand so that a test can say which of them its attacker holds.

use std::collections::BTreeMap;
use std::io::Cursor;

use lastmile_core::document::{
    Candidate, Document, Fields, Intent, Provenance, Written, accept, write,
};
use lastmile_core::envelope::{Body, CheckpointRef, Draft as Envelope};
use lastmile_core::export::chain::{
    CERTIFICATES, CHAINS, Certificates, Chain, ChainEntry, Chains, Content,
};
use lastmile_core::export::container::{Archive, Writer};
use lastmile_core::export::examine::{Claims, Contents, examine};
use lastmile_core::export::manifest::{MANIFEST, Part};
use lastmile_core::export::proof::{Group, Grown, PROOFS, Proofs, Range, Waited};
use lastmile_core::export::summary::{self, SUMMARY};
use lastmile_core::export::{Draft, Edition, Manifest, Report, build, verify};
use lastmile_core::id::{
    ActorId, BlobHash, BootId, CertificateId, DocumentId, EnvelopeId, Epoch, ServerEpoch, sha256,
};
use lastmile_core::identity::test_keys::{COURT, Cast, TestCourt, TestIdentity};
use lastmile_core::identity::{Approval, Canonical, Signed, Transition, TransitionKind};
use lastmile_core::log::checkpoint::origin;
use lastmile_core::log::receipt::WAITING;
use lastmile_core::log::tree::{self, MemoryTree};
use lastmile_core::log::{Blind, Checkpoint};
use lastmile_core::pack::case::{CasePack, CaseState, CaseStatus};
use lastmile_core::pack::signed::SignedPack;
use lastmile_core::records::{KindSet, Role, builtin};
use lastmile_core::sync::channel::{DIRECTORY, EntryKind, of_case};
use lastmile_core::value::Value;

/// The case.
pub const CASE: &str = "(2026)粤0605执1101号";
/// 2026-03-17 09:00, Beijing time: when the case's log begins.
pub const BEGUN_MS: i64 = 1_773_709_200_000;
const MINUTE: i64 = 60_000;

const PEOPLE: [Cast<'static>; 5] = [
    Cast { person: "luqihang", name: "陆启航", roles: &[Role::Officer], device: "P1" },
    Cast { person: "wenruotang", name: "温若棠", roles: &[Role::Officer], device: "P2" },
    Cast { person: "xianguifang", name: "冼桂芳", roles: &[Role::Liaison], device: "V1" },
    Cast { person: "zhangyi", name: "张一", roles: &[Role::Admin], device: "A1" },
    Cast { person: "liyuan", name: "李院", roles: &[Role::President], device: "A2" },
];

/// Which chain an entry of the log belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// The case's.
    Case,
    /// The directory's.
    Directory,
    /// Another case's, of which the file says nothing.
    Foreign,
    /// What waits at the court.
    Waiting,
}

/// A court, what happened in it, and its log.
#[derive(Debug, Clone)]
pub struct CourtLog {
    /// Keys and certificates.
    pub court: TestCourt,
    /// The record kinds.
    pub kinds: KindSet,
    /// What happened, in the order of the log.
    pub entries: Vec<(Feed, Content)>,
    /// Checkpoints: how many entries, when.
    pub checkpoints: Vec<(u64, i64)>,
    /// The clock.
    pub now_ms: i64,
    /// Photos by hash.
    pub photos: BTreeMap<BlobHash, Vec<u8>>,
    /// The program that exports are said to be made by; this one when nothing is said.
    pub program: Option<String>,
    documents: BTreeMap<DocumentId, Document>,
    /// The last envelope of each record: all phones are one installation here.
    last: BTreeMap<DocumentId, EnvelopeId>,
    sequence: u64,
    items: u128,
}

impl CourtLog {
    /// A court with people, and nothing recorded.
    pub fn new() -> Self {
        let court = TestCourt::new(&PEOPLE);
        let mut log = Self {
            kinds: builtin(),
            entries: Vec::new(),
            checkpoints: Vec::new(),
            now_ms: BEGUN_MS,
            photos: BTreeMap::new(),
            program: None,
            documents: BTreeMap::new(),
            last: BTreeMap::new(),
            sequence: 0,
            items: 0,
            court,
        };
        let own = log.court.directory.certificates();
        let own = own.filter(|(_, verified)| verified.payload().person.is_none());
        let own: Vec<CertificateId> = own.map(|(id, _)| id).collect();
        for id in own {
            log.publish(id);
        }
        for cast in PEOPLE {
            let mut roles: Vec<&str> = cast.roles.iter().map(|role| role.code()).collect();
            roles.sort_unstable();
            let root = log.court.root.clone();
            let kind = log.role_by(cast.person, &roles, &[&root]);
            log.decide(Feed::Directory, kind);
            log.publish(log.court.person(cast.person).id);
        }
        log.checkpoint();
        log
    }

    /// Announces a certificate.
    pub fn publish(&mut self, id: CertificateId) {
        self.entries.push((Feed::Directory, Content::Certificate(id.0)));
    }

    /// The case of the tamper tests: a finalised seizure by two officers with a photo, an unfinished record, a
    /// person, a decision approved by two, a revocation.
    pub fn case() -> Self {
        let mut log = Self::new();
        log.give_roles("zhangyi", &["admin"]);
        for person in ["luqihang", "wenruotang"] {
            let kind = TransitionKind::Member { person: person.to_owned(), enter: true };
            log.decide(Feed::Case, kind);
        }
        log.pack();
        log.checkpoint();
        let seizure = log.create("luqihang", "seizure");
        log.foreign();
        let _ = log.line("luqihang", seizure, "数控车床");
        let _ = log.line("wenruotang", seizure, "空气压缩机");
        log.photo("luqihang", seizure, b"the photo of a lathe");
        log.checkpoint();
        let person = log.create("luqihang", "person");
        log.set("luqihang", person, "name", "罗敬文");
        log.finalise("luqihang", seizure);
        log.checkpoint();
        let lost = log.court.person("wenruotang").id;
        let reason = "lost".to_owned();
        log.decide(Feed::Directory, TransitionKind::Revoke { certificate: lost, reason });
        log.foreign();
        log.checkpoint();
        let onsite = log.create("luqihang", "onsite");
        log.set("luqihang", onsite, "place", "测试路1号");
        log.checkpoint();
        log
    }

    /// An item's id.
    pub fn item(&mut self) -> String {
        self.items += 1;
        // Crockford's base 32 of a small number: a ULID of the year 1970.
        let digits = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut text = [b'0'; 26];
        let mut rest = self.items;
        for place in text.iter_mut().rev() {
            *place = digits[usize::try_from(rest % 32).unwrap_or(0)];
            rest /= 32;
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Something in another case.
    pub fn foreign(&mut self) {
        let id = sha256(&self.entries.len().to_be_bytes());
        let content = Content::Withheld { kind: EntryKind::Change, id, reason: "foreign".into() };
        self.entries.push((Feed::Foreign, content));
    }

    /// A checkpoint over everything so far, a minute later.
    pub fn checkpoint(&mut self) {
        self.now_ms += MINUTE;
        self.checkpoints.push((self.entries.len() as u64, self.now_ms));
    }

    /// The newest checkpoint, as a phone holds it.
    pub fn held(&self) -> CheckpointRef {
        let size = self.checkpoints.last().expect("there is one").0;
        CheckpointRef { size, root: tree::root(size, &self.tree()).expect("whole") }
    }

    /// A decision of the court, now.
    pub fn decide(&mut self, feed: Feed, kind: TransitionKind) {
        let signed = self.transition(&self.court.server.clone(), feed, kind);
        self.entries.push((feed, Content::Transition(signed)));
    }

    /// A transition signed by whoever.
    pub fn transition(&self, signer: &TestIdentity, feed: Feed, kind: TransitionKind) -> Vec<u8> {
        let body = Transition {
            court: COURT.to_owned(),
            channel: self.channel(feed),
            kind,
            on_behalf_of: Some("zhangyi".to_owned()),
            at_ms: self.now_ms,
            nonce: [1; 16],
            follows: None,
            certificate: signer.id,
        };
        Signed::seal(&body, signer.signer.as_ref()).expect("sound").to_bytes()
    }

    /// An approval of `kind` by whoever holds this key.
    pub fn approve(&self, by: &TestIdentity, kind: &TransitionKind) -> Vec<u8> {
        let body = Approval {
            court: COURT.to_owned(),
            subject: kind.approved_subject(COURT).expect("needs approval"),
            at_ms: self.now_ms,
            certificate: by.id,
        };
        Signed::seal(&body, by.signer.as_ref()).expect("sound").to_bytes()
    }

    /// The kind that gives roles, approved by these people.
    pub fn role(&self, person: &str, roles: &[&str], approvers: &[&str]) -> TransitionKind {
        let approvers: Vec<&TestIdentity> =
            approvers.iter().map(|person| self.court.person(person)).collect();
        self.role_by(person, roles, &approvers)
    }

    /// The kind that gives roles, approved by whoever holds these keys.
    pub fn role_by(&self, person: &str, roles: &[&str], by: &[&TestIdentity]) -> TransitionKind {
        let kind = |approvals| TransitionKind::Role {
            person: person.to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            approvals,
        };
        let bare = kind(Vec::new());
        kind(by.iter().map(|by| self.approve(by, &bare)).collect())
    }

    /// The kind that lets this log continue another one, approved by whoever holds these keys.
    pub fn restore_by(&self, by: &[&TestIdentity]) -> TransitionKind {
        let kind = |approvals| TransitionKind::Restore {
            origin: origin(COURT, ServerEpoch([0xa0; 16])),
            size: 9,
            root: [9; 32],
            approvals,
        };
        let bare = kind(Vec::new());
        kind(by.iter().map(|by| self.approve(by, &bare)).collect())
    }

    fn give_roles(&mut self, person: &str, roles: &[&str]) {
        let kind = self.role(person, roles, &["zhangyi", "liyuan"]);
        self.decide(Feed::Directory, kind);
    }

    fn pack(&mut self) {
        let pack = CasePack {
            case_no: CASE.into(),
            version: 1,
            court: COURT.into(),
            cause: "买卖合同纠纷".into(),
            handler: "luqihang".into(),
            status: CaseStatus { state: CaseState::Active, ..CaseStatus::default() },
            ..CasePack::default()
        };
        let server = &self.court.server;
        let made = (server.id, server.signer.as_ref());
        let pack = SignedPack::seal(COURT, &pack, self.now_ms, made.0, made.1).expect("sound");
        let (header, signature, payload) = pack.raw_parts();
        let content = Content::Pack {
            header: header.to_vec(),
            signature: signature.to_vec(),
            payload: Ok(payload.to_vec()),
        };
        self.entries.push((Feed::Case, content));
    }

    /// Begins a record.
    pub fn create(&mut self, person: &str, kind: &str) -> DocumentId {
        self.create_for(person, kind, CASE)
    }

    /// Begins a record of some case.
    pub fn create_for(&mut self, person: &str, kind: &str, case: &str) -> DocumentId {
        let intent = Intent::Create {
            kind: kind.into(),
            case: case.into(),
            handler: person.into(),
            nonce: self.item().into_bytes()[10..].to_vec(),
            head: Fields::new(),
            items: Vec::new(),
        };
        self.act(person, None, &intent)
    }

    /// Adds an inventory line.
    pub fn line(&mut self, person: &str, document: DocumentId, name: &str) -> String {
        let item = self.item();
        let fields = Fields::from([
            ("name".to_owned(), name.into()),
            ("quantity".to_owned(), Value::Int(1)),
        ]);
        let intent = Intent::Add { verb: "add_line".into(), item: item.clone(), fields };
        self.act(person, Some(document), &intent);
        item
    }

    /// Adds a photo.
    pub fn photo(&mut self, person: &str, document: DocumentId, content: &[u8]) {
        let hash = sha256(content);
        self.photos.insert(BlobHash(hash), content.to_vec());
        let fields = Fields::from([("hash".to_owned(), Value::Bytes(hash.to_vec()))]);
        let intent = Intent::Add { verb: "add_photo".into(), item: self.item(), fields };
        self.act(person, Some(document), &intent);
    }

    /// Puts a head field.
    pub fn set(&mut self, person: &str, document: DocumentId, field: &str, value: &str) {
        let fields = Fields::from([(field.to_owned(), value.into())]);
        self.act(person, Some(document), &Intent::Set { verb: "set".into(), fields });
    }

    /// Finalises.
    pub fn finalise(&mut self, person: &str, document: DocumentId) {
        let finalisation = self.item();
        self.act(person, Some(document), &Intent::Finalise { finalisation });
    }

    /// Writes, signs and logs what a person wants, now, under the newest checkpoint.
    pub fn act(
        &mut self,
        person: &str,
        document: Option<DocumentId>,
        intent: &Intent,
    ) -> DocumentId {
        let author = self.court.person(person).clone();
        let actor = ActorId::derive(author.id, Epoch([2; 16]), 0);
        let current = document.and_then(|id| self.documents.get(&id));
        let written = write(&self.kinds, current, actor, 5, intent).expect("it can be written");
        self.sequence += 1;
        let body = self.body(&author, &written);
        let candidate = Candidate {
            document: body.document,
            hash: body.change,
            actor,
            schema: body.schema,
            provenance: Provenance {
                envelope: body.id(),
                person: person.to_owned(),
                roles: author.body.known_roles().collect(),
                verb: body.verb.clone(),
                device_ms: body.device_ms,
            },
            bytes: written.bytes.clone(),
        };
        let accepted = accept(&self.kinds, current.cloned(), &[candidate]);
        let document = accepted.document.unwrap_or_else(|| panic!("{:?}", accepted.verdicts));
        assert_eq!(accepted.verdicts, [lastmile_core::document::Verdict::Accepted]);
        let id = written.document;
        self.documents.insert(id, document);
        self.log_change(&author, written);
        id
    }

    /// Like [`Self::act`], whatever acceptance says of it.
    pub fn force(&mut self, person: &str, document: DocumentId, intent: &Intent) {
        let current = self.documents.get(&document).cloned();
        self.forced(person, current.as_ref(), intent);
    }

    /// Begins a record that acceptance refuses.
    pub fn force_create(&mut self, person: &str, kind: &str) {
        let intent = Intent::Create {
            kind: kind.into(),
            case: CASE.into(),
            handler: person.into(),
            nonce: vec![7; 16],
            head: Fields::new(),
            items: Vec::new(),
        };
        self.forced(person, None, &intent);
    }

    fn forced(&mut self, person: &str, current: Option<&Document>, intent: &Intent) {
        let author = self.court.person(person).clone();
        let actor = ActorId::derive(author.id, Epoch([2; 16]), 0);
        let written = write(&self.kinds, current, actor, 5, intent).expect("it can be written");
        self.sequence += 1;
        self.log_change(&author, written);
    }

    /// Lets the next change have the number of the last one.
    pub fn rewind(&mut self) {
        self.sequence -= 1;
    }

    fn log_change(&mut self, author: &TestIdentity, written: Written) {
        let body = self.body(author, &written);
        self.last.insert(written.document, body.id());
        let signed = Envelope::new(body).expect("sound").sign(author.signer.as_ref());
        let signed = signed.expect("a key");
        let (body, signature) = signed.raw_parts();
        let content = Content::Change {
            body: body.to_vec(),
            signature: signature.to_vec(),
            change: written.bytes,
        };
        self.entries.push((Feed::Case, content));
    }

    /// The envelope's body of something written now.
    fn body(&self, author: &TestIdentity, written: &Written) -> Body {
        Body {
            court: COURT.to_owned(),
            document: written.document,
            change: written.hash,
            verb: written.verb.to_owned(),
            certificate: author.id,
            epoch: Epoch([2; 16]),
            generation: 0,
            sequence: self.sequence,
            previous: self.last.get(&written.document).copied(),
            replaces: None,
            schema: written.schema,
            device_ms: self.now_ms + 20_000,
            monotonic_ms: 1,
            boot: BootId([3; 8]),
            checkpoint: Some(self.held()),
            position: None,
        }
    }

    /// The name of a feed.
    pub fn channel(&self, feed: Feed) -> String {
        match feed {
            Feed::Case => of_case(CASE),
            Feed::Directory => DIRECTORY.to_owned(),
            Feed::Foreign => of_case("(2026)粤0605执9999号"),
            Feed::Waiting => WAITING.to_owned(),
        }
    }

    /// One feed's chain, as it stands in the log.
    pub fn chain(&self, feed: Feed) -> Chain {
        let channel = self.channel(feed);
        let entries = (0..).zip(&self.entries).filter(|(_, (of, _))| *of == feed);
        let entries = entries
            .map(|(index, (_, content))| ChainEntry { index, content: content.clone() })
            .collect();
        Chain { blind: Blind::derive(&[9; 32], &channel), channel, entries }
    }

    /// The log's tree.
    pub fn tree(&self) -> MemoryTree {
        let mut leaves = BTreeMap::new();
        for feed in [Feed::Case, Feed::Directory, Feed::Foreign, Feed::Waiting] {
            let chain = self.chain(feed);
            for (entry, leaf) in chain.entries.iter().zip(chain.leaves()) {
                leaves.insert(entry.index, leaf.expect("sound"));
            }
        }
        let mut tree = MemoryTree::default();
        for leaf in leaves.into_values() {
            tree.push(leaf).expect("whole");
        }
        tree
    }

    /// A signed checkpoint of the first `size` entries.
    pub fn note(&self, signer: &TestIdentity, size: u64, at_ms: i64) -> Vec<u8> {
        let checkpoint = Checkpoint {
            origin: origin(COURT, ServerEpoch([0xa1; 16])),
            size,
            root: tree::root(size, &self.tree()).expect("whole"),
            at_ms,
        };
        checkpoint.sign(signer.signer.as_ref()).expect("a key")
    }

    /// Lets the last change wait at the court: it does not enter the case yet. Gives it, to be pushed later.
    pub fn wait(&mut self) -> (Feed, Content) {
        let waits = self.entries.pop().expect("there is a change");
        let id = waits.1.id().expect("sound");
        let content = Content::Withheld { kind: EntryKind::Change, id, reason: "waiting".into() };
        self.entries.push((Feed::Waiting, content));
        waits
    }

    /// Proofs of what had waited and entered.
    fn waited(&self, chains: &Chains) -> Vec<Waited> {
        let waiting = self.chain(Feed::Waiting);
        let leaves = waiting.leaves();
        let entered: Vec<_> = chains
            .0
            .iter()
            .flat_map(|chain| &chain.entries)
            .map(|entry| entry.content.id())
            .collect();
        let head = self.checkpoints.last().expect("there is one").0;
        let found =
            (1..).zip(&waiting.entries).filter(|(_, one)| entered.contains(&one.content.id()));
        let of = |(sequence, entry): (u64, &ChainEntry)| Waited {
            envelope: EnvelopeId(entry.content.id().expect("sound")),
            index: entry.index,
            blind: waiting.blind,
            sequence,
            previous: leaves[..usize::try_from(sequence).expect("small") - 1]
                .last()
                .copied()
                .flatten(),
            proof: tree::prove(&[entry.index], head, &self.tree()).expect("whole"),
        };
        found.map(of).collect()
    }

    /// Everything that proves, under the newest checkpoint.
    pub fn proofs(&self, chains: &Chains) -> Proofs {
        let tree = self.tree();
        let head = self.checkpoints.last().expect("there is one").0;
        let checkpoints = self.checkpoints.iter().map(|(size, at_ms)| Grown {
            note: self.note(&self.court.checkpoint, *size, *at_ms),
            growth: tree::prove_growth(*size, head, &tree).expect("whole"),
        });
        let mut indices: Vec<u64> = Vec::new();
        let mut ranges = Vec::new();
        for (number, chain) in (0..).zip(&chains.0) {
            indices.extend(chain.entries.iter().map(|entry| entry.index));
            ranges.push(Range { chain: number, first: 1, last: chain.entries.len() as u64 });
        }
        indices.sort_unstable();
        let proof = tree::prove(&indices, head, &tree).expect("whole");
        let checkpoint = self.checkpoints.len() as u64 - 1;
        Proofs {
            checkpoints: checkpoints.collect(),
            held: Vec::new(),
            older: Vec::new(),
            waited: self.waited(chains),
            groups: vec![Group { checkpoint, ranges, proof }],
        }
    }

    /// The file that the court's server makes of it.
    pub fn export(&self, edition: Edition) -> Vec<u8> {
        let chains = Chains(vec![self.chain(Feed::Case), self.chain(Feed::Directory)]);
        let proofs = self.proofs(&chains);
        let draft = Draft {
            case_no: CASE.to_owned(),
            edition,
            made_at_ms: self.now_ms + MINUTE,
            directory: &self.court.directory,
            chains,
            proofs,
            certificate: self.court.server.id,
        };
        let signer = self.court.server.signer.as_ref();
        let photos =
            &mut |hash| self.photos.get(&hash).cloned().ok_or_else(|| "not_received".to_owned());
        let file = build(&self.kinds, draft, signer, photos, Vec::new());
        let file = file.expect("it can be exported").0;
        let Some(program) = &self.program else { return file };
        let mut opened = Opened::of(&file);
        opened.manifest.program.clone_from(program);
        opened.seal(&self.court.server)
    }

    /// What a verifier says of a file, when the court's root is known.
    pub fn verify(&self, file: &[u8]) -> Result<Report, &'static str> {
        let root = Some(self.court.root.id);
        verify(&self.kinds, Cursor::new(file), root, &mut |_| {}).map_err(|error| error.code())
    }
}

impl Default for CourtLog {
    fn default() -> Self {
        Self::new()
    }
}

/// An export taken apart, to be bent and put together again.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The manifest.
    pub manifest: Manifest,
    /// Its signed form.
    pub signed: Vec<u8>,
    /// The certificates.
    pub certificates: Certificates,
    /// The history.
    pub chains: Chains,
    /// The proofs.
    pub proofs: Proofs,
    /// The page.
    pub summary: Vec<u8>,
    /// Photos by the part's name.
    pub photos: Vec<(String, Vec<u8>)>,
}

impl Opened {
    /// Takes a sound file apart.
    pub fn of(file: &[u8]) -> Self {
        let mut archive = Archive::open(Cursor::new(file)).expect("a container");
        let names: Vec<String> = archive.parts().iter().map(|part| part.name.clone()).collect();
        let mut part = |name: &str| archive.read(name, usize::MAX).expect("there");
        let signed = part(MANIFEST);
        let manifest = Signed::<Manifest>::from_bytes(&signed).expect("sound");
        let photos = names.iter().filter(|name| name.starts_with("photos/"));
        Self {
            manifest: Manifest::decode(manifest.raw_parts().0).expect("sound"),
            signed,
            certificates: Certificates::decode(&part(CERTIFICATES)).expect("sound"),
            chains: Chains::decode(&part(CHAINS)).expect("sound"),
            proofs: Proofs::decode(&part(PROOFS)).expect("sound"),
            summary: part(SUMMARY),
            photos: photos.map(|name| (name.clone(), part(name))).collect(),
        }
    }

    /// The parts but for the manifest.
    pub fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let mut parts = vec![
            (SUMMARY.to_owned(), self.summary.clone()),
            (CERTIFICATES.to_owned(), self.certificates.encode()),
            (CHAINS.to_owned(), self.chains.encode()),
            (PROOFS.to_owned(), self.proofs.encode()),
        ];
        parts.extend(self.photos.iter().cloned());
        parts
    }

    /// Puts it together under the manifest it came with: by somebody without a key.
    pub fn pack(&self) -> Vec<u8> {
        container(self.parts(), &self.signed)
    }

    /// Puts it together as `signer` would sign it, with the page that follows from it.
    pub fn sign(mut self, kinds: &KindSet, signer: &TestIdentity) -> Vec<u8> {
        let claims = Claims {
            court: self.manifest.court.clone(),
            case_no: self.manifest.case_no.clone(),
            edition: self.manifest.edition,
            made_at_ms: self.manifest.made_at_ms,
            program: self.manifest.program.clone(),
            root: None,
        };
        let contents = Contents {
            certificates: self.certificates.clone(),
            chains: self.chains.clone(),
            proofs: self.proofs.clone(),
        };
        let examined = examine(kinds, &claims, &contents, &mut |_, _| {});
        self.summary = summary::page(&examined.report).into_bytes();
        self.seal(signer)
    }

    /// Puts it together as `signer` would sign it, with the page it has.
    pub fn seal(self, signer: &TestIdentity) -> Vec<u8> {
        let parts = self.parts();
        self.seal_parts(signer, parts)
    }

    /// Puts other parts together as `signer` would sign them.
    pub fn seal_parts(mut self, signer: &TestIdentity, parts: Vec<(String, Vec<u8>)>) -> Vec<u8> {
        self.manifest.certificate = signer.id;
        self.manifest.parts = parts
            .iter()
            .map(|(name, content)| Part {
                name: name.clone(),
                length: content.len() as u64,
                hash: sha256(content),
            })
            .collect();
        let signed = Signed::seal(&self.manifest, signer.signer.as_ref()).expect("sound");
        container(parts, &signed.to_bytes())
    }

    /// The case's entries.
    pub fn case(&mut self) -> &mut Vec<ChainEntry> {
        &mut self.chains.0[0].entries
    }

    /// The directory's entries.
    pub fn directory(&mut self) -> &mut Vec<ChainEntry> {
        &mut self.chains.0[1].entries
    }

    /// The place of the `number`th change in the case's chain, from 0.
    pub fn change(&self, number: usize) -> usize {
        let entries = self.chains.0[0].entries.iter().enumerate();
        let mut changes =
            entries.filter(|(_, entry)| matches!(entry.content, Content::Change { .. }));
        changes.nth(number).expect("there are enough").0
    }

    /// Takes a certificate out.
    pub fn drop_certificate(&mut self, id: CertificateId) {
        self.certificates.others.retain(|bytes| {
            let signed = Signed::<lastmile_core::identity::Certificate>::from_bytes(bytes);
            signed.is_ok_and(|signed| signed.body_hash() != id.0)
        });
    }
}

/// Parts and a manifest as a file.
pub fn container(parts: Vec<(String, Vec<u8>)>, manifest: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (name, content) in parts {
        writer.add(&name, &content).expect("a name");
    }
    writer.add(MANIFEST, manifest).expect("a name");
    writer.finish().expect("memory")
}
