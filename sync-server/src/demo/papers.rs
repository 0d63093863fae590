//! The day's papers, made on the officers' phones without a network.

use std::path::Path;

use jiff::civil::date;
use lastmile_core::records::builtin;
use lastmile_papers::{Form, PhonePhotos, of_phone, pdf};

use super::check::Assertion;
use super::day::{Crew, K1, K2};
use super::stage::StageError;
use crate::papers::file_name;

/// Writes the papers of K1 and K2 into `dir`, each as its officer's phone has the records.
pub(super) fn papers(crew: &Crew, dir: &Path) -> Result<Assertion, StageError> {
    let script = |error: &dyn std::fmt::Display| StageError::Script(error.to_string());
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    let (mut made, mut finished) = (0, Vec::new());
    for (name, case, actor) in [("K1", K1, &crew.p1), ("K2", K2, &crew.p3)] {
        let folder = dir.join(name);
        std::fs::create_dir_all(&folder)?;
        for row in actor.phone.records_of_case(case)? {
            let view = actor.phone.record_view(row.id)?;
            let Some(kind) = builtin().get(&row.kind) else { continue };
            for form in Form::of_kind(kind) {
                if *form == Form::ServiceReceipt && view.state.items("deliveries").is_empty() {
                    continue;
                }
                let day = date(2026, 3, 17);
                let photos = PhonePhotos(&actor.phone);
                let paper = of_phone(&actor.phone, row.id, *form, &photos, day)
                    .map_err(|error| script(&error))?;
                let bytes = pdf(&paper).map_err(|error| script(&error))?;
                std::fs::write(folder.join(file_name(*form, paper.title(), row.id)), bytes)?;
                made += 1;
                if paper.draft().is_empty() {
                    finished.push(format!("{name} {}", form.code()));
                }
            }
        }
    }
    finished.sort();
    let expected = ["K1 F-01", "K1 F-06", "K2 F-03", "K2 F-04", "K2 F-05"];
    Ok(Assertion {
        id: "A15",
        title: "当日文书已在手机上离线制作 / the papers were made on the phones",
        ok: finished == expected,
        detail: format!("{made} papers, fit to be served: {}", finished.join(", ")),
    })
}
