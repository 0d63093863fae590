//! The outermost layer of a message: one zstd stream with hard limits on both sides of it, so that
//! neither a small upload can grow without bound nor a large one be read whole.

use std::io::{BufRead, Read};

/// Bytes of a compressed message.
pub const MAX_COMPRESSED: usize = 8 * 1024 * 1024;
/// Bytes of a message after decompression.
pub const MAX_PLAIN: usize = 32 * 1024 * 1024;
/// The window a sender may ask the receiver to keep: 8 MiB.
const MAX_WINDOW_LOG: u32 = 23;
const LEVEL: i32 = 9;

/// The frame cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// More bytes than [`MAX_COMPRESSED`] or [`MAX_PLAIN`].
    #[error("message is larger than the limit")]
    TooLarge,
    /// Not one whole zstd stream.
    #[error("message is not a whole compressed stream")]
    Damaged,
}

impl FrameError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "message_too_large",
            Self::Damaged => "message_damaged",
        }
    }
}

/// Compresses `plain`.
pub fn seal(plain: &[u8]) -> Result<Vec<u8>, FrameError> {
    if plain.len() > MAX_PLAIN {
        return Err(FrameError::TooLarge);
    }
    zstd::bulk::compress(plain, LEVEL).map_err(|_| FrameError::Damaged)
}

/// Decompresses `frame`, never beyond [`MAX_PLAIN`].
pub fn open(frame: &[u8]) -> Result<Vec<u8>, FrameError> {
    open_up_to(frame, MAX_PLAIN)
}

fn open_up_to(frame: &[u8], limit: usize) -> Result<Vec<u8>, FrameError> {
    if frame.len() > MAX_COMPRESSED {
        return Err(FrameError::TooLarge);
    }
    let mut decoder = zstd::stream::read::Decoder::new(frame).map_err(|_| FrameError::Damaged)?;
    decoder.window_log_max(MAX_WINDOW_LOG).map_err(|_| FrameError::Damaged)?;
    let mut decoder = decoder.single_frame();
    let mut plain = Vec::new();
    let over = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.by_ref().take(over).read_to_end(&mut plain).map_err(|_| FrameError::Damaged)?;
    if plain.len() > limit {
        return Err(FrameError::TooLarge);
    }
    // Nothing may follow the one frame.
    let mut rest = decoder.finish();
    if rest.fill_buf().is_ok_and(<[u8]>::is_empty) { Ok(plain) } else { Err(FrameError::Damaged) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn frames_round_trip_and_damage_is_noticed() {
        let plain: Vec<u8> = (0..40_000_u32).flat_map(u32::to_le_bytes).collect();
        let frame = seal(&plain).unwrap();
        assert_eq!(open(&frame).unwrap(), plain);
        assert_eq!(open(&frame[..frame.len() - 1]), Err(FrameError::Damaged));
        assert_eq!(open(&[frame.as_slice(), b"x"].concat()), Err(FrameError::Damaged));
        assert_eq!(open(b""), Err(FrameError::Damaged));
        assert_eq!(open(b"<html>login</html>"), Err(FrameError::Damaged));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = zstd::bulk::compress(&vec![0_u8; 4_000_000], 19).unwrap();
        assert!(bomb.len() < 2_000);
        assert_eq!(open_up_to(&bomb, 1_000_000), Err(FrameError::TooLarge));
    }
}
