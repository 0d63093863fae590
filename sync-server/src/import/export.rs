//! Case packs as the tables they are imported from, so that a court can correct and return them.
//! What a table has no column for (additional fields that are not text) stays in the JSON form.

use std::collections::BTreeSet;

use lastmile_core::pack::case::CasePack;
use serde_json::Value as Json;

use super::{
    InputFile,
    cell::protect,
    columns::{Column, TableKind},
};

/// The tables of these cases, as UTF-8 with a mark (so that spreadsheets read Chinese), with
/// Chinese headers. Cells that look like formulas are held back by a tab.
pub fn tables(cases: &[CasePack]) -> Result<Vec<InputFile>, csv::Error> {
    use TableKind::{Cases, Objections, Parties, Phones, Rulings, SealBlocks, Team};
    let lists: [(TableKind, &str); 7] = [
        (Cases, ""),
        (Parties, "parties"),
        (Rulings, "rulings"),
        (SealBlocks, "seal_blocks"),
        (Team, "team"),
        (Objections, "objections"),
        (Phones, "duty_phones"),
    ];
    let values: Vec<Json> =
        cases.iter().map(serde_json::to_value).collect::<Result<_, _>>().map_err(io)?;
    lists.into_iter().map(|(kind, list)| table(kind, list, &values)).collect()
}

fn io(error: serde_json::Error) -> csv::Error {
    csv::Error::from(std::io::Error::from(error))
}

fn table(kind: TableKind, list: &str, cases: &[Json]) -> Result<InputFile, csv::Error> {
    let rows: Vec<(&Json, &Json)> = cases
        .iter()
        .flat_map(|case| {
            let rows: Vec<&Json> = match case.get(list).and_then(Json::as_array) {
                Some(items) => items.iter().collect(),
                None => vec![case],
            };
            rows.into_iter().map(move |row| (case, row))
        })
        .collect();
    let columns = kind.columns();
    let extra: BTreeSet<&str> =
        rows.iter().flat_map(|(_, row)| extra_texts(row, kind)).map(|(key, _)| key).collect();
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    let mut header: Vec<&str> = columns.iter().map(Column::zh).collect();
    header.extend(&extra);
    writer.write_record(&header)?;
    for (case, row) in rows {
        let known = columns.iter().map(|column| protect(&cell(case, row, column.field)));
        let more = extra
            .iter()
            .map(|key| protect(row.get(*key).and_then(Json::as_str).unwrap_or_default()));
        writer.write_record(known.chain(more))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    let name = kind.file_words().first().copied().unwrap_or("table");
    Ok(InputFile { name: format!("{name}.csv"), bytes })
}

/// The text of a cell: the value at `field`, in the form the import reads.
fn cell(case: &Json, row: &Json, field: &str) -> String {
    match field {
        "case_no" => return text(case.get("case_no")),
        "staff" if row.is_string() => return text(Some(row)),
        "from" | "to" if row.get("prefix").is_some() => {
            let number = row.get(field).and_then(Json::as_u64).unwrap_or(0);
            return format!("{}{number:04}", text(row.get("prefix")));
        }
        "file" => return text(row.pointer("/file/name")),
        "claim_fen" | "cost_fen" => {
            return yuan(row.get(field).and_then(Json::as_i64).unwrap_or(0));
        }
        _ => {}
    }
    // The delivered form, where the pack keeps it.
    if let Some(raw) = row.get("raw").and_then(|raw| raw.get(field)) {
        return text(Some(raw));
    }
    text(row.pointer(&format!("/{}", field.replace('.', "/"))))
}

fn text(value: Option<&Json>) -> String {
    match value {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(flag)) => if *flag { "是" } else { "否" }.to_owned(),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Additional fields of a row that are text.
fn extra_texts(row: &Json, kind: TableKind) -> Vec<(&str, &str)> {
    let Some(map) = row.as_object() else { return Vec::new() };
    let own = |key: &str| {
        matches!(key, "raw" | "file" | "prefix" | "status" | "account" | "execution_notice")
            || kind.columns().iter().any(|column| column.field == key)
    };
    map.iter()
        .filter(|(key, _)| !own(key))
        .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
        .collect()
}
