//! Makes every cache of the phone anew from what is true: rows of records and search from the log,
//! parties from the case packs. A support person's remedy, and the proof that caches are nothing more.

use std::collections::BTreeMap;

use super::cache::counts;
use super::{Phone, PhoneError, lock};
use crate::id::DocumentId;
use crate::pack::signed::SignedPack;
use crate::store::{DocumentRow, PackRow, ReadTx};

/// Rows read at a time.
const PAGE: u32 = 500;

/// What a rebuild did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CachesRebuilt {
    /// Records made anew.
    pub records: usize,
    /// Records whose cached row had not said what the log says.
    pub differed: Vec<DocumentId>,
}

impl Phone {
    /// Throws every cache away and computes it again, in one transaction: after an error everything
    /// is as it was.
    pub fn rebuild_caches(&self) -> Result<CachesRebuilt, PhoneError> {
        let _work = lock(&self.work);
        lock(&self.documents).clear();
        let rebuilt = self.store.write::<_, PhoneError>(|tx| {
            let logged = last_changes(tx)?;
            let mut before = BTreeMap::new();
            for id in logged.keys() {
                before.insert(*id, tx.document(*id)?);
            }
            tx.clear_caches()?;
            for pack in case_packs(tx)? {
                let Some(channel) = &pack.channel else { continue };
                let verified = SignedPack::from_bytes(&pack.bytes)
                    .and_then(|signed| signed.verify(&self.directory()))
                    .map_err(|_| PhoneError::Protocol("a stored pack does not verify"))?;
                self.index_parties(tx, channel, &verified)?;
            }
            let mut rebuilt = CachesRebuilt::default();
            for (id, last) in logged {
                let Some(document) = self.load_from_log(tx, id)? else { continue };
                let row = before.remove(&id).flatten();
                // A record's place in lists is not computed from its content.
                let updated = row.as_ref().map_or(last, |row| row.updated);
                self.put_document(tx, &document, updated)?;
                rebuilt.records += 1;
                if shown(tx.document(id)?) != shown(row) {
                    rebuilt.differed.push(id);
                }
            }
            // Rows that no change stands behind.
            for id in tx.documents_uncached(None, u32::MAX)? {
                tx.remove_document(id)?;
                rebuilt.differed.push(id);
            }
            Ok(rebuilt)
        });
        lock(&self.documents).clear();
        rebuilt
    }
}

/// A row without its snapshot, which may hold the same changes in another order.
fn shown(row: Option<DocumentRow>) -> Option<DocumentRow> {
    row.map(|row| DocumentRow { snapshot: None, ..row })
}

/// Every record with a change that counts, and the local order of its last one.
fn last_changes(tx: &ReadTx<'_>) -> Result<BTreeMap<DocumentId, i64>, PhoneError> {
    let mut found = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = tx.log_after(after, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.local;
        for row in page.into_iter().filter(|row| counts(&row.row)) {
            found.insert(row.row.document, row.local);
        }
    }
}

fn case_packs(tx: &ReadTx<'_>) -> Result<Vec<PackRow>, PhoneError> {
    let mut found: Vec<PackRow> = Vec::new();
    loop {
        let after = found.last().map_or(String::new(), |pack| pack.id.clone());
        let page = tx.packs("case", &after, PAGE)?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}
