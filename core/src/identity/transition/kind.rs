//! What a transition decides, kind by kind, and the one encoding of each.

use crate::id::{BlobHash, CertificateId, DocumentId, EnvelopeId, sha256};

use super::approvals::{read_approvals, write_approvals};
use super::told::Told;
use super::{CHANNEL_LEN, CODE_LEN, CONTENT_LEN, PERSON_LEN};
use crate::identity::canonical::{CanonicalError, Reader, Writer, bound};
use crate::identity::certificate::MAX_CODES;

const NOTE_LEN: usize = 1_024;
const ORIGIN_LEN: usize = 160;
const UNIT_LEN: usize = 120;
const STATION_LEN: usize = 40;

/// What was decided. A kind never changes its fields: what needs others becomes a new kind, which
/// older programs keep as [`Self::Other`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransitionKind {
    /// A person enters or leaves the channel.
    Member {
        /// Staff id.
        person: String,
        /// Enters (true) or leaves.
        enter: bool,
    },
    /// A record of this channel also enters another one.
    Route {
        /// The record.
        document: DocumentId,
        /// The other channel.
        to_channel: String,
    },
    /// A record leaves a channel that it was routed to.
    Unroute {
        /// The record.
        document: DocumentId,
        /// The channel it leaves.
        from_channel: String,
    },
    /// A certificate is withdrawn.
    Revoke {
        /// Which.
        certificate: CertificateId,
        /// Why, a code: `lost`, `left`, `replaced`, `compromised`, ...
        reason: String,
    },
    /// A device gets a block of numbers that nobody else gets (seal strips 封条, labels).
    Block {
        /// The series, `S`.
        series: String,
        /// The person and device that get it.
        certificate: CertificateId,
        /// First number.
        first: u64,
        /// Last number, included.
        last: u64,
    },
    /// A decision about a record: a request is acknowledged, approved, declined, closed.
    Decide {
        /// The record.
        document: DocumentId,
        /// What, a code.
        decision: String,
        /// An instant that belongs to it (expected arrival, term), milliseconds since 1970.
        due_ms: Option<i64>,
        /// Words that belong to it.
        note: Option<String>,
    },
    /// A person has exactly these roles from now on. Certificates follow: those with other roles are
    /// withdrawn, new ones issued.
    Role {
        /// Staff id.
        person: String,
        /// Role codes, ascending, without repetition; none: the person has left.
        roles: Vec<String>,
        /// Signed approvals of two persons, when the roles need them
        /// ([`super::super::approval`]).
        approvals: Vec<Vec<u8>>,
    },
    /// The phone that holds this certificate is to destroy its copy at the next contact.
    Wipe {
        /// The person on the device.
        certificate: CertificateId,
        /// Why, a code: `lost`, `stolen`, `left`, ...
        reason: String,
    },
    /// A person decided about a change in quarantine.
    Judge {
        /// The change.
        envelope: EnvelopeId,
        /// Admitted (true), or set aside for good; its bytes are kept either way.
        admit: bool,
        /// Why, in words.
        reason: String,
    },
    /// This log continues another one that was lost with its server: the first entry of the new log.
    Restore {
        /// Origin of the old log.
        origin: String,
        /// Size of its last checkpoint that the court still has.
        size: u64,
        /// Root of that checkpoint.
        root: [u8; 32],
        /// Signed approvals of two persons.
        approvals: Vec<Vec<u8>>,
    },
    /// The court has the original of this name, whole and verified: a record of this channel names it.
    Stored {
        /// SHA-256 of its bytes.
        hash: BlobHash,
        /// Its length, bytes.
        bytes: u64,
    },
    /// The court no longer has this original whole: every word [`Self::Stored`] about it before this one, in
    /// whichever channel, is taken back. Whoever still has the file is to send it again.
    Lost {
        /// SHA-256 of its bytes.
        hash: BlobHash,
        /// Why, a code: `damaged`, `missing`.
        reason: String,
    },
    /// A step in the life of a request for police assistance: acknowledged, a unit sent, closed. What
    /// each step needs and where it leads: [`crate::assistance::step`].
    Assist {
        /// The request.
        document: DocumentId,
        /// The step, a code.
        step: String,
        /// The station that has it from now on, a code.
        station: Option<String>,
        /// The unit that comes or receives, in words.
        unit: Option<String>,
        /// An instant that belongs to it (expected arrival, the voice call), milliseconds since 1970.
        when_ms: Option<i64>,
        /// Another request: joined with, parted from.
        other: Option<DocumentId>,
        /// Why, a code.
        reason: Option<String>,
        /// Words that belong to it.
        note: Option<String>,
    },
    /// A call for help that came by voice or text message, before or without its record.
    Report {
        /// The request it opens.
        document: DocumentId,
        /// What was told.
        told: Box<Told>,
    },
    /// A kind of a later version, kept as it came.
    Other {
        /// Its code.
        kind: String,
        /// Its encoded content.
        content: Vec<u8>,
    },
}

impl TransitionKind {
    const KNOWN: [&'static str; 14] = [
        "member", "route", "unroute", "revoke", "block", "decide", "role", "wipe", "judge",
        "restore", "stored", "lost", "assist", "report",
    ];

    /// The code used in transitions.
    pub fn code(&self) -> &str {
        match self {
            Self::Member { .. } => "member",
            Self::Route { .. } => "route",
            Self::Unroute { .. } => "unroute",
            Self::Revoke { .. } => "revoke",
            Self::Block { .. } => "block",
            Self::Decide { .. } => "decide",
            Self::Role { .. } => "role",
            Self::Wipe { .. } => "wipe",
            Self::Judge { .. } => "judge",
            Self::Restore { .. } => "restore",
            Self::Stored { .. } => "stored",
            Self::Lost { .. } => "lost",
            Self::Assist { .. } => "assist",
            Self::Report { .. } => "report",
            Self::Other { kind, .. } => kind,
        }
    }

    /// The content: one deterministic CBOR array per kind, carried as bytes so that a program that
    /// does not know the kind can still pass it on.
    pub(super) fn content(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Member { person, enter } => {
                out.array(2);
                out.text(person);
                out.bool(*enter);
            }
            Self::Route { document, to_channel: channel }
            | Self::Unroute { document, from_channel: channel } => {
                out.array(2);
                out.bytes(&document.0);
                out.text(channel);
            }
            Self::Revoke { certificate, reason } | Self::Wipe { certificate, reason } => {
                out.array(2);
                out.bytes(&certificate.0);
                out.text(reason);
            }
            Self::Block { series, certificate, first, last } => {
                out.array(4);
                out.text(series);
                out.bytes(&certificate.0);
                out.uint(*first);
                out.uint(*last);
            }
            Self::Decide { document, decision, due_ms, note } => {
                out.array(4);
                out.bytes(&document.0);
                out.text(decision);
                out.optional(*due_ms, Writer::int);
                out.optional(note.as_deref(), Writer::text);
            }
            Self::Role { person, roles, approvals } => {
                out.array(3);
                out.text(person);
                out.array(roles.len() as u64);
                for role in roles {
                    out.text(role);
                }
                write_approvals(&mut out, approvals);
            }
            Self::Judge { envelope, admit, reason } => {
                out.array(3);
                out.bytes(&envelope.0);
                out.bool(*admit);
                out.text(reason);
            }
            Self::Restore { origin, size, root, approvals } => {
                out.array(4);
                out.text(origin);
                out.uint(*size);
                out.bytes(root);
                write_approvals(&mut out, approvals);
            }
            Self::Stored { hash, bytes } => {
                out.array(2);
                out.bytes(&hash.0);
                out.uint(*bytes);
            }
            Self::Lost { hash, reason } => {
                out.array(2);
                out.bytes(&hash.0);
                out.text(reason);
            }
            Self::Assist { document, step, station, unit, when_ms, other, reason, note } => {
                out.array(8);
                out.bytes(&document.0);
                out.text(step);
                out.optional(station.as_deref(), Writer::text);
                out.optional(unit.as_deref(), Writer::text);
                out.optional(*when_ms, Writer::int);
                out.optional(other.as_ref(), |out, other| out.bytes(&other.0));
                out.optional(reason.as_deref(), Writer::text);
                out.optional(note.as_deref(), Writer::text);
            }
            Self::Report { document, told } => {
                out.array(2);
                out.bytes(&document.0);
                told.write(&mut out);
            }
            Self::Other { content, .. } => return content.clone(),
        }
        out.into_bytes()
    }

    /// What two persons approve when they approve this decision: SHA-256 over the court, the kind and
    /// the content without the approvals. `None` for kinds that need no approval.
    pub fn approved_subject(&self, court: &str) -> Option<[u8; 32]> {
        let bare = match self {
            Self::Role { person, roles, .. } => {
                Self::Role { person: person.clone(), roles: roles.clone(), approvals: Vec::new() }
            }
            Self::Restore { origin, size, root, .. } => Self::Restore {
                origin: origin.clone(),
                size: *size,
                root: *root,
                approvals: Vec::new(),
            },
            _ => return None,
        };
        let mut out = Writer::default();
        out.array(5);
        out.text("lastmile-approved");
        out.uint(1);
        out.text(court);
        out.text(bare.code());
        out.bytes(&bare.content());
        Some(sha256(&out.into_bytes()))
    }

    pub(super) fn from_content(kind: &str, content: &[u8]) -> Result<Self, CanonicalError> {
        let mut input = Reader::new(content);
        let value = match kind {
            "member" => {
                input.array_of(2)?;
                Self::Member {
                    person: input.text(PERSON_LEN, "person")?.to_owned(),
                    enter: input.bool()?,
                }
            }
            "route" | "unroute" => {
                input.array_of(2)?;
                let document = DocumentId(input.fixed("document")?);
                let channel = input.text(CHANNEL_LEN, "channel")?.to_owned();
                if kind == "route" {
                    Self::Route { document, to_channel: channel }
                } else {
                    Self::Unroute { document, from_channel: channel }
                }
            }
            "revoke" => {
                input.array_of(2)?;
                Self::Revoke {
                    certificate: CertificateId(input.fixed("certificate")?),
                    reason: input.text(CODE_LEN, "reason")?.to_owned(),
                }
            }
            "block" => {
                input.array_of(4)?;
                Self::Block {
                    series: input.text(CODE_LEN, "series")?.to_owned(),
                    certificate: CertificateId(input.fixed("certificate")?),
                    first: input.uint()?,
                    last: input.uint()?,
                }
            }
            "decide" => {
                input.array_of(4)?;
                Self::Decide {
                    document: DocumentId(input.fixed("document")?),
                    decision: input.text(CODE_LEN, "decision")?.to_owned(),
                    due_ms: input.optional(Reader::int)?,
                    note: input
                        .optional(|input| input.text(NOTE_LEN, "note").map(str::to_owned))?,
                }
            }
            "role" => {
                input.array_of(3)?;
                Self::Role {
                    person: input.text(PERSON_LEN, "person")?.to_owned(),
                    roles: {
                        let length = input.array_up_to(MAX_CODES as u64, "roles")?;
                        (0..length)
                            .map(|_| input.text(CODE_LEN, "roles").map(str::to_owned))
                            .collect::<Result<_, _>>()?
                    },
                    approvals: read_approvals(&mut input)?,
                }
            }
            "wipe" => {
                input.array_of(2)?;
                Self::Wipe {
                    certificate: CertificateId(input.fixed("certificate")?),
                    reason: input.text(CODE_LEN, "reason")?.to_owned(),
                }
            }
            "judge" => {
                input.array_of(3)?;
                Self::Judge {
                    envelope: EnvelopeId(input.fixed("envelope")?),
                    admit: input.bool()?,
                    reason: input.text(NOTE_LEN, "reason")?.to_owned(),
                }
            }
            "restore" => {
                input.array_of(4)?;
                Self::Restore {
                    origin: input.text(ORIGIN_LEN, "origin")?.to_owned(),
                    size: input.uint()?,
                    root: input.fixed("root")?,
                    approvals: read_approvals(&mut input)?,
                }
            }
            "stored" => {
                input.array_of(2)?;
                Self::Stored { hash: BlobHash(input.fixed("hash")?), bytes: input.uint()? }
            }
            "lost" => {
                input.array_of(2)?;
                Self::Lost {
                    hash: BlobHash(input.fixed("hash")?),
                    reason: input.text(CODE_LEN, "reason")?.to_owned(),
                }
            }
            "assist" => {
                input.array_of(8)?;
                let text = |input: &mut Reader<'_>, limit, field| {
                    input.optional(|input| input.text(limit, field).map(str::to_owned))
                };
                Self::Assist {
                    document: DocumentId(input.fixed("document")?),
                    step: input.text(CODE_LEN, "step")?.to_owned(),
                    station: text(&mut input, STATION_LEN, "station")?,
                    unit: text(&mut input, UNIT_LEN, "unit")?,
                    when_ms: input.optional(Reader::int)?,
                    other: input.optional(|input| input.fixed("other"))?.map(DocumentId),
                    reason: text(&mut input, CODE_LEN, "reason")?,
                    note: text(&mut input, NOTE_LEN, "note")?,
                }
            }
            "report" => {
                input.array_of(2)?;
                Self::Report {
                    document: DocumentId(input.fixed("document")?),
                    told: Box::new(Told::read(&mut input)?),
                }
            }
            other => {
                return Ok(Self::Other { kind: other.to_owned(), content: content.to_vec() });
            }
        };
        input.finish()?;
        Ok(value)
    }

    pub(super) fn check(&self) -> Result<(), CanonicalError> {
        match self {
            Self::Member { person, .. } => bound::token(person, PERSON_LEN, "person"),
            Self::Route { to_channel: channel, .. }
            | Self::Unroute { from_channel: channel, .. } => {
                bound::printed(channel, CHANNEL_LEN, "channel")
            }
            Self::Revoke { reason, .. } | Self::Wipe { reason, .. } | Self::Lost { reason, .. } => {
                bound::code(reason, CODE_LEN, "reason")
            }
            Self::Block { series, first, last, .. } => {
                bound::token(series, CODE_LEN, "series")?;
                bound::count(*last, "last")?;
                if first > last { Err(CanonicalError::Bound { field: "first" }) } else { Ok(()) }
            }
            Self::Decide { decision, due_ms, note, .. } => {
                bound::code(decision, CODE_LEN, "decision")?;
                due_ms.map_or(Ok(()), |due_ms| bound::instant(due_ms, "due_ms"))?;
                note.as_deref().map_or(Ok(()), |note| bound::printed(note, NOTE_LEN, "note"))
            }
            Self::Role { person, roles, .. } => {
                bound::token(person, PERSON_LEN, "person")?;
                let ascending =
                    roles.iter().zip(roles.iter().skip(1)).all(|(left, right)| left < right);
                if roles.len() > MAX_CODES || !ascending {
                    return Err(CanonicalError::Bound { field: "roles" });
                }
                roles.iter().try_for_each(|role| bound::code(role, CODE_LEN, "roles"))?;
                self.check_length()
            }
            Self::Judge { reason, .. } => bound::printed(reason, NOTE_LEN, "reason"),
            Self::Restore { origin, size, .. } => {
                bound::printed(origin, ORIGIN_LEN, "origin")?;
                bound::count(*size, "size")?;
                self.check_length()
            }
            Self::Stored { bytes, .. } => bound::count(*bytes, "bytes"),
            Self::Assist { step, station, unit, when_ms, reason, note, .. } => {
                let printed = |text: &Option<String>, limit, field| {
                    text.as_deref().map_or(Ok(()), |text| bound::printed(text, limit, field))
                };
                bound::code(step, CODE_LEN, "step")?;
                printed(station, STATION_LEN, "station")?;
                printed(unit, UNIT_LEN, "unit")?;
                when_ms.map_or(Ok(()), |ms| bound::instant(ms, "when_ms"))?;
                reason.as_deref().map_or(Ok(()), |code| bound::code(code, CODE_LEN, "reason"))?;
                printed(note, NOTE_LEN, "note")
            }
            Self::Report { told, .. } => {
                told.check()?;
                self.check_length()
            }
            Self::Other { kind, content } => {
                bound::code(kind, CODE_LEN, "kind")?;
                if Self::KNOWN.contains(&kind.as_str()) || content.len() > CONTENT_LEN {
                    return Err(CanonicalError::Bound { field: "kind" });
                }
                Ok(())
            }
        }
    }

    /// Kinds with approvals could grow beyond what a transition may carry.
    fn check_length(&self) -> Result<(), CanonicalError> {
        if self.content().len() > CONTENT_LEN {
            return Err(CanonicalError::Bound { field: "content" });
        }
        Ok(())
    }
}
