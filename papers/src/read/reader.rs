//! One record read as people read it: every value a Chinese text, names for ids, labels for codes,
//! dates as papers print them. A contested field gives all its values; a field without a value gives
//! none, and the paper leaves a blank to be filled in by hand.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use lastmile_core::document::{Item, Register, is_struck};
use lastmile_core::geo::said;
use lastmile_core::id::DocumentId;
use lastmile_core::identifier::money::Fen;
use lastmile_core::records::{Field, FieldType, Label, Policy};
use lastmile_core::value::Value;

use crate::Source;

/// A record with everything needed to read it.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a Source<'a>,
}

impl<'a> Reader<'a> {
    /// A field of the head.
    pub(crate) fn head(self, name: &str) -> Option<String> {
        let view = self.source.view;
        self.register(view.state.head.get(name)?, view.kind.head_field(name))
    }

    /// A field of an item.
    pub(crate) fn of(self, collection: &str, item: &Item, name: &str) -> Option<String> {
        let known = self.source.view.kind.collection(collection);
        self.register(item.fields.get(name)?, known.and_then(|known| known.field(name)))
    }

    /// Why an item is struck, if it is.
    pub(crate) fn struck(self, collection: &str, item: &Item) -> Option<String> {
        let state = &self.source.view.state;
        if !is_struck(state, collection, &item.id) {
            return None;
        }
        let target = format!("{collection}/{}", item.id);
        let strikes = state.items("strikes").iter();
        let reasons = strikes.filter(|strike| strike.text("item") == Some(target.as_str()));
        let reasons: Vec<&str> = reasons.filter_map(|strike| strike.text("reason")).collect();
        Some(reasons.join(";"))
    }

    /// The items of a collection with their numbers on the paper: by their own numbers (序号) when each has
    /// another one; else counted, in the order of their times when all have one, else of their recording.
    pub(crate) fn numbered(self, collection: &str) -> Vec<(usize, &'a Item)> {
        let items = self.source.view.state.items(collection);
        let own: Option<BTreeMap<usize, &'a Item>> =
            items.iter().map(|item| Some((line_no(item)?, item))).collect();
        if let Some(own) = own.filter(|own| own.len() == items.len()) {
            return own.into_iter().collect();
        }
        let mut items: Vec<&'a Item> = items.iter().collect();
        if items.iter().all(|item| time(item).is_some()) {
            items.sort_by_key(|item| time(item));
        }
        (1..).zip(items).collect()
    }

    /// `lines/01J…` as its number on the paper.
    pub(crate) fn number(self, path: &str) -> Option<usize> {
        let (collection, id) = path.split_once('/')?;
        let id = id.split('/').next()?;
        let all = self.numbered(collection);
        all.into_iter().find(|(_, item)| item.id == id).map(|(number, _)| number)
    }

    /// `lines/01J…/quantity` as a person finds it: 财产清单第2项数量.
    pub(crate) fn place(self, path: &str) -> String {
        let mut parts = path.split('/');
        let shelf = parts.next().unwrap_or_default();
        let kind = self.source.view.kind;
        if shelf == "head" {
            let field = parts.next().and_then(|name| kind.head_field(name));
            return field.map_or_else(|| path.to_owned(), |field| field.label.zh.to_owned());
        }
        let (Some(known), Some(number)) = (kind.collection(shelf), self.number(path)) else {
            return path.to_owned();
        };
        let field = parts.nth(1).and_then(|name| known.field(name));
        format!("{}第{number}项{}", known.label.zh, field.map_or("", |field| field.label.zh))
    }

    /// A person's name, or the id nobody here has a name for.
    pub(crate) fn person(self, id: &str) -> String {
        (self.source.names)(id).unwrap_or_else(|| id.to_owned())
    }

    /// 查封(扣押)财产清单（记录编号3fa9…）.
    fn record(self, id: &str) -> String {
        let title = DocumentId::from_hex(id).ok().and_then(|id| (self.source.titles)(id));
        let short = id.get(..16).unwrap_or(id);
        format!("{}（记录编号{short}）", title.unwrap_or_default())
    }

    fn register(self, register: &Register, field: Option<&'static Field>) -> Option<String> {
        let ty = field.map(|field| field.ty);
        if field.is_some_and(|field| field.policy == Policy::Winner) {
            return self.value(&register.winner()?.value, ty);
        }
        let said = register.alternatives.iter();
        let said: Vec<Option<String>> = said.map(|each| self.value(&each.value, ty)).collect();
        match said.as_slice() {
            [only] => only.clone(),
            several => {
                let words = several.iter().map(|each| each.as_deref().unwrap_or("空白"));
                Some(format!("【有分歧】{}", words.collect::<Vec<_>>().join(" / ")))
            }
        }
    }

    fn value(self, value: &Value, ty: Option<FieldType>) -> Option<String> {
        let text = match (value, ty) {
            (Value::Null, _) => return None,
            (Value::Bool(flag), _) => if *flag { "是" } else { "否" }.to_owned(),
            (Value::Int(fen), Some(FieldType::Money)) => {
                Fen::new(*fen).map_or_else(|_| fen.to_string(), |fen| fen.to_string())
            }
            (Value::Int(number), _) => number.to_string(),
            (Value::Bytes(bytes), _) => HEXLOWER.encode(bytes),
            (Value::Text(text), Some(FieldType::Code(codes))) => label(codes, text),
            (Value::Text(text), Some(FieldType::Person)) => self.person(text),
            (Value::Text(text), Some(FieldType::Item)) => self.place(text),
            (Value::Text(text), Some(FieldType::Record)) => self.record(text),
            (Value::Text(text), Some(FieldType::Date)) => date(text)?,
            (Value::Text(text), Some(FieldType::Time)) => moment(text)?,
            (Value::Text(text), Some(FieldType::Position)) => position(text)?,
            (Value::Text(text), _) => text.trim().to_owned(),
        };
        Some(text).filter(|text| !text.is_empty())
    }
}

fn line_no(item: &Item) -> Option<usize> {
    match item.fields.get("line_no")?.winner()?.value {
        Value::Int(number) => usize::try_from(number).ok(),
        _ => None,
    }
}

/// When it happened: the time that leads its row.
fn time(item: &Item) -> Option<Timestamp> {
    let fields = ["at", "signed_at", "shown_at", "start_at", "notified_at"];
    fields.iter().find_map(|field| item.text(field)?.parse().ok())
}

/// The label of a code; a code of a later version as it is.
fn label(codes: &'static [(&'static str, Label)], code: &str) -> String {
    let known = codes.iter().find(|(name, _)| *name == code);
    known.map_or_else(|| code.to_owned(), |(_, label)| label.zh.to_owned())
}

/// 2026年3月17日.
pub(crate) fn date(text: &str) -> Option<String> {
    Some(written(text.parse().ok()?))
}

/// 2026年3月17日.
pub(crate) fn written(date: jiff::civil::Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// 2026年3月17日9时05分, Beijing time.
pub(crate) fn moment(text: &str) -> Option<String> {
    let time: Timestamp = text.parse().ok()?;
    let there = time.to_zoned(TimeZone::fixed(tz::offset(8)));
    Some(format!("{}{}时{:02}分", written(there.date()), there.hour(), there.minute()))
}

/// 北纬22.833500°、东经112.985000°（误差约12米）.
fn position(text: &str) -> Option<String> {
    Some(said(&text.parse().ok()?))
}

/// Fields of a map, for who needs the raw value.
pub(crate) fn raw<'a>(fields: &'a BTreeMap<String, Register>, name: &str) -> Option<&'a Value> {
    fields.get(name)?.single()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_papers_write_them() {
        assert_eq!(moment("2026-03-17T09:05:00+08:00").as_deref(), Some("2026年3月17日9时05分"));
        assert_eq!(date("2028-02-29").as_deref(), Some("2028年2月29日"));
        assert_eq!(moment("2026-03-17T16:30:00Z").as_deref(), Some("2026年3月18日0时30分"));
        for bad in ["2026-02-30", "", "T", "2026-03-17T9", "2026-03-17Txx:yy", "昨天T12:00"] {
            assert_eq!((date(bad), moment(bad)), (None, None), "{bad}");
        }
    }

    #[test]
    fn a_position_says_how_sure_it_is() {
        let said = position("geo:22.833500,112.985000;crs=wgs84;u=12;src=gnss");
        assert_eq!(said.as_deref(), Some("北纬22.833500°、东经112.985000°（误差约12米）"));
        assert_eq!(position("geo:0,0"), None);
    }
}
