//! The cases that are here, as their packs say.

use lastmile_core::pack::party::{Party as CoreParty, PartyRole};
use lastmile_core::phone::CaseHere;

use crate::error::LastmileError;
use crate::open::Phone;
use crate::records::MOST;
use crate::words::Words;

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseLine {
    /// Case number, e.g. `(2026)粤0605执1101号`.
    pub case_no: String,
    /// Cause of action.
    pub cause: String,
    /// Handling officer's id.
    pub handler: String,
    /// The person signed in handles it.
    pub own: bool,
    /// Names of the persons against whom it is enforced.
    pub against: Vec<String>,
    /// What is to be paid, fen.
    pub claim_fen: i64,
    /// Version of the pack.
    pub version: u64,
    /// When the court made the pack, milliseconds since 1970.
    pub made_at_ms: i64,
    /// When it came, milliseconds since 1970 by this phone.
    pub received_ms: i64,
}

/// A page of cases.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CasePage {
    /// The cases.
    pub cases: Vec<CaseLine>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

/// A party of a case.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseParty {
    /// Its id, for fields that name a person.
    pub id: String,
    /// Code of its part in the case: `applicant`, `debtor`...
    pub role: String,
    /// The words of that part; none for a code of a later version.
    pub role_label: Option<Words>,
    /// Name.
    pub name: String,
    /// Number of the identity document.
    pub id_no: Option<String>,
    /// Unified social credit code.
    pub credit_code: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Legal representative.
    pub legal_rep: Option<String>,
}

/// A ruling of a case.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseRuling {
    /// Document number.
    pub doc_no: String,
    /// Date, `2026-03-17`.
    pub made_on: Option<String>,
    /// Served on the debtor, `2026-03-17`.
    pub served_debtor_on: Option<String>,
    /// Name of its file, when the court named one.
    pub file: Option<String>,
}

/// A telephone that belongs to a case.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DutyPhone {
    /// Whose.
    pub name: String,
    /// The number.
    pub phone: String,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseInfo {
    /// As in the list.
    pub line: CaseLine,
    /// The crew's ids.
    pub team: Vec<String>,
    /// Costs of enforcement, fen.
    pub cost_fen: i64,
    /// Parties.
    pub parties: Vec<CaseParty>,
    /// Rulings.
    pub rulings: Vec<CaseRuling>,
    /// Telephones.
    pub duty_phones: Vec<DutyPhone>,
    /// Where money goes: bank, number and holder.
    pub account: Option<String>,
    /// The pack as the court made it (JSON), for what is not above.
    pub json: String,
}

#[uniffi::export]
impl Phone {
    /// Cases of the person signed in, by number. `after` is [`CasePage::next`] of the page before, none
    /// for the first; at most 200 at once.
    #[uniffi::method(default(after = None, limit = 50))]
    pub fn cases(&self, after: Option<String>, limit: u32) -> Result<CasePage, LastmileError> {
        let limit = limit.clamp(1, MOST) as usize;
        let me = self.core.signed_in()?.person;
        let mut found = self.core.cases(&after.unwrap_or_default(), limit + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|case| case.pack.case_no.clone());
        Ok(CasePage { cases: found.iter().map(|case| line(case, &me)).collect(), next })
    }

    /// A case of the person signed in.
    ///
    /// Errors: `NotHere`.
    pub fn case_info(&self, case_no: String) -> Result<CaseInfo, LastmileError> {
        let me = self.core.signed_in()?.person;
        let case = self.core.case_here(&case_no)?;
        let case = case.ok_or_else(|| LastmileError::not_here("case_unknown"))?;
        let pack = &case.pack;
        let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
        let rulings = pack.rulings.iter().map(|ruling| CaseRuling {
            doc_no: ruling.doc_no.clone(),
            made_on: day(ruling.made_on),
            served_debtor_on: day(ruling.served_debtor_on),
            file: ruling.file.as_ref().map(|file| file.name.clone()),
        });
        let phones = pack.duty_phones.iter();
        let phones =
            phones.map(|one| DutyPhone { name: one.name.clone(), phone: one.phone.clone() });
        // An empty text would show a case without parties.
        let json = serde_json::to_string(pack).map_err(|_| LastmileError::not_believed("pack"))?;
        Ok(CaseInfo {
            line: line(&case, &me),
            team: pack.team.clone(),
            cost_fen: pack.cost_fen,
            parties: pack.parties.iter().map(party).collect(),
            rulings: rulings.collect(),
            duty_phones: phones.collect(),
            account: pack
                .account
                .as_ref()
                .map(|account| format!("{} {} {}", account.bank, account.number, account.holder)),
            json,
        })
    }
}

fn line(case: &CaseHere, me: &str) -> CaseLine {
    let pack = &case.pack;
    let against = pack.parties.iter().filter(|party| party.role == PartyRole::Debtor);
    CaseLine {
        case_no: pack.case_no.clone(),
        cause: pack.cause.clone(),
        handler: pack.handler.clone(),
        own: pack.handler == me,
        against: against.map(|party| party.name.clone()).collect(),
        claim_fen: pack.claim_fen,
        version: pack.version,
        made_at_ms: case.made_at_ms,
        received_ms: case.received_ms,
    }
}

fn party(party: &CoreParty) -> CaseParty {
    CaseParty {
        id: party.id.clone(),
        role: party.role.code().to_owned(),
        role_label: party.role.label().map(Words::from),
        name: party.name.clone(),
        id_no: party.id_no.clone(),
        credit_code: party.credit_code.clone(),
        phone: party.phone.clone(),
        address: party.address.clone(),
        legal_rep: party.legal_rep.clone(),
    }
}
