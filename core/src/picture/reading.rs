//! What a picture says about itself. Nothing of it is proof: particulars are written by the device that
//! took the picture, or by whoever edited it since.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::{Format, Turn};
use crate::identifier::Reason;
use crate::identifier::coordinate::Coordinate;
use crate::identifier::date_time::CHINA;

/// When a camera says it took a picture: its own clock's face, and the offset if the file gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenAt {
    /// As written.
    pub local: DateTime,
    /// Offset from UTC, when the file gives it.
    pub offset: Option<Offset>,
}

impl TakenAt {
    /// The instant; without an offset in the file, that of China.
    pub fn instant(&self) -> Option<Timestamp> {
        self.offset.unwrap_or(CHINA).to_timestamp(self.local).ok()
    }
}

/// `2026-03-17T09:05:00+08:00`, or without offset as the file has it.
impl fmt::Display for TakenAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local.strftime("%Y-%m-%dT%H:%M:%S"))?;
        let Some(offset) = self.offset else { return Ok(()) };
        let minutes = offset.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    }
}

/// The particulars of a file of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Its format, when that is one whose particulars are read.
    pub format: Option<Format>,
    /// Its media type by content, whatever it is.
    pub media_type: &'static str,
    /// Size, bytes.
    pub bytes: u64,
    /// Width of the picture as stored, pixels; 0 when not known.
    pub width: u32,
    /// Height as stored, pixels; 0 when not known.
    pub height: u32,
    /// How it must be turned to stand upright.
    pub turn: Turn,
    /// Where it was taken, WGS-84 as EXIF prescribes. Some phones write GCJ-02 without saying so.
    pub gps: Option<Coordinate>,
    /// When it was taken.
    pub taken_at: Option<TakenAt>,
    /// Maker of the camera, at most 64 characters.
    pub make: Option<String>,
    /// Model of the camera, at most 64 characters.
    pub model: Option<String>,
    /// What is to be known about the above.
    pub findings: Vec<Reason>,
    /// Why there is nothing to show, if that is so.
    pub reason: Option<Reason>,
}

impl Reading {
    /// A file of which nothing but its type and size is known.
    pub(super) fn bare(media_type: &'static str, format: Option<Format>, bytes: u64) -> Self {
        Self {
            format,
            media_type,
            bytes,
            width: 0,
            height: 0,
            turn: Turn::UPRIGHT,
            gps: None,
            taken_at: None,
            make: None,
            model: None,
            findings: Vec::new(),
            reason: None,
        }
    }

    /// The orientation as EXIF codes it, 1 to 8, once turned only by what counts for this format.
    pub fn orientation(&self) -> u8 {
        self.turn.exif()
    }

    /// Width and height as a person sees them, pixels.
    pub fn upright_size(&self) -> (u32, u32) {
        self.turn.size(self.width, self.height)
    }

    /// Whether [`derive`](super::derive) can be expected to give pictures.
    pub fn is_shown(&self) -> bool {
        self.reason.is_none()
    }
}
