//! Where a crew is while its request for help is open: a few fixes in one small JSON message to `POST positions`; the
//! request's token ([`super::token`]) says whose they are and binds the exact bytes. Only then: nobody is followed
//! who did not ask for help.

use serde::{Deserialize, Serialize};

use crate::geo::Position;

/// Media type of the message and of its answer.
pub const MEDIA_TYPE: &str = "application/vnd.lastmile.positions+json";
/// Longest message, bytes.
pub const MAX_LEN: usize = 16_384;
/// Fixes of one message at most: ten minutes of one every ten seconds.
pub const MAX_FIXES: usize = 60;
/// Longest position, bytes.
const MAX_POSITION: usize = 120;

/// One fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentFix {
    /// An RFC 5870 URI that names its datum.
    pub position: String,
    /// How old it is when it is sent, seconds.
    pub age_s: u32,
}

/// What a phone says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PositionsMessage {
    /// 1 to 60.
    pub fixes: Vec<SentFix>,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionsAnswer {
    /// How many open requests they belong to.
    pub requests: u32,
}

impl PositionsMessage {
    /// The youngest of the fixes with its age in seconds; the name of what is wrong.
    pub fn youngest(bytes: &[u8]) -> Result<(Position, u32), &'static str> {
        if bytes.len() > MAX_LEN {
            return Err("body");
        }
        let message: Self = serde_json::from_slice(bytes).map_err(|_| "body")?;
        if !(1..=MAX_FIXES).contains(&message.fixes.len()) {
            return Err("fixes");
        }
        let mut youngest: Option<(Position, u32)> = None;
        for fix in message.fixes {
            let held = Some(fix.position).filter(|text| text.len() <= MAX_POSITION);
            let position = held.and_then(|text| text.parse().ok()).ok_or("position")?;
            if youngest.as_ref().is_none_or(|(_, age_s)| fix.age_s <= *age_s) {
                youngest = Some((position, fix.age_s));
            }
        }
        youngest.ok_or("fixes")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_youngest_counts_and_what_makes_no_sense_is_named() {
        let fix = |lat: &str, age_s| SentFix {
            position: format!("geo:{lat},112.985000;crs=wgs84"),
            age_s,
        };
        let read = |fixes: Vec<SentFix>| {
            let bytes = serde_json::to_vec(&PositionsMessage { fixes }).unwrap();
            PositionsMessage::youngest(&bytes).map(|(at, age_s)| (at.coordinate().lat, age_s))
        };
        assert_eq!(
            read(vec![fix("22.830000", 20), fix("22.840000", 0), fix("22.850000", 10)]),
            Ok((22.84, 0))
        );
        assert_eq!(read(Vec::new()), Err("fixes"));
        assert_eq!(read(vec![fix("22.83", 1); MAX_FIXES + 1]), Err("fixes"));
        assert_eq!(read(vec![fix("22.83", 1), fix("100", 2)]), Err("position"));
        assert_eq!(PositionsMessage::youngest(b"[]"), Err("body"));
        assert_eq!(PositionsMessage::youngest(&vec![b' '; MAX_LEN + 1]), Err("body"));
    }
}
