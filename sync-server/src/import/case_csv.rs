//! Case packs from tables: cases, and beside them parties, rulings, seal blocks, team, objections
//! and duty phones, joined by the case number.

use std::collections::BTreeMap;

use lastmile_core::pack::{
    case::{
        CaseAccount, CasePack, CaseState, CaseStatus, DutyPhone, ExecutionNotice, Objection,
        ObjectionState,
    },
    party::{Party, PartyKind, PartyRole},
    problem::Fault,
    ruling::{Ruling, RulingFile, RulingKind},
    seal::SealBlock,
};

use super::{
    columns::TableKind,
    report::Findings,
    row::Row,
    source::{Origin, Rows, Sources},
    tidy,
};

/// Reads every case of the tables. `tables` says which index of `sources.tables` is what.
pub fn read(
    sources: &Sources,
    tables: &[(TableKind, usize)],
    findings: &mut Findings,
) -> Vec<(CasePack, Origin)> {
    // Rows of the table of cases may be missing because of a fault already reported.
    let complete = !findings.refused();
    let mut cases = Vec::new();
    let mut by_number = BTreeMap::new();
    for at in of_kind(tables, TableKind::Cases) {
        let Some(table) = sources.tables.get(at) else { continue };
        for row in 0..table.len() {
            let case = head(&mut Row::new(table, row, findings));
            if by_number.insert(case.case_no.clone(), cases.len()).is_some() {
                Row::new(table, row, findings).fault("case_no", repeated());
                continue;
            }
            cases.push((case, Rows { head: Some((at, row)), lists: BTreeMap::new() }));
        }
    }
    let lists: [(TableKind, &'static str, Reader); 6] = [
        (TableKind::Team, "team", team),
        (TableKind::Parties, "parties", party),
        (TableKind::Rulings, "rulings", ruling),
        (TableKind::SealBlocks, "seal_blocks", seal_block),
        (TableKind::Objections, "objections", objection),
        (TableKind::Phones, "duty_phones", phone),
    ];
    for (kind, list, read) in lists {
        for at in of_kind(tables, kind) {
            let Some(table) = sources.tables.get(at) else { continue };
            for row in 0..table.len() {
                let mut reader = Row::new(table, row, findings);
                let number = tidy::case_no(&reader.text("case_no"));
                let known = by_number.get(&number).and_then(|index| cases.get_mut(*index));
                let Some((case, rows)) = known else {
                    if complete {
                        reader.fault("case_no", unknown_case());
                    }
                    continue;
                };
                if read(case, &mut reader) {
                    rows.lists.entry(list).or_default().push((at, row));
                }
            }
        }
    }
    cases.into_iter().map(|(case, rows)| (case, Origin::Rows(rows))).collect()
}

/// Adds what a row says to a case; false when the row made no entry of its list.
type Reader = fn(&mut CasePack, &mut Row<'_>) -> bool;

fn of_kind(tables: &[(TableKind, usize)], kind: TableKind) -> impl Iterator<Item = usize> {
    tables.iter().filter(move |(known, _)| *known == kind).map(|(_, at)| *at)
}

/// The fault of a case that appears twice in one import.
pub fn repeated() -> Fault {
    Fault::error(
        "case_repeated",
        "同一案号在本次导入中出现两次。",
        "The case appears twice in this import.",
    )
}

fn unknown_case() -> Fault {
    Fault::error(
        "case_unknown",
        "案件表中没有这个案号。",
        "The table of cases does not have this case number.",
    )
}

fn words(known: &[(&'static str, lastmile_core::records::Label)]) -> Vec<&'static str> {
    known.iter().map(|(_, label)| label.zh).collect()
}

fn head(row: &mut Row<'_>) -> CasePack {
    let account = row.some_text("account.number").map(|number| CaseAccount {
        bank: row.text("account.bank"),
        number: number.replace([' ', '-'], ""),
        holder: row.text("account.holder"),
        ..CaseAccount::default()
    });
    CasePack {
        case_no: tidy::case_no(&row.text("case_no")),
        version: row.count("version"),
        as_of: row.instant("as_of"),
        court: row.text("court"),
        cause: row.text("cause"),
        handler: row.text("handler"),
        claim_fen: row.fen("claim_fen"),
        cost_fen: row.fen("cost_fen"),
        status: CaseStatus {
            state: row.word("status.state", CaseState::from_text, &words(CaseState::KNOWN)),
            as_of: row.instant("status.as_of"),
            ..CaseStatus::default()
        },
        filed_on: row.date("filed_on"),
        received_on: row.date("received_on"),
        execution_notice: ExecutionNotice {
            sent_on: row.date("execution_notice.sent_on"),
            served_on: row.date("execution_notice.served_on"),
            ..ExecutionNotice::default()
        },
        account,
        extra: row.extra(),
        ..CasePack::default()
    }
}

fn team(case: &mut CasePack, row: &mut Row<'_>) -> bool {
    case.team.push(row.text("staff"));
    true
}

fn party(case: &mut CasePack, row: &mut Row<'_>) -> bool {
    case.parties.push(Party {
        id: row.text("id"),
        role: row.word("role", PartyRole::from_text, &words(PartyRole::KNOWN)),
        kind: row.word("kind", PartyKind::from_text, &words(PartyKind::KNOWN)),
        name: row.text("name"),
        id_no: row.some_text("id_no"),
        credit_code: row.some_text("credit_code"),
        phone: row.some_text("phone"),
        address: row.some_text("address"),
        legal_rep: row.some_text("legal_rep"),
        represents: row.some_text("represents"),
        special_authority: row.flag("special_authority"),
        raw: BTreeMap::new(),
        extra: row.extra(),
    });
    true
}

fn ruling(case: &mut CasePack, row: &mut Row<'_>) -> bool {
    let file = row.some_text("file").map(|name| RulingFile {
        name,
        sha256: row.text("file.sha256").to_lowercase(),
        bytes: 0,
    });
    case.rulings.push(Ruling {
        doc_no: tidy::case_no(&row.text("doc_no")),
        kind: row.word("kind", RulingKind::from_text, &words(RulingKind::KNOWN)),
        made_on: row.date("made_on"),
        signed_by_president: row.flag("signed_by_president"),
        served_debtor_on: row.date("served_debtor_on"),
        served_applicant_on: row.date("served_applicant_on"),
        deadline_on: row.date("deadline_on"),
        file,
        extra: row.extra(),
    });
    true
}

fn seal_block(case: &mut CasePack, row: &mut Row<'_>) -> bool {
    let (Some((prefix, from)), Some((other, to))) = (row.strip("from"), row.strip("to")) else {
        return false;
    };
    if prefix != other {
        row.fault(
            "to",
            Fault::error(
                "seal_prefix_differs",
                "起号与止号的字母不同。",
                "First and last number have different letters.",
            ),
        );
        return false;
    }
    case.seal_blocks.push(SealBlock {
        staff: row.text("staff"),
        prefix,
        from,
        to,
        extra: row.extra(),
    });
    true
}

fn objection(case: &mut CasePack, row: &mut Row<'_>) -> bool {
    case.objections.push(Objection {
        by: row.text("by"),
        state: row.word("state", ObjectionState::from_text, &words(ObjectionState::KNOWN)),
        as_of: row.instant("as_of"),
        served_on: row.date("served_on"),
        extra: row.extra(),
    });
    true
}

fn phone(case: &mut CasePack, row: &mut Row<'_>) -> bool {
    case.duty_phones.push(DutyPhone {
        name: row.text("name"),
        phone: row.text("phone"),
        extra: row.extra(),
    });
    true
}
