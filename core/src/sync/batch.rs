//! Signed changes on the wire, without what the receiver can recompute: the change hash, the id of a
//! document that the batch itself begins, an envelope that precedes another in the same batch, the
//! court. Numbers are sent as differences. Signatures and change bytes stand together at the end, so
//! that the compressor sees like beside like.

use std::collections::HashMap;

use crate::document::{Limits, prescan};
use crate::envelope::{Body, CheckpointRef};
use crate::id::{BootId, CertificateId, DocumentId, EnvelopeId, Epoch};
use crate::identity::canonical::{CanonicalError, Reader, Writer};

/// Changes in one batch.
pub const MAX_CHANGES: u64 = 20_000;
/// Distinct (certificate, epoch, generation, boot) in one batch.
const MAX_ORIGINS: u64 = 4_096;

/// Bytes of the document ids in one batch, one for each change.
const MAX_DOCUMENTS: usize = 16 * 20_000;

/// A signed change as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedChange {
    /// The envelope's body.
    pub body: Body,
    /// Signature over the encoded body, r || s.
    pub signature: [u8; 64],
    /// The Automerge change.
    pub change: Vec<u8>,
}

/// A row of a batch that could not be read back: its change bytes are damaged, or it refers to a row
/// that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DamagedRow;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Origin {
    certificate: CertificateId,
    epoch: Epoch,
    generation: u32,
    boot: BootId,
}

/// Running values that rows are written as differences from.
#[derive(Default, Clone, Copy)]
struct Last {
    sequence: u64,
    device_ms: i64,
    monotonic_ms: u64,
}

/// Writes `changes`.
pub fn write(out: &mut Writer, changes: &[SignedChange]) {
    let mut origins: Vec<Origin> = Vec::new();
    let mut documents: Vec<DocumentId> = Vec::new();
    let mut made_here: HashMap<DocumentId, usize> = HashMap::new();
    let mut position: HashMap<EnvelopeId, usize> = HashMap::new();
    let mut last: HashMap<Origin, Last> = HashMap::new();
    let mut rows = Vec::with_capacity(changes.len());
    for (index, signed) in changes.iter().enumerate() {
        let body = &signed.body;
        let origin = origin_of(body);
        let origin_at = origins.iter().position(|known| *known == origin).unwrap_or_else(|| {
            origins.push(origin);
            origins.len() - 1
        });
        let document = if DocumentId::of_creating_change(body.change) == body.document {
            made_here.insert(body.document, index);
            DocumentRef::MadeByThis
        } else if let Some(row) = made_here.get(&body.document) {
            DocumentRef::MadeByRow(*row)
        } else {
            let at = documents.iter().position(|known| *known == body.document);
            DocumentRef::Listed(at.unwrap_or_else(|| {
                documents.push(body.document);
                documents.len() - 1
            }))
        };
        rows.push((origin_at, document, position_of(&position, body.previous)));
        position.insert(body.id(), index);
    }
    out.array(5);
    out.array(origins.len() as u64);
    for origin in &origins {
        out.array(4);
        out.bytes(origin.certificate.as_bytes());
        out.bytes(origin.epoch.as_bytes());
        out.uint(u64::from(origin.generation));
        out.bytes(origin.boot.as_bytes());
    }
    out.bytes(&documents.iter().flat_map(|id| id.0).collect::<Vec<u8>>());
    out.array(changes.len() as u64);
    for (signed, (origin_at, document, previous)) in changes.iter().zip(rows) {
        let origin = origins[origin_at];
        write_row(
            out,
            &signed.body,
            origin_at,
            document,
            previous,
            last.entry(origin).or_default(),
        );
    }
    out.bytes(&changes.iter().flat_map(|signed| signed.signature).collect::<Vec<u8>>());
    out.array(changes.len() as u64);
    for signed in changes {
        out.bytes(&signed.change);
    }
}

#[derive(Clone, Copy)]
enum DocumentRef {
    MadeByThis,
    MadeByRow(usize),
    Listed(usize),
}

#[derive(Clone, Copy)]
enum PreviousRef {
    None,
    Row(usize),
    Named(EnvelopeId),
}

fn position_of(position: &HashMap<EnvelopeId, usize>, previous: Option<EnvelopeId>) -> PreviousRef {
    match previous {
        None => PreviousRef::None,
        Some(id) => position.get(&id).map_or(PreviousRef::Named(id), |row| PreviousRef::Row(*row)),
    }
}

fn write_row(
    out: &mut Writer,
    body: &Body,
    origin: usize,
    document: DocumentRef,
    previous: PreviousRef,
    last: &mut Last,
) {
    out.array(12);
    out.uint(origin as u64);
    match document {
        DocumentRef::MadeByThis => out.null(),
        DocumentRef::MadeByRow(row) => out.int(-1 - i64::try_from(row).unwrap_or(i64::MAX - 1)),
        DocumentRef::Listed(at) => out.uint(at as u64),
    }
    out.text(&body.verb);
    out.int(difference(body.sequence, last.sequence));
    let (row, named) = match previous {
        PreviousRef::None => (None, None),
        PreviousRef::Row(row) => (Some(row), None),
        PreviousRef::Named(id) => (None, Some(id)),
    };
    out.optional(row, |out, row| out.uint(row as u64));
    out.optional(named, |out, id| out.bytes(id.as_bytes()));
    out.optional(body.replaces, |out, id| out.bytes(id.as_bytes()));
    out.uint(u64::from(body.schema));
    out.int(body.device_ms.wrapping_sub(last.device_ms));
    out.int(difference(body.monotonic_ms, last.monotonic_ms));
    out.optional(body.checkpoint, |out, checkpoint| {
        out.array(2);
        out.uint(checkpoint.size);
        out.bytes(&checkpoint.root);
    });
    out.optional(body.position.as_deref(), Writer::text);
    *last = Last {
        sequence: body.sequence,
        device_ms: body.device_ms,
        monotonic_ms: body.monotonic_ms,
    };
}

/// Reads a batch. Damage to one row is that row's; damage to the frame of the batch is everybody's.
pub fn read(
    input: &mut Reader<'_>,
    court: &str,
) -> Result<Vec<Result<SignedChange, DamagedRow>>, CanonicalError> {
    input.array_of(5)?;
    let mut origins = Vec::new();
    for _ in 0..input.array_up_to(MAX_ORIGINS, "origins")? {
        input.array_of(4)?;
        origins.push(Origin {
            certificate: CertificateId(input.fixed("certificate")?),
            epoch: Epoch(input.fixed("epoch")?),
            generation: input.uint32()?,
            boot: BootId(input.fixed("boot")?),
        });
    }
    let documents: Vec<DocumentId> = input
        .bytes(MAX_DOCUMENTS, "documents")?
        .chunks(16)
        .map(|id| {
            DocumentId::try_from(id).map_err(|_| CanonicalError::Bound { field: "documents" })
        })
        .collect::<Result<_, _>>()?;
    let mut last: HashMap<Origin, Last> = HashMap::new();
    let mut rows = Vec::new();
    for index in 0..input.array_up_to(MAX_CHANGES, "rows")? {
        rows.push(read_row(
            input,
            usize::try_from(index).unwrap_or(usize::MAX),
            &origins,
            &documents,
            &mut last,
        )?);
    }
    let signatures = input.bytes(64 * rows.len(), "signatures")?;
    if signatures.len() != 64 * rows.len() || input.array()? != rows.len() as u64 {
        return Err(CanonicalError::Bound { field: "signatures" });
    }
    let mut changes: Vec<Result<SignedChange, DamagedRow>> = Vec::with_capacity(rows.len());
    let mut ids: Vec<Option<EnvelopeId>> = Vec::with_capacity(rows.len());
    for (row, signature) in rows.into_iter().zip(signatures.chunks_exact(64)) {
        let bytes = input.bytes(Limits::V1.bytes, "change")?;
        let signed = rebuild(row, court, signature, bytes, &changes, &ids);
        ids.push(signed.as_ref().ok().map(|signed| signed.body.id()));
        changes.push(signed);
    }
    Ok(changes)
}

/// A row whose references are not resolved yet.
struct Row {
    body: Body,
    document: DocumentRef,
    previous: PreviousRef,
}

fn rebuild(
    row: Row,
    court: &str,
    signature: &[u8],
    bytes: &[u8],
    changes: &[Result<SignedChange, DamagedRow>],
    ids: &[Option<EnvelopeId>],
) -> Result<SignedChange, DamagedRow> {
    let mut body = row.body;
    court.clone_into(&mut body.court);
    body.change = prescan(bytes, Limits::V1).map_err(|_| DamagedRow)?;
    body.document = match row.document {
        DocumentRef::MadeByThis => DocumentId::of_creating_change(body.change),
        DocumentRef::Listed(_) => body.document,
        DocumentRef::MadeByRow(row) => {
            changes.get(row).and_then(|made| made.as_ref().ok()).ok_or(DamagedRow)?.body.document
        }
    };
    body.previous = match row.previous {
        PreviousRef::None => None,
        PreviousRef::Named(id) => Some(id),
        PreviousRef::Row(row) => Some(ids.get(row).copied().flatten().ok_or(DamagedRow)?),
    };
    let signature = <[u8; 64]>::try_from(signature).map_err(|_| DamagedRow)?;
    Ok(SignedChange { body, signature, change: bytes.to_vec() })
}

fn read_row(
    input: &mut Reader<'_>,
    index: usize,
    origins: &[Origin],
    documents: &[DocumentId],
    last: &mut HashMap<Origin, Last>,
) -> Result<Row, CanonicalError> {
    let bound = |field| CanonicalError::Bound { field };
    input.array_of(12)?;
    let origin = usize::try_from(input.uint()?)
        .ok()
        .and_then(|at| origins.get(at))
        .ok_or(bound("origin"))?;
    let (document, listed) = match input.optional(Reader::int)? {
        None => (DocumentRef::MadeByThis, DocumentId::default()),
        Some(at) if at >= 0 => {
            let at = usize::try_from(at).map_err(|_| bound("document"))?;
            (DocumentRef::Listed(at), *documents.get(at).ok_or(bound("document"))?)
        }
        Some(row) => {
            let row = usize::try_from(-(row + 1)).map_err(|_| bound("document"))?;
            if row >= index {
                return Err(bound("document"));
            }
            (DocumentRef::MadeByRow(row), DocumentId::default())
        }
    };
    let last = last.entry(*origin).or_default();
    let verb = input.text(64, "verb")?.to_owned();
    let sequence = sum(last.sequence, input.int()?).ok_or(bound("sequence"))?;
    let previous_row = input.optional(Reader::uint)?;
    let previous_named = input.optional(|input| input.fixed("previous").map(EnvelopeId))?;
    let previous = match (previous_row, previous_named) {
        (None, None) => PreviousRef::None,
        (None, Some(id)) => PreviousRef::Named(id),
        (Some(row), None) => {
            let row = usize::try_from(row).ok().filter(|row| *row < index);
            PreviousRef::Row(row.ok_or(bound("previous"))?)
        }
        (Some(_), Some(_)) => return Err(bound("previous")),
    };
    let replaces = input.optional(|input| input.fixed("replaces").map(EnvelopeId))?;
    let schema = input.uint32()?;
    let device_ms = last.device_ms.wrapping_add(input.int()?);
    let monotonic_ms = sum(last.monotonic_ms, input.int()?).ok_or(bound("monotonic_ms"))?;
    let checkpoint = input.optional(|input| {
        input.array_of(2)?;
        Ok(CheckpointRef { size: input.uint()?, root: input.fixed("root")? })
    })?;
    let position = input.optional(|input| input.text(160, "position").map(str::to_owned))?;
    *last = Last { sequence, device_ms, monotonic_ms };
    let body = Body {
        court: String::new(),
        document: listed,
        change: crate::id::ChangeHash::default(),
        verb,
        certificate: origin.certificate,
        epoch: origin.epoch,
        generation: origin.generation,
        sequence,
        previous: None,
        replaces,
        schema,
        device_ms,
        monotonic_ms,
        boot: origin.boot,
        checkpoint,
        position,
    };
    Ok(Row { body, document, previous })
}

fn origin_of(body: &Body) -> Origin {
    Origin {
        certificate: body.certificate,
        epoch: body.epoch,
        generation: body.generation,
        boot: body.boot,
    }
}

/// `now - before` for counters below 2^63, as every encodable body has them.
fn difference(now: u64, before: u64) -> i64 {
    i64::try_from(i128::from(now) - i128::from(before)).unwrap_or(i64::MAX)
}

fn sum(before: u64, difference: i64) -> Option<u64> {
    u64::try_from(i128::from(before) + i128::from(difference)).ok()
}
