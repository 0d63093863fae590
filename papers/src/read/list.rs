//! F-01 查封(扣押)财产清单 (L-CPL 256(2); L-SEAL 9, 18): things line by line with their seals, notices,
//! contents and pictures, the term, the estimates.

use lastmile_core::identifier::money::Fen;
use lastmile_core::value::Value;
use serde::Serialize;

use super::act::Crew;
use super::attested::{picture_label, pictures_of};
use super::rows::{Row, head, row};
use super::{Reader, raw};

head! {
    /// The head of the list.
    Head of "seizure" {
        ruling_no, assistance_notice_no, assistance_served_at, start_at, end_at, term_from, term_to, location,
        position, credential_shown_at, ruling_shown_at, no_grassroots_reason, prior_seizure, waiting,
        live_seal_reason, over_value_reason, read_back, remark
    }
}

row! {
    /// A thing.
    Thing of ["lines"] {
        label_no, name, category, measure, method, brand, model, serial_no, quantity, unit, condition,
        location_detail, owner_basis, third_party, co_owner, encumbrance, exempt_check, dwelling, housing_note,
        field_estimate_fen, estimate_label, custodian, custodian_kind, place_kept, may_use, remark,
        plate, plate_kind, vin, engine_no, brand_model, colour, mileage_km, fuel, keys_count,
        vehicle_licence, registration_certificate, annual_check_to, insurance_to, damage_marks,
        parking_place, tow_company
    }
}

row! {
    /// A seal strip (封条).
    Seal of ["seals"] { seal_no, affixed_place, affixed_by, affixed_by_second, affixed_at }
}

row! {
    /// A look at a seal strip.
    SealCheck of ["seal_checks"] { seal, state, found_at, found_by, reported_as }
}

row! {
    /// A notice posted at a thing.
    Posted of ["notices"] { posted_place, posted_at, posted_by, told_occupant }
}

row! {
    /// Something inside a thing.
    Inside of ["items_inside"] { name, quantity, given_to, note }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    #[serde(flatten)]
    thing: Row<Thing>,
    /// Whether it carries a vehicle's fields.
    vehicle: bool,
    seals: Vec<Row<Seal>>,
    notices: Vec<Row<Posted>>,
    inside: Vec<Row<Inside>>,
    pictures: Vec<String>,
}

/// What the lines are thought to be worth (现场估值,仅供参考).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Estimates {
    /// ¥186,400.00.
    figures: String,
    /// 壹拾捌万陆仟肆佰元整.
    capital: String,
    /// Lines in the sum.
    estimated: usize,
    /// Lines seized without an estimate.
    without: usize,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct List {
    head: Head,
    crew: Crew,
    lines: Vec<Line>,
    /// Lines that stand.
    standing: usize,
    estimates: Option<Estimates>,
    seal_checks: Vec<Row<SealCheck>>,
}

impl List {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        let things = reader.rows::<Thing>("lines");
        let items = reader.numbered("lines");
        let lines = things.into_iter().zip(items).map(|(thing, (_, item))| {
            let path = format!("lines/{}", item.id);
            let mut pictures = pictures_of(reader, &path);
            for (collection, fields) in
                [("seals", ["photo", ""]), ("notices", ["photo_near", "photo_far"])]
            {
                for (_, other) in reader.numbered(collection) {
                    if other.text("line") == Some(path.as_str()) {
                        let named = fields.iter().filter_map(|field| other.text(field));
                        pictures.extend(named.filter_map(|named| picture_label(reader, named)));
                    }
                }
            }
            pictures.sort_by_key(|label| (label.len(), label.clone()));
            pictures.dedup();
            let says = &thing.says;
            let marks = [&says.plate, &says.vin, &says.engine_no, &says.plate_kind];
            Line {
                vehicle: item.text("category") == Some("vehicle")
                    || marks.iter().any(|mark| mark.is_some()),
                seals: on(reader, "seals", &path),
                notices: on(reader, "notices", &path),
                inside: on(reader, "items_inside", &path),
                pictures,
                thing,
            }
        });
        let lines: Vec<Line> = lines.collect();
        Self {
            head: Head::read(reader),
            crew: Crew::read(reader),
            standing: lines.iter().filter(|line| line.thing.struck.is_none()).count(),
            estimates: estimates(reader, &lines),
            lines,
            seal_checks: reader.rows("seal_checks"),
        }
    }
}

/// Rows of a collection whose field `line` names `path`.
fn on<T: super::rows::Read>(reader: Reader<'_>, collection: &str, path: &str) -> Vec<Row<T>> {
    let rows = reader.rows(collection).into_iter().zip(reader.numbered(collection));
    let rows = rows.filter(|(_, (_, item))| item.text("line") == Some(path));
    rows.map(|(row, _)| row).collect()
}

/// The sum over the lines that stand; nothing when no line has an estimate or the sum leaves the range.
fn estimates(reader: Reader<'_>, lines: &[Line]) -> Option<Estimates> {
    let mut sum = Fen::default();
    let (mut estimated, mut without) = (0, 0);
    for (line, (_, item)) in lines.iter().zip(reader.numbered("lines")) {
        let seized = item.text("measure") != Some("not_seized");
        if line.thing.struck.is_some() || !seized {
            continue;
        }
        match raw(&item.fields, "field_estimate_fen") {
            Some(Value::Int(fen)) => {
                sum = Fen::new(*fen).and_then(|fen| sum.checked_add(fen)).ok()?;
                estimated += 1;
            }
            _ => without += 1,
        }
    }
    let written =
        || Estimates { figures: sum.to_string(), capital: sum.capital(), estimated, without };
    (estimated > 0).then(written)
}
