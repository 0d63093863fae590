//! Evaluation of expressions over facts. Pure and bounded: one rule looks at a limited number of
//! items, whatever the record.

use jiff::Span;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::dates::{DateMath, day_of, instant_of};
use super::expression::{Comparison, Expression, Items, Path, Term, Unit};
use super::facts::{Found, Listed, Scope};
use super::truth::{Truth, Why};

/// Steps one rule may take.
const MAX_STEPS: usize = 400_000;

/// A value of a term.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    Day(Date),
    /// An amount in fen, shown as money.
    Money(i64),
}

/// A value, nothing recorded, or why it is not known.
type Got = Result<Option<Value>, Why>;

/// Evaluates the expressions of one rule.
pub(super) struct Evaluation<'f> {
    pub(super) scope: Scope<'f>,
    dates: &'f dyn DateMath,
    steps: usize,
}

impl<'f> Evaluation<'f> {
    pub(super) fn new(facts: &'f Json, dates: &'f dyn DateMath) -> Self {
        Self { scope: Scope::new(facts), dates, steps: 0 }
    }

    pub(super) fn holds(&mut self, expression: &Expression) -> Truth {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Truth::Unknown(Why::TooLarge);
        }
        match expression {
            Expression::All(list) => {
                list.iter().fold(Truth::True, |so_far, each| so_far.and(self.holds(each)))
            }
            Expression::Any(list) => {
                list.iter().fold(Truth::False, |so_far, each| so_far.or(self.holds(each)))
            }
            Expression::Not(inner) => self.holds(inner).negate(),
            Expression::Present(path) => match self.scope.find(path) {
                Found::Value(_) | Found::Reference(_) => Truth::True,
                Found::Absent => Truth::False,
                Found::Unknown(why) => Truth::Unknown(why),
            },
            Expression::Compare(comparison, left, right) => {
                self.compare(*comparison, left, right).unwrap_or_else(Truth::Unknown)
            }
            Expression::In(term, codes) => match self.recorded(term) {
                Ok(value) => codes.iter().any(|code| literal(code).as_ref() == Some(&value)).into(),
                Err(why) => Truth::Unknown(why),
            },
            Expression::Code { path, pass, fail } => self.code(path, pass, fail),
            Expression::Each(items, check) => self
                .for_each(items, |run, fits| fits.negate().or(run.holds(check)))
                .map_or_else(Truth::Unknown, |all| all.into_iter().fold(Truth::True, Truth::and)),
            Expression::Some(items, check) => self
                .for_each(items, |run, fits| fits.and(run.holds(check)))
                .map_or_else(Truth::Unknown, |all| all.into_iter().fold(Truth::False, Truth::or)),
            Expression::Count { items, at_least, at_most } => self
                .count(items, at_least.as_ref(), at_most.as_ref())
                .unwrap_or_else(Truth::Unknown),
            Expression::Sum { items, of, at_most } => {
                self.sum_at_most(items, of, at_most).unwrap_or_else(Truth::Unknown)
            }
            Expression::CalendarCovers(days) => days.iter().fold(Truth::True, |so_far, day| {
                so_far.and(match self.day(day) {
                    Ok(day) => self.dates.is_rest_day(day).is_some().into(),
                    Err(why) => Truth::Unknown(why),
                })
            }),
            Expression::Newer => Truth::Unknown(Why::NewerApp),
        }
    }

    /// Applies `look` to every item; `fits` says whether the filter lets it through.
    fn for_each<T>(
        &mut self,
        items: &Items,
        mut look: impl FnMut(&mut Self, Truth) -> T,
    ) -> Result<Vec<T>, Why> {
        let list = self.scope.list(&items.path)?;
        let mut out = Vec::with_capacity(list.len());
        for listed in list {
            out.push(self.with_item(&items.name, &items.path, listed, |run| {
                let fits = items.filter.as_ref().map_or(Truth::True, |filter| run.holds(filter));
                look(run, fits)
            }));
            if self.steps > MAX_STEPS {
                return Err(Why::TooLarge);
            }
        }
        Ok(out)
    }

    /// Runs `look` with one item bound.
    pub(super) fn with_item<T>(
        &mut self,
        name: &str,
        path: &Path,
        item: Listed<'f>,
        look: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.steps += 1;
        self.scope.bind(name, path, item);
        let out = look(self);
        self.scope.unbind();
        out
    }

    fn code(&self, path: &Path, pass: &[String], fail: &[String]) -> Truth {
        match self.scope.find(path) {
            Found::Value(Json::String(code)) if pass.contains(code) => Truth::True,
            Found::Value(Json::String(code)) if fail.contains(code) => Truth::False,
            Found::Value(Json::String(_)) => Truth::Unknown(Why::NewerApp),
            Found::Value(_) | Found::Reference(_) => Truth::Unknown(Why::Unreadable),
            Found::Absent => Truth::Unknown(Why::NotRecorded),
            Found::Unknown(why) => Truth::Unknown(why),
        }
    }

    /// An item whose filter is not known may or may not count: the answer stands only when it does
    /// not matter.
    fn count(
        &mut self,
        items: &Items,
        at_least: Option<&Term>,
        at_most: Option<&Term>,
    ) -> Result<Truth, Why> {
        let fits = self.for_each(items, |_, fits| fits)?;
        let sure = number(fits.iter().filter(|fits| **fits == Truth::True).count());
        let unsure: Vec<Why> = fits
            .iter()
            .filter_map(|fits| if let Truth::Unknown(why) = fits { Some(*why) } else { None })
            .collect();
        let most = sure + number(unsure.len());
        let why = unsure.into_iter().max().unwrap_or(Why::NotRecorded);
        let mut truth = Truth::True;
        if let Some(bound) = at_least {
            let bound = self.number(bound)?;
            truth = truth.and(between(sure >= bound, most >= bound, why));
        }
        if let Some(bound) = at_most {
            let bound = self.number(bound)?;
            truth = truth.and(between(most <= bound, sure <= bound, why));
        }
        Ok(truth)
    }

    /// What is recorded is a lower bound of a sum of amounts.
    fn sum_at_most(&mut self, items: &Items, of: &str, at_most: &Term) -> Result<Truth, Why> {
        let bound = self.number(at_most)?;
        let (sum, gap) = self.sum(items, of)?;
        Ok(match gap {
            _ if sum > bound => Truth::False,
            Some(why) => Truth::Unknown(why),
            None => Truth::True,
        })
    }

    fn sum(&mut self, items: &Items, of: &str) -> Result<(i64, Option<Why>), Why> {
        let field = Path(vec![items.name.clone(), of.to_owned()]);
        let parts = self.for_each(items, |run, fits| match fits {
            Truth::False => Ok(0),
            Truth::Unknown(why) => Err(why),
            Truth::True => match run.scope.find(&field) {
                Found::Value(value) => {
                    value.as_i64().filter(|part| *part >= 0).ok_or(Why::Unreadable)
                }
                Found::Absent => Err(Why::NotRecorded),
                Found::Unknown(why) => Err(why),
                Found::Reference(_) => Err(Why::Unreadable),
            },
        })?;
        let sum = parts.iter().flatten().fold(0_i64, |sum, part| sum.saturating_add(*part));
        Ok((sum, parts.into_iter().filter_map(Result::err).max()))
    }

    fn compare(&mut self, comparison: Comparison, left: &Term, right: &Term) -> Result<Truth, Why> {
        Ok(match comparison {
            Comparison::Equal => {
                let (left, right) = (self.recorded(left)?, self.recorded(right)?);
                if std::mem::discriminant(&left) != std::mem::discriminant(&right) {
                    return Err(Why::Unreadable);
                }
                (left == right).into()
            }
            Comparison::Same => match (self.value(left)?, self.value(right)?) {
                (Some(left), Some(right)) => (left == right).into(),
                _ => Truth::False,
            },
            Comparison::Less => (self.number(left)? < self.number(right)?).into(),
            Comparison::LessOrEqual => (self.number(left)? <= self.number(right)?).into(),
            Comparison::DateBefore => (self.day(left)? < self.day(right)?).into(),
            Comparison::DateNotAfter => (self.day(left)? <= self.day(right)?).into(),
            Comparison::TimeNotAfter => (self.instant(left)? <= self.instant(right)?).into(),
        })
    }

    fn recorded(&mut self, term: &Term) -> Result<Value, Why> {
        self.value(term)?.ok_or(Why::NotRecorded)
    }

    fn number(&mut self, term: &Term) -> Result<i64, Why> {
        match self.recorded(term)? {
            Value::Number(number) | Value::Money(number) => Ok(number),
            _ => Err(Why::Unreadable),
        }
    }

    fn small(&mut self, term: &Term) -> Result<i32, Why> {
        i32::try_from(self.number(term)?).map_err(|_| Why::Unreadable)
    }

    fn day(&mut self, term: &Term) -> Result<Date, Why> {
        match self.recorded(term)? {
            Value::Day(day) => Ok(day),
            Value::Text(text) => day_of(&text).ok_or(Why::Unreadable),
            _ => Err(Why::Unreadable),
        }
    }

    fn instant(&mut self, term: &Term) -> Result<jiff::Timestamp, Why> {
        match self.recorded(term)? {
            Value::Text(text) => instant_of(&text).ok_or(Why::Unreadable),
            _ => Err(Why::Unreadable),
        }
    }

    /// The value of a term.
    pub(super) fn value(&mut self, term: &Term) -> Got {
        self.steps += 1;
        Ok(Some(match term {
            Term::Literal(json) => literal(json).ok_or(Why::Unreadable)?,
            Term::At(path) => match self.scope.find(path) {
                Found::Value(json) => literal(json).ok_or(Why::Unreadable)?,
                Found::Reference(reference) => Value::Text(reference),
                Found::Absent => return Ok(None),
                Found::Unknown(why) => return Err(why),
            },
            Term::Add(unit, from, count) => {
                let (from, count) = (self.day(from)?, self.small(count)?);
                let span = match unit {
                    Unit::Days => Span::new().try_days(count),
                    Unit::Months => Span::new().try_months(count),
                    Unit::Years => Span::new().try_years(count),
                };
                let day = span.and_then(|span| from.checked_add(span));
                Value::Day(day.map_err(|_| Why::Unreadable)?)
            }
            Term::Deadline(unit, from, count) => {
                let (from, count) = (self.day(from)?, self.small(count)?);
                let day = match unit {
                    Unit::Days => self.dates.deadline_days(from, count),
                    Unit::Months | Unit::Years => self.dates.deadline_months(from, count),
                };
                Value::Day(day.ok_or(Why::NoCalendar)?)
            }
            Term::WorkingDays(from, count) => {
                let (from, count) = (self.day(from)?, self.small(count)?);
                Value::Day(self.dates.working_days(from, count).ok_or(Why::NoCalendar)?)
            }
            Term::Rolled(day) => {
                let day = self.day(day)?;
                Value::Day(self.dates.rolled(day).ok_or(Why::NoCalendar)?)
            }
            Term::Plus(parts) => {
                let mut sum = 0_i64;
                for part in parts {
                    sum = sum.saturating_add(self.number(part)?);
                }
                Value::Number(sum)
            }
            Term::Percent(of, percent) => {
                let scaled = i128::from(self.number(of)?) * i128::from(self.number(percent)?) / 100;
                Value::Number(i64::try_from(scaled).map_err(|_| Why::Unreadable)?)
            }
            Term::SumOf(items, of) => Value::Number(self.sum(items, of)?.0),
            Term::CountOf(items) => {
                let fits = self.for_each(items, |_, fits| fits)?;
                Value::Number(number(fits.iter().filter(|fits| **fits == Truth::True).count()))
            }
            Term::FirstOf(items, of) => {
                let field = Term::At(Path(vec![items.name.clone(), of.clone()]));
                let found = self.for_each(items, |run, fits| match fits {
                    Truth::True => run.value(&field),
                    Truth::False => Ok(None),
                    Truth::Unknown(why) => Err(why),
                })?;
                let known = found.iter().flatten().flatten().next().cloned();
                match known {
                    Some(value) => value,
                    None => return found.into_iter().find(Result::is_err).unwrap_or(Ok(None)),
                }
            }
            Term::Minutes(from, to) => {
                let span = self.instant(to)?.duration_since(self.instant(from)?);
                Value::Number(span.as_secs().div_euclid(60))
            }
            Term::Default(terms) => {
                for term in terms {
                    match self.value(term) {
                        Ok(Some(value)) => return Ok(Some(value)),
                        Ok(None) | Err(Why::NotRecorded) => {}
                        Err(why) => return Err(why),
                    }
                }
                return Ok(None);
            }
            Term::Choose(when, then, otherwise) => match self.holds(when) {
                Truth::True => return self.value(then),
                Truth::False => return self.value(otherwise),
                Truth::Unknown(why) => return Err(why),
            },
            Term::Money(amount) => Value::Money(self.number(amount)?),
            Term::Newer => return Err(Why::NewerApp),
        }))
    }
}

fn between(surely: bool, possibly: bool, why: Why) -> Truth {
    match (surely, possibly) {
        (true, _) => Truth::True,
        (false, false) => Truth::False,
        (false, true) => Truth::Unknown(why),
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn literal(json: &Json) -> Option<Value> {
    match json {
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Bool(flag) => Some(Value::Flag(*flag)),
        Json::Number(number) => number.as_i64().map(Value::Number),
        _ => None,
    }
}
