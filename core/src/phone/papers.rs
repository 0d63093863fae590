//! What a paper needs of a phone beside the record itself: the court's name, names for ids, what other
//! records are called. Papers themselves are made elsewhere, so that nothing here can typeset.

use std::collections::BTreeMap;

use super::{Phone, PhoneError};
use crate::id::DocumentId;
use crate::pack::case::CasePack;
use crate::pack::court::CourtPack;
use crate::pack::payload::Payload as _;
use crate::pack::roster::RosterPack;

impl Phone {
    /// The court's settings, once its pack has come.
    pub fn court_pack(&self) -> Result<Option<CourtPack>, PhoneError> {
        let pack = self.reference(CourtPack::KIND, &self.court)?;
        Ok(pack.and_then(|pack| serde_json::from_value(pack).ok()))
    }

    /// The case as its pack says, when it is a case of the person signed in.
    pub fn case_of_pack(&self, case_no: &str) -> Result<Option<CasePack>, PhoneError> {
        let pack = self.case_pack(case_no)?;
        Ok(pack.and_then(|(pack, _)| serde_json::from_value(pack).ok()))
    }

    /// Names by id: colleagues by their certificates and the roster, parties of the case by its pack.
    pub fn names(&self, case_no: &str) -> Result<BTreeMap<String, String>, PhoneError> {
        let directory = self.directory();
        let people = directory.certificates().filter_map(|(_, verified)| {
            let body = verified.payload();
            Some((body.person.clone()?, body.name.clone()))
        });
        let roster = self.reference(RosterPack::KIND, &self.court)?;
        let roster: RosterPack =
            roster.and_then(|pack| serde_json::from_value(pack).ok()).unwrap_or_default();
        let staff = roster.staff.into_iter().map(|staff| (staff.id, staff.name));
        let parties = self.case_of_pack(case_no)?.map(|case| case.parties).unwrap_or_default();
        let parties = parties.into_iter().map(|party| (party.id, party.name));
        Ok(people.chain(staff).chain(parties).collect())
    }

    /// What the records of a case are called, by id.
    pub fn titles(&self, case_no: &str) -> Result<BTreeMap<DocumentId, String>, PhoneError> {
        let rows = self.records_of_case(case_no)?;
        let named = rows.into_iter().filter_map(|row| {
            let kind = self.kinds.get(&row.kind)?;
            Some((row.id, kind.label.zh.to_owned()))
        });
        Ok(named.collect())
    }
}
