//! Forms that two phones of a crew show each other at the end of a meeting, so that a dead battery in the
//! middle of an act costs the crew nothing. A form is nobody's record: it enters no log, goes to no server,
//! and is replaced whole at the next meeting.
//!
//! ```text
//! initiator                         responder
//! Forms {signed, for this meeting}    ─►
//!                                   ◄─  Forms
//! Kept {ids kept, which gone on with} ─►
//!                                   ◄─  Kept
//! ```
//!
//! The body is signed by the phone that the meeting has proven, over the meeting's own random numbers: forms
//! of another meeting, or of somebody else on the hotspot, are not taken. `docs/protocol/forms.cddl`.

use serde::de::IgnoredAny;

use crate::id::{CertificateId, sha256_parts};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::identity::{CertificateKind, SignedBody};

use super::peer::Hello;

/// Forms at one meeting, at most: as many as a phone lists.
pub const MAX_FORMS: u64 = 200;
/// Longest id, bytes: 64 characters of any script, as a phone keeps.
const MAX_ID: usize = 192;
/// Longest case number, bytes.
const MAX_CASE: usize = 128;
/// Longest form, bytes of JSON: as long as a phone keeps.
pub const MAX_FORM: usize = 256 << 10;

/// A form as it was filled in so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its id on the phone it was begun on, 1-192 bytes.
    pub id: String,
    /// Record kind it is to become.
    pub kind: String,
    /// The case, 1-128 bytes.
    pub case_no: String,
    /// The form, JSON in the app's own shape, at most [`MAX_FORM`] bytes.
    pub json: String,
    /// Last save by that phone's clock, milliseconds since 1970. Shown, never compared with another clock.
    pub saved_ms: i64,
}

impl Form {
    /// Whether another phone would take it.
    pub fn check(&self) -> Result<(), CanonicalError> {
        bound::printed(&self.id, MAX_ID, "id")?;
        if self.id.chars().count() > MAX_ID / 3 {
            return Err(CanonicalError::Bound { field: "id" });
        }
        bound::code(&self.kind, 64, "kind")?;
        bound::printed(&self.case_no, MAX_CASE, "case_no")?;
        bound::instant(self.saved_ms, "saved_ms")?;
        let json =
            self.json.len() <= MAX_FORM && serde_json::from_str::<IgnoredAny>(&self.json).is_ok();
        if json { Ok(()) } else { Err(CanonicalError::Bound { field: "json" }) }
    }

    /// Bytes it takes in a message, at most.
    pub fn weight(&self) -> usize {
        self.id.len() + self.kind.len() + self.case_no.len() + self.json.len() + 32
    }
}

/// Everything one phone has begun in the cases that both may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    /// Court code.
    pub court: String,
    /// Who is signed in on that phone, as proven in the meeting.
    pub certificate: CertificateId,
    /// The phone itself, [`phone_of`]: it stays the same when another person signs in or is enrolled anew.
    pub phone: [u8; 16],
    /// The meeting, [`meeting_of`].
    pub meeting: [u8; 32],
    /// The forms, in order of their ids.
    pub forms: Vec<Form>,
}

/// How a phone is called in its forms: nothing of the marker of its installation can be told from it.
pub fn phone_of(installation: [u8; 16]) -> [u8; 16] {
    let hash = sha256_parts(&[b"lastmile-forms-phone-v1", &installation]);
    let mut phone = [0; 16];
    phone.copy_from_slice(&hash[..16]);
    phone
}

/// What both phones know of this meeting and of no other.
pub fn meeting_of(one: &Hello, other: &Hello) -> [u8; 32] {
    let (first, second) = if one.nonce <= other.nonce { (one, other) } else { (other, one) };
    sha256_parts(&[
        b"lastmile-meeting-v1",
        first.certificate.as_bytes(),
        &first.nonce,
        second.certificate.as_bytes(),
        &second.nonce,
    ])
}

impl Canonical for Forms {
    const TAG: &'static str = "lastmile-forms";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 5;
    const MAX_LEN: usize = 4 << 20;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.bytes(&self.certificate.0);
        out.bytes(&self.phone);
        out.bytes(&self.meeting);
        out.array(self.forms.len() as u64);
        for form in &self.forms {
            out.array(5);
            out.text(&form.id);
            out.text(&form.kind);
            out.text(&form.case_no);
            out.text(&form.json);
            out.int(form.saved_ms);
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let court = input.text(32, "court")?.to_owned();
        let certificate = CertificateId(input.fixed("certificate")?);
        let phone = input.fixed("phone")?;
        let meeting = input.fixed("meeting")?;
        let mut forms = Vec::new();
        for _ in 0..input.array_up_to(MAX_FORMS, "forms")? {
            input.array_of(5)?;
            forms.push(Form {
                id: input.text(MAX_ID, "id")?.to_owned(),
                kind: input.text(64, "kind")?.to_owned(),
                case_no: input.text(MAX_CASE, "case_no")?.to_owned(),
                json: input.text(MAX_FORM, "json")?.to_owned(),
                saved_ms: input.int()?,
            });
        }
        Ok(Self { court, certificate, phone, meeting, forms })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        let ordered = self.forms.windows(2).all(|pair| pair[0].id < pair[1].id);
        if !ordered || self.forms.len() as u64 > MAX_FORMS {
            return Err(CanonicalError::Bound { field: "forms" });
        }
        self.forms.iter().try_for_each(Form::check)
    }
}

impl SignedBody for Forms {
    fn court(&self) -> &str {
        &self.court
    }

    fn signer(&self) -> Option<CertificateId> {
        Some(self.certificate)
    }

    fn may_be_signed_by(kind: &CertificateKind) -> bool {
        *kind == CertificateKind::Person
    }
}

/// A form of the other phone that is durable here now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// Whether somebody here has gone on with it, or with an earlier state of it: it may be recorded by now.
    pub taken_over: bool,
}

/// Says which of the other phone's forms are kept.
pub fn encode_kept(kept: &[Kept]) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(2);
    out.uint(1);
    out.array(kept.len() as u64);
    for form in kept {
        out.array(2);
        out.text(&form.id);
        out.uint(u64::from(form.taken_over));
    }
    out.into_bytes()
}

/// Reads which forms the other phone keeps now.
pub fn decode_kept(bytes: &[u8]) -> Result<Vec<Kept>, CanonicalError> {
    let mut input = Reader::new(bytes);
    input.array_of(2)?;
    let version = input.uint()?;
    if version != 1 {
        return Err(CanonicalError::UnsupportedVersion { tag: "peer-kept", version });
    }
    let mut kept = Vec::new();
    for _ in 0..input.array_up_to(MAX_FORMS, "kept")? {
        input.array_of(2)?;
        let id = input.text(MAX_ID, "id")?.to_owned();
        kept.push(Kept { id, taken_over: input.uint()? != 0 });
    }
    input.finish()?;
    Ok(kept)
}
