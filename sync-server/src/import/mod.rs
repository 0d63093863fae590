//! Import of reference data: from the bytes a court delivers to typed packs, or to a list of what is
//! wrong with them. Pure: no database, no disk, no clock. All or nothing: either a whole
//! [`ImportPlan`] or [`ImportErrors`]; signing and storing a plan is somebody else's transaction.
//!
//! ```text
//! bytes ─► encoding ─► table / json ─► rows ─► packs ─► validate() ─► cross checks ─► plan
//! ```
//!
//! The rules about content live in the packs themselves (`lastmile_core::pack`); here each problem
//! only gets its line and column. `docs/guides/import.md` tells a court how to prepare files.

use lastmile_core::{
    id::sha256,
    pack::{
        area::AreaPack, case::CasePack, court::CourtPack, grid::GridPack, problem::Fault,
        roster::RosterPack, ruling::MAX_RULING_FILE, seal::SealBlock, station::StationPack,
    },
};
use serde::Serialize;

pub mod areas;
pub mod case_csv;
pub mod cell;
mod checks;
pub mod columns;
pub mod encoding;
pub mod export;
pub mod grid_csv;
pub mod json;
pub mod json_places;
pub mod papers;
pub mod position;
pub mod report;
pub mod roster_csv;
pub mod row;
pub mod source;
pub mod table;
pub mod tidy;

use columns::TableKind;
use encoding::Encoding;
pub use report::{Finding, Findings, ImportErrors, Place};
use source::{JsonText, Origin, Sources};

/// A file as delivered.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Name, shown in the report; its last part is matched against the papers' file names.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What the server already has, against which new data is checked.
#[derive(Debug, Default)]
pub struct Known {
    /// The server's own court code; data of another court is refused.
    pub court: Option<String>,
    /// Seal blocks given out in other cases, by case number.
    pub seal_blocks: Vec<(String, SealBlock)>,
    /// People already enrolled.
    pub roster: Option<RosterPack>,
    /// Whether demonstration stations are to be derived from the areas.
    pub derive_stations: bool,
}

/// What was read from one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// Its name.
    pub name: String,
    /// Encoding, for texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// What it was taken for, Chinese and English.
    pub what: (String, String),
    /// Rows, cases or features.
    pub entries: usize,
}

/// A paper's file, addressed by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// File name without directory.
    pub name: String,
    /// SHA-256.
    pub sha256: [u8; 32],
    /// Index into the input files.
    pub input: usize,
}

/// Everything an import brings, checked.
#[derive(Debug, Default)]
pub struct ImportPlan {
    /// Case packs; version 0 where the court's files do not number them.
    pub cases: Vec<CasePack>,
    /// People.
    pub roster: Option<RosterPack>,
    /// Court settings.
    pub court: Option<CourtPack>,
    /// Divisions and grids.
    pub grid: Option<GridPack>,
    /// Areas.
    pub areas: Option<AreaPack>,
    /// Stations.
    pub stations: Option<StationPack>,
    /// Files of papers that a case refers to.
    pub papers: Vec<Paper>,
    /// What a person should look at.
    pub warnings: Vec<Finding>,
    /// Warnings beyond the list.
    pub more_warnings: usize,
    /// The files.
    pub files: Vec<SourceFile>,
}

/// Packs with where each came from, before the checks.
#[derive(Default)]
struct Draft {
    cases: Vec<(CasePack, Origin)>,
    roster: Option<(RosterPack, Origin)>,
    court: Option<(CourtPack, Origin)>,
    grid: Option<(GridPack, Origin)>,
    areas: Option<(AreaPack, Origin)>,
    stations: Option<(StationPack, Origin)>,
}

/// Reads all files of one import. `progress` hears the name of each file before it is read.
pub fn plan(
    inputs: &[InputFile],
    known: &Known,
    mut progress: impl FnMut(&str),
) -> Result<ImportPlan, ImportErrors> {
    let mut findings = Findings::default();
    let mut sources = Sources::default();
    let mut draft = Draft::default();
    let mut files = Vec::new();
    let mut tables = Vec::new();
    let mut papers = papers::Papers::default();
    for (index, input) in inputs.iter().enumerate() {
        progress(&input.name);
        if !is_data(&input.name) {
            papers.offer(index, input, &mut findings);
            files.push(SourceFile {
                name: input.name.clone(),
                encoding: None,
                what: ("文书文件".into(), "paper".into()),
                entries: 1,
            });
            continue;
        }
        let Some((text, encoding)) = text_of(input, &mut findings) else { continue };
        let (what, entries) = if has_extension(&input.name, &["csv", "tsv"]) {
            read_table(input, text, &mut sources, &mut tables, &mut findings)
        } else {
            read_json(input, text, &mut sources, &mut draft, &mut findings)
        };
        files.push(SourceFile {
            name: input.name.clone(),
            encoding: Some(encoding),
            what,
            entries,
        });
    }
    if inputs.is_empty() {
        findings.add(
            Place::default(),
            "",
            Fault::error("nothing_to_import", "没有文件。", "There are no files."),
        );
    }
    read_tables(&sources, &tables, &mut draft, &mut findings);
    // Content is judged only when the form is right: else one shifted column gives a hundred errors.
    if !findings.refused() {
        checks::all(&mut draft, &sources, known, &mut papers, &mut findings);
    }
    if findings.refused() {
        return Err(findings.into_errors());
    }
    papers.report_unused(&mut findings);
    let (warnings, more_warnings) = findings.into_warnings();
    Ok(ImportPlan {
        cases: draft.cases.into_iter().map(|(case, _)| case).collect(),
        roster: draft.roster.map(|(pack, _)| pack),
        court: draft.court.map(|(pack, _)| pack),
        grid: draft.grid.map(|(pack, _)| pack),
        areas: draft.areas.map(|(pack, _)| pack),
        stations: draft.stations.map(|(pack, _)| pack),
        papers: papers.used(),
        warnings,
        more_warnings,
        files,
    })
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ext)| extensions.iter().any(|known| ext.eq_ignore_ascii_case(known)))
}

fn is_data(name: &str) -> bool {
    has_extension(name, &["csv", "tsv", "json", "geojson"])
}

fn text_of(input: &InputFile, findings: &mut Findings) -> Option<(String, Encoding)> {
    if input.bytes.len() > table::MAX_FILE {
        findings.add(
            Place::file(&input.name),
            "",
            Fault::error(
                "file_too_large",
                "文件超过32MB,请分成几个文件。",
                "The file is larger than 32 MiB; split it.",
            ),
        );
        return None;
    }
    match encoding::decode(&input.bytes) {
        Ok(read) => Some(read),
        Err(error) => {
            let place = error.at.map_or_else(
                || Place::file(&input.name),
                |(line, column)| Place::at(&input.name, line, column),
            );
            findings.add(place, "", error.fault);
            None
        }
    }
}

type Read = ((String, String), usize);

fn nothing() -> Read {
    (("未能识别".into(), "not recognised".into()), 0)
}

fn read_table(
    input: &InputFile,
    text: String,
    sources: &mut Sources,
    tables: &mut Vec<(TableKind, usize)>,
    findings: &mut Findings,
) -> Read {
    let headings = table::headings(&text);
    let stem = input.name.rsplit(['/', '\\']).next().unwrap_or(&input.name);
    let Some(kind) = TableKind::of(stem, &headings) else {
        findings.add(
            Place::at(&input.name, 1, 1),
            "",
            Fault::error(
                "table_unknown",
                "表头无法识别,请对照导入说明。",
                "The header is not that of any known table; see the import guide.",
            ),
        );
        return nothing();
    };
    let (zh, en) = kind.names();
    let mut entries = 0;
    if let Some(table) = table::Table::read(&input.name, text, kind.columns(), findings) {
        entries = table.len();
        tables.push((kind, sources.tables.len()));
        sources.tables.push(table);
    }
    ((zh.into(), en.into()), entries)
}

fn read_json(
    input: &InputFile,
    text: String,
    sources: &mut Sources,
    draft: &mut Draft,
    findings: &mut Findings,
) -> Read {
    let content = json::read(&input.name, &text, findings);
    let file = sources.jsons.len();
    sources.jsons.push(JsonText { file: input.name.clone(), text });
    let origin = || Origin::Json(file, String::new());
    let once = |taken: bool, findings: &mut Findings| {
        if taken {
            findings.add(
                Place::file(&input.name),
                "",
                Fault::error(
                    "pack_repeated",
                    "同类数据包在本次导入中出现两次。",
                    "A pack of this kind appears twice in this import.",
                ),
            );
        }
    };
    let (what, entries) = match content {
        None => return nothing(),
        Some(json::Content::Cases(cases)) => {
            let entries = cases.len();
            draft
                .cases
                .extend(cases.into_iter().map(|(case, path)| (case, Origin::Json(file, path))));
            (("案件", "cases"), entries)
        }
        Some(json::Content::Court(pack)) => {
            once(draft.court.replace((*pack, origin())).is_some(), findings);
            (("法院设置", "court settings"), 1)
        }
        Some(json::Content::Stations(pack)) => {
            let entries = pack.stations.len();
            once(draft.stations.replace((*pack, origin())).is_some(), findings);
            (("派出所", "stations"), entries)
        }
        Some(json::Content::Roster(pack)) => {
            let entries = pack.staff.len();
            once(draft.roster.replace((*pack, origin())).is_some(), findings);
            (("人员名册", "staff"), entries)
        }
        Some(json::Content::Grid(pack)) => {
            once(draft.grid.replace((*pack, origin())).is_some(), findings);
            (("区划和网格", "divisions and grids"), 1)
        }
        Some(json::Content::Features(collection)) => {
            let entries = collection.features.len();
            let pack = areas::read(&collection, &origin(), sources, findings);
            once(draft.areas.replace((pack, origin())).is_some(), findings);
            (("辖区边界", "areas"), entries)
        }
    };
    ((what.0.into(), what.1.into()), entries)
}

fn read_tables(
    sources: &Sources,
    tables: &[(TableKind, usize)],
    draft: &mut Draft,
    findings: &mut Findings,
) {
    let without_cases = tables.iter().find(|(kind, _)| {
        use TableKind::{Objections, Parties, Phones, Rulings, SealBlocks, Team};
        matches!(kind, Parties | Rulings | SealBlocks | Team | Objections | Phones)
    });
    // After a fault of form this may only mean that the table of cases could not be read.
    if let Some((_, at)) = without_cases
        && !findings.refused()
        && !tables.iter().any(|(kind, _)| *kind == TableKind::Cases)
    {
        let file = sources.tables.get(*at).map_or("", |table| table.file.as_str());
        findings.add(
            Place::file(file),
            "",
            Fault::error(
                "cases_table_missing",
                "缺少案件表(cases.csv)。",
                "The table of cases (cases.csv) is missing.",
            ),
        );
        return;
    }
    draft.cases.extend(case_csv::read(sources, tables, findings));
    if let Some(roster) = roster_csv::read(sources, tables, findings) {
        draft.roster = Some(roster);
    }
    if let Some(grid) = grid_csv::read(sources, tables, findings) {
        draft.grid = Some(grid);
    }
}

/// The SHA-256 of a file within the size a paper may have.
fn hash_of(input: &InputFile) -> Option<[u8; 32]> {
    let fits = !input.bytes.is_empty()
        && u64::try_from(input.bytes.len()).is_ok_and(|len| len <= MAX_RULING_FILE);
    fits.then(|| sha256(&input.bytes))
}

#[cfg(test)]
mod tests;
