//! What does not fit together: a photo's own particulars, the record that names it, and other photos. Each
//! finding is a question for the officer, not an accusation: cameras are set wrong, and files are passed on
//! for good reasons. Nothing here blocks anything.
//!
//! The thresholds are wide on purpose. In Nanhai a phone that writes GCJ-02 into EXIF is 620 m off, and a
//! camera's clock is often minutes wrong.

use jiff::Timestamp;
use serde::Serialize;

use super::{Fingerprint, Look};
use crate::geo::{Datum, Position, distance_m};
use crate::id::{BlobHash, DocumentId};
use crate::identifier::coordinate::Coordinate;
use crate::rules::Texts;

/// How far two positions may lie apart beyond their accuracies, metres.
pub const FAR_M: f64 = 1_000.0;
/// How far the camera's clock and the phone's may differ, minutes.
pub const LATE_MINUTES: i64 = 10;

/// What the signed record says about one photo.
#[derive(Debug, Clone, Copy)]
pub struct Capture<'a> {
    /// The record that names it.
    pub record: DocumentId,
    /// Its item there.
    pub item: &'a str,
    /// SHA-256 of the original.
    pub hash: BlobHash,
    /// Device time of the change that added it, milliseconds since 1970.
    pub device_ms: i64,
    /// Where the phone was.
    pub position: Option<&'a Position>,
    /// Where the act takes place by its record.
    pub place: Option<&'a Position>,
}

/// A photo that another one is held against.
#[derive(Debug, Clone, Copy)]
pub struct Other<'a> {
    /// The record that names it.
    pub record: DocumentId,
    /// Its item there, with or without its collection: `photos/01J...`.
    pub item: &'a str,
    /// SHA-256 of the original.
    pub hash: BlobHash,
    /// What it looks like, when that is known.
    pub fingerprint: Option<Fingerprint>,
}

impl Other<'_> {
    /// The item's own name, its ULID.
    pub fn ulid(&self) -> &str {
        self.item.rsplit('/').next().unwrap_or_default()
    }
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// EXIF's position is not the phone's.
    PositionDiffers,
    /// The photo was taken away from the record's place.
    AwayFromPlace,
    /// EXIF's time is not the phone's.
    TimeDiffers,
    /// The same file stands in another record.
    SamePhoto,
    /// Another file shows the same view.
    NearDuplicate,
    /// Its file is damaged.
    Damaged,
}

impl Kind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PositionDiffers => "photo_position_differs",
            Self::AwayFromPlace => "photo_away_from_place",
            Self::TimeDiffers => "photo_time_differs",
            Self::SamePhoto => "photo_in_two_records",
            Self::NearDuplicate => "photo_near_duplicate",
            Self::Damaged => "photo_damaged",
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.code())
    }
}

/// One finding about a photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What does not fit.
    pub kind: Kind,
    /// What to tell the officer.
    pub text: Texts,
    /// The other photo, for findings about two: record and item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<(String, String)>,
}

/// What does not fit about the photo `this`, of which `look` is known. `earlier` are photos already known,
/// of this case and others; only the first that fits is named for each kind.
pub fn findings<'a>(
    look: &Look,
    this: &Capture<'_>,
    earlier: impl IntoIterator<Item = Other<'a>>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let exif = look.gps.map(|gps| Place { point: wgs84(gps), accuracy_m: 0.0 });
    let phone = this.position.map(Place::of);
    if let Some(metres) = exif.zip(phone).and_then(|(exif, phone)| exif.far_from(phone)) {
        found.push(Finding::alone(
            Kind::PositionDiffers,
            format!("照片自带的拍摄位置与手机定位相距{},请核对。", distance_zh(metres)),
            format!("The photo's own position is {} from the phone's.", distance_en(metres)),
        ));
    }
    let place = this.place.map(Place::of);
    if let Some(metres) = phone.or(exif).zip(place).and_then(|(taken, place)| taken.far_from(place))
    {
        found.push(Finding::alone(
            Kind::AwayFromPlace,
            format!("拍摄位置距笔录所载地点{},请核对。", distance_zh(metres)),
            format!("The photo was taken {} from the record's place.", distance_en(metres)),
        ));
    }
    found.extend(time_differs(look, this.device_ms));
    let (mut same, mut near) = (None, None);
    for other in earlier {
        let is_this = other.record == this.record && other.ulid() == this.item;
        if is_this || (same.is_some() && near.is_some()) {
            continue;
        }
        let looks = look.fingerprint.zip(other.fingerprint);
        if other.hash == this.hash {
            // Twice in one record shows two lines of it; that is how records are written.
            same = same.or((other.record != this.record).then_some(other));
        } else if looks.is_some_and(|(this, other)| this.is_near(other)) {
            near = near.or(Some(other));
        }
    }
    found.extend(same.map(|other| {
        Finding::with(
            Kind::SamePhoto,
            "同一张照片已用于另一份笔录,请核对。".to_owned(),
            "The same photo stands in another record.".to_owned(),
            &other,
        )
    }));
    found.extend(near.map(|other| {
        Finding::with(
            Kind::NearDuplicate,
            "与此前一张照片画面几乎相同,请核对是否重复。".to_owned(),
            "The photo shows nearly the same view as an earlier one.".to_owned(),
            &other,
        )
    }));
    found
}

fn time_differs(look: &Look, device_ms: i64) -> Option<Finding> {
    let taken = look.taken_at?.instant()?;
    let device = Timestamp::from_millisecond(device_ms).ok()?;
    let minutes = (device.as_second() - taken.as_second()).abs() / 60;
    if minutes <= LATE_MINUTES {
        return None;
    }
    let (zh, en) = match minutes {
        0..120 => (format!("{minutes}分钟"), format!("{minutes} minutes")),
        120..2_880 => (format!("{}小时", minutes / 60), format!("{} hours", minutes / 60)),
        _ => (format!("{}天", minutes / 1_440), format!("{} days", minutes / 1_440)),
    };
    Some(Finding::alone(
        Kind::TimeDiffers,
        format!("照片自带的拍摄时间与手机记录时间相差{zh},请核对。"),
        format!("The photo's own time differs from the phone's by {en}."),
    ))
}

impl Finding {
    fn alone(kind: Kind, zh: String, en: String) -> Self {
        Self { kind, text: Texts { zh, en }, other: None }
    }

    /// The file is not what was captured any more.
    pub(super) fn damaged() -> Self {
        Self::alone(
            Kind::Damaged,
            "照片文件已损坏,无法核对,请联系技术人员。".to_owned(),
            "The photo's file is damaged and cannot be checked; call the court's support."
                .to_owned(),
        )
    }

    fn with(kind: Kind, zh: String, en: String, other: &Other<'_>) -> Self {
        let other = Some((other.record.to_hex(), other.item.to_owned()));
        Self { other, ..Self::alone(kind, zh, en) }
    }
}

/// A point in WGS-84 and the circle around it.
#[derive(Debug, Clone, Copy)]
struct Place {
    point: (f64, f64),
    accuracy_m: f64,
}

impl Place {
    fn of(position: &Position) -> Self {
        Self {
            point: position.degrees_in(Datum::Wgs84),
            accuracy_m: position.accuracy_m().unwrap_or_default(),
        }
    }

    /// The distance, when it is more than accuracies and cameras explain.
    fn far_from(self, other: Self) -> Option<f64> {
        let metres = distance_m(self.point, other.point);
        (metres - self.accuracy_m - other.accuracy_m > FAR_M).then_some(metres)
    }
}

fn wgs84(gps: Coordinate) -> (f64, f64) {
    crate::geo::datum::convert((gps.lat, gps.lon), gps.datum, Datum::Wgs84)
}

fn distance_zh(metres: f64) -> String {
    if metres < 10_000.0 { format!("{metres:.0}米") } else { format!("{:.0}公里", metres / 1e3) }
}

fn distance_en(metres: f64) -> String {
    if metres < 10_000.0 { format!("{metres:.0} m") } else { format!("{:.0} km", metres / 1e3) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::picture::TakenAt;

    const COURT: &str = "geo:23.028800,113.142900;crs=wgs84;u=8";
    /// 2026-03-17 09:05 in China.
    const NINE_FIVE: i64 = 1_773_709_500_000;

    fn at(text: &str) -> Position {
        text.parse().unwrap()
    }

    fn reading(lat: f64, lon: f64, minute: i8) -> Look {
        let local = jiff::civil::date(2026, 3, 17).at(9, minute, 0, 0);
        Look {
            gps: Some(Coordinate { lat, lon, datum: Datum::Wgs84 }),
            taken_at: Some(TakenAt { local, offset: None }),
            fingerprint: Some(Fingerprint([1; 16])),
        }
    }

    fn capture(number: u8) -> Capture<'static> {
        Capture {
            record: DocumentId([number; 16]),
            item: "A",
            hash: BlobHash([number; 32]),
            device_ms: NINE_FIVE,
            position: None,
            place: None,
        }
    }

    fn other(number: u8) -> Other<'static> {
        Other {
            record: DocumentId([number; 16]),
            item: "photos/A",
            hash: BlobHash([number; 32]),
            fingerprint: Some(Fingerprint([number; 16])),
        }
    }

    fn kinds(look: &Look, this: &Capture<'_>, earlier: &[Other<'static>]) -> Vec<Kind> {
        findings(look, this, earlier.iter().copied()).iter().map(|found| found.kind).collect()
    }

    #[test]
    fn positions_are_compared_beyond_accuracy_and_datum() {
        let (court, coarse) = (at(COURT), at("geo:23.028800,113.142900;crs=wgs84;u=2000"));
        let gcj02 = at("geo:23.026223,113.148358;crs=gcj02;u=8");
        let near = reading(23.0288, 113.1429, 5);
        let shifted = reading(23.026_223, 113.148_358, 5); // GCJ-02 written as if it were WGS-84
        let far = reading(23.0388, 113.1429, 5);
        let phone = |position| Capture { position: Some(position), ..capture(1) };
        assert_eq!(kinds(&near, &phone(&court), &[]), []);
        assert_eq!(kinds(&near, &phone(&gcj02), &[]), []);
        assert_eq!(kinds(&shifted, &phone(&court), &[]), []);
        assert_eq!(kinds(&far, &phone(&court), &[]), [Kind::PositionDiffers]);
        assert_eq!(kinds(&far, &phone(&coarse), &[]), []);
        let text = &findings(&far, &phone(&court), [])[0].text;
        assert_eq!(text.zh, "照片自带的拍摄位置与手机定位相距1112米,请核对。");
        assert_eq!(text.en, "The photo's own position is 1112 m from the phone's.");
    }

    #[test]
    fn the_records_place_is_compared_with_the_phone_first() {
        let (court, jiujiang) = (at(COURT), at("geo:22.833500,112.985000;crs=wgs84;u=8"));
        let here = reading(23.0288, 113.1429, 5);
        let with = |position, place| Capture { position, place: Some(place), ..capture(1) };
        assert_eq!(kinds(&here, &with(Some(&court), &court), &[]), []);
        assert_eq!(kinds(&here, &with(Some(&court), &jiujiang), &[]), [Kind::AwayFromPlace]);
        assert_eq!(kinds(&here, &with(None, &jiujiang), &[]), [Kind::AwayFromPlace]);
        assert_eq!(kinds(&here, &with(Some(&jiujiang), &jiujiang), &[]), [Kind::PositionDiffers]);
        let text = &findings(&here, &with(None, &jiujiang), [])[0].text;
        assert_eq!(text.zh, "拍摄位置距笔录所载地点27公里,请核对。");
    }

    #[test]
    fn times_without_offset_are_chinas() {
        let of = |minute| kinds(&reading(1.0, 1.0, minute), &capture(1), &[]);
        assert_eq!(of(15), []);
        assert_eq!(of(16), [Kind::TimeDiffers]);
        let mut london = reading(1.0, 1.0, 5);
        london.taken_at =
            london.taken_at.map(|at| TakenAt { offset: Some(jiff::tz::Offset::UTC), ..at });
        let found = findings(&london, &capture(1), []);
        assert_eq!(found[0].text.zh, "照片自带的拍摄时间与手机记录时间相差8小时,请核对。");
        let mut absurd = capture(1);
        absurd.device_ms = i64::MAX;
        assert_eq!(kinds(&london, &absurd, &[]), []);
    }

    #[test]
    fn photos_are_compared_with_earlier_ones() {
        let bare = Look { fingerprint: Some(Fingerprint([1; 16])), ..Look::default() };
        let this = capture(1);
        assert_eq!(kinds(&bare, &this, &[other(1)]), []);
        let other_line = Other { item: "photos/B", ..other(1) };
        assert_eq!(kinds(&bare, &this, &[other_line]), []);
        let other_record = Other { record: DocumentId([2; 16]), ..other(1) };
        let found = findings(&bare, &this, [other_record, other(3)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, Kind::SamePhoto);
        assert_eq!(found[0].other, Some(("02".repeat(16), "photos/A".to_owned())));
        let alike = Other { hash: BlobHash([9; 32]), ..other_record };
        assert_eq!(kinds(&bare, &this, &[alike, alike]), [Kind::NearDuplicate]);
        let featureless = Other { fingerprint: None, ..alike };
        assert_eq!(kinds(&bare, &this, &[featureless]), []);
    }
}
