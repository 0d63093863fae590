//! What the rules say about records as the court has them: the same packs and the same evaluation as on a phone
//! ([`lastmile_core::rules`]), over what the server has. What only a phone knows (photos that were not sent yet are
//! named in the record and therefore known; a draft is not) is not asked for.

use lastmile_core::calendar::HolidayTable;
use lastmile_core::document::RecordView;
use lastmile_core::identity::Directory;
use lastmile_core::pack::case::CasePack;
use lastmile_core::pack::court::CourtPack;
use lastmile_core::pack::payload::Payload;
use lastmile_core::phone::RULES;
use lastmile_core::records::KindSet;
use lastmile_core::rules::{
    Circumstances, Finding, NoCalendar, RulePack, RulePackError, Stage, as_of, blocking, missing,
};
use serde_json::Value as Json;

use crate::ingest::rebuild;
use crate::publish::{PublishError, stored_json};
use crate::store::{Reading, StoreError};

/// Records of one case that rules may look at.
const MOST_AROUND: usize = 500;

/// The rules in force and what they need to know of the court.
#[derive(Debug)]
pub struct Law {
    pack: RulePack,
    calendar: Option<HolidayTable>,
    court: Option<Json>,
    now_ms: i64,
}

/// Rules cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// The packs.
    #[error(transparent)]
    Packs(#[from] PublishError),
    /// The rules that this program brings along.
    #[error(transparent)]
    Rules(#[from] RulePackError),
}

impl LawError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Packs(error) => error.code(),
            Self::Rules(error) => error.code(),
        }
    }
}

impl From<StoreError> for LawError {
    fn from(error: StoreError) -> Self {
        Self::Packs(error.into())
    }
}

/// What is known around the records of one case.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The case pack, and when it was signed.
    pub case: Option<(Json, i64)>,
    /// The case's records.
    pub records: Vec<RecordView>,
}

impl Surroundings {
    /// Of a case as the court has it. A record that cannot be read is left out.
    pub fn of(
        reading: &Reading<'_>,
        kinds: &KindSet,
        directory: &Directory,
        case_no: &str,
    ) -> Result<Self, LawError> {
        let case = stored_json(reading, CasePack::KIND, case_no)?;
        let mut records = Vec::new();
        for row in reading.records(Some(case_no), None, MOST_AROUND, 0)? {
            match rebuild(kinds, directory, row.id, &reading.document_log(row.id)?) {
                Ok(document) => records.push(document.view()),
                Err(error) => {
                    tracing::error!(record = %row.id, code = error.code(), "a record cannot be read");
                }
            }
        }
        Ok(Self { case, records })
    }
}

impl Law {
    /// The rules in force now. A court's own pack that cannot be used does not take the national rules away.
    pub fn in_force(reading: &Reading<'_>, now_ms: i64) -> Result<Self, LawError> {
        let json = |kind| stored_json(reading, kind, reading.court());
        let own = json(RULES)?.map(|(pack, _)| pack);
        let (pack, unusable) = RulePack::in_force(own.as_ref())?;
        if let Some(error) = unusable {
            tracing::warn!(code = error.code(), "the court's own rules cannot be used");
        }
        let court = json(CourtPack::KIND)?.map(|(pack, _)| pack);
        Ok(Self { pack, calendar: HolidayTable::builtin().ok(), court, now_ms })
    }

    /// What is missing in a record before the crew may leave: failures nobody set aside, the gravest first.
    pub fn missing(&self, record: &RecordView, around: &Surroundings) -> Vec<Finding> {
        missing(&self.findings(record, around, Stage::Close)).into_iter().cloned().collect()
    }

    /// What keeps a record from being finalised, as on a phone: failures that block and that nobody set aside.
    pub fn blocking(&self, record: &RecordView, around: &Surroundings) -> Vec<Finding> {
        blocking(&self.findings(record, around, Stage::Finalise)).into_iter().cloned().collect()
    }

    fn findings(&self, record: &RecordView, around: &Surroundings, stage: Stage) -> Vec<Finding> {
        let case = around.case.as_ref();
        let facts = Circumstances {
            now_ms: self.now_ms,
            case: case.map(|(pack, made_ms)| (pack, as_of(pack).unwrap_or(*made_ms))),
            related: Some(&around.records),
            court: self.court.as_ref(),
            request: None,
        }
        .facts(record);
        let kind = record.kind.name;
        match &self.calendar {
            Some(calendar) => self.pack.evaluate(kind, stage, &facts, calendar),
            None => self.pack.evaluate(kind, stage, &facts, &NoCalendar),
        }
    }

    /// The rules.
    pub fn rules(&self) -> &RulePack {
        &self.pack
    }
}
