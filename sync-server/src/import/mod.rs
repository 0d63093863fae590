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

use std::collections::{BTreeMap, BTreeSet};

use lastmile_core::{
    id::sha256,
    pack::{
        area::AreaPack,
        case::CasePack,
        court::CourtPack,
        grid::GridPack,
        payload::Payload,
        problem::Fault,
        roster::RosterPack,
        ruling::MAX_RULING_FILE,
        seal::{self, SealBlock},
        station::StationPack,
    },
};
use serde::Serialize;

pub mod areas;
pub mod case_csv;
pub mod cell;
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
        check(&mut draft, &sources, known, &mut papers, &mut findings);
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

/// Everything about content: each pack by itself, then the packs against each other.
fn check(
    draft: &mut Draft,
    sources: &Sources,
    known: &Known,
    papers: &mut papers::Papers,
    findings: &mut Findings,
) {
    let court = draft.court.as_ref().map(|(pack, _)| pack.code.clone());
    for (case, origin) in &mut draft.cases {
        tidy::identifiers(case);
        if case.court.is_empty() {
            case.court = court.clone().unwrap_or_else(|| court_of(&case.case_no));
        }
        papers.attach(case, origin, sources, findings);
        sources.report(origin, case.validate(), findings);
    }
    macro_rules! validate {
        ($($slot:ident),*) => {$(
            if let Some((pack, origin)) = &draft.$slot {
                sources.report(origin, pack.validate(), findings);
            }
        )*};
    }
    validate!(roster, court, grid, stations);
    if let Some((areas, origin)) = &draft.areas {
        // GeoJSON says `features` where the pack says `areas`.
        let problems = areas.validate().into_iter().map(|mut problem| {
            problem.path = problem.path.replacen("areas[", "features[", 1);
            problem
        });
        sources.report(origin, problems.collect(), findings);
    }
    if let (None, Some((areas, origin)), true) =
        (&draft.stations, &draft.areas, known.derive_stations)
    {
        let Origin::Json(file, path) = origin else { return };
        draft.stations = Some((areas::derive_stations(areas), Origin::Json(*file, path.clone())));
    }
    cross_check(draft, sources, known, findings);
}

/// The court code inside a case number.
fn court_of(case_no: &str) -> String {
    use lastmile_core::identifier::case_number;
    case_number::check(case_no, jiff::civil::Date::MAX)
        .parts
        .map_or_else(String::new, |number| number.court)
}

fn cross_check(draft: &Draft, sources: &Sources, known: &Known, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for (index, (case, origin)) in draft.cases.iter().enumerate() {
        if seen.insert(case.case_no.as_str(), index).is_some() {
            findings.add(sources.place(origin, "case_no"), "case_no", case_csv::repeated());
        }
    }
    // Blocks of cases that this import replaces are free again.
    let old = known.seal_blocks.iter().filter(|(case_no, _)| !seen.contains_key(case_no.as_str()));
    let old = old.map(|(_, block)| (None, block));
    let new = draft.cases.iter().enumerate().flat_map(|(case, (pack, _))| {
        pack.seal_blocks.iter().enumerate().map(move |(at, block)| (Some((case, at)), block))
    });
    for clash in seal::overlaps(old.chain(new)) {
        // The one that is in the files; of two, the later.
        let Some((case, at)) = clash.second.max(clash.first) else { continue };
        if let Some((_, origin)) = draft.cases.get(case) {
            let path = format!("seal_blocks[{at}].from");
            findings.add(sources.place(origin, &path), path, seal::overlap_fault());
        }
    }
    check_people(draft, sources, known, findings);
    if let (Some((stations, origin)), Some((areas, _))) = (&draft.stations, &draft.areas) {
        for (index, station) in stations.stations.iter().enumerate() {
            if areas.find(&station.area).is_none() {
                let path = format!("stations[{index}].area");
                let fault = Fault::error(
                    "station_area_unknown",
                    "派出所的辖区不在辖区边界文件中。",
                    "The station's area is not among the areas.",
                );
                findings.add(sources.place(origin, &path), path, fault);
            }
        }
    }
}

/// Everyone a case names must be in the roster, if there is one.
fn check_people(draft: &Draft, sources: &Sources, known: &Known, findings: &mut Findings) {
    let rosters = [draft.roster.as_ref().map(|(pack, _)| pack), known.roster.as_ref()];
    let people: BTreeSet<&str> = rosters
        .iter()
        .flatten()
        .flat_map(|pack| &pack.staff)
        .map(|person| person.id.as_str())
        .collect();
    if people.is_empty() {
        return;
    }
    for (case, origin) in &draft.cases {
        let team = case.team.iter().enumerate().map(|(at, id)| (format!("team[{at}]"), id));
        for (path, id) in std::iter::once(("handler".to_owned(), &case.handler)).chain(team) {
            if !people.contains(id.as_str()) {
                let fault = Fault::error(
                    "staff_unknown",
                    "人员名册中没有这个人员编号。",
                    "The roster does not have this staff id.",
                );
                findings.add(sources.place(origin, &path), path, fault);
            }
        }
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
