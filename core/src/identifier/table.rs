//! Reading the comma-separated tables under `core/data/`. They are written by us, have no quoting,
//! and are compiled in; a malformed row is left out here and found by the tests.

/// The data rows of `text` (the first line names the columns), each split into exactly `N` fields.
pub(super) fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).filter(|line| !line.is_empty()).filter_map(row)
}

fn row<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    let mut fields = [""; N];
    let mut parts = line.split(',');
    for field in &mut fields {
        *field = parts.next()?;
    }
    parts.next().is_none().then_some(fields)
}

/// A province as it appears in identity numbers, plates and court codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Province {
    /// First two digits of area codes, `44`.
    pub(super) prefix: &'static str,
    /// The character on plates and in court codes, `粤`; none for 81-83 (residence permits).
    pub(super) plate: Option<char>,
}

const PROVINCES: &str = include_str!("../../data/provinces.csv");

/// Every province prefix that identity numbers may begin with.
pub(super) fn provinces() -> impl Iterator<Item = Province> {
    rows::<3>(PROVINCES).map(|[prefix, plate, _]| Province { prefix, plate: plate.chars().next() })
}

/// Whether `c` is a province's character on plates.
pub(super) fn is_plate_province(c: char) -> bool {
    provinces().any(|province| province.plate == Some(c))
}

/// Whether area codes may begin with `prefix`.
pub(super) fn is_province_prefix(prefix: &str) -> bool {
    provinces().any(|province| province.prefix == prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_province_table_is_read() {
        assert_eq!(provinces().count(), PROVINCES.lines().count() - 1);
        assert_eq!(provinces().filter(|province| province.plate.is_some()).count(), 31);
        assert!(is_plate_province('粤') && !is_plate_province('台'));
        assert!(is_province_prefix("83") && !is_province_prefix("99"));
    }

    #[test]
    fn a_row_with_another_number_of_fields_is_left_out() {
        let rows: Vec<[&str; 2]> = rows::<2>("a,b\n1,2\n3\n4,5,6\n").collect();
        assert_eq!(rows, [["1", "2"]]);
    }
}
