//! Forms kept as they are filled in, at every step, so that a dead battery costs nothing.

use crate::error::LastmileError;
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
}

#[uniffi::export]
impl Phone {
    /// Keeps a form as it is now, over the former state of the same id. A few milliseconds; call it at
    /// every step.
    pub fn save_draft(&self, id: String, form: RecordDraft) -> Result<(), LastmileError> {
        let json = serde_json::to_string(&form).map_err(|_| LastmileError::input("form"))?;
        let case_no = Some(form.case_no.as_str()).filter(|case_no| !case_no.is_empty());
        Ok(self.core.save_draft(&id, &form.kind, case_no, &json)?)
    }

    /// Drafts of a case, or all of them, the last saved first.
    pub fn drafts(&self, case_no: Option<String>) -> Result<Vec<Draft>, LastmileError> {
        let rows = self.core.drafts(case_no.as_deref())?.into_iter();
        let drafts = rows.map(|row| Draft {
            form: serde_json::from_str(&row.json).ok(),
            id: row.id,
            updated_ms: row.updated_ms,
        });
        Ok(drafts.collect())
    }

    /// Begins the record that a draft describes; the draft goes when the record is durable.
    ///
    /// Errors: as [`Phone::create_record`]; the draft stays then.
    pub fn create_from_draft(
        &self,
        id: String,
        form: RecordDraft,
    ) -> Result<SavedChange, LastmileError> {
        let saved = self.create_record(form)?;
        self.core.remove_draft(&id)?;
        Ok(saved)
    }

    /// Throws a draft away; says whether there was one.
    pub fn remove_draft(&self, id: String) -> Result<bool, LastmileError> {
        Ok(self.core.remove_draft(&id)?)
    }
}
