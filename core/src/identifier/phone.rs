//! Telephone numbers of the mainland: mobile, landline, and the two short numbers a record may hold.

use super::{Checked, Finding, all_digits, judge, reasons};

reasons! {
    FORM: "phone_form", "电话号码有误:手机为1开头的十一位,固定电话须加区号。", "Not a telephone number: mobile numbers have 11 digits, landlines need the area code.";
}

/// What kind of line a number reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// 手机.
    Mobile,
    /// 固定电话, with area code.
    Landline,
    /// 12368, the courts' service line.
    CourtLine,
    /// 110.
    Police,
}

/// A telephone number.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    /// What it reaches.
    pub kind: PhoneKind,
    /// Digits to dial within the country, without separators. Personal data.
    pub digits: String,
}

impl Phone {
    /// What a screen shows by default: `138****0000`. Short numbers stay as they are.
    pub fn masked(&self) -> String {
        match (
            self.digits.get(..3),
            self.digits.len().checked_sub(4).and_then(|at| self.digits.get(at..)),
        ) {
            (Some(head), Some(tail)) if self.digits.len() >= 10 => format!("{head}****{tail}"),
            _ => self.digits.clone(),
        }
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phone({:?}, ..)", self.kind)
    }
}

/// Checks a telephone number; `+86` or `0086` before it and hyphens within a mobile number are
/// dropped. The normalised form of a landline keeps the hyphen after the area code when it had one.
pub fn check(raw: &str) -> Checked<Phone> {
    judge(raw, |text| {
        let number = text.strip_prefix("+86").or_else(|| text.strip_prefix("0086")).unwrap_or(text);
        let number = number.strip_prefix('-').unwrap_or(number);
        let digits: String = number.chars().filter(|c| *c != '-').collect();
        if !all_digits(&digits) {
            return Err(FORM);
        }
        let kind = kind_of(number, &digits).ok_or(FORM)?;
        let normalised =
            if kind == PhoneKind::Landline { number.to_owned() } else { digits.clone() };
        Ok((normalised, Finding::Good(Phone { kind, digits })))
    })
}

fn kind_of(number: &str, digits: &str) -> Option<PhoneKind> {
    match digits {
        "110" => return Some(PhoneKind::Police),
        "12368" => return Some(PhoneKind::CourtLine),
        _ => {}
    }
    let bytes = digits.as_bytes();
    if bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) {
        return Some(PhoneKind::Mobile);
    }
    let landline = digits.starts_with('0')
        && match number.split_once('-') {
            Some((area, line)) => {
                matches!(area.len(), 3 | 4) && matches!(line.len(), 7 | 8) && all_digits(line)
            }
            None => (10..=12).contains(&digits.len()),
        };
    landline.then_some(PhoneKind::Landline)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::identifier::Standing;

    #[test]
    fn numbers_and_their_kinds() {
        for (raw, normal, kind) in [
            ("13800000000", "13800000000", PhoneKind::Mobile),
            ("+86 138-0000-0000", "13800000000", PhoneKind::Mobile),
            ("１９９００００００００", "19900000000", PhoneKind::Mobile),
            ("0757-00000000", "0757-00000000", PhoneKind::Landline),
            ("075700000000", "075700000000", PhoneKind::Landline),
            ("020-0000000", "020-0000000", PhoneKind::Landline),
            ("12368", "12368", PhoneKind::CourtLine),
            ("110", "110", PhoneKind::Police),
        ] {
            let checked = check(raw);
            assert_eq!(
                (checked.standing, checked.normalised.as_str()),
                (Standing::Ok, normal),
                "{raw}"
            );
            assert_eq!(checked.parts.unwrap().kind, kind, "{raw}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for raw in [
            "1380000000",
            "12800000000",
            "138000000000",
            "8630000",
            "07-5700000000",
            "0757--0000000",
            "111",
            "一一〇",
            "+86",
        ] {
            let checked = check(raw);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Invalid, Some(FORM)),
                "{raw}"
            );
        }
    }

    #[test]
    fn a_number_is_masked_on_screens_and_in_logs() {
        let phone = check("13812345678").parts.unwrap();
        assert_eq!(phone.masked(), "138****5678");
        assert_eq!(format!("{phone:?}"), "Phone(Mobile, ..)");
        assert_eq!(check("110").parts.unwrap().masked(), "110");
    }
}
