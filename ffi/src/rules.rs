//! What the law still asks for: 离场前还缺, and what keeps a record from being finalised. Every finding
//! with its article.

use lastmile_core::phone::Checked;
use lastmile_core::rules;

use crate::error::LastmileError;
use crate::open::{Phone, record_id};
use crate::words::Words;

/// A step at which rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Stage {
    /// Before leaving the court.
    Plan,
    /// Beginning of the act.
    Start,
    /// A line is added or changed.
    Line,
    /// A request is sent.
    Send,
    /// The record is to be finalised (定稿). Asks the stages before, too.
    Finalise,
    /// The crew leaves the scene (离场). Asks the stages before, too.
    Close,
    /// As time passes.
    Timer,
    /// A thing is to be disposed of.
    Dispose,
    /// Something is to be looked up.
    Query,
}

/// How grave a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Severity {
    /// For information.
    Info,
    /// A warning, recorded.
    Warn,
    /// The step waits, unless somebody entitled sets the rule aside with a reason.
    Block,
}

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It cannot be checked here (无法核对).
    CannotBeChecked,
}

/// A failure that somebody entitled set aside; it stays visible.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SetAside {
    /// In which role: `officer` or `president`.
    pub role: String,
    /// Why.
    pub reason: String,
}

/// What one rule says about a record, or about an item of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Finding {
    /// Rule id, e.g. `R-SEZ-05`.
    pub rule: String,
    /// What must hold.
    pub title: Words,
    /// What to tell the officer.
    pub text: Words,
    /// How grave a failure is at this moment.
    pub severity: Severity,
    /// The answer.
    pub outcome: Outcome,
    /// The articles it rests on, as people cite them.
    pub basis: Vec<Words>,
    /// The item it is about, `lines/01J...`; none for the record.
    pub item: Option<String>,
    /// Set aside by somebody entitled.
    pub set_aside: Option<SetAside>,
    /// Role codes that may set it aside.
    pub may_set_aside: Vec<String>,
    /// When what only the server knows was known, as people read it.
    pub as_of: Option<String>,
}

/// The answer of the rules.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RuleCheck {
    /// Every finding, in the order of the rules.
    pub findings: Vec<Finding>,
    /// 还缺: failures to settle, those that block first; those for information are left out.
    pub missing: Vec<Finding>,
    /// How many of them block.
    pub blocking: u32,
    /// 无法核对: what could not be checked here.
    pub unchecked: Vec<Finding>,
    /// The court's own rules could not be used (a code); the national ones were asked alone.
    pub court_rules_fault: Option<String>,
}

#[uniffi::export]
impl Phone {
    /// Asks the rules about a record: [`Stage::Close`] for 离场前还缺, [`Stage::Finalise`] before
    /// finalising. Looks at the whole case: some 10 to 100 ms.
    pub fn check_rules(&self, record: String, stage: Stage) -> Result<RuleCheck, LastmileError> {
        let checked = self.core.check_rules(record_id(&record)?, stage.into(), None)?;
        let all = &checked.findings;
        let shown = |some: Vec<&rules::Finding>| {
            some.into_iter().map(|one| finding(&checked, one)).collect::<Vec<_>>()
        };
        Ok(RuleCheck {
            findings: shown(all.iter().collect()),
            missing: shown(rules::missing(all)),
            blocking: crate::status::count(rules::blocking(all).len()),
            unchecked: shown(rules::unchecked(all)),
            court_rules_fault: checked.court_rules.as_ref().map(|fault| fault.code().to_owned()),
        })
    }
}

fn finding(checked: &Checked, finding: &rules::Finding) -> Finding {
    let rule = checked.pack.rule(&finding.rule);
    let roles = rule.into_iter().flat_map(|rule| &rule.override_roles);
    Finding {
        rule: finding.rule.clone(),
        title: finding.title.clone().into(),
        text: finding.text.clone().into(),
        severity: match finding.severity {
            rules::Severity::Info => Severity::Info,
            rules::Severity::Warn => Severity::Warn,
            rules::Severity::Block => Severity::Block,
        },
        outcome: match finding.outcome {
            rules::Outcome::Pass => Outcome::Pass,
            rules::Outcome::Fail => Outcome::Fail,
            rules::Outcome::Unknown(_) => Outcome::CannotBeChecked,
        },
        basis: finding.basis.iter().map(|basis| checked.pack.cite(basis).into()).collect(),
        item: finding.item.clone(),
        set_aside: finding
            .overridden
            .as_ref()
            .map(|aside| SetAside { role: aside.role.to_owned(), reason: aside.reason.clone() }),
        may_set_aside: roles.map(|role| role.code().to_owned()).collect(),
        as_of: finding.as_of.clone(),
    }
}

impl From<Stage> for rules::Stage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Plan => Self::Plan,
            Stage::Start => Self::Start,
            Stage::Line => Self::Line,
            Stage::Send => Self::Send,
            Stage::Finalise => Self::Finalise,
            Stage::Close => Self::Close,
            Stage::Timer => Self::Timer,
            Stage::Dispose => Self::Dispose,
            Stage::Query => Self::Query,
        }
    }
}
