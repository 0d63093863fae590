//! Faults by file, line, column and code; and that one fault refuses everything.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

const CASES: &str = "案号,案由,承办人编号,申请执行标的(元),案件状态,数据截至\n\
    （2026）粤 0605 执 1101 号,买卖合同纠纷,luqihang,\"480,000.00\",执行中,2026-03-17 06:00\n\
    (2026)粤0605执1103号,追索劳动报酬纠纷,wenruotang,18.64万,执行中,2026-03-17 06:00\n";
const PARTIES: &str = "案号,当事人编号,诉讼地位,当事人类型,姓名或名称,身份证号码,联系电话\n\
    (2026)粤0605执1101号,A1,申请执行人,法人或其他组织,佛山市示例商贸有限公司,,\n\
    (2026)粤0605执1101号,D1,被执行人,自然人,简志成,440605190001010013,\n\
    (2026)粤0605执1103号,A1,申请人,公民,区文生,44060419120229003x,138 0000 0000\n\
    (2026)粤0605执1103号,D1,被执行人,个人,黎伟昌,440605190909099994,\n";
const BLOCKS: &str = "案号,领用人编号,起号,止号\n\
    (2026)粤0605执1101号,luqihang,S0001,S0050\n\
    (2026)粤0605执1103号,wenruotang,S0051,S0100\n";

fn file(name: &str, text: &str) -> InputFile {
    InputFile { name: name.into(), bytes: text.as_bytes().to_vec() }
}

fn good() -> Vec<InputFile> {
    vec![file("cases.csv", CASES), file("parties.csv", PARTIES), file("seal_blocks.csv", BLOCKS)]
}

fn run(files: &[InputFile]) -> Result<ImportPlan, ImportErrors> {
    plan(files, &Known::default(), |_| {})
}

/// The errors as `file:line:column code`.
fn errors(files: &[InputFile]) -> Vec<String> {
    let refused = run(files).unwrap_err();
    refused.errors.iter().map(|finding| format!("{} {}", finding.place, finding.code)).collect()
}

/// The good files with one replacement in one of them.
fn with(index: usize, from: &str, to: &str) -> Vec<InputFile> {
    let mut files = good();
    let text = String::from_utf8(files[index].bytes.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    files[index].bytes = text.replacen(from, to, 1).into_bytes();
    files
}

#[test]
fn good_tables_become_packs() {
    let plan = run(&good()).unwrap();
    assert_eq!(plan.cases.len(), 2);
    let case = &plan.cases[0];
    assert_eq!(case.case_no, "(2026)粤0605执1101号");
    assert_eq!(case.court, "粤0605", "from the case number, when no column says it");
    assert_eq!(case.claim_fen, 48_000_000);
    assert_eq!(case.seal_blocks[0].print(case.seal_blocks[0].to), "S0050");
    assert_eq!(plan.cases[1].claim_fen, 18_640_000);
    let worker = &plan.cases[1].parties[0];
    assert_eq!(worker.id_no.as_deref(), Some("44060419120229003X"));
    assert_eq!(worker.phone.as_deref(), Some("13800000000"));
    assert_eq!(worker.raw["phone"], "138 0000 0000", "what was delivered is kept");
}

/// Line and column of `needle` in a file, counted the plain way: `cases.csv:2:49`.
fn position(file: &InputFile, needle: &str) -> String {
    let text = std::str::from_utf8(&file.bytes).unwrap();
    let before: Vec<&str> = text[..text.find(needle).unwrap()].split('\n').collect();
    let column = before.last().unwrap().chars().count() + 1;
    format!("{}:{}:{column}", file.name, before.len())
}

#[test]
fn faults_are_placed_by_line_and_character() {
    // File, what is replaced, by what, where the fault is to be found, its code.
    let cases = [
        (0, "执行中", "执行种", "执行种", "word_unknown"),
        (0, "18.64万", "1e5", "1e5", "money_form"),
        (0, "2026-03-17 06:00\n(", "46098\n(", "46098", "date_is_spreadsheet_number"),
        (0, "案由", "案由,案由", "案由,承办", "column_repeated"),
        (0, "标的(元)", "标的(万元)", "案号", "column_missing"),
        (1, "440605190001010013", "4406051900010100", "4406051900010100", "resident_id_length"),
        (1, "440605190001010013", "4.40605E+17", "4.40605E+17", "number_damaged_by_spreadsheet"),
        (1, "简志成", "简\u{202e}成", "\u{202e}", "bidi_override"),
        (1, "(2026)粤0605执1103号,D1", "(2026)粤0605执9号,D1", "(2026)粤0605执9号", "case_unknown"),
        (1, "D1,被执行人,个人", "A1,被执行人,个人", "A1,被执行人,个人", "party_id_repeated"),
        (2, "S0051", "S0050", "S0050,S0100", "seal_blocks_overlap"),
        (2, "S0051", "S51", "S51", "seal_number_invalid"),
        (2, "wenruotang", "stranger", "stranger", "seal_staff_not_in_team"),
        (2, "S0050\n", "S0050,x\n", "x\n", "row_too_long"),
        (2, ",S0100\n", "\n", "S0051\n", "row_too_short"),
    ];
    for (index, from, to, needle, code) in cases {
        let files = with(index, from, to);
        // One fault, and no others that only follow from it.
        assert_eq!(errors(&files), [format!("{} {code}", position(&files[index], needle))], "{to}");
    }
}

#[test]
fn an_open_quote_is_named_where_it_opens() {
    let files = with(1, "A1,申请人", "\"A1,申请人");
    let expected = format!("{} quote_not_closed", position(&files[1], "\"A1,申请人"));
    assert!(errors(&files).contains(&expected), "{:?}", errors(&files));
}

#[test]
fn suspicious_values_pass_with_a_warning() {
    let files = with(1, "440605190001010013", "440605190001010014");
    let plan = run(&files).unwrap();
    let warnings: Vec<_> =
        plan.warnings.iter().map(|w| format!("{} {}", w.place, w.code)).collect();
    let expected = position(&files[1], "440605190001010014");
    assert_eq!(warnings, [format!("{expected} resident_id_check")]);
    assert_eq!(plan.cases[0].parties[1].id_no.as_deref(), Some("440605190001010014"));
}

#[test]
fn unknown_columns_are_kept() {
    let files = with(0, "案件状态,数据截至\n", "案件状态,数据截至,风险等级\n");
    let text = String::from_utf8(files[0].bytes.clone()).unwrap().replace("06:00\n", "06:00,高\n");
    let mut files = files;
    files[0].bytes = text.into_bytes();
    let plan = run(&files).unwrap();
    assert_eq!(plan.cases[0].extra["风险等级"], "高");
    assert!(plan.warnings.iter().any(|w| w.code == "column_unknown"));
}

#[test]
fn one_bad_file_refuses_all_and_warnings_come_along() {
    let mut files = good();
    files.push(file(
        "grids.csv",
        "code,name,committeeCode\n440605121001000,零号网格,440605121001\n",
    ));
    let refused = run(&files).unwrap_err();
    assert_eq!(refused.errors[0].code, "division_code_invalid");
    assert_eq!(refused.errors[0].place.to_string(), "grids.csv:2:1");
}

#[test]
fn json_faults_have_lines_too() {
    let json = r#"[
  {"case_no": "(2026)粤0605执1102号", "as_of": "2026-03-17T06:00:00+08:00", "cause": "x",
   "handler": "ouziqian", "status": {"state": "active"},
   "parties": [{"id": "A1", "role": "applicant", "kind": "person", "name": "某甲"},
               {"id": "D1", "role": "debtor", "kind": "person", "name": "某乙", "id_no": "12"}]}
]"#;
    let k2 = file("k2.json", json);
    let expected = format!("{} resident_id_length", position(&k2, "\"12\""));
    assert_eq!(errors(&[k2]), [expected]);
    let k2 = file("k2.json", &json.replace("\"ouziqian\"", "7"));
    let expected = format!("{} json_type_wrong", position(&k2, "7, \"status"));
    assert_eq!(errors(&[k2]), [expected]);
    assert_eq!(errors(&[file("k2.json", "{\"case_no\": }")]), ["k2.json:1:13 json_malformed"]);
    assert_eq!(errors(&[file("k2.json", "{\"a\": 1}")]), ["k2.json:1:1 json_kind_unknown"]);
}

#[test]
fn a_paper_that_is_named_must_be_there_and_match() {
    let rulings = "案号,文号,文书类型,制作日期,文件名,sha256\n\
        (2026)粤0605执1101号,(2026)粤0605执1101号之一,查封裁定,2026-03-10,r.txt,\n";
    let mut files = good();
    files.push(file("rulings.csv", rulings));
    let expected = format!("{} file_not_given", position(&files[3], "r.txt"));
    assert_eq!(errors(&files), [expected]);
    files.push(file("papers/r.txt", "裁定"));
    let plan = run(&files).unwrap();
    let attached = plan.cases[0].rulings[0].file.clone().unwrap();
    assert_eq!((attached.bytes, attached.sha256.len()), (6, 64));
    assert_eq!(plan.papers.len(), 1);
    files[3] =
        file("rulings.csv", &rulings.replace("r.txt,", &format!("r.txt,{}", "0".repeat(64))));
    let expected = format!("{} file_differs", position(&files[3], "r.txt"));
    assert_eq!(errors(&files), [expected]);
}

#[test]
fn people_must_be_in_the_roster() {
    let mut files = good();
    files.push(file("staff.csv", "id,name,role,unit\nluqihang,陆启航,执行员,zxj\n"));
    let expected = format!("{} staff_unknown", position(&files[0], "wenruotang"));
    assert_eq!(errors(&files), [expected]);
}

#[test]
fn blocks_given_out_earlier_count_unless_their_case_is_replaced() {
    let block = SealBlock {
        staff: "x".into(),
        prefix: "S".into(),
        from: 40,
        to: 45,
        ..SealBlock::default()
    };
    let known =
        |case: &str| Known { seal_blocks: vec![(case.into(), block.clone())], ..Known::default() };
    let refused = plan(&good(), &known("(2026)粤0605执7号"), |_| {}).unwrap_err();
    assert_eq!(refused.errors[0].place.to_string(), position(&good()[2], "S0001"));
    assert!(plan(&good(), &known("(2026)粤0605执1101号"), |_| {}).is_ok());
}

#[test]
fn data_of_another_court_is_refused_and_the_own_court_filled_in() {
    let known = |court: &str| Known { court: Some(court.into()), ..Known::default() };
    let mut files = good();
    files.push(file(
        "staff.csv",
        "id,name,role,unit\nluqihang,陆启航,执行员,zxj\nwenruotang,温若棠,执行员,zxj\n",
    ));
    let own = plan(&files, &known("粤0605"), |_| {}).unwrap();
    assert_eq!(own.roster.unwrap().court, "粤0605");
    let refused = plan(&files, &known("粤0604"), |_| {}).unwrap_err();
    assert_eq!(refused.errors[0].code, "court_differs");
    assert_eq!(refused.errors.len(), 2, "each case, at its row");
}

#[test]
fn an_export_cannot_run_in_a_spreadsheet() {
    let read = run(&with(1, "简志成", "=1+1")).unwrap();
    assert!(read.warnings.iter().any(|w| w.code == "formula_like"));
    assert_eq!(read.cases[0].parties[1].name, "=1+1");
    let tables = export::tables(&read.cases).unwrap();
    let parties = tables.iter().find(|table| table.name == "parties.csv").unwrap();
    let text = std::str::from_utf8(&parties.bytes).unwrap();
    assert!(text.contains(",\t=1+1,") && !text.contains(",=1+1"), "held back by a tab");
}

#[test]
fn the_limits_hold() {
    let wide = format!("{}\n", "a,".repeat(table::MAX_COLUMNS));
    assert_eq!(errors(&[file("cases.csv", &wide)])[0], "cases.csv:1:1 columns_too_many");
    let long = CASES.replace("买卖合同纠纷", &"长".repeat(table::MAX_CELL / 3 + 1));
    let long = file("cases.csv", &long);
    let expected = format!("{} cell_too_long", position(&long, "长长"));
    assert_eq!(errors(&[long])[0], expected);
    let many = format!("code,name\n{}", "44,广东省\n".repeat(table::MAX_ROWS + 1));
    assert_eq!(
        errors(&[file("p.csv", &many)])[0],
        format!("p.csv:{}:1 rows_too_many", table::MAX_ROWS + 2)
    );
    let huge = InputFile { name: "a.csv".into(), bytes: vec![b'a'; table::MAX_FILE + 1] };
    assert_eq!(errors(&[huge]), ["a.csv file_too_large"]);
}

#[test]
fn no_report_repeats_personal_data() {
    for files in [
        with(1, "440605190001010013", "44060519000101001"),
        with(1, "138 0000 0000", "138 0000 000"),
    ] {
        let text = serde_json::to_string(&run(&files).unwrap_err()).unwrap();
        assert!(
            !text.contains("4406051900") && !text.contains("138") && !text.contains("简志成"),
            "{text}"
        );
    }
}
