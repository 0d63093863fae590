//! The eight ways a picture may lie, as a group: what EXIF calls orientation and HEIF writes as a list of
//! rotations and mirrorings.

/// How a stored picture becomes upright: mirrored left to right or not, then turned clockwise by quarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Turn {
    mirrored: bool,
    quarters: u8,
}

impl Turn {
    /// Nothing to do.
    pub const UPRIGHT: Self = Self { mirrored: false, quarters: 0 };

    /// EXIF's codes 1 to 8, in their order.
    const EXIF: [Self; 8] = [
        Self { mirrored: false, quarters: 0 },
        Self { mirrored: true, quarters: 0 },
        Self { mirrored: false, quarters: 2 },
        Self { mirrored: true, quarters: 2 },
        Self { mirrored: true, quarters: 3 },
        Self { mirrored: false, quarters: 1 },
        Self { mirrored: true, quarters: 1 },
        Self { mirrored: false, quarters: 3 },
    ];

    /// The turn of an EXIF code; none for 0 and anything above 8.
    pub fn from_exif(code: u32) -> Option<Self> {
        let index = usize::try_from(code).ok()?.checked_sub(1)?;
        Self::EXIF.get(index).copied()
    }

    /// The EXIF code, 1 to 8.
    pub fn exif(self) -> u8 {
        let code = (1_u8..).zip(Self::EXIF).find(|(_, turn)| *turn == self);
        code.map_or(1, |(code, _)| code)
    }

    /// Turned further by `quarters` clockwise.
    #[must_use]
    pub(super) fn then_clockwise(self, quarters: u8) -> Self {
        Self { quarters: (self.quarters + quarters % 4) % 4, ..self }
    }

    /// Then mirrored left to right. Mirroring after a turn is mirroring before the opposite turn.
    #[must_use]
    pub(super) fn then_mirrored(self) -> Self {
        Self { mirrored: !self.mirrored, quarters: (4 - self.quarters) % 4 }
    }

    /// Then mirrored top to bottom.
    #[must_use]
    pub(super) fn then_flipped(self) -> Self {
        self.then_mirrored().then_clockwise(2)
    }

    /// Width and height after the turn.
    pub fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.quarters.is_multiple_of(2) { (width, height) } else { (height, width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exif_codes_read_back_and_others_are_none() {
        for code in 1..=8 {
            assert_eq!(Turn::from_exif(u32::from(code)).map(Turn::exif), Some(code));
        }
        assert_eq!([0, 9, 65_536, u32::MAX].map(Turn::from_exif), [None; 4]);
    }

    /// The pairs of `irot` and `imir` that ISO/IEC 23008-12 and its implementers give for EXIF's codes:
    /// quarters anti-clockwise, then axis.
    #[test]
    fn rotations_and_mirrorings_compose_as_heif_means_them() {
        let pairs = [
            (1, 0, None),
            (2, 0, Some(1)),
            (3, 2, None),
            (4, 0, Some(0)),
            (5, 1, Some(0)),
            (6, 3, None),
            (7, 3, Some(0)),
            (8, 1, None),
        ];
        for (code, anticlockwise, axis) in pairs {
            let turned = Turn::UPRIGHT.then_clockwise(4 - anticlockwise);
            let turn = match axis {
                None => turned,
                Some(0) => turned.then_flipped(),
                Some(_) => turned.then_mirrored(),
            };
            assert_eq!(turn.exif(), code);
        }
    }
}
