//! Rule packs: reading them within bounds, and laying a court's own over the national one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::expression::{Expression, Items, Term};
use super::finding::Stage;
use super::parse::Parser;
use crate::records::Role;

/// The national pack this version brings along.
const NATIONAL: &[u8] = include_bytes!("../../data/rules/cn-enforcement.json");
/// Largest pack, bytes.
const MAX_BYTES: usize = 1 << 20;
/// Most rules of a pack.
const MAX_RULES: usize = 500;
/// Longest text of a rule, bytes.
const MAX_TEXT: usize = 2_000;

/// A pack cannot be used; nothing of it was taken over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulePackError {
    /// Larger than a pack may be.
    #[error("the rule pack is larger than 1 MiB or has more than 500 rules")]
    TooLarge,
    /// Not the JSON of a rule pack.
    #[error("the rule pack cannot be read: {0}")]
    Unreadable(String),
    /// Two rules of one id.
    #[error("rule {0} stands twice in one pack")]
    RuleTwice(String),
    /// A rule cites an instrument that no pack names, or another version of it.
    #[error("rule {rule} cites {instrument}, which the pack does not name in that version")]
    UnknownInstrument {
        /// The rule.
        rule: String,
        /// What it cites.
        instrument: String,
    },
    /// A text is missing in a language or too long.
    #[error("rule {0} has a missing or overlong text")]
    BadText(String),
    /// A court's rule is milder than the national one it replaces.
    #[error("rule {0} of a later layer would weaken the one it replaces")]
    Weakens(String),
    /// There is no layer.
    #[error("no rule pack given")]
    Empty,
}

impl RulePackError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "rule_pack_too_large",
            Self::Unreadable(_) => "rule_pack_unreadable",
            Self::RuleTwice(_) => "rule_twice",
            Self::UnknownInstrument { .. } => "unknown_instrument",
            Self::BadText(_) => "bad_rule_text",
            Self::Weakens(_) => "rule_weakened",
            Self::Empty => "no_rule_pack",
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Texts {
    /// zh-CN.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A law or interpretation that rules cite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Its full name.
    pub name: Texts,
    /// The version whose article numbers are meant.
    pub version: String,
}

/// Where a rule stands in an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Key in the pack's instruments.
    pub instrument: String,
    /// Version of the instrument.
    pub version: String,
    /// Article (条); none for practice and local rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<u32>,
    /// Paragraph (款).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub para: Option<u32>,
    /// Item (项).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

/// How grave it is when a rule fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For information.
    Info,
    /// Warn, and record that one was warned.
    Warn,
    /// The step waits, unless somebody entitled sets the rule aside with a reason.
    Block,
}

/// Whether a phone without network can check it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offline {
    /// From what was recorded.
    Yes,
    /// From what was known at the last contact; the text says as of when.
    LastSynced,
    /// Only the server.
    Server,
}

/// What a rule requires.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Check {
    One(Box<Expression>),
    /// Several things, each named when it is missing.
    Parts(Vec<Part>),
}

/// One of several things a rule requires.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) name: Texts,
    pub(super) check: Expression,
    /// Required only from this stage on.
    pub(super) at: Option<Stage>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// For instance `R-SEZ-05`.
    pub id: String,
    /// What must hold.
    pub title: Texts,
    /// What to tell the officer when it does not, with `{placeholders}`.
    pub text: Texts,
    /// At which stages of which record kinds.
    pub applies: BTreeMap<String, Vec<Stage>>,
    /// How grave.
    pub severity: Severity,
    /// Whether a phone can check it.
    pub offline: Offline,
    /// On which articles it rests.
    pub basis: Vec<Basis>,
    /// Who may set it aside with a reason.
    pub override_roles: Vec<Role>,
    pub(super) escalate: Option<(Severity, Expression)>,
    pub(super) values: BTreeMap<String, Term>,
    pub(super) as_of: Option<Term>,
    pub(super) each: Option<Items>,
    pub(super) when: Option<Expression>,
    pub(super) check: Check,
    /// Some part of it is unknown to this version.
    pub(super) newer: bool,
    /// Every place the rule reads, for instance `record.lines.*.vin`.
    pub reads: BTreeSet<String>,
}

/// Name of one pack among those in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// For instance `cn-enforcement`.
    pub id: String,
    /// Rises with every change.
    pub version: u32,
    /// From which day on it applies.
    pub effective_from: Date,
}

/// The rules in force: the national pack and the court's own over it.
#[derive(Debug, Clone, PartialEq)]
pub struct RulePack {
    layers: Vec<Layer>,
    instruments: BTreeMap<String, Instrument>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct RawPack {
    #[serde(flatten)]
    layer: Layer,
    #[serde(default)]
    instruments: BTreeMap<String, Instrument>,
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
struct RawRule {
    id: String,
    title: Texts,
    text: Texts,
    applies: BTreeMap<String, Vec<String>>,
    severity: String,
    #[serde(default)]
    escalate: Option<RawEscalation>,
    offline: String,
    #[serde(default)]
    basis: Vec<Basis>,
    #[serde(default, rename = "override")]
    override_roles: Vec<String>,
    #[serde(default)]
    values: BTreeMap<String, Json>,
    #[serde(default)]
    as_of: Vec<Json>,
    #[serde(default)]
    each: Option<String>,
    #[serde(default, rename = "where")]
    filter: Option<Json>,
    #[serde(default)]
    when: Option<Json>,
    #[serde(default)]
    check: Option<Json>,
    #[serde(default)]
    parts: Vec<RawPart>,
    /// Keys of later versions: they might narrow the rule.
    #[serde(flatten)]
    later: Map<String, Json>,
}

#[derive(Deserialize)]
struct RawEscalation {
    severity: String,
    when: Json,
}

#[derive(Deserialize)]
struct RawPart {
    zh: String,
    en: String,
    check: Json,
    #[serde(default)]
    at: Option<String>,
}

impl RulePack {
    /// The national pack this version brings along.
    pub fn national() -> Result<Self, RulePackError> {
        Self::layered([Self::from_json(NATIONAL)?])
    }

    /// Reads a pack.
    pub fn from_json(bytes: &[u8]) -> Result<Self, RulePackError> {
        if bytes.len() > MAX_BYTES {
            return Err(RulePackError::TooLarge);
        }
        let raw: RawPack = serde_json::from_slice(bytes)
            .map_err(|error| RulePackError::Unreadable(error.to_string()))?;
        if raw.rules.len() > MAX_RULES {
            return Err(RulePackError::TooLarge);
        }
        let mut seen = BTreeSet::new();
        let mut rules = Vec::with_capacity(raw.rules.len());
        for rule in raw.rules {
            if !seen.insert(rule.id.clone()) {
                return Err(RulePackError::RuleTwice(rule.id));
            }
            let texts = [&rule.title.zh, &rule.title.en, &rule.text.zh, &rule.text.en];
            if texts.iter().any(|text| text.trim().is_empty() || text.len() > MAX_TEXT) {
                return Err(RulePackError::BadText(rule.id));
            }
            rules.push(Rule::of(rule));
        }
        Ok(Self { layers: vec![raw.layer], instruments: raw.instruments, rules })
    }

    /// The national rules with the court's own over them. A court's pack that cannot be used never takes the
    /// national rules away: they are given alone then, with the reason.
    pub fn in_force(own: Option<&Json>) -> Result<(Self, Option<RulePackError>), RulePackError> {
        let national = Self::national()?;
        let Some(own) = own else { return Ok((national, None)) };
        let layered = Self::from_json(own.to_string().as_bytes())
            .and_then(|own| Self::layered([national.clone(), own]));
        Ok(match layered {
            Ok(pack) => (pack, None),
            Err(error) => (national, Some(error)),
        })
    }

    /// Lays packs over each other, the national one first. A later rule of the same id replaces the
    /// earlier one, unless it is milder: a court may ask for more than the law, not for less.
    pub fn layered(packs: impl IntoIterator<Item = Self>) -> Result<Self, RulePackError> {
        let mut packs = packs.into_iter();
        let mut base = packs.next().ok_or(RulePackError::Empty)?;
        for pack in packs {
            base.layers.extend(pack.layers);
            base.instruments.extend(pack.instruments);
            for rule in pack.rules {
                match base.rules.iter_mut().find(|known| known.id == rule.id) {
                    Some(known) if rule.weakens(known) => {
                        return Err(RulePackError::Weakens(rule.id));
                    }
                    Some(known) => *known = rule,
                    None => base.rules.push(rule),
                }
            }
        }
        for rule in &base.rules {
            for basis in &rule.basis {
                let named = base.instruments.get(&basis.instrument);
                if named.is_none_or(|instrument| instrument.version != basis.version) {
                    return Err(RulePackError::UnknownInstrument {
                        rule: rule.id.clone(),
                        instrument: basis.instrument.clone(),
                    });
                }
            }
        }
        Ok(base)
    }

    /// The packs these rules come from, the national one first.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The instruments rules cite.
    pub fn instruments(&self) -> &BTreeMap<String, Instrument> {
        &self.instruments
    }

    /// Every rule, in the order of the pack.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Rules that this version cannot check whole; for the author of a pack.
    pub fn needing_newer_app(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|rule| rule.newer).map(|rule| rule.id.as_str())
    }
}

impl Rule {
    fn of(raw: RawRule) -> Self {
        let mut parser = Parser::new(None);
        let each_path = raw.each.as_deref().map(|path| (path, parser.path(path)));
        let mut reads = std::mem::take(&mut parser.reads);
        let mut parser = Parser::new(raw.each.as_deref());
        let filter = raw.filter.map(|json| Box::new(parser.expression(&json)));
        let unusable_each =
            matches!(each_path, Some((_, None))) || (raw.each.is_none() && filter.is_some());
        let each = each_path.and_then(|(_, path)| path).map(|path| Items {
            path,
            name: "item".to_owned(),
            filter,
        });
        let when = raw.when.map(|json| parser.expression(&json));
        let severity = severity(&raw.severity);
        let offline = offline(&raw.offline);
        let escalate = raw
            .escalate
            .map(|step| (self::severity(&step.severity), parser.expression(&step.when)));
        let values: BTreeMap<String, Term> =
            raw.values.into_iter().map(|(name, json)| (name, parser.term(&json))).collect();
        let as_of = (!raw.as_of.is_empty())
            .then(|| Term::Default(raw.as_of.iter().map(|json| parser.term(json)).collect()));
        let mut later = !raw.later.is_empty() || unusable_each;
        let check = match (raw.check, raw.parts.is_empty()) {
            (Some(json), true) => Check::One(Box::new(parser.expression(&json))),
            (None, false) => Check::Parts(
                raw.parts
                    .into_iter()
                    .map(|part| {
                        let at = part.at.as_deref().map(Stage::from_code);
                        later |= at == Some(None);
                        Part {
                            name: Texts { zh: part.zh, en: part.en },
                            check: parser.expression(&part.check),
                            at: at.flatten(),
                        }
                    })
                    .collect(),
            ),
            _ => Check::One(Box::new(Expression::Newer)),
        };
        let newer = later
            || severity.is_none()
            || offline.is_none()
            || escalate.as_ref().is_some_and(|(to, when)| to.is_none() || when.is_newer())
            || values.values().chain(&as_of).any(Term::is_newer)
            || when.iter().any(Expression::is_newer)
            || each.iter().any(|items| items.filter.iter().any(|filter| filter.is_newer()))
            || match &check {
                Check::One(check) => check.is_newer(),
                Check::Parts(parts) => parts.iter().any(|part| part.check.is_newer()),
            };
        reads.append(&mut parser.reads);
        Self {
            id: raw.id,
            title: raw.title,
            text: raw.text,
            applies: raw
                .applies
                .into_iter()
                .map(|(kind, stages)| {
                    (kind, stages.iter().filter_map(|code| Stage::from_code(code)).collect())
                })
                .collect(),
            severity: severity.unwrap_or(Severity::Warn),
            offline: offline.unwrap_or(Offline::Server),
            basis: raw.basis,
            override_roles: raw
                .override_roles
                .iter()
                .filter_map(|code| Role::from_code(code))
                .collect(),
            escalate: escalate.and_then(|(to, when)| Some((to?, when))),
            values,
            as_of,
            each,
            when,
            check,
            newer,
            reads,
        }
    }

    /// Milder, at fewer stages, or set aside by more people than `known`.
    fn weakens(&self, known: &Self) -> bool {
        self.severity < known.severity
            || self.override_roles.iter().any(|role| !known.override_roles.contains(role))
            || known.applies.iter().any(|(kind, stages)| {
                self.applies
                    .get(kind)
                    .is_none_or(|own| stages.iter().any(|stage| !own.contains(stage)))
            })
    }
}

fn severity(code: &str) -> Option<Severity> {
    match code {
        "info" => Some(Severity::Info),
        "warn" => Some(Severity::Warn),
        "block" => Some(Severity::Block),
        _ => None,
    }
}

fn offline(code: &str) -> Option<Offline> {
    match code {
        "yes" => Some(Offline::Yes),
        "last_synced" => Some(Offline::LastSynced),
        "server" => Some(Offline::Server),
        _ => None,
    }
}
