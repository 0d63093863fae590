//! Divisions and grids from tables in the layout of the published statistical codes
//! (`code,name,kind,areaCode,…`), one table per level.

use lastmile_core::pack::{
    grid::{Division, GridPack, Level},
    problem::Fault,
};

use super::{
    columns::TableKind,
    report::Findings,
    row::Row,
    source::{Origin, Rows, Sources},
};

const LEVELS: &[(TableKind, Level, &str)] = &[
    (TableKind::Provinces, Level::Province, ""),
    (TableKind::Cities, Level::City, "province"),
    (TableKind::Areas, Level::Area, "city"),
    (TableKind::Streets, Level::Street, "area"),
    (TableKind::Committees, Level::Committee, "street"),
    (TableKind::Grids, Level::Grid, "committee"),
];

/// Reads all division tables; none when there are none.
pub fn read(
    sources: &Sources,
    tables: &[(TableKind, usize)],
    findings: &mut Findings,
) -> Option<(GridPack, Origin)> {
    let mut pack = GridPack::default();
    let mut rows = Rows::default();
    for (kind, level, parent) in LEVELS {
        for (_, at) in tables.iter().filter(|(known, _)| known == kind) {
            let Some(table) = sources.tables.get(*at) else { continue };
            for row in 0..table.len() {
                let mut reader = Row::new(table, row, findings);
                let code = reader.text("code");
                if let Some(stated) = reader.some_text(parent)
                    && !code.starts_with(&stated)
                {
                    reader.fault(
                        "code",
                        Fault::error(
                            "division_parent_differs",
                            "代码的前几位与上级代码不一致。",
                            "The code does not begin with the code of the division above it.",
                        ),
                    );
                }
                let division = Division {
                    code,
                    name: reader.text("name"),
                    kind: reader.text("kind"),
                    extra: reader.extra(),
                };
                pack.level_mut(*level).push(division);
                rows.lists.entry(level.field()).or_default().push((*at, row));
            }
        }
    }
    (!rows.lists.is_empty()).then_some((pack, Origin::Rows(rows)))
}
