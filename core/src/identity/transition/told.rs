//! What somebody told the court or a station by telephone, radio or text message when no record could travel: who
//! is where and in what trouble. It is the content of the transition `report`, so that a call for help stands in
//! the signed log like everything else. Whoever wrote it down is the transition's `on_behalf_of`.
//!
//! Bounds and form only; whether a code is one of the record's codes is for whoever signs
//! (`docs/protocol/transition.cddl`).

use crate::identity::canonical::{CanonicalError, Reader, Writer, bound};

use super::CODE_LEN;

const CASE_LEN: usize = 64;
const PLACE_LEN: usize = 600;
const POSITION_LEN: usize = 120;
const TEXT_LEN: usize = 1_024;
const CALLBACK_LEN: usize = 40;
const MAX_NEEDS: usize = 12;
const MESSAGE_LEN: usize = 640;
const MAX_PEOPLE: u64 = 100_000;
const MAX_OFFICERS: u64 = 10_000;
const FIELDS: u64 = 14;

/// A call for help as it was told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// How: `voice`, `radio`, `sms`, `watch`.
    pub how: String,
    /// When the call was, or the message was written, milliseconds since 1970.
    pub called_ms: i64,
    /// Case number, when one was named.
    pub case: Option<String>,
    /// Where, in words, at most 600 bytes of UTF-8.
    pub place: Option<String>,
    /// Where, an RFC 5870 URI that names its datum.
    pub position: Option<String>,
    /// What happens, a code of the record's.
    pub situation: Option<String>,
    /// What happens, in words, at most 1,024 bytes.
    pub text: Option<String>,
    /// About how many people are there, 0 to 100,000.
    pub people: Option<u64>,
    /// Weapons were seen.
    pub weapons: Option<bool>,
    /// Somebody is injured.
    pub injured: Option<bool>,
    /// Court staff on the spot, 0 to 10,000.
    pub officers: Option<u64>,
    /// What is needed, codes of the record's, at most 12.
    pub needs: Vec<String>,
    /// The number to call back.
    pub callback: Option<String>,
    /// The text message as it came, at most 640 bytes.
    pub message: Option<Vec<u8>>,
}

impl Told {
    pub(super) fn write(&self, out: &mut Writer) {
        out.array(FIELDS);
        out.text(&self.how);
        out.int(self.called_ms);
        for text in [&self.case, &self.place, &self.position, &self.situation, &self.text] {
            out.optional(text.as_deref(), Writer::text);
        }
        out.optional(self.people, Writer::uint);
        out.optional(self.weapons, Writer::bool);
        out.optional(self.injured, Writer::bool);
        out.optional(self.officers, Writer::uint);
        out.array(self.needs.len() as u64);
        for need in &self.needs {
            out.text(need);
        }
        out.optional(self.callback.as_deref(), Writer::text);
        out.optional(self.message.as_deref(), Writer::bytes);
    }

    pub(super) fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let text = |input: &mut Reader<'_>, limit, field| {
            input.optional(|input| input.text(limit, field).map(str::to_owned))
        };
        input.array_of(FIELDS)?;
        Ok(Self {
            how: input.text(CODE_LEN, "how")?.to_owned(),
            called_ms: input.int()?,
            case: text(input, CASE_LEN, "case")?,
            place: text(input, PLACE_LEN, "place")?,
            position: text(input, POSITION_LEN, "position")?,
            situation: text(input, CODE_LEN, "situation")?,
            text: text(input, TEXT_LEN, "text")?,
            people: input.optional(Reader::uint)?,
            weapons: input.optional(Reader::bool)?,
            injured: input.optional(Reader::bool)?,
            officers: input.optional(Reader::uint)?,
            needs: {
                let length = input.array_up_to(MAX_NEEDS as u64, "needs")?;
                (0..length)
                    .map(|_| input.text(CODE_LEN, "needs").map(str::to_owned))
                    .collect::<Result<_, _>>()?
            },
            callback: text(input, CALLBACK_LEN, "callback")?,
            message: input
                .optional(|input| input.bytes(MESSAGE_LEN, "message"))?
                .map(<[u8]>::to_vec),
        })
    }

    pub(super) fn check(&self) -> Result<(), CanonicalError> {
        bound::code(&self.how, CODE_LEN, "how")?;
        bound::instant(self.called_ms, "called_ms")?;
        let printed = |text: &Option<String>, limit, field| {
            text.as_deref().map_or(Ok(()), |text| bound::printed(text, limit, field))
        };
        printed(&self.case, CASE_LEN, "case")?;
        printed(&self.place, PLACE_LEN, "place")?;
        printed(&self.position, POSITION_LEN, "position")?;
        printed(&self.text, TEXT_LEN, "text")?;
        printed(&self.callback, CALLBACK_LEN, "callback")?;
        let mut codes = self.situation.iter().chain(&self.needs);
        codes.try_for_each(|code| bound::code(code, CODE_LEN, "situation"))?;
        let within = |number: Option<u64>, most| number.is_none_or(|number| number <= most);
        if !within(self.people, MAX_PEOPLE) || !within(self.officers, MAX_OFFICERS) {
            return Err(CanonicalError::Bound { field: "people" });
        }
        let long = self.message.as_ref().is_some_and(|message| message.len() > MESSAGE_LEN);
        if self.needs.len() > MAX_NEEDS || long {
            return Err(CanonicalError::Bound { field: "message" });
        }
        Ok(())
    }
}
