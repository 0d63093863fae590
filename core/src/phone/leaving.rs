//! What the check before leaving (出发检查) needs: the cases and packs that are here, seal strips left, the
//! last contact.

use std::collections::BTreeSet;

use super::{Phone, PhoneError};
use crate::pack::case::CasePack;
use crate::pack::payload::Payload as _;
use crate::pack::seal;
use crate::pack::signed::SignedPack;
use crate::pack::station::StationPack;
use crate::store::PackRow;
use crate::sync::channel::of_case;

/// Rows looked at together.
const PAGE: u32 = 64;

/// A case of the person signed in, as its pack in force says.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseHere {
    /// The pack.
    pub pack: CasePack,
    /// When the court made it, milliseconds since 1970.
    pub made_at_ms: i64,
    /// When it came, milliseconds since 1970 by this phone.
    pub received_ms: i64,
}

/// A pack in force on this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackHere {
    /// Kind: `case`, `court`, `station`...
    pub kind: String,
    /// Which one of its kind.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// When the court made it, milliseconds since 1970.
    pub made_at_ms: i64,
    /// When it came, milliseconds since 1970 by this phone.
    pub received_ms: i64,
}

/// A block of seal strips of the person signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealsLeft {
    /// The first strip as printed.
    pub first: String,
    /// The last strip as printed.
    pub last: String,
    /// Strips that no record of the case names, by what this phone knows.
    pub left: u32,
    /// The lowest of them.
    pub next: Option<String>,
}

impl Phone {
    /// Cases of the person signed in by number after `after` ("" begins), at most `limit`.
    pub fn cases(&self, after: &str, limit: usize) -> Result<Vec<CaseHere>, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read(|tx| {
            let mut found = Vec::new();
            let mut after = after.to_owned();
            loop {
                let rows = tx.packs(CasePack::KIND, &after, PAGE)?;
                let Some(last) = rows.last() else { return Ok(found) };
                after.clone_from(&last.id);
                for row in rows {
                    if found.len() == limit {
                        return Ok(found);
                    }
                    // A pack that does not verify or cannot be read is shown among the packs, without a version.
                    if eyes.see(tx, &of_case(&row.id), None)?
                        && let Some((pack, made_at_ms)) = self.read_case(&row)
                    {
                        found.push(CaseHere { pack, made_at_ms, received_ms: row.received_ms });
                    }
                }
            }
        })
    }

    /// One case, when it is one of the person signed in.
    pub fn case_here(&self, case_no: &str) -> Result<Option<CaseHere>, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read(|tx| {
            let Some(row) = tx.pack(CasePack::KIND, case_no)? else { return Ok(None) };
            if !eyes.see(tx, &of_case(case_no), None)? {
                return Ok(None);
            }
            let read = self.read_case(&row);
            let received_ms = row.received_ms;
            Ok(read.map(|(pack, made_at_ms)| CaseHere { pack, made_at_ms, received_ms }))
        })
    }

    /// Duty telephones the court gives to everybody, with their names: stations and the command centre.
    pub fn duty_phones(&self) -> Result<Vec<(String, String)>, PhoneError> {
        let stations = self.reference(StationPack::KIND, &self.court)?;
        let stations: Option<StationPack> =
            stations.and_then(|pack| serde_json::from_value(pack).ok());
        let stations = stations.map(|pack| pack.stations).unwrap_or_default().into_iter();
        let mut phones: Vec<(String, String)> =
            stations.filter_map(|station| Some((station.name, station.duty_phone?))).collect();
        let command = self.court_pack()?.and_then(|court| court.command_phone);
        phones.extend(command.map(|phone| ("执行指挥中心".to_owned(), phone)));
        Ok(phones)
    }

    fn read_case(&self, row: &PackRow) -> Option<(CasePack, i64)> {
        let pack = SignedPack::from_bytes(&row.bytes).ok()?.verify(&self.directory()).ok()?;
        let payload = serde_json::from_slice(pack.payload_bytes()).ok()?;
        Some((payload, pack.header().made_at_ms))
    }

    /// The packs of `kinds` in force here, those of cases the person signed in may see.
    pub fn packs_here(&self, kinds: &[&str]) -> Result<Vec<PackHere>, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read(|tx| {
            let mut found = Vec::new();
            for kind in kinds {
                let mut after = String::new();
                loop {
                    let rows = tx.packs(kind, &after, PAGE)?;
                    let Some(last) = rows.last() else { break };
                    after.clone_from(&last.id);
                    for row in rows {
                        if *kind == CasePack::KIND && !eyes.see(tx, &of_case(&row.id), None)? {
                            continue;
                        }
                        let made = SignedPack::from_bytes(&row.bytes)
                            .and_then(|pack| pack.verify(&self.directory()));
                        found.push(PackHere {
                            made_at_ms: made.map_or(0, |pack| pack.header().made_at_ms),
                            kind: row.kind,
                            id: row.id,
                            version: row.version,
                            received_ms: row.received_ms,
                        });
                    }
                }
            }
            Ok(found)
        })
    }

    /// The blocks of seal strips that a case gives to the person signed in, with what is left of each.
    pub fn seals_left(&self, case_no: &str) -> Result<Vec<SealsLeft>, PhoneError> {
        let person = self.signed_in()?.person;
        let Some(case) = self.case_of_pack(case_no)? else { return Ok(Vec::new()) };
        let used = self.seals_used(case_no)?;
        let blocks = case.seal_blocks_of(&person).map(|block| {
            let mut left = (block.from..=block.to)
                .take(seal::MAX_NUMBERS as usize)
                .map(|number| block.print(number))
                .filter(|text| !used.contains(text));
            let next = left.next();
            let more = u32::try_from(left.count()).unwrap_or(u32::MAX);
            SealsLeft {
                first: block.print(block.from),
                last: block.print(block.to),
                left: more + u32::from(next.is_some()),
                next,
            }
        });
        Ok(blocks.collect())
    }

    /// Every strip that a record of the case names; one of a struck line is used up all the same.
    fn seals_used(&self, case_no: &str) -> Result<BTreeSet<String>, PhoneError> {
        let mut used = BTreeSet::new();
        for row in self.records_of_case(case_no)? {
            // One that cannot be read has its own warning.
            let Ok(view) = self.record_view(row.id) else { continue };
            for collection in view.kind.collections {
                let Some(field) = collection.unique else { continue };
                for item in view.state.items(collection.name) {
                    let said = item.fields.get(field).into_iter();
                    let values = said.flat_map(|register| &register.alternatives);
                    used.extend(values.filter_map(|one| one.value.as_text().map(str::to_owned)));
                }
            }
        }
        Ok(used)
    }

    /// When the court's server was last heard, milliseconds since 1970 by this phone; never, before any
    /// contact.
    pub fn last_contact_ms(&self) -> Result<Option<i64>, PhoneError> {
        self.store.read(|tx| {
            let bytes = tx.setting("last_contact_ms")?;
            Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(i64::from_be_bytes))
        })
    }
}
