//! Forms on the crew's second phone: at the end of a meeting two phones show each other what they have begun
//! and not recorded yet, in the cases both may read. Whoever has the other phone at hand goes on with a form
//! when its own phone is dead; the act that comes of it is by whoever recorded it, as always.
//!
//! What travels is [`crate::sync::forms`]; what is kept of it, [`crate::store`]'s mirrored forms. Photos do
//! not travel with a form: it names them, and they go up from the phone that took them.

use std::io::{Read, Write};

use super::peer::Talk;
use super::{PeerError, PeerReport, PeerRole, Phone, PhoneError};
use crate::id::CertificateId;
use crate::identity::{Canonical, SealError, Signed};
use crate::store::{DraftRow, MetPhone, TakenOver};
use crate::sync::channel::{CASE, of_case};
use crate::sync::forms::{Form, Forms, Kept, MAX_FORMS, decode_kept, encode_kept, phone_of};
use crate::sync::peer::PeerStreamError;

/// Bytes of forms in one message; the last saved go first.
const UP: usize = Forms::MAX_LEN - 1_024;

/// What showing each other the forms did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mirrored {
    /// Own forms that the other phone keeps now.
    pub kept_there: usize,
    /// Own forms that it does not keep: it may not read their case, or they are too many.
    pub left: usize,
    /// The other phone's forms that are kept here now.
    pub kept_here: usize,
}

/// A form that was begun on a colleague's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirroredForm {
    /// The phone it was begun on.
    pub phone: [u8; 16],
    /// The colleague's staff id.
    pub person: String,
    /// The colleague's name as on papers.
    pub name: String,
    /// The form; its time is by the colleague's clock.
    pub form: DraftRow,
    /// When it came here, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
    /// Changes of this case that came here since it came as it is, whosoever: it may be among them, and a person
    /// looks before going on.
    pub since: u32,
    /// Whether somebody here has gone on with it.
    pub taken: TakenOver,
}

/// A colleague's phone that keeps a draft of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormCopy {
    /// The colleague's staff id.
    pub person: String,
    /// The colleague's name as on papers.
    pub name: String,
    /// When that phone said so, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
    /// Whether it keeps the draft as it is now, and not an earlier state of it.
    pub current: bool,
    /// Whether somebody there has gone on with it: it may be recorded by now.
    pub taken_over: bool,
}

impl Phone {
    /// Two phones show each other their forms, over the stream of the meeting `met` and after it. Durable on
    /// both sides before either says so.
    pub fn mirror_forms<S: Read + Write>(
        &self,
        stream: &mut S,
        role: PeerRole,
        met: &PeerReport,
    ) -> Result<Mirrored, PeerError> {
        let mut talk = Talk::new(stream, role);
        let (own, all) = self.own_forms(met)?;
        let theirs = talk.exchange(&self.seal_forms(met, &own)?)?;
        let (phone, kept) = self.keep_forms(&theirs, met)?;
        let answer = talk.exchange(&encode_kept(&kept))?;
        let there = decode_kept(&answer).map_err(PeerStreamError::from)?;
        let there: Vec<(DraftRow, bool)> = own
            .into_iter()
            .filter_map(|row| {
                let said = there.iter().find(|kept| kept.id == row.id)?;
                Some((row, said.taken_over))
            })
            .collect();
        let report =
            Mirrored { kept_there: there.len(), left: all - there.len(), kept_here: kept.len() };
        if let Some(phone) = phone {
            self.store.write::<_, PhoneError>(|tx| {
                Ok(tx.put_copies(&self.met_phone(phone, met), &there)?)
            })?;
        }
        Ok(report)
    }

    fn met_phone<'m>(&self, phone: [u8; 16], met: &'m PeerReport) -> MetPhone<'m> {
        let (certificate, person) = (met.meeting.other, met.person.as_str());
        MetPhone { phone, certificate, person, met_ms: self.device_ms() }
    }

    /// Own forms for the other phone in the order of their ids, and how many there are in all.
    fn own_forms(&self, met: &PeerReport) -> Result<(Vec<DraftRow>, usize), PhoneError> {
        let rows = self.drafts(None)?;
        let all = rows.len();
        if met.meeting.shut_out || self.is_itself(met)? {
            return Ok((Vec::new(), all));
        }
        let mut room = UP;
        let mut own: Vec<DraftRow> = rows
            .into_iter()
            .filter(|row| {
                let shared =
                    row.case_no.as_deref().is_some_and(|case| met.shared.contains(&of_case(case)));
                let fits = shared
                    && form_of(row)
                        .is_some_and(|form| form.check().is_ok() && form.weight() <= room);
                if fits {
                    room -= form_of(row).map_or(0, |form| form.weight());
                }
                fits
            })
            .take(usize::try_from(MAX_FORMS).unwrap_or(usize::MAX))
            .collect();
        own.sort_by(|one, other| one.id.cmp(&other.id));
        Ok((own, all))
    }

    /// A phone may have reached its own door, or its clone: nobody is helped by a copy of one's own forms.
    fn is_itself(&self, met: &PeerReport) -> Result<bool, PhoneError> {
        Ok(self.signed_in()?.certificate == met.meeting.other)
    }

    fn seal_forms(&self, met: &PeerReport, own: &[DraftRow]) -> Result<Vec<u8>, PhoneError> {
        let acting = self.signed_in()?;
        let forms = Forms {
            court: self.court.clone(),
            certificate: acting.certificate,
            phone: phone_of(self.installation),
            meeting: met.meeting.id,
            forms: own.iter().filter_map(form_of).collect(),
        };
        let signer = self.signer(acting.certificate).ok_or(PhoneError::NotSignedIn)?;
        Ok(Signed::seal(&forms, signer.as_ref())
            .map_err(|error: SealError| PhoneError::from(error))?
            .to_bytes())
    }

    /// Keeps what the other phone showed; gives which phone it is, and what of it is durable here now.
    fn keep_forms(
        &self,
        theirs: &[u8],
        met: &PeerReport,
    ) -> Result<(Option<[u8; 16]>, Vec<Kept>), PeerError> {
        let meeting = &met.meeting;
        // What a withdrawn phone has begun will never be an act.
        if meeting.shut_out {
            self.store.write::<_, PhoneError>(|tx| Ok(tx.forget_forms_of(meeting.other)?))?;
            return Ok((None, Vec::new()));
        }
        if self.is_itself(met)? {
            return Ok((None, Vec::new()));
        }
        let signed = Signed::<Forms>::from_bytes(theirs).map_err(|_| PeerError::NotProven)?;
        let verified = self.directory().verify(signed).map_err(|_| PeerError::NotProven)?;
        let forms = verified.payload();
        if forms.certificate != meeting.other || forms.meeting != meeting.id {
            return Err(PeerError::NotProven);
        }
        let rows: Vec<(String, DraftRow)> = forms
            .forms
            .iter()
            .map(|form| (of_case(&form.case_no), row_of(form)))
            .filter(|(channel, _)| met.shared.contains(channel))
            .collect();
        let kept = self.store.write::<_, PhoneError>(|tx| {
            Ok(tx.put_mirrored(&self.met_phone(forms.phone, met), &rows)?)
        })?;
        let kept =
            kept.into_iter().map(|(id, taken)| Kept { id, taken_over: taken != TakenOver::No });
        Ok((Some(forms.phone), kept.collect()))
    }

    /// Forms of colleagues' phones in a case, or in every case of the person signed in; the last saved first.
    pub fn mirrored_forms(&self, case_no: Option<&str>) -> Result<Vec<MirroredForm>, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read::<_, PhoneError>(|tx| {
            let mut forms = Vec::new();
            for row in tx.mirrored(case_no.map(of_case).as_deref())? {
                if self.is_withdrawn(&row.certificate) || !eyes.see(tx, &row.channel, None)? {
                    continue;
                }
                let case_no = row.channel.strip_prefix(CASE).map(str::to_owned);
                forms.push(MirroredForm {
                    phone: row.phone,
                    person: row.person,
                    name: self.name_of(row.certificate),
                    form: DraftRow { case_no, ..row.form },
                    met_ms: row.met_ms,
                    since: row.since,
                    taken: row.taken,
                });
            }
            Ok(forms)
        })
    }

    /// Goes on here with a colleague's form: it becomes an own draft under the same id, which is given back.
    ///
    /// Errors: `NoForm`, also for a case the person may not read; `FormBegunHere` when another form stands
    /// under that id.
    pub fn take_over_form(&self, phone: [u8; 16], id: &str) -> Result<DraftRow, PhoneError> {
        let mut eyes = self.eyes()?;
        let now = self.device_ms();
        self.store.write::<_, PhoneError>(|tx| {
            let row = tx.mirrored_form(phone, id)?.ok_or(PhoneError::NoForm)?;
            if self.is_withdrawn(&row.certificate) || !eyes.see(tx, &row.channel, None)? {
                return Err(PhoneError::NoForm);
            }
            let case_no = row.channel.strip_prefix(CASE).map(str::to_owned);
            let draft = DraftRow { case_no, updated_ms: now, ..row.form };
            if tx.draft(id)?.is_some_and(|own| own.json != draft.json) {
                return Err(PhoneError::FormBegunHere);
            }
            tx.put_draft(&draft)?;
            tx.take_over_form(phone, id)?;
            Ok(draft)
        })
    }

    /// Colleagues' phones that keep a draft of this one, the last met first. None for a draft that is not there.
    pub fn copies_of_draft(&self, id: &str) -> Result<Vec<FormCopy>, PhoneError> {
        let rows = self.store.read::<_, PhoneError>(|tx| match tx.draft(id)? {
            Some(draft) => Ok(tx.copies_of(&draft)?),
            None => Ok(Vec::new()),
        })?;
        let copies = rows.into_iter().map(|row| FormCopy {
            name: self.name_of(row.certificate),
            person: row.person,
            met_ms: row.met_ms,
            current: row.current,
            taken_over: row.taken_over,
        });
        Ok(copies.collect())
    }

    /// A person's name as the certificate has it; empty for one that is not known.
    pub(super) fn name_of(&self, certificate: CertificateId) -> String {
        let directory = self.directory();
        directory.get(&certificate).map(|found| found.payload().name.clone()).unwrap_or_default()
    }
}

fn form_of(row: &DraftRow) -> Option<Form> {
    Some(Form {
        id: row.id.clone(),
        kind: row.kind.clone(),
        case_no: row.case_no.clone()?,
        json: row.json.clone(),
        saved_ms: row.updated_ms,
    })
}

fn row_of(form: &Form) -> DraftRow {
    DraftRow {
        id: form.id.clone(),
        kind: form.kind.clone(),
        case_no: Some(form.case_no.clone()),
        json: form.json.clone(),
        updated_ms: form.saved_ms,
    }
}
