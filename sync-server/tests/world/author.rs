//! Somebody who writes signed changes without a phone around them: honest ones and others.

use std::collections::HashMap;
use std::sync::Arc;

use lastmile_core::document::{Candidate, Document, Fields, Intent, Provenance, accept, write};
use lastmile_core::envelope::{Body, Draft};
use lastmile_core::id::{
    ActorId, BootId, CertificateId, ChangeHash, DocumentId, EnvelopeId, Epoch,
};
use lastmile_core::identity::Signer;
use lastmile_core::records::{KindSet, Role, builtin};
use lastmile_core::sync::batch::SignedChange;
use lastmile_core::value::Value;

use super::{CASE, COURT, Device, MORNING_MS};

pub struct Author {
    pub certificate: CertificateId,
    pub signer: Arc<dyn Signer>,
    pub person: String,
    pub epoch: Epoch,
    pub sequence: u64,
    pub kinds: KindSet,
    documents: HashMap<DocumentId, Document>,
    previous: HashMap<DocumentId, EnvelopeId>,
    items: u128,
}

impl Author {
    pub fn of(device: &Device, epoch: u8) -> Self {
        let acting = device.phone.signed_in().unwrap();
        Self {
            certificate: acting.certificate,
            signer: Arc::clone(&device.signer),
            person: acting.person,
            epoch: Epoch([epoch; 16]),
            sequence: 0,
            kinds: builtin(),
            documents: HashMap::new(),
            previous: HashMap::new(),
            items: u128::from(epoch) << 64,
        }
    }

    fn actor(&self) -> ActorId {
        ActorId::derive(self.certificate, self.epoch, 0)
    }

    pub fn create(&mut self, kind: &str, case: &str, head: Fields) -> SignedChange {
        self.items += 1;
        let nonce = self.items.to_be_bytes().to_vec();
        let intent = Intent::Create {
            kind: kind.into(),
            case: case.into(),
            handler: self.person.clone(),
            nonce,
            head,
            items: Vec::new(),
        };
        self.write(None, &intent)
    }

    pub fn seizure(&mut self) -> SignedChange {
        self.create("seizure", CASE, Fields::new())
    }

    pub fn line(&mut self, document: DocumentId, remark: &str) -> SignedChange {
        self.items += 1;
        let item = ulid(self.items);
        let fields = Fields::from([
            ("name".to_owned(), remark.into()),
            ("quantity".to_owned(), Value::Int(1)),
        ]);
        self.write(Some(document), &Intent::Add { verb: "add_line".into(), item, fields })
    }

    /// Writes on what this author knows, and knows it from then on when it is acceptable.
    pub fn write(&mut self, document: Option<DocumentId>, intent: &Intent) -> SignedChange {
        let before = document.and_then(|id| self.documents.get(&id));
        let written = write(&self.kinds, before, self.actor(), MORNING_MS / 1_000, intent).unwrap();
        let signed =
            self.sign(written.document, written.hash, written.verb, written.schema, written.bytes);
        self.know(&signed);
        signed
    }

    /// Takes a change of anybody into what this author knows.
    pub fn know(&mut self, signed: &SignedChange) {
        let id = signed.body.document;
        let candidate = Candidate {
            document: id,
            hash: signed.body.change,
            actor: signed.body.actor(),
            schema: signed.body.schema,
            provenance: Provenance {
                envelope: signed.body.id(),
                person: self.person.clone(),
                roles: vec![Role::Officer],
                verb: signed.body.verb.clone(),
                device_ms: signed.body.device_ms,
            },
            bytes: signed.change.clone(),
        };
        let before = self.documents.remove(&id);
        if let Some(document) = accept(&self.kinds, before, &[candidate]).document {
            self.documents.insert(id, document);
        }
    }

    pub fn sign(
        &mut self,
        document: DocumentId,
        change: ChangeHash,
        verb: &str,
        schema: u32,
        bytes: Vec<u8>,
    ) -> SignedChange {
        self.sequence += 1;
        let body = Body {
            court: COURT.into(),
            document,
            change,
            verb: verb.into(),
            certificate: self.certificate,
            epoch: self.epoch,
            generation: 0,
            sequence: self.sequence,
            previous: self.previous.get(&document).copied(),
            replaces: None,
            schema,
            device_ms: MORNING_MS,
            monotonic_ms: self.sequence,
            boot: BootId([1; 8]),
            checkpoint: None,
            position: None,
        };
        let signed = self.seal(body, bytes);
        self.previous.insert(document, signed.body.id());
        signed
    }

    /// Signs whatever body it is given.
    pub fn seal(&self, body: Body, change: Vec<u8>) -> SignedChange {
        let envelope = Draft::new(body.clone()).unwrap().sign(self.signer.as_ref()).unwrap();
        SignedChange { body, signature: *envelope.raw_parts().1, change }
    }
}

/// A ULID of this number, Crockford base 32.
fn ulid(number: u128) -> String {
    const DIGITS: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H',
        'J', 'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
    ];
    (0..26).rev().map(|at| DIGITS[usize::try_from((number >> (5 * at)) & 31).unwrap()]).collect()
}
