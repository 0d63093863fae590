//! The roster from a table of people.

use lastmile_core::{
    pack::roster::{RosterPack, Staff},
    records::Role,
};

use super::{
    columns::TableKind,
    report::Findings,
    row::Row,
    source::{Origin, Rows, Sources},
};

/// What courts call the roles.
const ROLES: &[(Role, &[&str])] = &[
    (Role::Officer, &["执行员", "执行法官", "法官", "法官助理"]),
    (Role::Clerk, &["书记员"]),
    (Role::JudicialPolice, &["司法警察", "法警"]),
    (Role::Command, &["执行指挥中心", "指挥中心"]),
    (Role::Liaison, &["协助执行联络员", "联络员", "网格员"]),
    (Role::Dispatcher, &["派出所值班", "公安值班", "值班民警"]),
    (Role::President, &["院长", "执行局长", "局长"]),
    (Role::Contractor, &["拍卖辅助机构", "拍辅机构"]),
    (Role::Admin, &["系统管理员", "管理员"]),
];

/// Reads the people of all staff tables; none when there is no such table.
pub fn read(
    sources: &Sources,
    tables: &[(TableKind, usize)],
    findings: &mut Findings,
) -> Option<(RosterPack, Origin)> {
    let mut pack = RosterPack::default();
    let mut rows = Rows::default();
    let mut any = false;
    for (_, at) in tables.iter().filter(|(kind, _)| *kind == TableKind::Staff) {
        let Some(table) = sources.tables.get(*at) else { continue };
        any = true;
        for row in 0..table.len() {
            pack.staff.push(person(&mut Row::new(table, row, findings)));
            rows.lists.entry("staff").or_default().push((*at, row));
        }
    }
    any.then_some((pack, Origin::Rows(rows)))
}

fn person(row: &mut Row<'_>) -> Staff {
    let known: Vec<&str> = ROLES.iter().filter_map(|(_, names)| names.first().copied()).collect();
    let role = row.word("role", |text| read_role(text).map(|role| role.code().to_owned()), &known);
    // The title printed on papers is what the table calls the role, unless it says more.
    let title = row.some_text("title").unwrap_or_else(|| row.text("role"));
    let grids = row.text("grids");
    Staff {
        id: row.text("id"),
        name: row.text("name"),
        role,
        title,
        unit: row.text("unit"),
        work_id: row.some_text("work_id"),
        phone: row.some_text("phone"),
        appointed_by_organisation: row.flag("appointed_by_organisation"),
        undertaking_on: row.date("undertaking_on"),
        grids: grids
            .split(['、', ';', ';', ' ', ',', ','])
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect(),
        extra: row.extra(),
    }
}

fn read_role(text: &str) -> Option<Role> {
    let by_name = ROLES.iter().find(|(_, names)| names.contains(&text)).map(|(role, _)| *role);
    by_name.or_else(|| Role::from_code(&text.to_ascii_lowercase()))
}
