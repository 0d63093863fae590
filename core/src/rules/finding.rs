//! What evaluating a pack over a record finds.

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::dates::DateMath;
use super::evaluate::Evaluation;
use super::expression::{Items, Path};
use super::pack::{Basis, Check, Offline, Rule, RulePack, Severity, Texts};
use super::text::{fill, shown_time};
use super::truth::{Truth, Why};
use crate::records::Role;

/// A step at which rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Before leaving the court.
    Plan,
    /// Beginning of the act.
    Start,
    /// A line is added or changed.
    Line,
    /// A request is sent.
    Send,
    /// The record is to be finalised (定稿).
    Finalise,
    /// The crew leaves the scene.
    Close,
    /// As time passes.
    Timer,
    /// A thing is to be disposed of.
    Dispose,
    /// Something is to be looked up.
    Query,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 9] = [
        Self::Plan,
        Self::Start,
        Self::Line,
        Self::Send,
        Self::Finalise,
        Self::Close,
        Self::Timer,
        Self::Dispose,
        Self::Query,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Start => "start",
            Self::Line => "line",
            Self::Send => "send",
            Self::Finalise => "finalise",
            Self::Close => "close",
            Self::Timer => "timer",
            Self::Dispose => "dispose",
            Self::Query => "query",
        }
    }

    /// The stage of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// Whether asking at this stage asks `earlier` too: an act passes plan, start, lines, sending,
    /// finalising and closing one after the other.
    pub fn includes(self, earlier: Self) -> bool {
        self == earlier || (self <= Self::Close && earlier < self)
    }
}

/// What a rule says about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It cannot be checked.
    Unknown(Why),
}

impl Outcome {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown(_) => "cannot_be_checked",
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Somebody entitled set the rule aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overridden {
    /// In which role: `officer` or `president`.
    pub role: &'static str,
    /// Why.
    pub reason: String,
    /// The item that says so, `overrides/01J...`.
    pub item: String,
}

/// What one rule says about a record, or about one item of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Rule id.
    pub rule: String,
    /// What must hold.
    pub title: Texts,
    /// How grave a failure is at this moment.
    pub severity: Severity,
    /// The answer.
    pub outcome: Outcome,
    /// What to tell the officer.
    pub text: Texts,
    /// On which articles it rests.
    pub basis: Vec<Basis>,
    /// The item it is about, `lines/01J...`; none for the record.
    pub item: Option<String>,
    /// A failure that somebody entitled set aside; it stays visible.
    pub overridden: Option<Overridden>,
    /// When what only the server knows was known.
    pub as_of: Option<String>,
    /// Whether a phone can check it.
    pub offline: Offline,
}

impl Finding {
    /// A failure that nobody set aside.
    pub fn open_failure(&self) -> bool {
        self.outcome == Outcome::Fail && self.overridden.is_none()
    }
}

/// 离场前还缺: failures to settle, those that block first; information is left out.
pub fn missing(findings: &[Finding]) -> Vec<&Finding> {
    let mut open: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.open_failure() && finding.severity > Severity::Info)
        .collect();
    open.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    open
}

/// Failures that keep the next step from being taken. What cannot be checked does not block: a phone
/// without contact could otherwise finalise nothing; it is listed by [`unchecked`].
pub fn blocking(findings: &[Finding]) -> Vec<&Finding> {
    missing(findings).into_iter().filter(|finding| finding.severity == Severity::Block).collect()
}

/// 无法核对: what could not be checked.
pub fn unchecked(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| matches!(finding.outcome, Outcome::Unknown(_))).collect()
}

impl RulePack {
    /// Asks every rule for records of `kind` at `stage`. A rule that does not apply finds nothing;
    /// one that looks at items finds one thing per item it applies to.
    pub fn evaluate(
        &self,
        kind: &str,
        stage: Stage,
        facts: &Json,
        dates: &dyn DateMath,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in self.rules() {
            let asked = rule
                .applies
                .get(kind)
                .is_some_and(|stages| stages.iter().any(|at| stage.includes(*at)));
            if asked {
                rule.evaluate(stage, facts, dates, &mut findings);
            }
        }
        findings
    }
}

impl Rule {
    fn evaluate(&self, stage: Stage, facts: &Json, dates: &dyn DateMath, out: &mut Vec<Finding>) {
        let mut run = Evaluation::new(facts, dates);
        let applies = self.when.as_ref().map_or(Truth::True, |when| run.holds(when));
        if self.newer {
            out.push(self.finding(&mut run, facts, Outcome::Unknown(Why::NewerApp), None, &[]));
            return;
        }
        let Some(items) = &self.each else {
            out.extend(self.judge(&mut run, stage, facts, applies, None));
            return;
        };
        match run.scope.list(&items.path) {
            _ if applies == Truth::False => {}
            Err(why) => {
                out.push(self.finding(&mut run, facts, Outcome::Unknown(why), None, &[]));
            }
            Ok(list) => {
                for listed in list {
                    let reference = listed.1.clone();
                    out.extend(run.with_item(&items.name, &items.path, listed, |run| {
                        let fits = filter(run, items);
                        self.judge(run, stage, facts, applies.and(fits), Some(reference))
                    }));
                }
            }
        }
    }

    /// `applies` not known and the check holding anyway is a pass: either way nothing is wrong.
    fn judge(
        &self,
        run: &mut Evaluation<'_>,
        stage: Stage,
        facts: &Json,
        applies: Truth,
        item: Option<String>,
    ) -> Option<Finding> {
        if applies == Truth::False {
            return None;
        }
        let mut failed = Vec::new();
        let truth = match &self.check {
            Check::One(check) => run.holds(check),
            Check::Parts(parts) => {
                let mut all = Truth::True;
                for part in parts.iter().filter(|part| part.at.is_none_or(|at| stage.includes(at)))
                {
                    let holds = run.holds(&part.check);
                    if holds == Truth::False {
                        failed.push(&part.name);
                    }
                    all = all.and(holds);
                }
                all
            }
        };
        let outcome = match (applies, truth) {
            (_, Truth::True) => Outcome::Pass,
            (Truth::Unknown(why), _) | (_, Truth::Unknown(why)) => Outcome::Unknown(why),
            (_, Truth::False) => Outcome::Fail,
        };
        Some(self.finding(run, facts, outcome, item, &failed))
    }

    fn finding(
        &self,
        run: &mut Evaluation<'_>,
        facts: &Json,
        outcome: Outcome,
        item: Option<String>,
        failed: &[&Texts],
    ) -> Finding {
        let severity = match &self.escalate {
            Some((to, when)) if run.holds(when) == Truth::True => *to,
            _ => self.severity,
        };
        let as_of = match (&self.as_of, self.offline) {
            (Some(term), _) => run.value(term).ok().flatten(),
            (None, Offline::Yes) => None,
            (None, _) => {
                let known_at = Path(vec!["known_at".to_owned(), "case".to_owned()]);
                run.value(&super::expression::Term::At(known_at)).ok().flatten()
            }
        }
        .and_then(|value| match value {
            super::evaluate::Value::Text(text) => Some(text),
            _ => None,
        });
        let text = match outcome {
            Outcome::Pass => self.title.clone(),
            Outcome::Unknown(why) => {
                let (zh, en) = why.sentence();
                Texts {
                    zh: format!("无法核对:{}({zh})", self.title.zh),
                    en: format!("Cannot be checked: {} ({en})", self.title.en),
                }
            }
            Outcome::Fail => {
                let values = self
                    .values
                    .iter()
                    .map(|(name, term)| (name.as_str(), run.value(term).ok().flatten()))
                    .collect();
                fill(&self.text, &values, as_of.as_deref(), failed)
            }
        };
        let overridden = match outcome {
            Outcome::Fail => self.set_aside(facts, item.as_deref()),
            _ => None,
        };
        Finding {
            rule: self.id.clone(),
            title: self.title.clone(),
            severity,
            outcome,
            text,
            basis: self.basis.clone(),
            item,
            overridden,
            as_of: as_of.map(|text| shown_time(&text).map_or(text, |shown| shown.en)),
            offline: self.offline,
        }
    }

    /// The override that covers this finding. Which role made it is certain: each role has its own
    /// collection, and acceptance checks who writes there.
    fn set_aside(&self, facts: &Json, item: Option<&str>) -> Option<Overridden> {
        let places = [(Role::President, "president_overrides"), (Role::Officer, "overrides")];
        for (role, collection) in places {
            if !self.override_roles.contains(&role) {
                continue;
            }
            let said = facts["record"][collection].as_array().into_iter().flatten().find(|said| {
                let about = said["item"].as_str();
                said["rule"] == self.id.as_str()
                    && said["struck"] != true
                    && said["reason"].as_str().is_some_and(|reason| !reason.trim().is_empty())
                    && (about.is_none() || about == item)
            });
            if let Some(said) = said {
                return Some(Overridden {
                    role: role.code(),
                    reason: said["reason"].as_str().unwrap_or_default().to_owned(),
                    item: format!("{collection}/{}", said["id"].as_str().unwrap_or_default()),
                });
            }
        }
        None
    }
}

fn filter(run: &mut Evaluation<'_>, items: &Items) -> Truth {
    items.filter.as_ref().map_or(Truth::True, |filter| run.holds(filter))
}
