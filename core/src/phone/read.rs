//! What the screens show: records with what is contested and what is missing, how far each record
//! has come, what needs a person's attention. Never "synced": per record, where it is known to be.

use serde_json::{Value as Json, json};

use super::save::document_row;
use super::shared::Eyes;
use super::{Phone, PhoneError};
use crate::document::RecordView;
use crate::id::{Digest, DocumentId};
use crate::identity::{Canonical, Certificate};
use crate::pack::signed::{SignedPack, VerifiedPack};
use crate::records::Label;
use crate::store::{
    DocumentRow, Found, ListAfter, LogState, Origin, ReadTx, SearchHit, StateCount, TrayRow,
    WriteTx,
};
use crate::sync::channel::of_case;

/// How far a record is known to have come. The record stands where its least advanced change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Something of it is kept but cannot be shown or sent yet, or was refused.
    Attention,
    /// Durable on this phone only.
    OnThisPhone,
    /// Accepted by the court's server.
    WithCourt,
    /// A verified receipt covers it.
    Receipted,
}

impl Standing {
    /// The words on the screen.
    pub fn label(self) -> Label {
        match self {
            Self::Attention => Label::new("待处理", "needs attention"),
            Self::OnThisPhone => Label::new("已存本机", "on this phone"),
            Self::WithCourt => Label::new("已到法院", "with the court"),
            Self::Receipted => Label::new("回执已核验", "receipt verified"),
        }
    }
}

/// A record's standing with the counts behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordStanding {
    /// Where it stands.
    pub standing: Standing,
    /// Changes on this phone only.
    pub on_this_phone: usize,
    /// Changes accepted by the server.
    pub with_court: usize,
    /// Changes covered by a verified receipt.
    pub receipted: usize,
    /// Changes held or quarantined.
    pub waiting: usize,
    /// Changes of authors whose certificates were withdrawn; they stand, and are shown as such.
    pub withdrawn: usize,
}

/// A line of a case's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRecord {
    /// The record, without its snapshot. Its digest is missing when this app cannot read it.
    pub row: DocumentRow,
    /// How far it has come.
    pub standing: RecordStanding,
    /// What its author's clock said when the change was made that came here last, milliseconds since 1970.
    pub newest_ms: i64,
}

/// Something in the tray, for the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayItem {
    /// The row.
    pub row: TrayRow,
    /// What the person wanted, when this phone's person did it.
    pub intent: Option<String>,
}

impl Phone {
    /// A record of a case of the person signed in, or one that person wrote in.
    pub fn record_view(&self, id: DocumentId) -> Result<RecordView, PhoneError> {
        self.store.read(|tx| {
            let row = tx.document(id)?.ok_or(PhoneError::NoRecord)?;
            if !self.eyes()?.see(tx, &row.channel, Some(id))? {
                return Err(PhoneError::NoRecord);
            }
            Ok(self.load(tx, id)?.ok_or(PhoneError::NoRecord)?.view())
        })
    }

    /// The state digest of a record.
    pub fn digest(&self, id: DocumentId) -> Result<Digest, PhoneError> {
        self.store.read(|tx| Ok(self.load(tx, id)?.ok_or(PhoneError::NoRecord)?.state_digest()))
    }

    /// Records of a case, most recently changed first; on a shared phone those the person signed in may
    /// see.
    pub fn records_of_case(&self, case_no: &str) -> Result<Vec<DocumentRow>, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read(|tx| {
            let mut all = Vec::new();
            let mut after = None;
            loop {
                let page = tx.documents_of_case(case_no, after, 200)?;
                let Some(last) = page.last() else { return Ok(all) };
                after = Some((last.updated, last.id));
                for row in page {
                    if eyes.see(tx, &row.channel, Some(row.id))? {
                        all.push(row);
                    }
                }
            }
        })
    }

    /// The state digest over a whole case: SHA-256 over its records' ids and digests in id order, and
    /// how many records there are.
    pub fn case_digest(&self, case_no: &str) -> Result<(Digest, usize), PhoneError> {
        let mut rows = self.records_of_case(case_no)?;
        rows.sort_by_key(|row| row.id);
        let mut joined = Vec::new();
        for row in &rows {
            joined.extend_from_slice(row.id.as_bytes());
            joined.extend_from_slice(self.digest(row.id)?.as_bytes());
        }
        Ok((Digest(crate::id::sha256(&joined)), rows.len()))
    }

    /// A page of a case's list, most recently changed first; on a shared phone what the person signed in may
    /// see. `after` is where the page before ended.
    pub fn record_lines(
        &self,
        case_no: &str,
        mut after: ListAfter,
        limit: usize,
    ) -> Result<Vec<ListedRecord>, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read(|tx| {
            let mut lines = Vec::new();
            while lines.len() < limit {
                let page = tx.documents_of_case(case_no, after, 200)?;
                let Some(last) = page.last() else { break };
                after = Some((last.updated, last.id));
                for mut row in page {
                    if lines.len() < limit && eyes.see(tx, &row.channel, Some(row.id))? {
                        // Caches are thrown away before they are made anew.
                        if row.digest.is_none()
                            && let Some(document) = self.load(tx, row.id)?
                        {
                            row = document_row(&document, &document.view(), row.updated);
                        }
                        let standing = self.standing_in(tx, row.id)?;
                        let newest_ms = tx.newest_change_ms(row.id)?.unwrap_or_default();
                        lines.push(ListedRecord { row, standing, newest_ms });
                    }
                }
            }
            Ok(lines)
        })
    }

    /// How far a record has come.
    pub fn standing(&self, id: DocumentId) -> Result<RecordStanding, PhoneError> {
        self.store.read(|tx| self.standing_in(tx, id))
    }

    fn standing_in(&self, tx: &ReadTx<'_>, id: DocumentId) -> Result<RecordStanding, PhoneError> {
        let counts = tx.states_of_document(id)?;
        let sum = |wanted: &dyn Fn(&StateCount) -> bool| {
            let changes = counts.iter().filter(|count| wanted(count)).map(|count| count.changes);
            usize::try_from(changes.sum::<u64>()).unwrap_or(usize::MAX)
        };
        let within = |states: &[LogState]| sum(&|count| states.contains(&count.state));
        let on_this_phone = within(&[LogState::Unsigned, LogState::Signed]);
        let with_court = within(&[LogState::Accepted]);
        let receipted = within(&[LogState::Receipted]);
        let waiting = within(&[LogState::Held, LogState::Quarantined]);
        let standing = if waiting > 0 || counts.is_empty() || tx.has_refused(id)? {
            Standing::Attention
        } else if on_this_phone > 0 {
            Standing::OnThisPhone
        } else if with_court > 0 {
            Standing::WithCourt
        } else {
            Standing::Receipted
        };
        let withdrawn =
            sum(&|count| count.state != LogState::Held && self.is_withdrawn(&count.certificate));
        Ok(RecordStanding { standing, on_this_phone, with_court, receipted, waiting, withdrawn })
    }

    /// The tray: what was refused and what became of it, newest first; of own work that of the person
    /// signed in.
    pub fn tray(&self) -> Result<Vec<TrayItem>, PhoneError> {
        let acting = self.signed_in()?;
        let foreign = |row: &TrayRow| {
            let directory = self.directory();
            let own = row.row.as_ref().filter(|envelope| envelope.origin == Origin::Own);
            let author = own.and_then(|envelope| directory.get(&envelope.certificate));
            author.is_some_and(|found| found.payload().person.as_ref() != Some(&acting.person))
        };
        self.store.read(|tx| {
            tx.tray_history(None, u32::MAX)?
                .into_iter()
                .filter(|row| !foreign(row))
                .map(|row| {
                    let intent = match &row.row {
                        Some(envelope) => tx.intent(envelope.id)?,
                        None => None,
                    };
                    Ok(TrayItem { row, intent })
                })
                .collect()
        })
    }

    /// Finds records and parties; two Chinese characters are enough.
    pub fn find(&self, query: &str, limit: usize) -> Result<Found, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read(|tx| {
            let mut found = tx.search(query, limit)?;
            let mut seen = Vec::with_capacity(found.hits.len());
            for hit in found.hits {
                if sees_hit(&mut eyes, tx, &hit)? {
                    seen.push(hit);
                }
            }
            found.hits = seen;
            Ok(found)
        })
    }

    /// The case pack in force on this phone, as JSON, with the time it was made; nothing when the case
    /// is not one of the person signed in.
    pub fn case_pack(&self, case_no: &str) -> Result<Option<(Json, i64)>, PhoneError> {
        self.store.read(|tx| {
            if !self.eyes()?.see(tx, &of_case(case_no), None)? {
                return Ok(None);
            }
            self.pack_json(tx, "case", case_no)
        })
    }

    pub(super) fn pack_json(
        &self,
        tx: &ReadTx<'_>,
        kind: &str,
        id: &str,
    ) -> Result<Option<(Json, i64)>, PhoneError> {
        let Some(row) = tx.pack(kind, id)? else { return Ok(None) };
        let pack =
            SignedPack::from_bytes(&row.bytes).and_then(|pack| pack.verify(&self.directory()));
        let pack = pack.map_err(|_| PhoneError::Protocol("a stored pack does not verify"))?;
        let payload = serde_json::from_slice(pack.payload_bytes()).unwrap_or(json!({}));
        Ok(Some((payload, pack.header().made_at_ms)))
    }

    /// Makes the parties of a case findable by name, number and plate.
    pub(super) fn index_parties(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        pack: &VerifiedPack,
    ) -> Result<(), PhoneError> {
        let header = pack.header();
        if header.kind != "case" {
            return Ok(());
        }
        let payload: Json = serde_json::from_slice(pack.payload_bytes()).unwrap_or_default();
        for party in payload.get("parties").and_then(Json::as_array).into_iter().flatten() {
            let text = |field: &str| party.get(field).and_then(Json::as_str).unwrap_or_default();
            let words = ["name", "legal_rep", "id_no", "credit_code", "phone", "address"]
                .map(text)
                .join(" ");
            let target = format!("{}/{}", header.id, text("id"));
            tx.index("party", target.as_bytes(), Some(channel), &format!("{} {words}", header.id))?;
        }
        Ok(())
    }

    /// Certificates this phone trusts, for a peer that may lack some.
    pub fn certificates(&self) -> Vec<Vec<u8>> {
        self.directory().certificates().map(|(_, verified)| verified.signed().to_bytes()).collect()
    }

    /// The certificate of the person signed in.
    pub fn own_certificate(&self) -> Result<Certificate, PhoneError> {
        let acting = self.signed_in()?;
        let directory = self.directory();
        let verified = directory.get(&acting.certificate).ok_or(PhoneError::NotSignedIn)?;
        let certificate = verified.payload().clone();
        certificate.check()?;
        Ok(certificate)
    }

    /// The phone's clock minus the server's at the last contact, milliseconds; `None` before any.
    pub fn skew_ms(&self) -> Result<Option<i64>, PhoneError> {
        self.store.read(|tx| {
            Ok(tx
                .setting("skew_ms")?
                .and_then(|bytes| Some(i64::from_be_bytes(bytes.try_into().ok()?))))
        })
    }
}

/// Whether this person may see what was found.
fn sees_hit(eyes: &mut Eyes<'_>, tx: &ReadTx<'_>, hit: &SearchHit) -> Result<bool, PhoneError> {
    if let Ok(id) = <[u8; 16]>::try_from(hit.target.as_slice())
        && hit.kind == "record"
    {
        let Some(row) = tx.document(DocumentId(id))? else { return Ok(false) };
        return eyes.see(tx, &row.channel, Some(row.id));
    }
    // A party: `case number/id of the party`.
    let target = String::from_utf8_lossy(&hit.target);
    let case_no = target.split_once('/').map_or(target.as_ref(), |(case_no, _)| case_no);
    eyes.see(tx, &of_case(case_no), None)
}
