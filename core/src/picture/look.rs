//! What is kept of a photo once it was looked at: what it says of place and time, and what it looks like.
//! Enough for every question about it, when its bytes have long left the phone.

use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use serde_json::{Value, json};

use super::{Fingerprint, Reading, TakenAt};
use crate::geo::Datum;
use crate::identifier::coordinate::Coordinate;

/// What is known of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Look {
    /// Where it says that it was taken.
    pub gps: Option<Coordinate>,
    /// When it says that it was taken.
    pub taken_at: Option<TakenAt>,
    /// What it looks like, when there is something to tell it from others.
    pub fingerprint: Option<Fingerprint>,
}

impl Look {
    /// What a reading says, of a photo that looks like `fingerprint`.
    pub fn of(reading: &Reading, fingerprint: Option<Fingerprint>) -> Self {
        Self { gps: reading.gps, taken_at: reading.taken_at, fingerprint }
    }

    /// Place and time as JSON, at most 160 bytes: `{"gps":[lat,lon,"wgs84"],"taken_at":"..."}`.
    pub fn particulars(&self) -> String {
        let gps = self.gps.map(|at| json!([at.lat, at.lon, at.datum.code()]));
        json!({ "gps": gps, "taken_at": self.taken_at.map(|at| at.to_string()) }).to_string()
    }

    /// Reads what [`Self::particulars`] wrote; what cannot be read is not known.
    pub fn recalled(particulars: &str, fingerprint: Option<Fingerprint>) -> Self {
        let kept: Value = serde_json::from_str(particulars).unwrap_or_default();
        let gps = kept["gps"].as_array().and_then(|at| {
            let datum = Datum::from_code(at.get(2)?.as_str()?)?;
            Some(Coordinate { lat: at.first()?.as_f64()?, lon: at.get(1)?.as_f64()?, datum })
        });
        Self { gps, taken_at: kept["taken_at"].as_str().and_then(taken_at), fingerprint }
    }
}

/// Reads what [`TakenAt`] writes.
fn taken_at(text: &str) -> Option<TakenAt> {
    let pieces = Pieces::parse(text).ok()?;
    let local = DateTime::from_parts(pieces.date(), pieces.time()?);
    Some(TakenAt { local, offset: pieces.to_numeric_offset() })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::Offset;

    use super::*;

    #[test]
    fn what_was_kept_is_recalled() {
        let gps = Coordinate { lat: -23.028_812_345, lon: 113.142_9, datum: Datum::Gcj02 };
        let local = date(2026, 3, 17).at(9, 5, 7, 0);
        let fingerprint = Some(Fingerprint([7; 16]));
        for offset in
            [None, Some(Offset::constant(8)), Some(Offset::constant(-3)), Some(Offset::UTC)]
        {
            let look =
                Look { gps: Some(gps), taken_at: Some(TakenAt { local, offset }), fingerprint };
            let kept = look.particulars();
            assert!(kept.len() <= 160, "{kept}");
            assert_eq!(Look::recalled(&kept, fingerprint), look);
        }
        assert_eq!(Look::recalled(&Look::default().particulars(), None), Look::default());
        for nonsense in ["", "{}", "[]", r#"{"gps":[1],"taken_at":"noon"}"#] {
            assert_eq!(Look::recalled(nonsense, None), Look::default());
        }
    }
}
