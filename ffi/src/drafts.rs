//! Forms kept as they are filled in, at every step, so that a dead battery costs nothing; and what the
//! phones of a crew keep of each other's forms. Those pass at every meeting of two phones (`meet_at` and
//! its like).

use lastmile_core::phone::{FormCopy, MirroredForm, TakenOver};

use crate::error::LastmileError;
use crate::observe::Change;
use crate::open::Phone;
use crate::records::{RecordDraft, SavedChange};

/// A form that is not an act yet.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Draft {
    /// Its id, chosen by the app.
    pub id: String,
    /// The form; none when another version of the app wrote it and this one cannot read it.
    pub form: Option<RecordDraft>,
    /// Last save, milliseconds since 1970.
    pub updated_ms: i64,
    /// Colleagues' phones that keep it, the last met first; none when it is on this phone only.
    pub copies: Vec<DraftCopy>,
}

/// A colleague's phone that keeps a draft of this one.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DraftCopy {
    /// The colleague, staff id.
    pub person: String,
    /// Name as on papers.
    pub name: String,
    /// When that phone said so, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
    /// Whether it keeps the draft as it is now; else an earlier state of it.
    pub current: bool,
    /// Whether somebody there has gone on with it: it may be recorded by now.
    pub taken_over: bool,
}

/// A form that was begun on a colleague's phone, as it was at the last meeting.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ColleagueDraft {
    /// Which phone, hexadecimal. Give it back to go on with the form.
    pub origin: String,
    /// The colleague, staff id.
    pub person: String,
    /// Name as on papers.
    pub name: String,
    /// Its id there; it keeps it here.
    pub id: String,
    /// Record kind it is to become.
    pub kind: String,
    /// Case number.
    pub case_no: String,
    /// The form; none when another version of the app wrote it and this one cannot read it.
    pub form: Option<RecordDraft>,
    /// Last save by the colleague's clock, milliseconds since 1970.
    pub saved_ms: i64,
    /// When it came here, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
    /// Changes of this case that came here since the form came as it is, whosoever: above 0 it may be among them
    /// already.
    pub since: u32,
    /// Whether somebody here has gone on with it as it is.
    pub taken_over: bool,
    /// Whether somebody here has gone on with an earlier state of it.
    pub taken_before: bool,
}

#[uniffi::export]
impl Phone {
    /// Keeps a form as it is now, over the former state of the same id. A few milliseconds; call it at
    /// every step.
    pub fn save_draft(&self, id: String, form: RecordDraft) -> Result<(), LastmileError> {
        let json = serde_json::to_string(&form).map_err(|_| LastmileError::input("form"))?;
        let case_no = Some(form.case_no.as_str()).filter(|case_no| !case_no.is_empty());
        self.core.save_draft(&id, &form.kind, case_no, &json)?;
        self.observers.changed(&Change::Draft { id });
        Ok(())
    }

    /// Drafts of a case, or all of them, the last saved first.
    pub fn drafts(&self, case_no: Option<String>) -> Result<Vec<Draft>, LastmileError> {
        let rows = self.core.drafts(case_no.as_deref())?.into_iter();
        let drafts = rows.map(|row| {
            let copies = self.core.copies_of_draft(&row.id)?;
            Ok(Draft {
                form: serde_json::from_str(&row.json).ok(),
                id: row.id,
                updated_ms: row.updated_ms,
                copies: copies.into_iter().map(DraftCopy::from).collect(),
            })
        });
        drafts.collect()
    }

    /// Begins the record that a draft describes; the draft goes when the record is durable.
    ///
    /// Errors: as [`Phone::create_record`]; the draft stays then.
    pub fn create_from_draft(
        &self,
        id: String,
        form: RecordDraft,
    ) -> Result<SavedChange, LastmileError> {
        self.create(form, Some(id))
    }

    /// Throws a draft away; says whether there was one.
    pub fn remove_draft(&self, id: String) -> Result<bool, LastmileError> {
        let removed = self.core.remove_draft(&id)?;
        if removed {
            self.observers.changed(&Change::Draft { id });
        }
        Ok(removed)
    }

    /// Forms of colleagues' phones in a case, or in all cases of the person signed in; the last saved first.
    pub fn colleagues_drafts(
        &self,
        case_no: Option<String>,
    ) -> Result<Vec<ColleagueDraft>, LastmileError> {
        let forms = self.core.mirrored_forms(case_no.as_deref())?;
        Ok(forms.into_iter().map(ColleagueDraft::from).collect())
    }

    /// Goes on here with a colleague's form: it becomes a draft of this phone under the same id. What comes of
    /// it is recorded by the person signed in here.
    ///
    /// Errors: `Refused` (`no_form`, `form_begun_here`), with nothing changed.
    pub fn take_over_draft(&self, origin: String, id: String) -> Result<(), LastmileError> {
        let phone = data_encoding::HEXLOWER.decode(origin.as_bytes()).ok();
        let phone = phone.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        self.core.take_over_form(phone.ok_or_else(|| LastmileError::input("origin"))?, &id)?;
        self.observers.changed(&Change::Draft { id });
        Ok(())
    }
}

impl From<FormCopy> for DraftCopy {
    fn from(copy: FormCopy) -> Self {
        Self {
            person: copy.person,
            name: copy.name,
            met_ms: copy.met_ms,
            current: copy.current,
            taken_over: copy.taken_over,
        }
    }
}

impl From<MirroredForm> for ColleagueDraft {
    fn from(mirrored: MirroredForm) -> Self {
        Self {
            origin: data_encoding::HEXLOWER.encode(&mirrored.phone),
            person: mirrored.person,
            name: mirrored.name,
            form: serde_json::from_str(&mirrored.form.json).ok(),
            id: mirrored.form.id,
            kind: mirrored.form.kind,
            case_no: mirrored.form.case_no.unwrap_or_default(),
            saved_ms: mirrored.form.updated_ms,
            met_ms: mirrored.met_ms,
            since: mirrored.since,
            taken_over: mirrored.taken == TakenOver::AsItIs,
            taken_before: mirrored.taken == TakenOver::Earlier,
        }
    }
}
