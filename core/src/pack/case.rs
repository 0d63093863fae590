//! A case pack (案件包): everything about one case that the crew needs without a network. It
//! reaches the phones of the case's team and nobody else.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra, SHORT},
    party::{self, Party},
    payload::{Audience, Payload},
    problem::{Checker, Fault, Problem},
    ruling::{self, Ruling},
    seal::{self, SealBlock},
    word::open_word,
};
use crate::identifier::date_time;

open_word! {
    /// Where the case stands; coercion needs `active` (R-GEN-05).
    CaseState {
        /// Being enforced.
        Active = "active", "执行中", "active", ["正在执行", "在执行"];
        /// L-CPL 267.
        Stayed = "stayed", "中止", "stayed", ["中止执行"];
        /// L-ENF 77.
        Suspended = "suspended", "暂缓", "suspended", ["暂缓执行"];
        /// L-CPL 268.
        Ended = "ended", "终结", "ended", ["终结执行", "已结案", "执行完毕"];
        /// The applicant withdrew.
        Withdrawn = "withdrawn", "撤回申请", "withdrawn", ["撤回", "撤销申请"];
    }
}

open_word! {
    /// Where an objection (异议) stands (R-GEN-07).
    ObjectionState {
        /// Under review: nothing may be disposed of.
        Pending = "pending", "审查中", "under review", ["在审", "未结"];
        /// Rejected; disposal waits 15 days after service (L-PROC 15).
        Rejected = "rejected", "驳回", "rejected";
        /// Upheld.
        Upheld = "upheld", "成立", "upheld", ["异议成立"];
        /// Withdrawn.
        Withdrawn = "withdrawn", "撤回", "withdrawn";
    }
}

/// State of the case and how old that knowledge is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseStatus {
    /// Where the case stands.
    pub state: CaseState,
    /// When that was true; shown in the warning of R-GEN-05.
    pub as_of: Option<Timestamp>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Execution notice (执行通知书, L-CPL 251; R-GEN-06).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecutionNotice {
    /// Date it was sent.
    pub sent_on: Option<Date>,
    /// Date it was served on the debtor.
    pub served_on: Option<Date>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An objection to the enforcement or by a third party to a thing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Objection {
    /// Who objects: a party id.
    pub by: String,
    /// Where it stands.
    pub state: ObjectionState,
    /// When that was true.
    pub as_of: Option<Timestamp>,
    /// Service of the decision; the 15 days of L-PROC 15 run from it.
    pub served_on: Option<Date>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A number to call without a network of ours.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DutyPhone {
    /// Whose it is: 九江派出所值班室.
    pub name: String,
    /// The number.
    pub phone: String,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The case's own bank account (一案一账号; R-MON-04).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseAccount {
    /// Bank and branch.
    pub bank: String,
    /// Account number.
    pub number: String,
    /// Account holder.
    pub holder: String,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Everything about one case.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CasePack {
    /// Case number, normalised.
    pub case_no: String,
    /// Rises with every replacement; 0 until the server assigns one.
    pub version: u64,
    /// When the case system said this.
    pub as_of: Option<Timestamp>,
    /// Court code, 粤0605.
    pub court: String,
    /// Cause of action (案由).
    pub cause: String,
    /// Staff id of the handling officer, who alone finalises.
    pub handler: String,
    /// Staff ids of everyone who may see the case, the handler included or not.
    pub team: Vec<String>,
    /// Amount applied for (申请执行标的), fen.
    pub claim_fen: i64,
    /// Costs and fee, fen; R-SEZ-09 compares seizures with claim and costs.
    pub cost_fen: i64,
    /// State of the case.
    pub status: CaseStatus,
    /// Filing date (立案).
    pub filed_on: Option<Date>,
    /// Date the enforcement body received it; R-GEN-06 counts from it.
    pub received_on: Option<Date>,
    /// Execution notice.
    pub execution_notice: ExecutionNotice,
    /// Party table.
    pub parties: Vec<Party>,
    /// Papers.
    pub rulings: Vec<Ruling>,
    /// Objections.
    pub objections: Vec<Objection>,
    /// Seal-strip number blocks.
    pub seal_blocks: Vec<SealBlock>,
    /// Numbers to call.
    pub duty_phones: Vec<DutyPhone>,
    /// The case's account.
    pub account: Option<CaseAccount>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most people of one case.
pub const MAX_TEAM: usize = 200;

impl CasePack {
    /// Whether `staff` belongs to the case.
    pub fn is_for(&self, staff: &str) -> bool {
        self.handler == staff || self.team.iter().any(|id| id == staff)
    }

    /// The party of an id.
    pub fn party(&self, id: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.id == id)
    }

    /// The seal blocks of one person.
    pub fn seal_blocks_of<'a>(&'a self, staff: &'a str) -> impl Iterator<Item = &'a SealBlock> {
        self.seal_blocks.iter().filter(move |block| block.staff == staff)
    }

    /// The day numbers are judged by: when the data was true, so that no clock is read.
    fn today(&self) -> Date {
        self.as_of.or(self.status.as_of).map_or(Date::MAX, date_time::china_date)
    }

    fn validate_head(&self, checker: &mut Checker) {
        checker.add_some("case_no", check::case_no(&self.case_no, self.today()));
        check::required(checker, "court", &self.court, SHORT);
        check::required(checker, "cause", &self.cause, SHORT);
        checker.add_some("handler", check::staff_id(&self.handler));
        if check::list(checker, "team", self.team.len(), MAX_TEAM) {
            let mut seen = BTreeSet::new();
            for (index, staff) in self.team.iter().enumerate() {
                checker.add_some(format!("team[{index}]"), check::staff_id(staff));
                if !seen.insert(staff) {
                    checker.add(
                        format!("team[{index}]"),
                        Fault::warning(
                            "team_member_repeated",
                            "办案人员重复。",
                            "The team member is listed twice.",
                        ),
                    );
                }
            }
        }
        check::fen(checker, "claim_fen", self.claim_fen);
        check::fen(checker, "cost_fen", self.cost_fen);
        if let CaseState::Other(code) = &self.status.state {
            checker.add("status.state", check::unknown_word(code, true));
        }
        if self.status.as_of.is_none() && self.as_of.is_none() {
            checker.add(
                "status.as_of",
                Fault::error(
                    "as_of_missing",
                    "未写明数据截至时间,现场无法判断案件状态是否过期。",
                    "It is not said as of when the state holds.",
                ),
            );
        }
        let pairs = [
            ("received_on", self.filed_on, self.received_on),
            (
                "execution_notice.served_on",
                self.execution_notice.sent_on,
                self.execution_notice.served_on,
            ),
        ];
        for (path, first, second) in pairs {
            if let (Some(first), Some(second)) = (first, second)
                && second < first
            {
                checker.add(
                    path,
                    Fault::error(
                        "dates_out_of_order",
                        "日期早于前一步骤的日期。",
                        "The date is before that of the step before it.",
                    ),
                );
            }
        }
    }

    fn validate_lists(&self, checker: &mut Checker) {
        if check::list(checker, "objections", self.objections.len(), 200) {
            for (index, objection) in self.objections.iter().enumerate() {
                let path = format!("objections[{index}]");
                if self.party(&objection.by).is_none() {
                    checker.add(
                        format!("{path}.by"),
                        Fault::error(
                            "objector_unknown",
                            "异议人不在本案当事人表中。",
                            "Who objects is not in the party table.",
                        ),
                    );
                }
                if let ObjectionState::Other(code) = &objection.state {
                    checker.add(format!("{path}.state"), check::unknown_word(code, true));
                }
                check::extra(checker, &path, &objection.extra);
            }
        }
        if check::list(checker, "duty_phones", self.duty_phones.len(), 100) {
            for (index, duty) in self.duty_phones.iter().enumerate() {
                let path = format!("duty_phones[{index}]");
                check::required(checker, &format!("{path}.name"), &duty.name, SHORT);
                checker.add_some(format!("{path}.phone"), check::phone(&duty.phone));
                check::extra(checker, &path, &duty.extra);
            }
        }
        for (index, block) in self.seal_blocks.iter().enumerate() {
            if !self.is_for(&block.staff) {
                checker.add(
                    format!("seal_blocks[{index}].staff"),
                    Fault::error(
                        "seal_staff_not_in_team",
                        "领用封条的人不在本案办案人员中,号段不会下发。",
                        "Who holds the strips is not in the case's team, so the block would not reach a phone.",
                    ),
                );
            }
        }
        if let Some(account) = &self.account {
            check::required(checker, "account.bank", &account.bank, SHORT);
            check::required(checker, "account.holder", &account.holder, SHORT);
            let digits = account.number.bytes().all(|b| b.is_ascii_digit());
            if !digits || !(8..=32).contains(&account.number.len()) {
                checker.add(
                    "account.number",
                    Fault::error(
                        "account_invalid",
                        "案款账号应为8至32位数字。",
                        "An account number has 8 to 32 digits.",
                    ),
                );
            }
            check::extra(checker, "account", &account.extra);
        }
    }
}

impl Payload for CasePack {
    const KIND: &'static str = "case";
    const MAX_BYTES: usize = 4 * 1024 * 1024;

    fn subject(&self) -> &str {
        &self.case_no
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn audience(&self) -> Audience {
        let mut staff = vec![self.handler.clone()];
        staff.extend(self.team.iter().filter(|id| **id != self.handler).cloned());
        Audience::Team { case_no: self.case_no.clone(), staff }
    }

    fn validate(&self) -> Vec<Problem> {
        let mut checker = Checker::new();
        self.validate_head(&mut checker);
        party::validate(&mut checker, &self.parties, self.today());
        ruling::validate(&mut checker, &self.rulings);
        seal::validate(&mut checker, &self.seal_blocks);
        self.validate_lists(&mut checker);
        check::extra(&mut checker, "", &self.extra);
        check::extra(&mut checker, "status", &self.status.extra);
        check::extra(&mut checker, "execution_notice", &self.execution_notice.extra);
        checker.finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value as Json, json};

    use super::*;
    use crate::pack::problem::refuses;

    fn sample() -> Json {
        json!({
            "case_no": "(2026)粤0605执1101号", "version": 41, "as_of": "2026-03-17T06:00:00+08:00",
            "court": "粤0605", "cause": "买卖合同纠纷", "handler": "luqihang", "team": ["wenruotang"],
            "claim_fen": 48_000_000, "status": {"state": "active"}, "filed_on": "2026-02-02",
            "parties": [
                {"id": "A1", "role": "applicant", "kind": "organisation", "name": "佛山市测试贸易有限公司"},
                {"id": "D1", "role": "debtor", "kind": "organisation", "name": "佛山市南海测试五金有限公司",
                 "credit_code": "914406050000000193", "legal_rep": "罗敬文"},
                {"id": "G1", "role": "agent", "kind": "person", "name": "钟以宁", "represents": "A1", "special_authority": true}
            ],
            "rulings": [{"doc_no": "(2026)粤0605执1101号之一", "kind": "seizure", "made_on": "2026-03-10"}],
            "seal_blocks": [{"staff": "luqihang", "prefix": "S", "from": 1, "to": 50}],
            "account": {"bank": "测试银行", "number": "44060500000001101", "holder": "佛山市南海区人民法院"}
        })
    }

    fn codes(edit: impl FnOnce(&mut Json)) -> Vec<(String, &'static str)> {
        let mut pack = sample();
        edit(&mut pack);
        let pack: CasePack = serde_json::from_value(pack).unwrap();
        pack.validate().into_iter().map(|p| (p.path, p.code)).collect()
    }

    #[test]
    fn a_good_pack_has_no_problem_and_stable_bytes() {
        let pack: CasePack = serde_json::from_value(sample()).unwrap();
        assert_eq!(pack.validate(), []);
        let bytes = pack.encode().unwrap();
        let again = CasePack::decode(&bytes).unwrap();
        assert_eq!(again, pack);
        assert_eq!(again.encode().unwrap(), bytes);
    }

    #[test]
    fn fields_and_codes_of_a_later_version_survive() {
        let mut later = sample();
        later["parties"][1]["risk"] = json!({"level": 3});
        later["rulings"][0]["kind"] = json!("drone_survey_order");
        later["zoning"] = json!("NH-3");
        let pack: CasePack = serde_json::from_value(later.clone()).unwrap();
        let written: Json = serde_json::from_slice(&pack.encode().unwrap()).unwrap();
        assert_eq!(written["parties"][1]["risk"], later["parties"][1]["risk"]);
        assert_eq!(written["rulings"][0]["kind"], later["rulings"][0]["kind"]);
        assert_eq!(written["zoning"], later["zoning"]);
        let problems = pack.validate();
        assert!(!refuses(&problems));
        assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["unknown_code"]);
    }

    #[test]
    fn each_fault_is_named_where_it_stands() {
        let one = |path: &str, code: &'static str| vec![(path.to_owned(), code)];
        assert_eq!(
            codes(|p| p["case_no"] = json!("2026粤0605执1101号")),
            one("case_no", "case_number_brackets")
        );
        assert_eq!(codes(|p| p["claim_fen"] = json!(-1)), one("claim_fen", "amount_out_of_range"));
        assert_eq!(
            codes(|p| p["status"]["state"] = json!("zombie")),
            one("status.state", "unknown_code")
        );
        assert_eq!(codes(|p| p["as_of"] = Json::Null), one("status.as_of", "as_of_missing"));
        assert_eq!(
            codes(|p| p["parties"][1]["id"] = json!("A1")),
            one("parties[1].id", "party_id_repeated")
        );
        assert_eq!(
            codes(|p| p["parties"][2]["represents"] = json!("X")),
            one("parties[2].represents", "represented_unknown")
        );
        assert_eq!(
            codes(|p| p["parties"][1]["legal_rep"] = Json::Null),
            one("parties[1].legal_rep", "legal_rep_missing")
        );
        assert_eq!(
            codes(|p| p["parties"][1]["special_authority"] = json!(true)),
            one("parties[1].special_authority", "authority_of_non_agent")
        );
        assert_eq!(
            codes(|p| p["rulings"][0]["served_debtor_on"] = json!("2026-03-09")),
            one("rulings[0].served_debtor_on", "date_before_made")
        );
        assert_eq!(
            codes(|p| p["seal_blocks"][0]["staff"] = json!("stranger")),
            one("seal_blocks[0].staff", "seal_staff_not_in_team")
        );
        assert_eq!(
            codes(|p| p["objections"] = json!([{"by": "Z", "state": "pending"}])),
            one("objections[0].by", "objector_unknown")
        );
        assert_eq!(
            codes(|p| p["account"]["number"] = json!("4406-05")),
            one("account.number", "account_invalid")
        );
        assert_eq!(codes(|p| p["note"] = json!("a\u{202e}b")), one("note", "bidi_override"));
        assert_eq!(codes(|p| p["note"] = json!("x".repeat(20_000))), one("", "extra_too_large"));
    }

    #[test]
    fn an_eviction_notice_needs_a_period_and_the_president() {
        let found = codes(|p| {
            p["rulings"][0]["kind"] = json!("eviction_notice");
        });
        assert_eq!(
            found,
            [
                ("rulings[0].signed_by_president".to_owned(), "president_signature_missing"),
                ("rulings[0].deadline_on".to_owned(), "deadline_missing")
            ]
        );
    }

    #[test]
    fn only_the_team_is_the_audience() {
        let pack: CasePack = serde_json::from_value(sample()).unwrap();
        assert!(pack.is_for("luqihang") && pack.is_for("wenruotang") && !pack.is_for("ouziqian"));
        let expected = Audience::Team {
            case_no: "(2026)粤0605执1101号".into(),
            staff: vec!["luqihang".into(), "wenruotang".into()],
        };
        assert_eq!(pack.audience(), expected);
    }

    #[test]
    fn problems_never_repeat_personal_data() {
        let found = {
            let mut pack = sample();
            pack["parties"][2]["id_no"] = json!("44060519000101001");
            pack["parties"][2]["phone"] = json!("not a phone");
            serde_json::from_value::<CasePack>(pack).unwrap().validate()
        };
        assert!(!found.is_empty());
        for problem in found {
            assert!(!problem.zh.contains("44060519") && !problem.en.contains("44060519"));
            assert!(!problem.en.contains("not a phone"));
        }
    }
}
