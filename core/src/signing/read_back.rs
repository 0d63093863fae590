//! The record as it is read back to those who sign it: plain Chinese text, in large type or aloud. Made
//! from the record alone and always the same for the same content, so that anybody who has the record
//! can make it again and see what the person was shown. Signatures and deliveries are not in it, as
//! they are not in the content digest; everything else is.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;

use crate::document::{Item, RecordView, Register, is_struck};
use crate::geo::said;
use crate::id::Digest;
use crate::identifier::money::Fen;
use crate::records::{Collection, Field, FieldType, Label};
use crate::value::Value;

/// What is read to a person before signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBack {
    /// The content digest: what the signature will name.
    pub content: Digest,
    /// Paragraphs, in the order in which they are read.
    pub lines: Vec<String>,
}

/// A person's name by staff or party id, from the court's packs and certificates. Names stand beside the
/// ids of the record, never instead of them.
pub type Names<'a> = &'a dyn Fn(&str) -> Option<String>;

impl ReadBack {
    /// Reads `view` back. Of a finalised record it is the finalised content.
    pub fn of(view: &RecordView, names: Names<'_>) -> Self {
        let reader = Reader { view, names };
        let mut lines = vec![
            format!("{} {}", view.kind.label.zh, view.state.case),
            format!("承办人:{}", reader.person(&view.state.handler)),
        ];
        lines.extend(reader.fields(&view.state.head, view.kind.head));
        let form = view.kind.collections.iter().map(|collection| collection.name);
        let later = view.state.collections.keys().map(String::as_str);
        let later = later.filter(|name| view.kind.collection(name).is_none());
        for name in form.chain(later) {
            let (known, items) = (view.kind.collection(name), view.state.items(name));
            let left_out = known.is_some_and(|known| known.attestation)
                || matches!(name, "finalisations" | "strikes");
            if left_out || items.is_empty() {
                continue;
            }
            let title = known.map_or_else(|| standard(name), |known| known.label.zh);
            lines.push(format!("{title}(共{}项)", items.len()));
            for (item, number) in items.iter().zip(1..) {
                lines.push(reader.item(name, known, item, number));
            }
        }
        // Struck by somebody whose line is not here would otherwise not be read.
        for strike in view.state.items("strikes") {
            let target = strike.text("item").unwrap_or_default();
            let reason = strike.text("reason").unwrap_or_default();
            lines.push(format!("划去{},理由:{reason}", reader.place(target)));
        }
        lines.push(format!("内容校验值:{}", view.content_digest.to_hex()));
        Self { content: view.content_digest, lines }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

fn standard(name: &str) -> &str {
    match name {
        "resolutions" => "已确定的分歧",
        other => other,
    }
}

struct Reader<'a> {
    view: &'a RecordView,
    names: Names<'a>,
}

impl Reader<'_> {
    /// Fields in the order of the form, those of a later version after them.
    fn fields(&self, values: &BTreeMap<String, Register>, form: &'static [Field]) -> Vec<String> {
        let known = form.iter().filter_map(|field| {
            let said = self.register(values.get(field.name)?, Some(field.ty));
            Some(format!("{}:{said}", field.label.zh))
        });
        let later = values.iter().filter(|(name, _)| form.iter().all(|field| field.name != *name));
        known
            .chain(later.map(|(name, value)| format!("{name}:{}", self.register(value, None))))
            .collect()
    }

    fn item(
        &self,
        name: &str,
        known: Option<&'static Collection>,
        item: &Item,
        number: usize,
    ) -> String {
        let struck = if is_struck(&self.view.state, name, &item.id) { "(已划去)" } else { "" };
        let fields = match (known, name) {
            (Some(known), _) => self.fields(&item.fields, known.fields),
            (None, "resolutions") => self.resolution(item),
            (None, _) => self.fields(&item.fields, &[]),
        };
        format!("{number}{struck} {}", fields.join(";"))
    }

    fn resolution(&self, item: &Item) -> Vec<String> {
        let text = |field: &str| item.text(field).unwrap_or_default();
        let choice = match text("choice") {
            "alternative" => "采用其中一值",
            "other" => "另填",
            "unsettled" => "暂不写入",
            "struck" => "维持划去",
            "kept" => "予以保留",
            "noted" => "已核对",
            other => other,
        };
        vec![format!("{}:{choice},理由:{}", self.place(text("target")), text("reason"))]
    }

    /// All values; a contested field is read with every one of them.
    fn register(&self, register: &Register, ty: Option<FieldType>) -> String {
        let said: Vec<String> =
            register.alternatives.iter().map(|value| self.value(&value.value, ty)).collect();
        match said.as_slice() {
            [only] => only.clone(),
            several => format!("【有分歧】{}", several.join(" / ")),
        }
    }

    fn value(&self, value: &Value, ty: Option<FieldType>) -> String {
        match (value, ty) {
            (Value::Null, _) => "暂不写入".to_owned(),
            (Value::Bool(flag), _) => if *flag { "是" } else { "否" }.to_owned(),
            (Value::Int(fen), Some(FieldType::Money)) => {
                Fen::new(*fen).map_or_else(|_| fen.to_string(), |fen| fen.to_string())
            }
            (Value::Int(number), _) => number.to_string(),
            (Value::Bytes(bytes), _) => HEXLOWER.encode(bytes),
            (Value::Text(text), Some(FieldType::Code(codes))) => code(codes, text),
            (Value::Text(text), Some(FieldType::Person)) => self.person(text),
            (Value::Text(text), Some(FieldType::Item)) => self.place(text),
            (Value::Text(text), Some(FieldType::Date)) => {
                date(text).unwrap_or_else(|| text.clone())
            }
            (Value::Text(text), Some(FieldType::Time)) => {
                time(text).unwrap_or_else(|| text.clone())
            }
            (Value::Text(text), Some(FieldType::Position)) => {
                text.parse().map_or_else(|_| text.clone(), |position| said(&position))
            }
            (Value::Text(text), Some(FieldType::Record)) => format!("文书{text}"),
            (Value::Text(text), _) => text.clone(),
        }
    }

    fn person(&self, id: &str) -> String {
        match (self.names)(id).filter(|name| name != id) {
            Some(name) => format!("{name}({id})"),
            None => id.to_owned(),
        }
    }

    /// `lines/01J…/quantity` as a person finds it on the paper: 查封、扣押物品第2项数量.
    fn place(&self, path: &str) -> String {
        let mut parts = path.split('/');
        let (Some(shelf), Some(id)) = (parts.next(), parts.next()) else { return path.to_owned() };
        if shelf == "head" {
            let known = self.view.kind.head_field(id);
            return known.map_or_else(|| id.to_owned(), |field| field.label.zh.to_owned());
        }
        let known = self.view.kind.collection(shelf);
        let number = self.view.state.items(shelf).iter().position(|item| item.id == id);
        let (Some(known), Some(number)) = (known, number) else { return path.to_owned() };
        let field = parts.next().map(|name| known.field(name).map_or(name, |field| field.label.zh));
        format!("{}第{}项{}", known.label.zh, number + 1, field.unwrap_or_default())
    }
}

fn code(codes: &'static [(&'static str, Label)], code: &str) -> String {
    let known = codes.iter().find(|(name, _)| *name == code);
    known.map_or_else(|| code.to_owned(), |(_, label)| label.zh.to_owned())
}

/// 2026年3月17日.
fn date(text: &str) -> Option<String> {
    let date: jiff::civil::Date = text.parse().ok()?;
    Some(format!("{}年{}月{}日", date.year(), date.month(), date.day()))
}

/// 2026年3月17日 09:05:00, as the watch on the spot showed it; another offset than Beijing's is read too.
fn time(text: &str) -> Option<String> {
    let (day, rest) = text.split_once('T')?;
    let clock = rest.strip_suffix("+08:00").unwrap_or(rest);
    Some(format!("{} {clock}", date(day)?))
}
