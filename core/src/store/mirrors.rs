//! Forms on two phones: what a colleague's phone showed at the last meeting, and which own forms it said
//! it keeps. Which meeting, and whether to believe it, is [`crate::phone`]'s business.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{
    DraftRow, ReadTx, StoreError, WriteTx, drafts::MAX_DRAFT, error::at_most, intents::check_json,
};
use crate::id::{CertificateId, sha256};

/// A form that was begun on a colleague's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirroredRow {
    /// The colleague's certificate on that phone.
    pub certificate: CertificateId,
    /// The colleague.
    pub person: String,
    /// The case's channel.
    pub channel: String,
    /// The form; `case_no` is left to `channel`, `updated_ms` is by the colleague's clock.
    pub form: DraftRow,
    /// When it came, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
    /// Changes by that phone in this case that came here since the meeting, whoever brought them: the form
    /// may be among them.
    pub since: u32,
    /// Whether somebody here has gone on with it, as it is now.
    pub taken_over: bool,
}

/// A colleague's phone that keeps an own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRow {
    /// The colleague's certificate on that phone.
    pub certificate: CertificateId,
    /// The colleague.
    pub person: String,
    /// When it said so, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
    /// Whether it keeps the form as it is now, and not an earlier state of it.
    pub current: bool,
}

fn read(row: &Row<'_>) -> rusqlite::Result<MirroredRow> {
    Ok(MirroredRow {
        certificate: row.get(0)?,
        person: row.get(1)?,
        channel: row.get(2)?,
        form: DraftRow {
            id: row.get(3)?,
            kind: row.get(4)?,
            case_no: None,
            json: row.get(5)?,
            updated_ms: row.get(6)?,
        },
        met_ms: row.get(7)?,
        since: row.get(8)?,
        taken_over: row.get(9)?,
    })
}

const MIRRORED: &str =
    "SELECT f.certificate, m.person, f.channel, f.id, f.kind, f.json, f.saved_ms, m.met_ms,
        (SELECT count(*) FROM log WHERE channel = f.channel AND certificate = f.certificate
            AND local > m.log_end), f.taken_over
     FROM mirrored_forms f JOIN form_meetings m ON m.certificate = f.certificate";

impl ReadTx<'_> {
    /// Forms of colleagues' phones in one channel, or in all; the last saved first.
    pub fn mirrored(&self, channel: Option<&str>) -> Result<Vec<MirroredRow>, StoreError> {
        let order = "ORDER BY f.saved_ms DESC, f.certificate, f.id LIMIT 1000";
        match channel {
            Some(channel) => {
                self.rows(&format!("{MIRRORED} WHERE f.channel = ?1 {order}"), [channel], read)
            }
            None => self.rows(&format!("{MIRRORED} {order}"), [], read),
        }
    }

    /// One of them.
    pub fn mirrored_form(
        &self,
        certificate: CertificateId,
        id: &str,
    ) -> Result<Option<MirroredRow>, StoreError> {
        let sql = format!("{MIRRORED} WHERE f.certificate = ?1 AND f.id = ?2");
        Ok(self.sql.query_row(&sql, params![certificate, id], read).optional()?)
    }

    /// Colleagues' phones that keep an own form, the last met first.
    pub fn copies_of(&self, draft: &DraftRow) -> Result<Vec<CopyRow>, StoreError> {
        let sql = "SELECT c.certificate, m.person, m.met_ms, c.digest = ?2 FROM form_copies c
                   JOIN form_meetings m ON m.certificate = c.certificate
                   WHERE c.id = ?1 ORDER BY m.met_ms DESC, m.person";
        self.rows(sql, params![draft.id, sha256(draft.json.as_bytes())], |row| {
            Ok(CopyRow {
                certificate: row.get(0)?,
                person: row.get(1)?,
                met_ms: row.get(2)?,
                current: row.get(3)?,
            })
        })
    }
}

impl WriteTx<'_> {
    /// Takes the forms of a colleague's phone, each with its channel, in place of those it showed before. One that somebody here went
    /// on with stays marked while the colleague has not changed it.
    pub fn put_mirrored(
        &self,
        certificate: CertificateId,
        person: &str,
        met_ms: i64,
        forms: &[(String, DraftRow)],
    ) -> Result<(), StoreError> {
        for (_, form) in forms {
            at_most("a form", form.json.len(), MAX_DRAFT)?;
            check_json(&form.json)?;
        }
        self.note_form_meeting(certificate, person, met_ms)?;
        self.sql.execute(
            "UPDATE form_meetings SET log_end = (SELECT coalesce(max(local), 0) FROM log) WHERE certificate = ?1",
            [certificate],
        )?;
        let shown: Vec<&str> = forms.iter().map(|(_, form)| form.id.as_str()).collect();
        let before = self.rows(
            "SELECT id FROM mirrored_forms WHERE certificate = ?1",
            [certificate],
            |row| row.get::<_, String>(0),
        )?;
        for id in before.iter().filter(|id| !shown.contains(&id.as_str())) {
            self.sql.execute(
                "DELETE FROM mirrored_forms WHERE certificate = ?1 AND id = ?2",
                params![certificate, id],
            )?;
        }
        for (channel, form) in forms {
            self.sql.execute(
                "INSERT INTO mirrored_forms (certificate, id, kind, channel, json, saved_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (certificate, id) DO UPDATE SET kind = excluded.kind,
                    channel = excluded.channel, saved_ms = excluded.saved_ms,
                    taken_over = taken_over AND json = excluded.json, json = excluded.json",
                params![certificate, form.id, form.kind, channel, form.json, form.updated_ms],
            )?;
        }
        Ok(())
    }

    /// Notes which own forms a colleague's phone said it keeps now, in place of what it said before.
    pub fn put_copies(
        &self,
        certificate: CertificateId,
        person: &str,
        met_ms: i64,
        forms: &[DraftRow],
    ) -> Result<(), StoreError> {
        self.note_form_meeting(certificate, person, met_ms)?;
        self.sql.execute("DELETE FROM form_copies WHERE certificate = ?1", [certificate])?;
        for form in forms {
            self.sql.execute(
                "INSERT INTO form_copies (certificate, id, digest) VALUES (?1, ?2, ?3)",
                params![certificate, form.id, sha256(form.json.as_bytes())],
            )?;
        }
        Ok(())
    }

    /// Notes that somebody here goes on with a colleague's form.
    pub fn take_over_form(&self, certificate: CertificateId, id: &str) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE mirrored_forms SET taken_over = 1 WHERE certificate = ?1 AND id = ?2",
            params![certificate, id],
        )?;
        Ok(())
    }

    /// Throws away what a channel's colleagues had begun.
    pub(super) fn forget_mirrored(&self, channel: &str) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM mirrored_forms WHERE channel = ?1", [channel])?;
        Ok(())
    }

    fn note_form_meeting(
        &self,
        certificate: CertificateId,
        person: &str,
        met_ms: i64,
    ) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT INTO form_meetings (certificate, person, met_ms, log_end) VALUES (?1, ?2, ?3, 0)
             ON CONFLICT (certificate) DO UPDATE SET person = excluded.person, met_ms = excluded.met_ms",
            params![certificate, person, met_ms],
        )?;
        Ok(())
    }
}
