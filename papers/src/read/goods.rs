//! F-05 搬出财物清单 (L-CPL 261(3)): every thing carried out, where it went and who took it; and what an
//! eviction knows besides: persons to care for, utilities, the hand-over of the premises.

use serde::Serialize;

use super::Reader;
use super::attested::pictures_of;
use super::rows::{Row, head, row};

head! {
    /// The head of the list of goods.
    Head of "eviction" {
        premises_address, start_at, end_at, debtor_came, whole_course_video, notary_no, no_goods,
        goods_custodian, pick_up_by, read_back, remark
    }
}

row! {
    /// A thing carried out.
    Moved of ["moved_items"] {
        room, name, quantity, unit, condition, packing_no, fragile, valuable, perishable, perishable_handling,
        left_in_place, destination, carrier, remark
    }
}

row! {
    /// Things handed to somebody, or refused.
    Handed of ["goods_handed"] { item, to, name, role, refused, reason, seen_by, at }
}

row! {
    /// Somebody who needs care.
    Vulnerable of ["vulnerable"] { person, flag, seen_at, care }
}

row! {
    /// Water, power, gas.
    Utility of ["utilities"] { utility, state, reading, checked_by, checked_at }
}

row! {
    /// The premises handed over.
    Handover of ["handovers"] {
        to, name, role, special_authority, at, keys_count, meter_power, meter_water, meter_gas, condition
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    #[serde(flatten)]
    thing: Row<Moved>,
    pictures: Vec<String>,
}

/// Goods handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Given {
    #[serde(flatten)]
    handed: Row<Handed>,
    /// Number of the line; nothing: all of them.
    line: Option<usize>,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Goods {
    head: Head,
    lines: Vec<Line>,
    standing: usize,
    handed: Vec<Given>,
}

impl Goods {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        let things = reader.rows::<Moved>("moved_items").into_iter();
        let lines = things.zip(reader.numbered("moved_items")).map(|(thing, (_, item))| Line {
            thing,
            pictures: pictures_of(reader, &format!("moved_items/{}", item.id)),
        });
        let lines: Vec<Line> = lines.collect();
        let handed = reader.rows::<Handed>("goods_handed").into_iter();
        let handed = handed.zip(reader.numbered("goods_handed")).map(|(handed, (_, item))| Given {
            handed,
            line: item.text("item").and_then(|path| reader.number(path)),
        });
        Self {
            head: Head::read(reader),
            standing: lines.iter().filter(|line| line.thing.struck.is_none()).count(),
            lines,
            handed: handed.collect(),
        }
    }
}
