//! What must hold once every file is read: each pack by itself, then the packs against each other
//! and against what the server already has.

use std::collections::{BTreeMap, BTreeSet};

use lastmile_core::pack::{payload::Payload, problem::Fault, seal};

use super::{
    Draft, Known, areas, case_csv,
    papers::Papers,
    report::Findings,
    source::{Origin, Sources},
    tidy,
};

/// Everything about content: each pack by itself, then the packs against each other.
pub(super) fn all(
    draft: &mut Draft,
    sources: &Sources,
    known: &Known,
    papers: &mut Papers,
    findings: &mut Findings,
) {
    settle_court(draft, sources, known, findings);
    for (case, origin) in &mut draft.cases {
        tidy::identifiers(case);
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

/// Fills in the court where files do not say it: the server's own, else that of the settings or of
/// the cases. What says another court than the server's is refused.
fn settle_court(draft: &mut Draft, sources: &Sources, known: &Known, findings: &mut Findings) {
    for (case, _) in &mut draft.cases {
        if case.court.is_empty() {
            case.court = court_of(&tidy::case_no(&case.case_no));
        }
    }
    let said = draft.court.as_ref().map(|(pack, _)| pack.code.as_str());
    let of_cases =
        draft.cases.iter().map(|(case, _)| case.court.as_str()).find(|code| !code.is_empty());
    let court = known.court.as_deref().or(said).or(of_cases).unwrap_or_default().to_owned();
    let mut settle = |code: &mut String, path: &str, origin: &Origin| {
        if code.is_empty() {
            code.clone_from(&court);
        } else if known.court.as_ref().is_some_and(|own| own != code) {
            let fault = Fault::error(
                "court_differs",
                "这是其他法院的数据。",
                "The data is that of another court.",
            );
            sources.note(origin, path, fault, findings);
        }
    };
    for (case, origin) in &mut draft.cases {
        settle(&mut case.court, "court", origin);
    }
    macro_rules! settle_packs {
        ($($slot:ident . $code:ident),*) => {$(
            if let Some((pack, origin)) = &mut draft.$slot {
                settle(&mut pack.$code, stringify!($code), origin);
            }
        )*};
    }
    settle_packs!(roster.court, court.code, grid.court, areas.court, stations.court);
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
            sources.note(origin, "case_no", case_csv::repeated(), findings);
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
            sources.note(origin, &path, seal::overlap_fault(), findings);
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
                sources.note(origin, &path, fault, findings);
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
                sources.note(origin, &path, fault, findings);
            }
        }
    }
}
