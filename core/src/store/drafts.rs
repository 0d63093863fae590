//! Forms that autosave before they are acts. A draft is nobody's record yet: it may be thrown away,
//! and the transaction that records the act removes it.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{ReadTx, StoreError, WriteTx, error::at_most, intents::check_json};

/// Longest draft, bytes of JSON.
pub const MAX_DRAFT: usize = 256 << 10;

/// A stored draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Its id, chosen by the caller.
    pub id: String,
    /// Record kind it is to become.
    pub kind: String,
    /// Case number, if one was chosen.
    pub case_no: Option<String>,
    /// The form.
    pub json: String,
    /// Last save, milliseconds since 1970.
    pub updated_ms: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<DraftRow> {
    Ok(DraftRow {
        id: row.get(0)?,
        kind: row.get(1)?,
        case_no: row.get(2)?,
        json: row.get(3)?,
        updated_ms: row.get(4)?,
    })
}

impl ReadTx<'_> {
    /// One draft.
    pub fn draft(&self, id: &str) -> Result<Option<DraftRow>, StoreError> {
        let sql = "SELECT id, kind, case_no, json, updated_ms FROM drafts WHERE id = ?1";
        Ok(self.sql.query_row(sql, [id], read).optional()?)
    }

    /// Drafts of a case, or all; a phone has a handful. Newest first.
    pub fn drafts(&self, case_no: Option<&str>) -> Result<Vec<DraftRow>, StoreError> {
        let order = "ORDER BY updated_ms DESC, id LIMIT 200";
        let columns = "SELECT id, kind, case_no, json, updated_ms FROM drafts";
        match case_no {
            Some(case_no) => {
                self.rows(&format!("{columns} WHERE case_no = ?1 {order}"), [case_no], read)
            }
            None => self.rows(&format!("{columns} {order}"), [], read),
        }
    }
}

impl WriteTx<'_> {
    /// Saves a draft over its former state.
    pub fn put_draft(&self, draft: &DraftRow) -> Result<(), StoreError> {
        at_most("a draft", draft.json.len(), MAX_DRAFT)?;
        check_json(&draft.json)?;
        self.sql.execute(
            "INSERT INTO drafts (id, kind, case_no, json, updated_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, case_no = excluded.case_no,
                json = excluded.json, updated_ms = excluded.updated_ms",
            params![draft.id, draft.kind, draft.case_no, draft.json, draft.updated_ms],
        )?;
        Ok(())
    }

    /// Removes the drafts of a case, which nobody here can record any more.
    pub fn remove_drafts_of(&self, case_no: &str) -> Result<usize, StoreError> {
        Ok(self.sql.execute("DELETE FROM drafts WHERE case_no = ?1", [case_no])?)
    }

    /// Removes a draft; gives whether there was one. Who keeps a copy of it is forgotten: the next one under this id
    /// is another.
    pub fn remove_draft(&self, id: &str) -> Result<bool, StoreError> {
        self.sql.execute("DELETE FROM form_copies WHERE id = ?1", [id])?;
        Ok(self.sql.execute("DELETE FROM drafts WHERE id = ?1", [id])? == 1)
    }
}
