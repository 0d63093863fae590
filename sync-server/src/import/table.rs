//! From text to rows: CSV with hard limits, a header in Chinese or English, and a place for every
//! cell. Knows nothing of cases; which columns a table has comes from [`super::columns`].

use lastmile_core::pack::{
    problem::{Fault, Severity},
    text::worst_fault,
};
use unicode_normalization::UnicodeNormalization;

use super::{
    cell,
    columns::{Column, heading},
    position::Lines,
    report::{Findings, Place},
};

/// Most bytes of a file.
pub const MAX_FILE: usize = 32 * 1024 * 1024;
/// Most rows behind the header.
pub const MAX_ROWS: usize = 200_000;
/// Most columns.
pub const MAX_COLUMNS: usize = 200;
/// Most bytes of a cell.
pub const MAX_CELL: usize = 64 * 1024;

/// A table read whole. Cells are in NFC, trimmed, without line breaks.
#[derive(Debug)]
pub struct Table {
    /// File name as given.
    pub file: String,
    text: String,
    lines: Lines,
    delimiter: u8,
    spec: &'static [Column],
    /// For each column of the spec, its place in the file.
    found: Vec<Option<usize>>,
    /// Columns the spec does not know: place and heading.
    unknown: Vec<(usize, String)>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    start: usize,
    cells: Vec<String>,
}

/// The headings of a CSV text, to find out which table it is; empty when it has none.
pub fn headings(text: &str) -> Vec<String> {
    let mut record = csv::StringRecord::new();
    match reader(text, delimiter(text)).read_record(&mut record) {
        Ok(true) => record.iter().take(MAX_COLUMNS).map(heading).collect(),
        _ => Vec::new(),
    }
}

/// Comma, unless the first line has tabs or semicolons only (as some exports do).
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or("");
    if first.contains(',') {
        b','
    } else if first.contains('\t') {
        b'\t'
    } else if first.contains(';') {
        b';'
    } else {
        b','
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
}

impl Table {
    /// Reads `text` as a table of `spec`. Problems go to `findings`; a table is returned even then,
    /// as far as it could be read, so that one run reports as much as possible.
    pub fn read(
        file: &str,
        text: String,
        spec: &'static [Column],
        findings: &mut Findings,
    ) -> Option<Self> {
        let delimiter = delimiter(&text);
        let lines = Lines::of(&text);
        let mut table = Self {
            file: file.to_owned(),
            delimiter,
            lines,
            spec,
            found: vec![None; spec.len()],
            unknown: Vec::new(),
            rows: Vec::new(),
            text: String::new(),
        };
        let mut csv = reader(&text, delimiter);
        let mut record = csv::StringRecord::new();
        let mut header: Option<usize> = None;
        let mut last_start = 0;
        loop {
            let start = usize::try_from(csv.position().byte()).unwrap_or(usize::MAX);
            match csv.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => {
                    findings.add(Place::file(file), "", unreadable());
                    return None;
                }
            }
            let start = cell::skip_line_ends(&text, start);
            last_start = start;
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            match header {
                None => {
                    let place = |table: &Self, at| table.place_in(&text, start, at, 0);
                    if record.len() > MAX_COLUMNS {
                        findings.add(
                            Place::at(file, 1, 1),
                            "",
                            too_many("columns_too_many", "列", MAX_COLUMNS),
                        );
                        return None;
                    }
                    let before = findings.error_count();
                    table.read_header(&record, findings, place);
                    if findings.error_count() > before {
                        // Under a wrong header every row would be wrong too.
                        return None;
                    }
                    header = Some(record.len());
                }
                Some(width) => {
                    if table.rows.len() >= MAX_ROWS {
                        let (line, column) = table.lines.locate(&text, start);
                        findings.add(
                            Place::at(file, line, column),
                            "",
                            too_many("rows_too_many", "行", MAX_ROWS),
                        );
                        return None;
                    }
                    if let Some(cells) = table.read_row(&text, start, &record, width, findings) {
                        table.rows.push(Row { start, cells });
                    }
                }
            }
        }
        if let Some(at) = cell::unclosed_quote(&text, last_start, delimiter) {
            let (line, column) = table.lines.locate(&text, at);
            findings.add(Place::at(file, line, column), "", unclosed());
        }
        if header.is_none() {
            findings.add(
                Place::at(file, 1, 1),
                "",
                Fault::error("file_empty", "文件是空的。", "The file is empty."),
            );
            return None;
        }
        table.text = text;
        Some(table)
    }

    fn read_header(
        &mut self,
        record: &csv::StringRecord,
        findings: &mut Findings,
        place: impl Fn(&Self, usize) -> Place,
    ) {
        for (at, title) in record.iter().enumerate() {
            let name = heading(title);
            let spec = self.spec.iter().position(|column| column.is_named(&name));
            match spec {
                Some(index) if self.found.get(index).copied().flatten().is_some() => findings.add(
                    place(self, at),
                    title,
                    Fault::error(
                        "column_repeated",
                        "表头重复,无法确定用哪一列。",
                        "The column appears twice.",
                    ),
                ),
                Some(index) => {
                    if let Some(slot) = self.found.get_mut(index) {
                        *slot = Some(at);
                    }
                }
                None if name.is_empty() => {}
                None => {
                    findings.add(
                        place(self, at),
                        title,
                        match worst_fault(title.trim()) {
                            Some(found) if found.fault.severity == Severity::Error => found.fault,
                            _ => Fault::warning(
                                "column_unknown",
                                "不认识的列,内容将作为附加字段保留。",
                                "Unknown column; its values are kept as additional fields.",
                            ),
                        },
                    );
                    self.unknown.push((at, title.trim().nfc().collect()));
                }
            }
        }
        let missing: Vec<&Column> = self
            .spec
            .iter()
            .zip(&self.found)
            .filter(|(column, found)| column.required && found.is_none())
            .map(|(column, _)| column)
            .collect();
        for column in missing {
            findings.add(
                place(self, 0),
                column.names.first().copied().unwrap_or(""),
                Fault::error(
                    "column_missing",
                    format!("缺少“{}”列。", column.zh()),
                    format!("The column {} is missing.", column.en()),
                ),
            );
        }
    }

    fn read_row(
        &self,
        text: &str,
        start: usize,
        record: &csv::StringRecord,
        width: usize,
        findings: &mut Findings,
    ) -> Option<Vec<String>> {
        if record.len() < width {
            findings.add(
                self.place_in(text, start, record.len().saturating_sub(1), 0),
                "",
                Fault::error(
                    "row_too_short",
                    format!("本行只有{}列,表头有{width}列。", record.len()),
                    format!("The row has {} cells, the header {width}.", record.len()),
                ),
            );
            return None;
        }
        let mut good = true;
        let mut cells = Vec::with_capacity(record.len());
        for (at, raw) in record.iter().enumerate() {
            if at >= width {
                if !raw.trim().is_empty() {
                    good = false;
                    findings.add(
                        self.place_in(text, start, at, 0),
                        "",
                        Fault::error(
                            "row_too_long",
                            format!("本行超出表头的{width}列,可能有未加引号的逗号。"),
                            format!("The row has more than the header's {width} cells; a comma may need quotes."),
                        ),
                    );
                    break;
                }
                continue;
            }
            match clean(raw) {
                Ok((value, notes)) => {
                    for fault in notes {
                        findings.add(self.place_in(text, start, at, 0), self.title(at), fault);
                    }
                    cells.push(value);
                }
                Err((offset, fault)) => {
                    good = false;
                    findings.add(self.place_in(text, start, at, offset), self.title(at), fault);
                }
            }
        }
        good.then_some(cells)
    }

    /// Rows behind the header.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The cell of a field; none when the column or the value is not there.
    pub fn get(&self, row: usize, field: &str) -> Option<&str> {
        let at = self.column_of(field)?;
        self.rows.get(row)?.cells.get(at).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The filled cells of columns the spec does not know.
    pub fn unknown(&self, row: usize) -> impl Iterator<Item = (&str, &str)> {
        self.unknown.iter().filter_map(move |(at, title)| {
            let text = self.rows.get(row)?.cells.get(*at)?;
            (!text.is_empty()).then_some((title.as_str(), text.as_str()))
        })
    }

    /// Where the cell of a field stands; the row's beginning when the column is not there.
    pub fn place(&self, row: usize, field: &str) -> Place {
        let start = self.rows.get(row).map_or(0, |row| row.start);
        self.place_in(&self.text, start, self.column_of(field).unwrap_or(0), 0)
    }

    fn column_of(&self, field: &str) -> Option<usize> {
        // A path into the pack may go deeper than the column: `file.sha256` is read from `file`.
        let index = self.spec.iter().position(|column| column.field == field).or_else(|| {
            self.spec.iter().position(|column| {
                field.strip_prefix(column.field).is_some_and(|rest| rest.starts_with(['.', '[']))
            })
        })?;
        self.found.get(index).copied().flatten()
    }

    fn title(&self, at: usize) -> String {
        let known = self.found.iter().position(|found| *found == Some(at));
        known
            .and_then(|index| self.spec.get(index))
            .map_or_else(String::new, |column| column.zh().to_owned())
    }

    fn place_in(&self, text: &str, row_start: usize, cell: usize, character: usize) -> Place {
        let at = cell::locate(text, row_start, self.delimiter, cell, character);
        let (line, column) = self.lines.locate(text, at);
        Place::at(&self.file, line, column)
    }
}

/// A cell as it is kept, or what refuses it and at which of its characters.
fn clean(raw: &str) -> Result<(String, Vec<Fault>), (usize, Fault)> {
    if raw.len() > MAX_CELL {
        return Err((
            0,
            Fault::error("cell_too_long", "单元格内容超过64KB。", "The cell has more than 64 KiB."),
        ));
    }
    let mut notes = Vec::new();
    let leading = raw.chars().take_while(|c| c.is_whitespace()).count();
    let inner = raw.trim();
    let mut value = String::with_capacity(inner.len());
    if inner.contains(['\n', '\r']) {
        notes.push(Fault::warning(
            "line_break_in_cell",
            "单元格内有换行,已改为空格。",
            "A line break inside the cell was turned into a space.",
        ));
        let joined: Vec<&str> =
            inner.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect();
        value.push_str(&joined.join(" "));
    } else {
        value.push_str(inner);
    }
    if let Some(found) = worst_fault(&value)
        && found.fault.severity == Severity::Error
    {
        let bad = value.chars().nth(found.at);
        let at = inner.chars().position(|c| Some(c) == bad).unwrap_or(0);
        return Err((leading + at, found.fault));
    }
    if cell::looks_like_formula(&value) {
        notes.push(Fault::warning(
            "formula_like",
            "内容像表格公式,按文字保留;再导出时会加保护。",
            "The cell looks like a spreadsheet formula; it is kept as text and protected on export.",
        ));
    }
    Ok((value.nfc().collect(), notes))
}

fn unreadable() -> Fault {
    Fault::error("csv_unreadable", "文件不是可读的CSV。", "The file is not readable CSV.")
}

fn unclosed() -> Fault {
    Fault::error(
        "quote_not_closed",
        "此处的引号没有结束,后面的行都被并入了这个单元格。",
        "The quotation mark opened here is never closed; all following lines ended up in this cell.",
    )
}

fn too_many(code: &'static str, what: &str, max: usize) -> Fault {
    Fault::error(
        code,
        format!("{what}数超过{max},请分成几个文件。"),
        format!("More than {max} rows or columns; split the file."),
    )
}
