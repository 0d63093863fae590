//! Forms on two phones: what a colleague's phone showed at the last meeting, and which own forms it said
//! it keeps. A phone is the same whoever signs in on it. Which meeting, and whether to believe it, is
//! [`crate::phone`]'s business.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{
    DraftRow, Membership, ReadTx, StoreError, WriteTx, drafts::MAX_DRAFT, error::at_most,
    intents::check_json,
};
use crate::id::{CertificateId, sha256};

/// A colleague's phone at a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetPhone<'a> {
    /// The phone.
    pub phone: [u8; 16],
    /// Who was signed in on it.
    pub certificate: CertificateId,
    /// That person.
    pub person: &'a str,
    /// When, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
}

/// Whether somebody on this phone has gone on with a colleague's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOver {
    /// Nobody.
    No,
    /// As it is.
    AsItIs,
    /// An earlier state of it; the colleague went on as well.
    Earlier,
}

/// A form that was begun on a colleague's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirroredRow {
    /// The phone.
    pub phone: [u8; 16],
    /// Who was signed in on it at the last meeting.
    pub certificate: CertificateId,
    /// That person.
    pub person: String,
    /// The case's channel.
    pub channel: String,
    /// The form; `case_no` is left to `channel`, `updated_ms` is by the colleague's clock.
    pub form: DraftRow,
    /// When it came here, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
    /// Changes of this case that came here since it came as it is, whosoever: it may be among them.
    pub since: u32,
    /// Whether somebody here has gone on with it.
    pub taken: TakenOver,
}

/// A colleague's phone that keeps an own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRow {
    /// Who was signed in on it.
    pub certificate: CertificateId,
    /// That person.
    pub person: String,
    /// When it said so, by this phone's clock, milliseconds since 1970.
    pub met_ms: i64,
    /// Whether it keeps the form as it is now, and not an earlier state of it.
    pub current: bool,
    /// Whether somebody there has gone on with it.
    pub taken_over: bool,
}

fn read(row: &Row<'_>) -> rusqlite::Result<MirroredRow> {
    Ok(MirroredRow {
        phone: row.get(0)?,
        certificate: row.get(1)?,
        person: row.get(2)?,
        channel: row.get(3)?,
        form: DraftRow {
            id: row.get(4)?,
            kind: row.get(5)?,
            case_no: None,
            json: row.get(6)?,
            updated_ms: row.get(7)?,
        },
        met_ms: row.get(8)?,
        since: row.get(9)?,
        taken: match row.get(10)? {
            0 => TakenOver::No,
            1 => TakenOver::AsItIs,
            _ => TakenOver::Earlier,
        },
    })
}

const MIRRORED: &str = "SELECT f.phone, m.certificate, m.person, f.channel, f.id, f.kind, f.json,
        f.saved_ms, m.met_ms,
        (SELECT count(*) FROM log WHERE channel = f.channel AND local > f.log_end), f.taken
     FROM mirrored_forms f JOIN form_meetings m ON m.phone = f.phone";

impl ReadTx<'_> {
    /// Forms of colleagues' phones in one channel, or in all; the last saved first.
    pub fn mirrored(&self, channel: Option<&str>) -> Result<Vec<MirroredRow>, StoreError> {
        let order = "ORDER BY f.saved_ms DESC, f.phone, f.id LIMIT 1000";
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
        phone: [u8; 16],
        id: &str,
    ) -> Result<Option<MirroredRow>, StoreError> {
        let sql = format!("{MIRRORED} WHERE f.phone = ?1 AND f.id = ?2");
        Ok(self.sql.query_row(&sql, params![phone, id], read).optional()?)
    }

    /// Colleagues' phones that keep an own form, the last met first.
    pub fn copies_of(&self, draft: &DraftRow) -> Result<Vec<CopyRow>, StoreError> {
        let sql = "SELECT m.certificate, m.person, m.met_ms, c.digest = ?2, c.taken
                   FROM form_copies c JOIN form_meetings m ON m.phone = c.phone
                   WHERE c.id = ?1 ORDER BY m.met_ms DESC, m.person";
        self.rows(sql, params![draft.id, sha256(draft.json.as_bytes())], |row| {
            Ok(CopyRow {
                certificate: row.get(0)?,
                person: row.get(1)?,
                met_ms: row.get(2)?,
                current: row.get(3)?,
                taken_over: row.get(4)?,
            })
        })
    }
}

impl WriteTx<'_> {
    /// Takes the forms of a colleague's phone, each with its channel, in place of those it showed before; gives what
    /// is kept now: nothing of a channel that this phone left meanwhile. That somebody here went on with a
    /// form stays known for as long as the phone shows it.
    pub fn put_mirrored(
        &self,
        met: &MetPhone<'_>,
        forms: &[(String, DraftRow)],
    ) -> Result<Vec<(String, TakenOver)>, StoreError> {
        for (_, form) in forms {
            at_most("a form", form.json.len(), MAX_DRAFT)?;
            check_json(&form.json)?;
        }
        self.note_form_meeting(met)?;
        let before =
            self.rows("SELECT id FROM mirrored_forms WHERE phone = ?1", [met.phone], |row| {
                row.get::<_, String>(0)
            })?;
        for id in before.iter().filter(|id| !forms.iter().any(|(_, form)| form.id == **id)) {
            self.sql.execute(
                "DELETE FROM mirrored_forms WHERE phone = ?1 AND id = ?2",
                params![met.phone, id],
            )?;
        }
        let mut kept = Vec::new();
        for (channel, form) in forms {
            let here = self.channel(channel)?;
            if here.is_none_or(|row| row.member != Membership::Member) {
                continue;
            }
            self.sql.execute(
                "INSERT INTO mirrored_forms (phone, id, kind, channel, json, saved_ms, log_end)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT coalesce(max(local), 0) FROM log))
                 ON CONFLICT (phone, id) DO UPDATE SET kind = excluded.kind,
                    channel = excluded.channel, saved_ms = excluded.saved_ms,
                    log_end = iif(json = excluded.json, log_end, excluded.log_end),
                    taken = iif(taken = 0 OR json = excluded.json, taken, 2), json = excluded.json",
                params![met.phone, form.id, form.kind, channel, form.json, form.updated_ms],
            )?;
            kept.extend(
                self.mirrored_form(met.phone, &form.id)?.map(|row| (row.form.id, row.taken)),
            );
        }
        Ok(kept)
    }

    /// Notes which own forms a colleague's phone said it keeps now, and which somebody there went on with, in place of
    /// what it said before.
    pub fn put_copies(
        &self,
        met: &MetPhone<'_>,
        forms: &[(DraftRow, bool)],
    ) -> Result<(), StoreError> {
        self.note_form_meeting(met)?;
        self.sql.execute("DELETE FROM form_copies WHERE phone = ?1", [met.phone])?;
        for (form, taken) in forms {
            self.sql.execute(
                "INSERT INTO form_copies (phone, id, digest, taken) VALUES (?1, ?2, ?3, ?4)",
                params![met.phone, form.id, sha256(form.json.as_bytes()), taken],
            )?;
        }
        Ok(())
    }

    /// Notes that somebody here goes on with a colleague's form.
    pub fn take_over_form(&self, phone: [u8; 16], id: &str) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE mirrored_forms SET taken = 1 WHERE phone = ?1 AND id = ?2",
            params![phone, id],
        )?;
        Ok(())
    }

    /// Throws away what was kept of the forms of a phone on which this certificate was signed in.
    pub fn forget_forms_of(&self, certificate: CertificateId) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM form_meetings WHERE certificate = ?1", [certificate])?;
        Ok(())
    }

    /// Throws away what a channel's colleagues had begun.
    pub(super) fn forget_mirrored(&self, channel: &str) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM mirrored_forms WHERE channel = ?1", [channel])?;
        Ok(())
    }

    fn note_form_meeting(&self, met: &MetPhone<'_>) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT INTO form_meetings (phone, certificate, person, met_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (phone) DO UPDATE SET certificate = excluded.certificate,
                person = excluded.person, met_ms = excluded.met_ms",
            params![met.phone, met.certificate, met.person, met.met_ms],
        )?;
        Ok(())
    }
}
