//! The shape of expressions once parsed. `docs/rules-language.md` lists the operators.

use serde_json::Value as Json;

/// Where a value is: a root or a bound item, then keys. `@ref` is an item's `collection/id`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path(pub(super) Vec<String>);

/// The items of a list that satisfy a filter; struck ones are passed over.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Items {
    pub(super) path: Path,
    /// The name under which inner expressions see the item.
    pub(super) name: String,
    pub(super) filter: Option<Box<Expression>>,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Equal; not known when either is missing.
    Equal,
    /// Both recorded and equal; false when either is missing.
    Same,
    Less,
    LessOrEqual,
    DateBefore,
    DateNotAfter,
    TimeNotAfter,
}

/// Something that holds or not.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// Recorded. Absence is an answer here: false.
    Present(Path),
    Compare(Comparison, Term, Term),
    In(Term, Vec<Json>),
    /// A code that passes, a code that fails; any other is not known.
    Code {
        path: Path,
        pass: Vec<String>,
        fail: Vec<String>,
    },
    Each(Items, Box<Self>),
    Some(Items, Box<Self>),
    Count {
        items: Items,
        at_least: Option<Term>,
        at_most: Option<Term>,
    },
    /// The sum of a non-negative number over items.
    Sum {
        items: Items,
        of: String,
        at_most: Term,
    },
    CalendarCovers(Vec<Term>),
    /// Something this version does not know.
    Newer,
}

/// Something with a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Literal(Json),
    At(Path),
    /// Calendar arithmetic without holidays: terms of seizure (R-SEZ-17, -18).
    Add(Unit, Box<Self>, Box<Self>),
    /// A period by L-CPL 85.
    Deadline(Unit, Box<Self>, Box<Self>),
    WorkingDays(Box<Self>, Box<Self>),
    Rolled(Box<Self>),
    Plus(Vec<Self>),
    Percent(Box<Self>, Box<Self>),
    SumOf(Items, String),
    CountOf(Items),
    FirstOf(Items, String),
    Minutes(Box<Self>, Box<Self>),
    /// The first that is recorded.
    Default(Vec<Self>),
    Choose(Box<Expression>, Box<Self>, Box<Self>),
    /// Shown as an amount of money.
    Money(Box<Self>),
    Newer,
}

/// A unit of calendar arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Days,
    Months,
    Years,
}
