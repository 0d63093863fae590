//! The officer's desk: drafts that autosave before they are acts, and the tray of what was refused.

use super::{Phone, PhoneError};
use crate::store::{DraftRow, TrayId};
use crate::sync::channel::of_case;

impl Phone {
    /// Keeps a form as it is now; called at every step, so that a dead battery costs nothing.
    pub fn save_draft(
        &self,
        id: &str,
        kind: &str,
        case_no: Option<&str>,
        json: &str,
    ) -> Result<(), PhoneError> {
        let draft = DraftRow {
            id: id.to_owned(),
            kind: kind.to_owned(),
            case_no: case_no.map(str::to_owned),
            json: json.to_owned(),
            updated_ms: self.device_ms(),
        };
        self.store.write(|tx| Ok(tx.put_draft(&draft)?))
    }

    /// Drafts of a case, or all of them; on a shared phone not those of cases that are here for somebody else. What
    /// belongs to no case, or to one that the court has not sent yet, is everybody's.
    pub fn drafts(&self, case_no: Option<&str>) -> Result<Vec<DraftRow>, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read::<_, PhoneError>(|tx| {
            let mut seen = Vec::new();
            for row in tx.drafts(case_no)? {
                let channel = row.case_no.as_deref().map(of_case);
                let sees = match channel {
                    Some(channel) if tx.channel(&channel)?.is_some() => {
                        eyes.see(tx, &channel, None)?
                    }
                    _ => true,
                };
                if sees {
                    seen.push(row);
                }
            }
            Ok(seen)
        })
    }

    /// Removes a draft that became an act, or that the person threw away; gives whether there was one.
    pub fn remove_draft(&self, id: &str) -> Result<bool, PhoneError> {
        self.store.write(|tx| Ok(tx.remove_draft(id)?))
    }

    /// The person has seen what was refused and nothing more is to be done about it.
    pub fn settle_tray(&self, id: TrayId) -> Result<(), PhoneError> {
        self.store.write(|tx| Ok(tx.set_seen(id)?))
    }

    /// Offers refused work again as it was, for example after the court changed a role.
    pub fn offer_again(&self, id: TrayId) -> Result<(), PhoneError> {
        let _work = super::lock(&self.work);
        self.store.write::<_, PhoneError>(|tx| {
            tx.requeue(id)?;
            Ok(())
        })?;
        super::lock(&self.documents).clear();
        Ok(())
    }
}
