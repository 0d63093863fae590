//! A wish becomes a durable change. Saving writes intent and change in one transaction and returns
//! once that is on the disk; the signature follows from a queue, because a hardware key takes up to
//! 600 ms and may be locked. An unsigned change never leaves the phone.

use ulid::Ulid;

use super::{Phone, PhoneError, lock};
use crate::document::{
    Acceptance, Candidate, Document, Fields, Intent, Limits, NewItem, Provenance, RecordView,
    Refusal, Verdict, accept, expand, write,
};
use crate::envelope::{Body, CheckpointRef};
use crate::id::{ActorId, ChangeHash, DocumentId, EnvelopeId};
use crate::identity::Canonical;
use crate::store::{
    Appended, BlobRow, BlobState, Captured, LogRow, LogState, NewBlob, NewDocument, NewLogRow,
    ORIGINAL, Origin, WriteTx,
};
use crate::sync::channel;
use crate::time::Moment;
use crate::vault::Vault;

/// A record to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Kind name.
    pub kind: String,
    /// Case number.
    pub case: String,
    /// Handling officer; the person signed in when empty.
    pub handler: String,
    /// Head fields known from the start.
    pub head: Fields,
    /// Items known from the start, as collection and fields.
    pub items: Vec<(String, Fields)>,
}

/// A durable change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The record.
    pub document: DocumentId,
    /// The change.
    pub change: ChangeHash,
    /// Its envelope, signed soon.
    pub envelope: EnvelopeId,
}

/// An original that a new item names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Attached<'a> {
    /// A small one whose bytes and media type come now.
    Small(&'a [u8], &'a str),
    /// One that is kept already.
    Kept(&'a BlobRow),
}

/// What a save carries besides the change, in its transaction.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct With<'a> {
    /// The original that its new item names.
    pub(super) attached: Option<Attached<'a>>,
    /// The draft that it came of, which ends.
    pub(super) draft: Option<&'a str>,
}

/// What a rebase keeps of the change it records anew.
#[derive(Debug, Clone)]
pub(super) struct Replacing {
    pub(super) envelope: EnvelopeId,
}

impl Phone {
    /// Begins a record.
    pub fn create(&self, new: NewRecord) -> Result<Saved, PhoneError> {
        self.create_from(new, None)
    }

    /// Begins a record, and with it ends the draft that it came of: both or neither.
    pub fn create_from(&self, new: NewRecord, draft: Option<&str>) -> Result<Saved, PhoneError> {
        let acting = self.signed_in()?;
        let handler = if new.handler.is_empty() { acting.person } else { new.handler };
        let nonce = self.entropy.bytes16().to_vec();
        let items = new
            .items
            .into_iter()
            .map(|(collection, fields)| NewItem { collection, item: self.new_item(), fields })
            .collect();
        let (kind, case, head) = (new.kind, new.case, new.head);
        let intent = Intent::Create { kind, case, handler, nonce, head, items };
        self.save_with(None, &intent, None, With { draft, ..With::default() })
    }

    /// Changes a record. Durable when it returns.
    pub fn act(&self, document: DocumentId, intent: &Intent) -> Result<Saved, PhoneError> {
        self.save(Some(document), intent, None)
    }

    /// Like [`Self::act`], with the position the act was done at (a `geo:` text).
    pub fn act_at(
        &self,
        document: DocumentId,
        intent: &Intent,
        position: &str,
    ) -> Result<Saved, PhoneError> {
        self.save(Some(document), intent, Some(position.to_owned()))
    }

    /// Like [`Self::act`] or [`Self::act_at`]; with the change ends the draft that it came of: both or neither.
    pub fn act_from(
        &self,
        document: DocumentId,
        intent: &Intent,
        position: Option<String>,
        draft: Option<&str>,
    ) -> Result<Saved, PhoneError> {
        self.save_with(Some(document), intent, position, With { draft, ..With::default() })
    }

    /// A fresh ULID for an item.
    pub fn new_item(&self) -> String {
        let ms = u64::try_from(self.clock.now().device_ms).unwrap_or(0);
        Ulid::from_parts(ms, u128::from_be_bytes(self.entropy.bytes16())).to_string()
    }

    fn save(
        &self,
        document: Option<DocumentId>,
        intent: &Intent,
        position: Option<String>,
    ) -> Result<Saved, PhoneError> {
        self.save_with(document, intent, position, With::default())
    }

    /// Saves a wish and, in the same transaction, what comes with it.
    pub(super) fn save_with(
        &self,
        document: Option<DocumentId>,
        intent: &Intent,
        position: Option<String>,
        with: With<'_>,
    ) -> Result<Saved, PhoneError> {
        let _work = lock(&self.work);
        let moment = self.clock.now();
        if let (Intent::Finalise { .. }, Some(id)) = (intent, document) {
            // Open conflicts are told first: the rules cannot judge what is contested.
            if self.record_view(id)?.conflicts.is_empty() {
                self.demand_lawful(id)?;
            }
        }
        let (saved, after) = self.store.write::<_, PhoneError>(|tx| {
            let before = match document {
                Some(id) => Some(self.load(tx, id)?.ok_or(PhoneError::NoRecord)?),
                None => None,
            };
            let (saved, after) = self.record(tx, before, intent, moment, position, None)?;
            if let (Some(attached), Intent::Add { item, .. }) = (with.attached, intent) {
                self.attach(tx, &attached, saved.document, item)?;
            }
            if let Some(draft) = with.draft {
                tx.remove_draft(draft)?;
            }
            Ok((saved, after))
        })?;
        lock(&self.documents).put(after);
        Ok(saved)
    }

    fn attach(
        &self,
        tx: &WriteTx<'_>,
        attached: &Attached<'_>,
        document: DocumentId,
        item: &str,
    ) -> Result<(), PhoneError> {
        match attached {
            Attached::Small(bytes, mime) => {
                tx.keep_evidence(bytes, mime, (document, item))?;
            }
            Attached::Kept(blob) => {
                // Purged since it was looked up, it is no longer there to be named.
                tx.blob(blob.hash)?.ok_or(PhoneError::NoFile)?;
                tx.use_blob(blob.hash, document, item)?;
                tx.forget_captor(blob.hash, &self.signed_in()?.person)?;
            }
        }
        Ok(())
    }

    /// Writes an intent as the person signed in, inside a transaction.
    pub(super) fn record(
        &self,
        tx: &WriteTx<'_>,
        before: Option<Document>,
        intent: &Intent,
        moment: Moment,
        position: Option<String>,
        replacing: Option<&Replacing>,
    ) -> Result<(Saved, Document), PhoneError> {
        let acting = self.signed_in()?;
        let identity = tx.identity()?.ok_or(PhoneError::Protocol("the store has no epoch"))?;
        let certificate = match intent {
            Intent::Finalise { .. } => acting.finalising.ok_or(PhoneError::NoFinalisingKey)?,
            _ => acting.certificate,
        };
        let actor = ActorId::derive(certificate, identity.epoch, identity.generation);
        let written =
            write(&self.kinds, before.as_ref(), actor, moment.device_ms.div_euclid(1_000), intent)?;
        let body = Body {
            court: self.court.clone(),
            document: written.document,
            change: written.hash,
            verb: written.verb.to_owned(),
            certificate,
            epoch: identity.epoch,
            generation: identity.generation,
            sequence: tx.take_sequence()?,
            previous: tx.previous_envelope(identity.epoch, written.document)?,
            replaces: replacing.map(|old| old.envelope),
            schema: written.schema,
            device_ms: moment.device_ms,
            monotonic_ms: moment.monotonic_ms,
            boot: moment.boot,
            checkpoint: tx
                .newest_checkpoint()?
                .map(|held| CheckpointRef { size: held.size, root: held.root }),
            position,
        };
        body.check()?;
        let id = body.id();
        let roles = {
            let directory = self.directory();
            directory.get(&certificate).map(|verified| verified.payload().known_roles().collect())
        };
        let candidate = Candidate {
            document: written.document,
            hash: written.hash,
            actor,
            schema: written.schema,
            provenance: Provenance {
                envelope: id,
                person: acting.person,
                roles: roles.unwrap_or_default(),
                verb: written.verb.to_owned(),
                device_ms: moment.device_ms,
            },
            bytes: written.bytes,
        };
        let Acceptance { document, verdicts } =
            accept(&self.kinds, before, std::slice::from_ref(&candidate));
        let after = match (verdicts.first(), document) {
            (Some(Verdict::Accepted), Some(document)) => document,
            (Some(Verdict::Rejected(refusal)), _) => return Err((*refusal).into()),
            (Some(Verdict::Held(hold)), _) => return Err(PhoneError::Newer(*hold)),
            _ => return Err(Refusal::Unloadable.into()),
        };
        let row =
            log_row(&body, candidate.bytes, None, Origin::Own, &after, self.clock.now().device_ms);
        let (Appended::New(local) | Appended::Known(local)) = tx.append(&row)?;
        tx.put_intent(id, &intent_json(intent)?)?;
        self.put_document(tx, &after, local)?;
        Ok((Saved { document: written.document, change: written.hash, envelope: id }, after))
    }

    /// Refreshes the cached row and the search entry of a document.
    pub(super) fn put_document(
        &self,
        tx: &WriteTx<'_>,
        document: &Document,
        updated: i64,
    ) -> Result<(), PhoneError> {
        let view = document.view();
        tx.put_document(&document_row(document, &view, updated))?;
        note_files(tx, document)?;
        tx.index(
            "record",
            document.id().as_bytes(),
            Some(&channel::of_case(&view.state.case)),
            &searchable(&view),
        )?;
        Ok(())
    }

    /// Signs what waits, requests for assistance first, at most `limit`; gives how many were signed.
    /// Changes of a person whose key is not here keep waiting and hold up nobody else's; a key that
    /// fails is told only when no other one signed anything.
    pub fn sign_pending(&self, limit: u32) -> Result<usize, PhoneError> {
        let mut waiting = self.store.read::<_, PhoneError>(|tx| Ok(tx.unsigned(u32::MAX)?))?;
        waiting.retain(|row| self.signer(row.row.certificate).is_some());
        waiting.sort_by_key(|row| (row.row.priority, row.local));
        waiting.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let mut signatures = Vec::with_capacity(waiting.len());
        let mut failure = None;
        for LogRow { row, .. } in waiting {
            match self.signer(row.certificate).map(|signer| signer.sign(&row.body)) {
                Some(Ok(signature)) => signatures.push((row.id, signature)),
                Some(Err(error)) => failure = Some(error),
                None => {}
            }
        }
        if let (Some(error), true) = (failure, signatures.is_empty()) {
            return Err(error.into());
        }
        self.store.write::<_, PhoneError>(|tx| {
            for (id, signature) in &signatures {
                tx.sign(*id, signature.as_bytes())?;
            }
            Ok(())
        })?;
        Ok(signatures.len())
    }

    /// Signs everything that can be signed now. A locked or broken key keeps its changes on this
    /// phone, where the screen shows them, and does not keep the others from travelling.
    pub(super) fn sign_all(&self) {
        while matches!(self.sign_pending(256), Ok(1..)) {}
    }
}

pub(super) fn intent_json(intent: &Intent) -> Result<String, PhoneError> {
    serde_json::to_string(intent).map_err(|_| PhoneError::Protocol("the intent cannot be stored"))
}

/// The log row of a change.
pub(super) fn log_row(
    body: &Body,
    change: Vec<u8>,
    signature: Option<Vec<u8>>,
    origin: Origin,
    document: &Document,
    stored_ms: i64,
) -> NewLogRow {
    let node =
        document.history().index_of(body.change).and_then(|index| document.history().node(index));
    NewLogRow {
        id: body.id(),
        document: body.document,
        channel: channel::of_case(document.case()),
        change_hash: body.change,
        actor: body.actor(),
        actor_seq: node.map_or(1, |node| node.sequence),
        certificate: body.certificate,
        epoch: body.epoch,
        generation: body.generation,
        sequence: body.sequence,
        verb: body.verb.clone(),
        body: body.encode(),
        state: if signature.is_some() { LogState::Signed } else { LogState::Unsigned },
        signature,
        needs: expand(&change, Limits::V1).map(|change| change.dependencies).unwrap_or_default(),
        change,
        origin,
        reason: None,
        on_server: false,
        priority: document.kind().envelope.priority,
        captured: Captured {
            moment: Moment {
                device_ms: body.device_ms,
                monotonic_ms: body.monotonic_ms,
                boot: body.boot,
            },
            stored_ms,
        },
    }
}

/// Files that others captured are known here by what the record says of them, so that the screen can
/// say where they are.
fn note_files(tx: &WriteTx<'_>, document: &Document) -> Result<(), PhoneError> {
    for file in document.files() {
        let item = file.item.rsplit('/').next().unwrap_or_default();
        if tx.blob(file.hash)?.is_none() {
            tx.put_blob(&NewBlob {
                hash: file.hash,
                path: &Vault::original(file.hash),
                bytes: file.bytes.unwrap_or(0),
                mime: file.mime.as_deref().unwrap_or_default(),
                used_by: None,
                state: BlobState::Missing,
                priority: ORIGINAL,
            })?;
        }
        tx.use_blob(file.hash, document.id(), item)?;
    }
    Ok(())
}

pub(super) fn document_row(document: &Document, view: &RecordView, updated: i64) -> NewDocument {
    NewDocument {
        id: document.id(),
        kind: view.state.kind.clone(),
        case_no: Some(view.state.case.clone()),
        channel: channel::of_case(&view.state.case),
        snapshot: Some(document.snapshot()),
        digest: Some(view.state_digest),
        heads: document.history().heads(),
        title: view.title().chars().take(200).collect(),
        finalised: !view.finalised.is_empty(),
        conflicts: u32::try_from(view.conflicts.len()).unwrap_or(u32::MAX),
        updated,
    }
}

/// Everything of a record that somebody may look for: case, title and all texts of head and items.
fn searchable(view: &RecordView) -> String {
    let mut text = format!("{} {}", view.state.case, view.kind.label.zh);
    let registers = view
        .state
        .head
        .values()
        .chain(view.state.collections.values().flatten().flat_map(|item| item.fields.values()));
    for alternative in registers.flat_map(|register| &register.alternatives) {
        if let Some(value) = alternative.value.as_text() {
            text.push(' ');
            text.push_str(value);
        }
    }
    text
}
