//! What the law still asks of a record: the rule packs of this phone over the record, its case and its
//! neighbours. A failing rule that blocks keeps the record from being finalised; everything else is the
//! screen's step, and every exception is a signed act.

use serde_json::Value as Json;

use super::{Phone, PhoneError};
use crate::calendar::HolidayTable;
use crate::document::RecordView;
use crate::id::DocumentId;
use crate::rules::{
    Circumstances, Finding, NoCalendar, RulePack, RulePackError, Stage, as_of, blocking,
};

/// Kind of packs that carry a court's own rules; their id is the court's code.
pub const RULES: &str = "rules";

/// The answer of the rules about one record.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What each rule says, in the order of the packs.
    pub findings: Vec<Finding>,
    /// The rules that were asked: their layers, the national one first, and the articles they rest on.
    pub pack: RulePack,
    /// Why the court's own pack could not be used; the national one was asked alone then.
    pub court_rules: Option<RulePackError>,
}

impl Phone {
    /// Asks the rules about a record at `stage`. `request` is what transitions say of a request for
    /// assistance, none for other records.
    pub fn check_rules(
        &self,
        id: DocumentId,
        stage: Stage,
        request: Option<&Json>,
    ) -> Result<Checked, PhoneError> {
        let record = self.record_view(id)?;
        let case_no = record.state.case.clone();
        let related = self.neighbours(&case_no, id)?;
        let case = self.case_pack(&case_no)?;
        let case = case.as_ref().map(|(pack, made_at)| (pack, as_of(pack).unwrap_or(*made_at)));
        let court = self.reference("court", &self.court)?;
        let (pack, court_rules) = self.rules_in_force()?;
        let facts = Circumstances {
            now_ms: self.device_ms(),
            case,
            related: Some(&related),
            court: court.as_ref(),
            request,
        }
        .facts(&record);
        let findings = match HolidayTable::builtin() {
            Ok(table) => pack.evaluate(record.kind.name, stage, &facts, &table),
            Err(_) => pack.evaluate(record.kind.name, stage, &facts, &NoCalendar),
        };
        Ok(Checked { findings, pack, court_rules })
    }

    /// Refuses to finalise while a blocking rule fails.
    pub(super) fn demand_lawful(&self, id: DocumentId) -> Result<(), PhoneError> {
        let checked = self.check_rules(id, Stage::Finalise, None)?;
        let rules: Vec<String> =
            blocking(&checked.findings).iter().map(|finding| finding.rule.clone()).collect();
        if rules.is_empty() { Ok(()) } else { Err(PhoneError::RulesBlock(rules)) }
    }

    fn rules_in_force(&self) -> Result<(RulePack, Option<RulePackError>), PhoneError> {
        RulePack::in_force(self.reference(RULES, &self.court)?.as_ref())
            .map_err(|_| PhoneError::Protocol("the national rule pack does not load"))
    }

    pub(super) fn reference(&self, kind: &str, id: &str) -> Result<Option<Json>, PhoneError> {
        let found = self.store.read(|tx| self.pack_json(tx, kind, id))?;
        Ok(found.map(|(pack, _)| pack))
    }

    /// The other records of the case. One that cannot be read is left out: it has its own warning.
    fn neighbours(&self, case_no: &str, id: DocumentId) -> Result<Vec<RecordView>, PhoneError> {
        let rows = self.records_of_case(case_no)?;
        let others = rows.into_iter().filter(|row| row.id != id);
        Ok(others.filter_map(|row| self.record_view(row.id).ok()).collect())
    }
}
