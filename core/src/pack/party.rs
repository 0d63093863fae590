//! Parties of a case (当事人): the only place, beside a `person` document of the case, where
//! identity numbers and personal phones stand (law 7). Records refer to a party by its id.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra, LONG, SHORT},
    problem::{Checker, Fault},
    word::open_word,
};

open_word! {
    /// Part taken in the case.
    PartyRole {
        /// Who asked the court to enforce.
        Applicant = "applicant", "申请执行人", "applicant", ["申请人"];
        /// Who must perform.
        Debtor = "debtor", "被执行人", "debtor", ["被申请执行人"];
        /// Anyone else with a stake: 案外人, 协助义务人, 次债务人.
        ThirdParty = "third_party", "案外人", "third party", ["第三人", "利害关系人"];
        /// Acts for a party.
        Agent = "agent", "委托代理人", "agent", ["代理人", "委托诉讼代理人"];
    }
}

open_word! {
    /// Natural person or not: R-SEZ-02 and R-SEZ-03 ask for different people to be notified.
    PartyKind {
        /// 公民.
        Person = "person", "自然人", "natural person", ["公民", "个人"];
        /// 法人或者其他组织.
        Organisation = "organisation", "法人或其他组织", "organisation", ["法人", "单位", "企业", "非法人组织", "公司"];
    }
}

/// One row of the party table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Party {
    /// Id within the case, chosen by the court, stable over versions.
    pub id: String,
    /// Part taken.
    pub role: PartyRole,
    /// Person or organisation.
    pub kind: PartyKind,
    /// Full name.
    pub name: String,
    /// Resident ID number or another identity document's; persons only.
    pub id_no: Option<String>,
    /// Unified social credit code; organisations only.
    pub credit_code: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Address for service.
    pub address: Option<String>,
    /// Legal representative or principal person (法定代表人、主要负责人), by name.
    pub legal_rep: Option<String>,
    /// For an agent: the party represented, by id.
    pub represents: Option<String>,
    /// For an agent: special authority (特别授权), needed to collect money (L-ENF 20, R-MON-05).
    pub special_authority: bool,
    /// Values as delivered where normalising changed them, by field name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub raw: BTreeMap<String, String>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most parties of one case (a wage case may have hundreds of workers).
pub const MAX_PARTIES: usize = 5_000;

/// Checks the whole party table.
pub(super) fn validate(checker: &mut Checker, parties: &[Party], today: Date) {
    if !check::list(checker, "parties", parties.len(), MAX_PARTIES) {
        return;
    }
    let mut seen = BTreeMap::new();
    for (index, party) in parties.iter().enumerate() {
        let path = format!("parties[{index}]");
        party.validate(checker, &path, today);
        if seen.insert(party.id.as_str(), index).is_some() {
            checker.add(
                format!("{path}.id"),
                Fault::error(
                    "party_id_repeated",
                    "当事人编号在本案中重复。",
                    "The party id repeats within the case.",
                ),
            );
        }
    }
    for (index, party) in parties.iter().enumerate() {
        if let Some(whom) = party.represents.as_deref()
            && !parties.iter().any(|other| other.id == whom && other.role != PartyRole::Agent)
        {
            checker.add(
                format!("parties[{index}].represents"),
                Fault::error(
                    "represented_unknown",
                    "被代理的当事人不在本案中。",
                    "The represented party is not in the case.",
                ),
            );
        }
    }
    for (role, code, zh, en) in [
        (
            PartyRole::Applicant,
            "applicant_missing",
            "本案没有申请执行人。",
            "The case has no applicant.",
        ),
        (PartyRole::Debtor, "debtor_missing", "本案没有被执行人。", "The case has no debtor."),
    ] {
        if !parties.iter().any(|party| party.role == role) {
            checker.add("parties", Fault::error(code, zh, en));
        }
    }
}

impl Party {
    fn validate(&self, checker: &mut Checker, path: &str, today: Date) {
        let at = |field: &str| format!("{path}.{field}");
        checker.add_some(at("id"), check::local_id(&self.id));
        if let PartyRole::Other(code) = &self.role {
            checker.add(at("role"), check::unknown_word(code, true));
        }
        if let PartyKind::Other(code) = &self.kind {
            checker.add(at("kind"), check::unknown_word(code, true));
        }
        check::required(checker, &at("name"), &self.name, SHORT);
        checker.add_some(
            at("id_no"),
            self.id_no.as_deref().and_then(|text| check::id_no(text, today)),
        );
        checker
            .add_some(at("credit_code"), self.credit_code.as_deref().and_then(check::credit_code));
        checker.add_some(at("phone"), self.phone.as_deref().and_then(check::phone));
        check::optional(checker, &at("address"), self.address.as_deref().unwrap_or(""), LONG);
        check::optional(checker, &at("legal_rep"), self.legal_rep.as_deref().unwrap_or(""), SHORT);
        match self.kind {
            PartyKind::Person if self.credit_code.is_some() => checker.add(
                at("credit_code"),
                Fault::error(
                    "credit_code_of_person",
                    "自然人不应填写统一社会信用代码;个体工商户请按“法人或其他组织”填写。",
                    "A natural person has no credit code; enter a sole trader as an organisation.",
                ),
            ),
            PartyKind::Organisation if self.id_no.is_some() => checker.add(
                at("id_no"),
                Fault::error(
                    "id_no_of_organisation",
                    "法人或其他组织不应填写身份证号码。",
                    "An organisation has no identity number.",
                ),
            ),
            PartyKind::Organisation if self.role == PartyRole::Debtor && self.legal_rep.is_none() => checker.add(
                at("legal_rep"),
                Fault::warning(
                    "legal_rep_missing",
                    "被执行人是单位但未填写法定代表人或主要负责人,现场无法核对通知对象(民事诉讼法第二百五十六条)。",
                    "The debtor is an organisation without a legal representative: whom to notify cannot be checked on site.",
                ),
            ),
            _ => {}
        }
        if self.special_authority && self.role != PartyRole::Agent {
            checker.add(
                at("special_authority"),
                Fault::error(
                    "authority_of_non_agent",
                    "只有委托代理人可以填写特别授权。",
                    "Only an agent can have special authority.",
                ),
            );
        }
        for (field, raw) in &self.raw {
            check::optional(checker, &at(&format!("raw.{field}")), raw, LONG);
        }
        check::extra(checker, path, &self.extra);
    }
}
