//! From JSON to expressions, within bounds. What this version does not know becomes
//! [`Expression::Newer`], never an error and never a pass: an unknown key beside a known operator
//! might narrow it.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::expression::{Comparison, Expression, Items, Path, Term, Unit};

/// Deepest nesting.
const MAX_DEPTH: usize = 16;
/// Most nodes of one expression.
const MAX_NODES: usize = 400;
/// Longest path text.
const MAX_PATH: usize = 128;

const ROOTS: [&str; 8] =
    ["record", "case", "related", "court", "request", "known_at", "now", "today"];

/// Reads the expressions of one rule.
pub(super) struct Parser {
    /// Bound names and what they stand for, innermost last.
    scope: Vec<(String, String)>,
    nodes: usize,
    depth: usize,
    /// Every place the expressions read, with bound names replaced: `record.lines.*.vin`.
    pub(super) reads: BTreeSet<String>,
}

impl Parser {
    /// With `item` bound to the items of `each`, when the rule looks at items one by one.
    pub(super) fn new(each: Option<&str>) -> Self {
        let mut parser = Self { scope: Vec::new(), nodes: 0, depth: 0, reads: BTreeSet::new() };
        if let Some(path) = each {
            parser.scope.push(("item".to_owned(), format!("{path}.*")));
        }
        parser
    }

    pub(super) fn expression(&mut self, json: &Json) -> Expression {
        self.within(|parser| parser.operator(json)).flatten().unwrap_or(Expression::Newer)
    }

    pub(super) fn term(&mut self, json: &Json) -> Term {
        self.within(|parser| parser.value(json)).flatten().unwrap_or(Term::Newer)
    }

    fn within<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.nodes += 1;
        if self.nodes > MAX_NODES || self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let out = read(self);
        self.depth -= 1;
        Some(out)
    }

    fn operator(&mut self, json: &Json) -> Option<Expression> {
        let map = json.as_object()?;
        if let Some(path) = map.get("any_related") {
            let kind = path.as_str()?;
            let items = self.items(map, &format!("related.{kind}"), &["any_related", "check"])?;
            return self.quantified(map, items, Expression::Some);
        }
        for (key, quantifier) in [
            ("each", Expression::Each as fn(Items, Box<Expression>) -> Expression),
            ("some", Expression::Some),
        ] {
            if let Some(path) = map.get(key) {
                let items = self.items(map, path.as_str()?, &[key, "check"])?;
                return self.quantified(map, items, quantifier);
            }
        }
        if let Some(path) = map.get("count") {
            let items = self.items(map, path.as_str()?, &["count", "at_least", "at_most"])?;
            let at_least = map.get("at_least").map(|bound| self.term(bound));
            let at_most = map.get("at_most").map(|bound| self.term(bound));
            self.close(&items);
            (at_least.is_some() || at_most.is_some()).then_some(())?;
            return Some(Expression::Count { items, at_least, at_most });
        }
        if let Some(path) = map.get("sum") {
            let items = self.items(map, path.as_str()?, &["sum", "of", "at_most"])?;
            let of = self.field(map, &items)?;
            self.close(&items);
            return Some(Expression::Sum { items, of, at_most: self.term(map.get("at_most")?) });
        }
        if let Some(path) = map.get("code") {
            only(map, &["code", "pass", "fail"])?;
            return Some(Expression::Code {
                path: self.path(path.as_str()?)?,
                pass: strings(map.get("pass")?)?,
                fail: strings(map.get("fail")?)?,
            });
        }
        let (key, argument) = single(map)?;
        Some(match key {
            "all" => Expression::All(self.expressions(argument)?),
            "any" => Expression::Any(self.expressions(argument)?),
            "not" => Expression::Not(Box::new(self.expression(argument))),
            "present" => Expression::Present(self.path(argument.as_str()?)?),
            "absent" => {
                let path = self.path(argument.as_str()?)?;
                Expression::Not(Box::new(Expression::Present(path)))
            }
            "is" => {
                let [path, literal] = pair(argument)?;
                let path = self.path(path.as_str()?)?;
                scalar(literal)?;
                let literal = Term::Literal(literal.clone());
                Expression::Compare(Comparison::Equal, Term::At(path), literal)
            }
            "in" => {
                let [value, codes] = pair(argument)?;
                let codes = codes.as_array()?.clone();
                codes.iter().try_for_each(scalar)?;
                Expression::In(self.term(value), codes)
            }
            "calendar_covers" => {
                let days = argument.as_array()?;
                Expression::CalendarCovers(days.iter().map(|day| self.term(day)).collect())
            }
            other => {
                let comparison = match other {
                    "eq" => Comparison::Equal,
                    "same" => Comparison::Same,
                    "lt" => Comparison::Less,
                    "lte" => Comparison::LessOrEqual,
                    "lt_date" => Comparison::DateBefore,
                    "lte_date" => Comparison::DateNotAfter,
                    "lte_time" => Comparison::TimeNotAfter,
                    _ => return None,
                };
                let [left, right] = pair(argument)?;
                Expression::Compare(comparison, self.term(left), self.term(right))
            }
        })
    }

    fn quantified(
        &mut self,
        map: &Map<String, Json>,
        items: Items,
        make: fn(Items, Box<Expression>) -> Expression,
    ) -> Option<Expression> {
        let check = self.expression(map.get("check")?);
        self.close(&items);
        Some(make(items, Box::new(check)))
    }

    /// Opens a binding; `close` ends it.
    fn items(&mut self, map: &Map<String, Json>, path: &str, keys: &[&str]) -> Option<Items> {
        let mut allowed = vec!["as", "where"];
        allowed.extend_from_slice(keys);
        only(map, &allowed)?;
        let stands_for = format!("{}.*", self.absolute(path)?);
        let path = self.path(path)?;
        let name = map.get("as").map_or(Some("item"), Json::as_str)?.to_owned();
        if name.is_empty() || name.len() > 24 || ROOTS.contains(&name.as_str()) {
            return None;
        }
        self.scope.push((name.clone(), stands_for));
        let filter = map.get("where").map(|filter| Box::new(self.expression(filter)));
        Some(Items { path, name, filter })
    }

    fn close(&mut self, items: &Items) {
        if self.scope.last().is_some_and(|(name, _)| *name == items.name) {
            self.scope.pop();
        }
    }

    /// The field named by `of`, of the items just opened.
    fn field(&mut self, map: &Map<String, Json>, items: &Items) -> Option<String> {
        let field = map.get("of")?.as_str()?;
        self.path(&format!("{}.{field}", items.name))?;
        Some(field.to_owned())
    }

    fn value(&mut self, json: &Json) -> Option<Term> {
        match json {
            Json::String(path) => return self.path(path).map(Term::At),
            Json::Bool(_) | Json::Number(_) => return Some(Term::Literal(json.clone())),
            _ => {}
        }
        let map = json.as_object()?;
        if let Some(path) = map.get("sum_of") {
            let items = self.items(map, path.as_str()?, &["sum_of", "of"])?;
            let of = self.field(map, &items)?;
            self.close(&items);
            return Some(Term::SumOf(items, of));
        }
        if let Some(path) = map.get("count_of") {
            let items = self.items(map, path.as_str()?, &["count_of"])?;
            self.close(&items);
            return Some(Term::CountOf(items));
        }
        if let Some(path) = map.get("first_of") {
            let items = self.items(map, path.as_str()?, &["first_of", "of"])?;
            let of = self.field(map, &items)?;
            self.close(&items);
            return Some(Term::FirstOf(items, of));
        }
        let (key, argument) = single(map)?;
        let two = |parser: &mut Self| {
            let [left, right] = pair(argument)?;
            Some((Box::new(parser.term(left)), Box::new(parser.term(right))))
        };
        let unit = match key.rsplit('_').next() {
            Some("days") => Unit::Days,
            Some("months") => Unit::Months,
            _ => Unit::Years,
        };
        Some(match key {
            "text" => Term::Literal(Json::String(argument.as_str()?.to_owned())),
            "add_days" | "add_months" | "add_years" => {
                let (from, count) = two(self)?;
                Term::Add(unit, from, count)
            }
            "deadline_days" | "deadline_months" => {
                let (from, count) = two(self)?;
                Term::Deadline(unit, from, count)
            }
            "working_days" => {
                let (from, count) = two(self)?;
                Term::WorkingDays(from, count)
            }
            "percent" => {
                let (of, percent) = two(self)?;
                Term::Percent(of, percent)
            }
            "minutes_between" => {
                let (from, to) = two(self)?;
                Term::Minutes(from, to)
            }
            "rolled" => Term::Rolled(Box::new(self.term(argument))),
            "money" => Term::Money(Box::new(self.term(argument))),
            "plus" => Term::Plus(self.terms(argument)?),
            "default" => Term::Default(self.terms(argument)?),
            "choose" => {
                let [when, then, otherwise] = argument.as_array()?.as_slice() else {
                    return None;
                };
                let when = Box::new(self.expression(when));
                Term::Choose(when, Box::new(self.term(then)), Box::new(self.term(otherwise)))
            }
            _ => return None,
        })
    }

    fn expressions(&mut self, json: &Json) -> Option<Vec<Expression>> {
        let list = json.as_array().filter(|list| !list.is_empty())?;
        Some(list.iter().map(|each| self.expression(each)).collect())
    }

    fn terms(&mut self, json: &Json) -> Option<Vec<Term>> {
        let list = json.as_array().filter(|list| !list.is_empty())?;
        Some(list.iter().map(|each| self.term(each)).collect())
    }

    pub(super) fn path(&mut self, text: &str) -> Option<Path> {
        let absolute = self.absolute(text)?;
        self.reads.insert(absolute);
        Some(Path(text.split('.').map(str::to_owned).collect()))
    }

    fn absolute(&self, text: &str) -> Option<String> {
        if text.len() > MAX_PATH || text.split('.').any(str::is_empty) {
            return None;
        }
        let (root, rest) = text.split_once('.').unwrap_or((text, ""));
        let bound = self.scope.iter().rev().find(|(name, _)| name == root);
        match bound {
            Some((_, stands_for)) if rest.is_empty() => Some(stands_for.clone()),
            Some((_, stands_for)) => Some(format!("{stands_for}.{rest}")),
            None => ROOTS.contains(&root).then(|| text.to_owned()),
        }
    }
}

fn only(map: &Map<String, Json>, allowed: &[&str]) -> Option<()> {
    map.keys().all(|key| allowed.contains(&key.as_str())).then_some(())
}

fn single(map: &Map<String, Json>) -> Option<(&str, &Json)> {
    let (key, argument) = map.iter().next()?;
    (map.len() == 1).then_some((key.as_str(), argument))
}

fn pair(json: &Json) -> Option<[&Json; 2]> {
    match json.as_array()?.as_slice() {
        [left, right] => Some([left, right]),
        _ => None,
    }
}

fn scalar(json: &Json) -> Option<()> {
    matches!(json, Json::String(_) | Json::Bool(_) | Json::Number(_)).then_some(())
}

fn strings(json: &Json) -> Option<Vec<String>> {
    json.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

impl Expression {
    /// Whether any part needs a newer app.
    pub(super) fn is_newer(&self) -> bool {
        let items = |items: &Items| items.filter.as_ref().is_some_and(|filter| filter.is_newer());
        match self {
            Self::Newer => true,
            Self::All(list) | Self::Any(list) => list.iter().any(Self::is_newer),
            Self::Not(inner) => inner.is_newer(),
            Self::Present(_) | Self::Code { .. } => false,
            Self::Compare(_, left, right) => left.is_newer() || right.is_newer(),
            Self::In(term, _) => term.is_newer(),
            Self::Each(list, check) | Self::Some(list, check) => items(list) || check.is_newer(),
            Self::Count { items: list, at_least, at_most } => {
                items(list) || at_least.iter().chain(at_most).any(Term::is_newer)
            }
            Self::Sum { items: list, at_most, .. } => items(list) || at_most.is_newer(),
            Self::CalendarCovers(days) => days.iter().any(Term::is_newer),
        }
    }
}

impl Term {
    /// Whether any part needs a newer app.
    pub(super) fn is_newer(&self) -> bool {
        match self {
            Self::Newer => true,
            Self::Literal(_) | Self::At(_) => false,
            Self::Add(_, one, two)
            | Self::Deadline(_, one, two)
            | Self::WorkingDays(one, two)
            | Self::Percent(one, two)
            | Self::Minutes(one, two) => one.is_newer() || two.is_newer(),
            Self::Rolled(inner) | Self::Money(inner) => inner.is_newer(),
            Self::Plus(list) | Self::Default(list) => list.iter().any(Self::is_newer),
            Self::SumOf(items, _) | Self::CountOf(items) | Self::FirstOf(items, _) => {
                items.filter.as_ref().is_some_and(|filter| filter.is_newer())
            }
            Self::Choose(when, one, two) => when.is_newer() || one.is_newer() || two.is_newer(),
        }
    }
}
