//! Blocks of seal-strip numbers (封条号段). Numbers must be unique without a network, so each
//! person gets a block of their own; blocks of one court never overlap.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra},
    problem::{Checker, Fault},
};

/// Numbers `prefix` + `from`..=`to`, four digits each: S0001 to S0050.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SealBlock {
    /// Staff id of who carries the strips.
    pub staff: String,
    /// Letters before the number.
    pub prefix: String,
    /// First number.
    pub from: u32,
    /// Last number, included.
    pub to: u32,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most blocks of one case.
pub const MAX_BLOCKS: usize = 200;
/// Most numbers of one block: four digits.
pub const MAX_NUMBERS: u32 = 10_000;

impl SealBlock {
    /// The printed form of one number of this block.
    pub fn print(&self, number: u32) -> String {
        format!("{}{number:04}", self.prefix)
    }

    /// Whether the printed strip `text` belongs to this block.
    pub fn contains(&self, text: &str) -> bool {
        parse(text).is_some_and(|(prefix, number)| {
            prefix == self.prefix && (self.from..=self.to).contains(&number)
        })
    }

    /// Whether the two share a number.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.from <= other.to && other.from <= self.to
    }

    fn validate(&self, checker: &mut Checker, path: &str) {
        checker.add_some(format!("{path}.staff"), check::staff_id(&self.staff));
        let letters = self.prefix.bytes().all(|b| b.is_ascii_uppercase());
        if !letters || !(1..=4).contains(&self.prefix.len()) {
            checker.add(
                format!("{path}.prefix"),
                Fault::error(
                    "seal_prefix_invalid",
                    "封条号前缀应为1至4个大写字母。",
                    "The prefix must be 1 to 4 capital letters.",
                ),
            );
        }
        if self.to >= MAX_NUMBERS || self.from > self.to {
            checker.add(
                format!("{path}.from"),
                Fault::error(
                    "seal_range_invalid",
                    "封条号段应为0000至9999之间的四位数,且起号不大于止号。",
                    "A block runs from a smaller to a larger number between 0000 and 9999.",
                ),
            );
        }
        check::extra(checker, path, &self.extra);
    }
}

/// Splits a printed strip `S0001` into prefix and number.
pub fn parse(text: &str) -> Option<(&str, u32)> {
    let split = text.len().checked_sub(4)?;
    let (prefix, digits) = text.split_at_checked(split)?;
    let fine = (1..=4).contains(&prefix.len())
        && prefix.bytes().all(|b| b.is_ascii_uppercase())
        && digits.bytes().all(|b| b.is_ascii_digit());
    if fine { Some((prefix, digits.parse().ok()?)) } else { None }
}

/// Checks the blocks of one case, among themselves too.
pub(super) fn validate(checker: &mut Checker, blocks: &[SealBlock]) {
    if !check::list(checker, "seal_blocks", blocks.len(), MAX_BLOCKS) {
        return;
    }
    for (index, block) in blocks.iter().enumerate() {
        block.validate(checker, &format!("seal_blocks[{index}]"));
    }
    for clash in overlaps(blocks.iter().enumerate()) {
        checker.add(format!("seal_blocks[{}]", clash.second), overlap_fault());
    }
}

/// Two blocks that share a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap<K> {
    /// Key of the block with the smaller start.
    pub first: K,
    /// Key of the other.
    pub second: K,
}

/// Every block that overlaps an earlier one of the same prefix, in `n log n`; use it over all cases
/// of a court, with (case, index) as the key.
pub fn overlaps<'a, K: Clone>(blocks: impl Iterator<Item = (K, &'a SealBlock)>) -> Vec<Overlap<K>> {
    let mut by_prefix: BTreeMap<&str, Vec<(K, &SealBlock)>> = BTreeMap::new();
    for (key, block) in blocks {
        by_prefix.entry(block.prefix.as_str()).or_default().push((key, block));
    }
    let mut clashes = Vec::new();
    for mut group in by_prefix.into_values() {
        group.sort_by_key(|(_, block)| block.from);
        let mut widest: Option<(K, &SealBlock)> = None;
        for (key, block) in group {
            if let Some((first, wide)) = &widest
                && wide.overlaps(block)
            {
                clashes.push(Overlap { first: first.clone(), second: key.clone() });
            }
            if widest.as_ref().is_none_or(|(_, wide)| block.to > wide.to) {
                widest = Some((key, block));
            }
        }
    }
    clashes
}

/// The fault of a block that shares a number with another.
pub fn overlap_fault() -> Fault {
    Fault::error(
        "seal_blocks_overlap",
        "封条号段与另一号段重叠,同一封条号会被使用两次。",
        "The block overlaps another: a seal strip number would be used twice.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(prefix: &str, from: u32, to: u32) -> SealBlock {
        SealBlock { staff: "P1".into(), prefix: prefix.into(), from, to, ..SealBlock::default() }
    }

    #[test]
    fn strips_are_read_and_printed() {
        assert_eq!(parse("S0003"), Some(("S", 3)));
        assert_eq!(parse("NH0051"), Some(("NH", 51)));
        for bad in ["", "0003", "S003a", "s0003", "封0003", "ABCDE0001", "S00003x"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(block("S", 1, 50).print(3), "S0003");
        assert!(block("S", 1, 50).contains("S0050"));
        assert!(!block("S", 1, 50).contains("S0051"));
    }

    #[test]
    fn an_overlap_is_found_behind_a_wide_block() {
        let blocks =
            [block("S", 1, 100), block("S", 10, 20), block("S", 90, 120), block("T", 1, 9)];
        let found = overlaps(blocks.iter().enumerate());
        assert_eq!(found, vec![Overlap { first: 0, second: 1 }, Overlap { first: 0, second: 2 }]);
        assert!(overlaps([block("S", 1, 50), block("S", 51, 100)].iter().enumerate()).is_empty());
    }

    #[test]
    fn a_block_has_four_digits_and_a_direction() {
        let codes = |block: SealBlock| {
            let mut checker = Checker::new();
            validate(&mut checker, &[block]);
            checker.finish().into_iter().map(|p| p.code).collect::<Vec<_>>()
        };
        assert!(codes(block("S", 0, 9_999)).is_empty());
        assert_eq!(codes(block("S", 0, 10_000)), ["seal_range_invalid"]);
        assert_eq!(codes(block("S", 9, 8)), ["seal_range_invalid"]);
        assert_eq!(codes(block("封", 1, 8)), ["seal_prefix_invalid"]);
    }
}
