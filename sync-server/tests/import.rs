//! Import against files nobody here wrote: the demonstration's delivery, published divisions and
//! polygons, hostile CSV, JSON and GeoJSON; and two properties.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{collections::BTreeMap, fs, path::PathBuf};

use lastmile_core::pack::{grid::Level, payload::Payload};
use lastmile_server::import::{
    Findings, ImportErrors, ImportPlan, InputFile, Known,
    columns::{Column, TableKind},
    encoding::decode,
    export, plan,
    table::Table,
};
use proptest::prelude::*;

fn path(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(relative)
}

fn read(relative: &str) -> InputFile {
    InputFile { name: relative.into(), bytes: fs::read(path(relative)).unwrap() }
}

fn folder(relative: &str) -> Vec<InputFile> {
    let mut names: Vec<_> =
        fs::read_dir(path(relative)).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    let names = names.iter().map(|name| name.to_string_lossy());
    names
        .filter(|name| !name.starts_with("README"))
        .map(|name| read(&format!("{relative}/{name}")))
        .collect()
}

fn demo() -> Vec<InputFile> {
    folder("sync-server/data/demo")
}

fn run(files: &[InputFile]) -> Result<ImportPlan, ImportErrors> {
    plan(files, &Known { derive_stations: true, ..Known::default() }, |_| {})
}

#[test]
fn the_day_in_nanhai_is_imported_whole() {
    let mut files = demo();
    files.push(read("core/data/geo/nanhai_towns_wgs84_osm.geojson"));
    let plan = run(&files).unwrap();
    assert_eq!(plan.warnings, [], "a demonstration should not begin with a warning");
    let numbers: Vec<_> = plan.cases.iter().map(|case| case.case_no.as_str()).collect();
    assert_eq!(plan.cases.len(), 3, "{numbers:?}");
    for case in &plan.cases {
        assert_eq!(case.version, 41);
        assert!(
            case.rulings
                .iter()
                .all(|ruling| ruling.file.as_ref().is_some_and(|file| file.sha256.len() == 64))
        );
    }
    let case = |no: &str| plan.cases.iter().find(|case| case.case_no == no).unwrap();
    let k1 = case("(2026)粤0605执1101号");
    assert_eq!((k1.claim_fen, k1.handler.as_str()), (48_000_000, "luqihang"));
    let debtor = k1.party("D1").unwrap();
    assert_eq!(debtor.credit_code.as_deref(), Some("914406050000000193"));
    assert_eq!(debtor.legal_rep.as_deref(), Some("罗敬文"));
    let k2 = case("(2026)粤0605执1102号");
    assert_eq!(k2.rulings[0].deadline_on, Some(jiff::civil::date(2026, 3, 15)));
    assert!(k2.rulings[0].signed_by_president);
    let k3 = case("(2026)粤0605执1103号");
    assert_eq!((k3.claim_fen, k3.parties.len()), (18_640_000, 13));
    let stations = plan.stations.unwrap();
    assert_eq!((stations.stations.len(), stations.court.as_str()), (7, "粤0605"));
    let jiujiang = stations.for_area("440605121").unwrap();
    assert_eq!((jiujiang.name.as_str(), jiujiang.derived), ("九江派出所", true));
    assert!(
        jiujiang
            .position
            .as_deref()
            .is_some_and(|at| at.starts_with("geo:22.8") && at.contains(",112.9"))
    );
    assert_eq!(plan.roster.unwrap().staff.len(), 9);
    assert_eq!(plan.court.unwrap().recorders_required, 2);
    assert_eq!(plan.papers.len(), 3);
}

/// Every example of the guide, by the folder in its marker.
#[test]
fn the_guide_says_what_works() {
    let guide = fs::read_to_string(path("docs/guides/import.md")).unwrap();
    let mut examples: BTreeMap<&str, Vec<InputFile>> = BTreeMap::new();
    for part in guide.split("<!-- example: ").skip(1) {
        let (name, rest) = part.split_once(" -->").unwrap();
        let body = rest.split("```").nth(1).unwrap();
        let body = body.split_once('\n').unwrap().1;
        let (folder, _) = name.split_once('/').unwrap();
        examples
            .entry(folder)
            .or_default()
            .push(InputFile { name: name.into(), bytes: body.into() });
    }
    assert_eq!(examples.keys().copied().collect::<Vec<_>>(), ["english", "json", "minimal"]);
    let paper = InputFile { name: "裁定.txt".into(), bytes: b"text".to_vec() };
    examples.get_mut("minimal").unwrap().push(paper);
    for (folder, files) in examples {
        let plan = run(&files).unwrap_or_else(|refused| panic!("{folder}: {refused:?}"));
        assert_eq!(plan.cases.len(), 1, "{folder}");
        assert_eq!(plan.warnings, [], "{folder}");
    }
    // Every column named in the guide exists, and every column is named.
    for kind in TableKind::ALL {
        let case_tables = kind.columns().iter().filter(|_| kind <= TableKind::Staff);
        for column in case_tables {
            assert!(guide.contains(column.zh()) && guide.contains(column.en()), "{}", column.en());
        }
    }
}

#[test]
fn the_command_reports_and_exits_by_the_table() {
    let command = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lastmile-server"));
        let output = command.current_dir(path("")).args(args).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = command(&["import", "--check", "--lang", "zh", "sync-server/data/demo"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("检查通过:案件3件,文书文件3个,提醒0条。"), "{text}");
    assert!(text.contains("parties_gb18030.csv  当事人 15  GB18030"), "{text}");
    let bad = "tests/data/hostile/generated/invalid_utf8.csv";
    let (code, text) = command(&["import", "--check", "--lang", "en", bad]);
    assert_eq!(code, Some(1));
    assert!(text.starts_with(&format!("{bad}:2:7: error[utf8_invalid] ")), "{text}");
    let (code, text) = command(&["import", "--check", "--json", bad]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &report["errors"][0]["line"]), (Some(1), &2.into()));
    assert_eq!(command(&["import", "--check", "no-such-file.csv"]).0, Some(3));
    assert_eq!(command(&["import"]).0, Some(2));
}

#[test]
fn published_divisions_are_imported() {
    let tables = [
        "china_provinces",
        "china_cities",
        "china_areas_gb2260",
        "foshan_streets",
        "foshan_committees",
    ];
    let files: Vec<_> =
        tables.iter().map(|name| read(&format!("core/data/admin/{name}.csv"))).collect();
    let plan = run(&files).unwrap();
    let grid = plan.grid.unwrap();
    let counts: Vec<_> = Level::ALL.into_iter().map(|level| grid.level(level).len()).collect();
    assert_eq!(counts, [31, 342, 2_978, 41, 818, 0]);
    let mut names: Vec<&str> =
        grid.committees.iter().map(|committee| committee.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() < 818, "names repeat, codes do not");
    let first = &grid.committees[0];
    assert_eq!(
        grid.full_name(&first.code).unwrap(),
        format!("广东省佛山市禅城区石湾镇街道{}", first.name)
    );
}

/// A report is bounded and quick however many faults a file has: places are looked for only while
/// they are kept.
#[test]
fn ten_thousand_bad_cases_give_a_short_report() {
    let case = r#"{"case_no":"x","as_of":"2026-03-17T06:00:00+08:00"}"#;
    let json = format!("[{}]", vec![case; 10_000].join(",\n"));
    let refused = run(&[InputFile { name: "many.json".into(), bytes: json.into() }]).unwrap_err();
    assert_eq!(refused.errors.len(), Findings::MAX);
    assert!(refused.more > 10_000);
    let last = refused.errors.last().unwrap();
    assert!(last.place.line.is_some_and(|line| (10..40).contains(&line)), "{last:?}");
}

/// A spec without columns: every heading is unknown and kept.
const ANY: &[Column] = &[];

#[test]
fn every_csv_dialect_is_read_as_expected() {
    let mut seen = 0;
    for file in folder("tests/data/hostile/csv_spectrum/csvs") {
        let stem = PathBuf::from(&file.name).file_stem().unwrap().to_string_lossy().into_owned();
        let Ok((text, _)) = decode(&file.bytes) else { panic!("{stem} is not text") };
        let mut findings = Findings::default();
        let table = Table::read(&file.name, text, ANY, &mut findings).unwrap();
        assert!(
            !findings.refused() || stem == "location_coordinates",
            "{stem}: {:?}",
            findings.errors()
        );
        if stem == "location_coordinates" {
            continue; // already damaged upstream: it contains U+FFFD, which is refused
        }
        let expected =
            fs::read(path(&format!("tests/data/hostile/csv_spectrum/json/{stem}.json"))).unwrap();
        let expected: Vec<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_slice(&expected).unwrap();
        assert_eq!(table.len(), expected.len(), "{stem}");
        for (row, want) in expected.iter().enumerate() {
            let got: Vec<_> = table.unknown(row).collect();
            let want: Vec<_> = want
                .iter()
                .map(|(key, value)| (key.as_str(), one_line(value.as_str().unwrap())))
                .filter(|(_, value)| !value.is_empty())
                .collect();
            let mut got: Vec<_> =
                got.into_iter().map(|(key, value)| (key, value.to_owned())).collect();
            got.sort_unstable();
            let mut want = want;
            want.sort_unstable();
            assert_eq!(got, want, "{stem} row {row}");
        }
        seen += 1;
    }
    assert_eq!(seen, 11);
}

/// Line breaks inside cells become spaces.
fn one_line(text: &str) -> String {
    text.split(['\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn hostile_tables_are_refused_with_a_place() {
    let codes = |name: &str| {
        let refused = run(&[read(&format!("tests/data/hostile/generated/{name}"))]).unwrap_err();
        refused.errors.iter().map(|e| (e.place.line, e.place.column, e.code)).collect::<Vec<_>>()
    };
    let damaged = codes("invalid_utf8.csv");
    assert_eq!(damaged.len(), 1);
    assert_eq!(damaged[0].2, "utf8_invalid");
    assert_eq!(damaged[0].0, Some(2));
    for name in ["case_import_gb18030.csv", "case_import_injection_utf8_bom.csv"] {
        assert_eq!(codes(name)[0].2, "column_missing", "{name}");
        let file = read(&format!("tests/data/hostile/generated/{name}"));
        let mut findings = Findings::default();
        let table = Table::read(name, decode(&file.bytes).unwrap().0, ANY, &mut findings).unwrap();
        let places: Vec<_> =
            findings.errors().iter().map(|e| (e.place.to_string(), e.code)).collect();
        assert_eq!(places, [(format!("{name}:5:28"), "bidi_override")]);
        let formulas = findings.into_warnings().0.into_iter().filter(|w| w.code == "formula_like");
        assert_eq!(formulas.count(), 6);
        assert_eq!(
            table.unknown(0).next().unwrap().1,
            r#"=HYPERLINK("http://127.0.0.1/x","点击")"#,
            "kept as text"
        );
    }
}

#[test]
fn hostile_geojson_is_refused() {
    let point = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1","name":"a"},"geometry":GEOMETRY}]}"#;
    let code = |geometry: &str| {
        let file = InputFile {
            name: "a.geojson".into(),
            bytes: point.replace("GEOMETRY", geometry).into_bytes(),
        };
        run(&[file]).err().map(|refused| refused.errors[0].code)
    };
    let polygon = |ring: &str| format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
    let square = "[[113.1,23.0],[113.2,23.0],[113.2,23.1],[113.1,23.0]]";
    assert_eq!(code(&polygon(square)), None);
    assert_eq!(
        code(&polygon(
            "[[113.10,23.00],[113.20,23.10],[113.20,23.00],[113.10,23.10],[113.10,23.00]]"
        )),
        Some("polygon_invalid")
    );
    assert_eq!(
        code(&polygon("[[23.0,113.1],[23.0,113.2],[23.1,113.2],[23.0,113.1]]")),
        Some("lat_lon_swapped")
    );
    assert_eq!(
        code(&polygon("[[12594900.5,2633941.9],[1,2],[3,4],[12594900.5,2633941.9]]")),
        Some("point_invalid")
    );
    assert_eq!(
        code(r#"{"type":"Point","coordinates":[113.1,23.0]}"#),
        Some("geometry_not_polygon")
    );
    assert_eq!(code("null"), Some("geometry_not_polygon"));
    assert_eq!(code(&"[".repeat(20_000)), Some("json_malformed"));
    let crs = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[]}"#;
    let refused = run(&[InputFile { name: "c.json".into(), bytes: crs.into() }]).unwrap_err();
    assert_eq!(refused.errors[0].code, "crs_not_wgs84");
}

#[test]
fn hostile_json_never_panics_and_is_refused() {
    let mut files = folder("tests/data/hostile/jsontestsuite/test_parsing");
    assert!(files.len() > 300);
    for (name, unit) in [("n_brackets.json", "["), ("n_open.json", "[{\"\":")] {
        files.push(InputFile { name: name.into(), bytes: unit.repeat(100_000).into_bytes() });
    }
    for file in files {
        let outcome = run(std::slice::from_ref(&file));
        // The suite's valid texts are no cases either; an empty array brings nothing.
        let harmless = outcome.as_ref().is_ok_and(|plan| plan.cases.is_empty());
        assert!(outcome.is_err() || harmless, "{}", file.name);
    }
}

#[test]
fn naughty_strings_in_a_cell_are_kept_or_refused() {
    let naughty: Vec<String> =
        serde_json::from_slice(&read("tests/data/hostile/blns/blns.json").bytes).unwrap();
    let files = demo();
    for text in naughty {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(["case_no", "name", "phone"]).unwrap();
        csv.write_record(["(2026)粤0605执1101号", &text, "110"]).unwrap();
        let mut files = files.clone();
        files.retain(|file| !file.name.ends_with("phones.csv"));
        files.push(InputFile { name: "phones.csv".into(), bytes: csv.into_inner().unwrap() });
        match run(&files) {
            Ok(plan) => {
                let case =
                    plan.cases.iter().find(|case| case.case_no == "(2026)粤0605执1101号").unwrap();
                assert!(
                    !case.duty_phones[0].name.contains(|c: char| c.is_control() || c == '\u{202e}')
                );
            }
            Err(refused) => assert!(
                refused.errors.iter().all(|error| error.place.line.is_some()),
                "{refused:?}"
            ),
        }
    }
}

#[test]
fn an_export_is_imported_again_without_loss() {
    let first = run(&demo()).unwrap();
    let mut files = export::tables(&first.cases).unwrap();
    files.extend(demo().into_iter().filter(|file| {
        file.name.contains("K1-ruling")
            || file.name.contains("K2-notice")
            || file.name.contains("K3-ruling")
    }));
    let second = plan(&files, &Known::default(), |_| {}).unwrap();
    let sorted = |plan: &ImportPlan| {
        let mut cases = plan.cases.clone();
        cases.sort_by(|a, b| a.case_no.cmp(&b.case_no));
        cases
    };
    assert_eq!(sorted(&second), sorted(&first));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z=+@-][\\u{4e00}-\\u{4fff}A-Za-z0-9 ,\"'=+@-]{0,20}[a-z]",
        "[\\u{4e00}-\\u{9fa5}]{1,12}",
        Just("\"引号\", 和逗号".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever texts and amounts a case holds, its tables and its JSON bring it back.
    #[test]
    fn any_case_survives_export_and_import(
        cause in text(), name in text(), address in text(), note in text(),
        claim in 0_i64..9_000_000_000_000, sent in 0_i32..4_000, authority in any::<bool>(),
    ) {
        let mut case = run(&demo()).unwrap().cases.remove(0);
        case.rulings.clear();
        case.cause = cause;
        case.claim_fen = claim;
        case.parties[0].name = name;
        case.parties[0].address = Some(address);
        case.parties[0].extra.insert("备注".into(), note.into());
        case.execution_notice.served_on = None;
        case.execution_notice.sent_on = Some(jiff::civil::date(2016, 1, 1).saturating_add(jiff::Span::new().days(sent)));
        case.duty_phones.truncate(usize::from(authority));
        let cases = vec![case];
        let files = export::tables(&cases).unwrap();
        let again = plan(&files, &Known::default(), |_| {}).map_err(|e| TestCaseError::fail(format!("{e:?}")))?;
        prop_assert_eq!(&again.cases, &cases);
        let json = InputFile { name: "case.json".into(), bytes: cases[0].encode().unwrap() };
        let again = plan(&[json], &Known::default(), |_| {}).map_err(|e| TestCaseError::fail(format!("{e:?}")))?;
        prop_assert_eq!(&again.cases, &cases);
    }

    /// A changed byte anywhere gives a plan or a list of faults, never a panic.
    #[test]
    fn a_changed_byte_never_panics(file in 0_usize..12, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut files = demo();
        let index = file % files.len();
        let bytes = &mut files[index].bytes;
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Err(refused) = run(&files) {
            prop_assert!(!refused.errors.is_empty());
        }
    }
}
