//! EXIF as phones and cameras write it, and as they should not: parsed by `kamadak-exif` within bounds,
//! judged here. What cannot be used is left out and named.

use exif::{DateTime as Written, Error, Exif, In, Reader, Tag, Value};
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::exif_bounds::within;
use super::reading::TakenAt;
use super::reason::{
    EXIF_DAMAGED, EXIF_TOO_LARGE, GPS_ABSENT, GPS_OTHER_DATUM, GPS_OUT_OF_RANGE, GPS_UNREADABLE,
    GPS_ZERO, ORIENTATION_UNKNOWN, TIME_ABSENT, TIME_UNREADABLE,
};
use super::turn::Turn;
use crate::geo::Datum;
use crate::identifier::Reason;
use crate::identifier::coordinate::Coordinate;

/// Longest maker or model that is shown, characters.
const NAME_CHARS: usize = 64;

/// What an EXIF block says.
#[derive(Debug, Default)]
pub(super) struct Particulars {
    pub(super) turn: Option<Turn>,
    pub(super) gps: Option<Coordinate>,
    pub(super) taken_at: Option<TakenAt>,
    pub(super) make: Option<String>,
    pub(super) model: Option<String>,
    pub(super) findings: Vec<Reason>,
}

/// Reads a block as it lies in a file, from its TIFF header or from `Exif\0\0` on; none if the file has none.
pub(super) fn read(block: Option<Vec<u8>>) -> Particulars {
    let mut findings = Vec::new();
    let exif = block.and_then(|block| parse(block, &mut findings));
    let exif = exif.as_ref();
    let mut kept = |reason| findings.push(reason);
    Particulars {
        turn: turn(exif).map_err(&mut kept).ok().flatten(),
        taken_at: taken_at(exif).map_err(&mut kept).ok(),
        gps: gps(exif).map_err(&mut kept).ok(),
        make: name(exif, Tag::Make),
        model: name(exif, Tag::Model),
        findings,
    }
}

fn parse(mut block: Vec<u8>, findings: &mut Vec<Reason>) -> Option<Exif> {
    if block.starts_with(b"Exif\0\0") {
        block.drain(..6); // some WebP writers copy it over from JPEG
    }
    if !within(&block) {
        findings.push(EXIF_TOO_LARGE);
        return None;
    }
    match Reader::new().continue_on_error(true).read_raw(block) {
        Ok(exif) => Some(exif),
        Err(Error::PartialResult(partial)) => {
            let (exif, errors) = partial.into_inner();
            if errors.iter().any(is_damage) {
                findings.push(EXIF_DAMAGED);
            }
            Some(exif)
        }
        Err(_) => {
            findings.push(EXIF_DAMAGED);
            None
        }
    }
}

/// Many cameras leave a number where a directory should say that none follows; nothing is lost by it.
fn is_damage(error: &Error) -> bool {
    !matches!(error, Error::InvalidFormat("Unexpected next IFD"))
}

fn value(exif: Option<&Exif>, tag: Tag) -> Option<&Value> {
    exif?.get_field(tag, In::PRIMARY).map(|field| &field.value)
}

fn ascii(exif: Option<&Exif>, tag: Tag) -> Option<&[u8]> {
    match value(exif, tag)? {
        Value::Ascii(parts) => parts.first().map(Vec::as_slice),
        _ => None,
    }
}

fn turn(exif: Option<&Exif>) -> Result<Option<Turn>, Reason> {
    let Some(value) = value(exif, Tag::Orientation) else { return Ok(None) };
    value.get_uint(0).and_then(Turn::from_exif).map(Some).ok_or(ORIENTATION_UNKNOWN)
}

/// When it was taken, or digitised if only that is written. The date of the last change is neither.
fn taken_at(exif: Option<&Exif>) -> Result<TakenAt, Reason> {
    let places = [
        (Tag::DateTimeOriginal, Tag::OffsetTimeOriginal),
        (Tag::DateTimeDigitized, Tag::OffsetTimeDigitized),
    ];
    let mut wrong = TIME_ABSENT;
    for (time, offset) in places {
        let Some(text) = ascii(exif, time) else { continue };
        match read_time(text, ascii(exif, offset)) {
            Some(Ok(taken_at)) => return Ok(taken_at),
            Some(Err(reason)) => wrong = reason,
            None => {}
        }
    }
    Err(wrong)
}

/// None when the field was left blank, as clocks that were never set leave it.
fn read_time(text: &[u8], offset: Option<&[u8]>) -> Option<Result<TakenAt, Reason>> {
    let blank = |text: &[u8]| text.iter().all(|byte| matches!(byte, b' ' | b':' | b'0'));
    if blank(text) {
        return None;
    }
    let read = || {
        let mut written = Written::from_ascii(text).ok()?;
        let year = i16::try_from(written.year).ok()?;
        let small = |number: u8| i8::try_from(number).ok();
        let (month, day) = (small(written.month)?, small(written.day)?);
        let (hour, minute) = (small(written.hour)?, small(written.minute)?);
        let local =
            DateTime::new(year, month, day, hour, minute, small(written.second)?, 0).ok()?;
        let offset = match (offset, text.get(19)) {
            (Some(offset), _) if written.parse_offset(offset).is_ok() => {
                let minutes = i32::from(written.offset?);
                Offset::from_seconds(minutes * 60).ok()
            }
            (_, Some(b'Z')) => Some(Offset::UTC),
            _ => None,
        };
        Some(TakenAt { local, offset })
    };
    Some(read().ok_or(TIME_UNREADABLE))
}

fn gps(exif: Option<&Exif>) -> Result<Coordinate, Reason> {
    let (lat, lon) = (value(exif, Tag::GPSLatitude), value(exif, Tag::GPSLongitude));
    let (lat, lon) = match (lat, lon) {
        (None, None) => return Err(GPS_ABSENT),
        (lat, lon) => (lat.and_then(degrees), lon.and_then(degrees)),
    };
    let (lat, lon) = (lat.ok_or(GPS_UNREADABLE)?, lon.ok_or(GPS_UNREADABLE)?);
    if lat == 0.0 && lon == 0.0 {
        return Err(GPS_ZERO); // whatever the hemispheres
    }
    let lat = lat * sign(ascii(exif, Tag::GPSLatitudeRef), b'N', b'S')?;
    let lon = lon * sign(ascii(exif, Tag::GPSLongitudeRef), b'E', b'W')?;
    if lat.abs() > 90.0 || lon.abs() > 180.0 {
        return Err(GPS_OUT_OF_RANGE);
    }
    let named: String = ascii(exif, Tag::GPSMapDatum)
        .unwrap_or_default()
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let datum = match named.as_str() {
        "" | "wgs1984" => Datum::Wgs84, // which EXIF prescribes
        named => Datum::from_code(named).ok_or(GPS_OTHER_DATUM)?,
    };
    Ok(Coordinate { lat, lon, datum })
}

/// Degrees, minutes and seconds, the latter two optional; each may be a fraction.
fn degrees(value: &Value) -> Option<f64> {
    let Value::Rational(parts) = value else { return None };
    if !(1..=3).contains(&parts.len()) {
        return None;
    }
    let sum: f64 =
        parts.iter().zip([1.0, 60.0, 3_600.0]).map(|(part, of)| part.to_f64() / of).sum();
    sum.is_finite().then_some(sum)
}

fn sign(reference: Option<&[u8]>, plus: u8, minus: u8) -> Result<f64, Reason> {
    match reference.and_then(<[u8]>::first).map(u8::to_ascii_uppercase) {
        Some(letter) if letter == plus => Ok(1.0),
        Some(letter) if letter == minus => Ok(-1.0),
        _ => Err(GPS_UNREADABLE),
    }
}

fn name(exif: Option<&Exif>, tag: Tag) -> Option<String> {
    let text = String::from_utf8_lossy(ascii(exif, tag)?);
    let name: String = text.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use exif::experimental::Writer;
    use exif::{Field, Rational};

    use super::*;

    fn field(tag: Tag, value: Value) -> Field {
        Field { tag, ifd_num: In::PRIMARY, value }
    }

    fn text(tag: Tag, text: &str) -> Field {
        field(tag, Value::Ascii(vec![text.as_bytes().to_vec()]))
    }

    fn angle(tag: Tag, parts: &[(u32, u32)]) -> Field {
        field(
            tag,
            Value::Rational(parts.iter().map(|&(num, denom)| Rational { num, denom }).collect()),
        )
    }

    fn block(fields: &[Field]) -> Vec<u8> {
        let mut writer = Writer::new();
        for field in fields {
            writer.push_field(field);
        }
        let mut out = std::io::Cursor::new(Vec::new());
        writer.write(&mut out, false).unwrap();
        out.into_inner()
    }

    fn place(
        lat: &[(u32, u32)],
        lon: &[(u32, u32)],
        refs: [&str; 2],
        datum: Option<&str>,
    ) -> Particulars {
        let mut fields = vec![
            angle(Tag::GPSLatitude, lat),
            angle(Tag::GPSLongitude, lon),
            text(Tag::GPSLatitudeRef, refs[0]),
            text(Tag::GPSLongitudeRef, refs[1]),
        ];
        fields.extend(datum.map(|name| text(Tag::GPSMapDatum, name)));
        read(Some(block(&fields)))
    }

    #[test]
    fn positions_are_read_or_named() {
        let court = [(23, 1), (1, 1), (4368, 100)];
        let east = [(113, 1), (8, 1), (3444, 100)];
        let gps = place(&court, &east, ["N", "E"], Some("WGS-84")).gps.unwrap();
        assert_eq!(format!("{:.6},{:.6}", gps.lat, gps.lon), "23.028800,113.142900");
        assert_eq!(gps.datum, Datum::Wgs84);
        let south = place(&[(33, 1), (519_086, 10_000)], &[(70, 1)], ["s", "W"], None).gps.unwrap();
        assert_eq!(format!("{:.6},{:.6}", south.lat, south.lon), "-33.865143,-70.000000");
        assert_eq!(
            place(&court, &east, ["N", "E"], Some("GCJ-02")).gps.unwrap().datum,
            Datum::Gcj02
        );

        let zero = [(0, 1), (0, 1), (0, 1)];
        for (found, reason) in [
            (place(&zero, &zero, ["N", "E"], None), GPS_ZERO),
            (place(&zero, &zero, ["", ""], None), GPS_ZERO),
            (place(&[(91, 1)], &east, ["N", "E"], None), GPS_OUT_OF_RANGE),
            (place(&court, &[(u32::MAX, 1)], ["N", "E"], None), GPS_OUT_OF_RANGE),
            (place(&[(23, 0)], &east, ["N", "E"], None), GPS_UNREADABLE),
            (place(&[(0, 0)], &[(0, 0)], ["N", "E"], None), GPS_UNREADABLE),
            (place(&court, &[(1, 1); 4], ["N", "E"], None), GPS_UNREADABLE),
            (place(&court, &east, ["", "E"], None), GPS_UNREADABLE),
            (place(&court, &east, ["N", "E"], Some("Tokyo")), GPS_OTHER_DATUM),
            (read(Some(block(&[angle(Tag::GPSLatitude, &court)]))), GPS_UNREADABLE),
            (read(None), GPS_ABSENT),
        ] {
            assert_eq!(found.gps, None);
            assert!(
                found.findings.contains(&reason),
                "{:?} instead of {}",
                found.findings,
                reason.code
            );
        }
    }

    #[test]
    fn times_are_read_with_the_offset_the_file_gives() {
        let time = |fields: &[Field]| {
            let found = read(Some(block(fields)));
            found.taken_at.map(|at| at.to_string()).ok_or_else(|| found.findings.clone())
        };
        let original = |value| text(Tag::DateTimeOriginal, value);
        assert_eq!(time(&[original("2026:03:17 09:05:00")]).unwrap(), "2026-03-17T09:05:00");
        let offset = text(Tag::OffsetTimeOriginal, "-03:30");
        assert_eq!(
            time(&[original("2026:03:17 09:05:00"), offset]).unwrap(),
            "2026-03-17T09:05:00-03:30"
        );
        assert_eq!(time(&[original("2013:07:05 03:18:27Z")]).unwrap(), "2013-07-05T03:18:27+00:00");
        let digitised = text(Tag::DateTimeDigitized, "2026:03:17 09:06:00");
        assert_eq!(
            time(&[original("0000:00:00 00:00:00"), digitised]).unwrap(),
            "2026-03-17T09:06:00"
        );
        for (value, reason) in [
            ("    :  :     :  :  ", TIME_ABSENT),
            ("2026:13:01 00:00:00", TIME_UNREADABLE),
            ("2026:02:30 00:00:00", TIME_UNREADABLE),
            ("yesterday", TIME_UNREADABLE),
            ("9999:99:99 99:99:99", TIME_UNREADABLE),
        ] {
            assert!(time(&[original(value)]).unwrap_err().contains(&reason), "{value}");
        }
        let china = TakenAt { local: jiff::civil::date(2026, 3, 17).at(9, 5, 0, 0), offset: None };
        assert_eq!(china.instant().unwrap().to_string(), "2026-03-17T01:05:00Z");
    }

    #[test]
    fn orientation_counts_only_when_it_is_one() {
        let turned = |value| read(Some(block(&[field(Tag::Orientation, value)])));
        assert_eq!(turned(Value::Short(vec![6])).turn, Turn::from_exif(6));
        for value in
            [Value::Short(vec![0]), Value::Short(vec![9]), Value::Ascii(vec![b"6".to_vec()])]
        {
            let found = turned(value);
            assert_eq!((found.turn, found.findings.contains(&ORIENTATION_UNKNOWN)), (None, true));
        }
        assert!(!read(None).findings.contains(&ORIENTATION_UNKNOWN));
    }

    #[test]
    fn names_are_short_and_plain() {
        let long = "长".repeat(500);
        let found = read(Some(block(&[text(Tag::Make, " Xiaomi\u{7} "), text(Tag::Model, &long)])));
        assert_eq!(found.make.as_deref(), Some("Xiaomi"));
        assert_eq!(found.model.unwrap().chars().count(), NAME_CHARS);
        assert_eq!(read(Some(block(&[text(Tag::Make, "  ")]))).make, None);
    }

    #[test]
    fn damage_is_named_and_what_is_whole_is_kept() {
        let whole = block(&[
            field(Tag::Orientation, Value::Short(vec![3])),
            text(Tag::Model, "Mi 10 Ultra"),
        ]);
        let cut = read(Some(whole[..whole.len() - 4].to_vec()));
        assert_eq!(cut.turn, Turn::from_exif(3));
        assert!(cut.findings.contains(&EXIF_DAMAGED));
        let with_prefix = [b"Exif\0\0".as_slice(), &whole].concat();
        assert!(!read(Some(with_prefix)).findings.contains(&EXIF_DAMAGED));
        assert!(read(Some(b"nonsense".to_vec())).findings.contains(&EXIF_DAMAGED));
        assert!(read(Some(vec![0; 1 << 20])).findings.contains(&EXIF_TOO_LARGE));
    }
}
