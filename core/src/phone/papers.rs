//! What a paper needs of a phone beside the record itself: the court's name, names for ids, what other
//! records are called, pictures and where they come from. Papers themselves are made elsewhere, so that nothing here can typeset.

use std::collections::BTreeMap;
use std::io::Read;

use super::{Phone, PhoneError};
use crate::id::{BlobHash, DocumentId, sha256};
use crate::pack::case::CasePack;
use crate::pack::court::CourtPack;
use crate::pack::payload::Payload as _;
use crate::pack::roster::RosterPack;
use crate::store::{BlobState, DerivedKind};
use crate::vault::VaultError;

/// A photo as a paper may show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperPicture {
    /// The original, whose hash is right, or the preview that this phone made from it.
    Own(Vec<u8>),
    /// A preview that came from the court and that nobody here has held against the original.
    FromCourt(Vec<u8>),
    /// The original is known not to be what was signed (照片校验不符).
    Differs,
    /// Nothing of it is here.
    Absent,
}

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

    /// A photo for a paper; of an original larger than `largest` bytes its preview.
    pub fn paper_picture(
        &self,
        original: BlobHash,
        largest: u64,
    ) -> Result<PaperPicture, PhoneError> {
        self.demand_sight(original)?;
        let (blob, preview) = self.store.read::<_, PhoneError>(|tx| {
            Ok((tx.blob(original)?, tx.derived(original, DerivedKind::Preview)?))
        })?;
        if blob.is_some_and(|blob| blob.state == BlobState::Differs) {
            return Ok(PaperPicture::Differs);
        }
        match self.whole_original(original, largest) {
            Ok(Some(bytes)) if BlobHash(sha256(&bytes)) == original => {
                return Ok(PaperPicture::Own(bytes));
            }
            Ok(Some(_)) | Err(PhoneError::File(VaultError::Damaged)) => {
                return Ok(PaperPicture::Differs);
            }
            Ok(None) | Err(PhoneError::File(VaultError::Absent)) => {}
            Err(error) => return Err(error),
        }
        let bytes = self.small_picture(original, DerivedKind::Preview)?;
        Ok(match (bytes, preview) {
            (Some(bytes), Some(row)) if !row.fetched => PaperPicture::Own(bytes),
            (Some(bytes), _) => PaperPicture::FromCourt(bytes),
            (None, _) => PaperPicture::Absent,
        })
    }

    /// The bytes of an original that is not larger than that.
    fn whole_original(&self, hash: BlobHash, largest: u64) -> Result<Option<Vec<u8>>, PhoneError> {
        let mut file = self.open_original(hash)?;
        if file.len() > largest {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(VaultError::from)?;
        Ok(Some(bytes))
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
