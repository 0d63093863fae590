//! Which characters a text of a pack may hold. What can forge a line on a paper (control
//! characters, bidirectional overrides) is refused; what merely looks odd is reported.

use super::problem::{Fault, Severity};

/// A fault and the character it starts at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFault {
    /// Characters before the offending one.
    pub at: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// The worst character of `text`: the first that refuses it, else the first that is only odd.
pub fn worst_fault(text: &str) -> Option<TextFault> {
    let mut odd = None;
    for (at, c) in text.chars().enumerate() {
        if let Some(fault) = fault_of(c) {
            if fault.severity == Severity::Error {
                return Some(TextFault { at, fault });
            }
            odd = odd.or(Some(TextFault { at, fault }));
        }
    }
    odd
}

fn fault_of(c: char) -> Option<Fault> {
    let point = u32::from(c);
    let named = format!("U+{point:04X}");
    let fault = match point {
        0x00..=0x1f | 0x7f..=0x9f => Fault::error(
            "control_char",
            format!("含有控制字符({named}),请删除。"),
            format!("Contains a control character ({named}); remove it."),
        ),
        0x202a..=0x202e | 0x2066..=0x2069 => Fault::error(
            "bidi_override",
            format!("含有改变文字显示方向的字符({named}),显示内容可能与实际不符,请删除。"),
            format!(
                "Contains a character that changes the direction of writing ({named}); remove it."
            ),
        ),
        0xfffd => Fault::error(
            "replacement_char",
            "含有“�”,原文在转换编码时已损坏,请从原始材料重新填写。",
            "Contains U+FFFD: the text was damaged by an earlier conversion; enter it again from the source.",
        ),
        _ if point & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&point) => Fault::error(
            "noncharacter",
            format!("含有非字符编码({named}),请删除。"),
            format!("Contains a noncharacter ({named}); remove it."),
        ),
        0xad
        | 0x61c
        | 0x180e
        | 0x200b..=0x200f
        | 0x2028
        | 0x2029
        | 0x2060..=0x2064
        | 0xfeff
        | 0xe0000..=0xe007f => Fault::warning(
            "invisible_char",
            format!("含有看不见的字符({named}),请核对。"),
            format!("Contains an invisible character ({named}); please check."),
        ),
        0xe000..=0xf8ff | 0xf0000..=0x0010_ffff => Fault::warning(
            "private_use_char",
            format!("含有自造字({named}),其他设备可能无法显示,请核对。"),
            format!("Contains a private-use character ({named}) that other devices may not show."),
        ),
        _ => return None,
    };
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<(usize, &'static str)> {
        worst_fault(text).map(|found| (found.at, found.fault.code))
    }

    #[test]
    fn forging_characters_are_refused_where_they_stand() {
        assert_eq!(code("佛山市南海区桂城街道"), None);
        assert_eq!(code("㘵𣒍"), None);
        assert_eq!(code("佛山\u{202e}南海"), Some((2, "bidi_override")));
        assert_eq!(code("a\tb"), Some((1, "control_char")));
        assert_eq!(code("\u{fffd}"), Some((0, "replacement_char")));
        assert_eq!(code("\u{fffe}"), Some((0, "noncharacter")));
    }

    #[test]
    fn an_error_outranks_an_earlier_oddity() {
        assert_eq!(code("欧阳\u{200b}娜"), Some((2, "invisible_char")));
        assert_eq!(code("欧\u{200b}阳\u{7}"), Some((3, "control_char")));
        assert_eq!(code("\u{e000}"), Some((0, "private_use_char")));
    }
}
