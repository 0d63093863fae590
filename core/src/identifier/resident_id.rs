//! Resident identity numbers (公民身份号码, GB 11643-1999): six digits of the area of first issue,
//! birth date, three digits of sequence (odd for men), and a check character.
//!
//! A retired area code is not an error: only the province is looked up. Numbers are personal data:
//! they are never shown by `Debug`, and screens show [`ResidentId::masked`].

use std::fmt;

use jiff::civil::Date;

use super::{Checked, Finding, Reason, all_digits, judge, reasons, table};

reasons! {
    LENGTH: "resident_id_length", "公民身份号码应为十八位。", "An identity number has 18 characters.";
    CHARACTERS: "resident_id_characters", "公民身份号码前十七位应为数字,末位为数字或X。", "The first 17 characters must be digits, the last a digit or X.";
    PROVINCE: "resident_id_province", "公民身份号码前两位不是省级代码。", "The first two digits are no province code.";
    BIRTH_DATE: "resident_id_birth_date", "公民身份号码中的出生日期不存在,请核对证件。", "The birth date in the number does not exist; check the card.";
    BIRTH_RANGE: "resident_id_birth_range", "公民身份号码中的出生日期早于1900年或晚于今天,请核对证件。", "The birth date in the number lies before 1900 or in the future; check the card.";
    CHECK: "resident_id_check", "公民身份号码校验位不符,请核对证件。", "The check character does not match; check the card.";
    FIFTEEN: "resident_id_fifteen", "此为十五位旧身份证号码,请注明来源。", "An old 15-digit number; note where it comes from.";
}

/// The parts of an 18-character number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ResidentId {
    text: [u8; 18],
    /// Birth date; none when the digits are no date.
    pub birth: Option<Date>,
    /// The sequence's last digit is odd for men.
    pub male: bool,
}

impl ResidentId {
    /// The number itself. Personal data.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Area code of first issue, six digits; possibly retired since.
    pub fn area(&self) -> &str {
        self.as_str().get(..6).unwrap_or_default()
    }

    /// What a screen shows by default: `440605********0013`.
    pub fn masked(&self) -> String {
        let text = self.as_str();
        format!(
            "{}********{}",
            text.get(..6).unwrap_or_default(),
            text.get(14..).unwrap_or_default()
        )
    }

    /// Age in completed years on `day`; none when the birth date is unknown or later. Somebody born
    /// on 29 February comes of age on 1 March of other years.
    pub fn age_on(&self, day: Date) -> Option<i16> {
        let birth = self.birth.filter(|birth| *birth <= day)?;
        let before = (day.month(), day.day()) < (birth.month(), birth.day());
        Some(day.year() - birth.year() - i16::from(before))
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidentId(..)")
    }
}

/// Checks an identity number as of `today`.
///
/// Wrong characters or an unknown province are invalid; a wrong check character or an impossible
/// birth date is suspicious, because papers contain errors.
pub fn check(raw: &str, today: Date) -> Checked<ResidentId> {
    judge(raw, |text| Ok((text.to_owned(), read(text, today)?)))
}

pub(super) fn read(text: &str, today: Date) -> Result<Finding<ResidentId>, Reason> {
    if text.len() == 15 && all_digits(text) {
        return Ok(Finding::Old(None, FIFTEEN));
    }
    if text.chars().count() != 18 {
        return Err(LENGTH);
    }
    let bytes: [u8; 18] = text.as_bytes().try_into().map_err(|_| CHARACTERS)?;
    let (body, last) = (&bytes[..17], bytes[17]);
    if !body.iter().all(u8::is_ascii_digit) || !(last.is_ascii_digit() || last == b'X') {
        return Err(CHARACTERS);
    }
    if !table::is_province_prefix(&text[..2]) {
        return Err(PROVINCE);
    }
    let birth = birth_date(&text[6..14]);
    let id = ResidentId { text: bytes, birth, male: bytes[16] % 2 == 1 };
    Ok(match birth {
        None => Finding::Doubt(id, BIRTH_DATE),
        Some(birth) if birth.year() < 1900 || birth > today => Finding::Doubt(id, BIRTH_RANGE),
        _ if check_character(body) != last => Finding::Doubt(id, CHECK),
        _ => Finding::Good(id),
    })
}

fn birth_date(digits: &str) -> Option<Date> {
    let year = digits.get(..4)?.parse().ok()?;
    let month = digits.get(4..6)?.parse().ok()?;
    let day = digits.get(6..)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

/// ISO 7064 MOD 11-2 over 17 digits.
fn check_character(body: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHARACTERS: &[u8; 11] = b"10X98765432";
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    CHARACTERS[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::identifier::Standing;

    const TODAY: Date = date(2026, 3, 17);
    const VALID: [&str; 5] = [
        "440605190001010013",
        "440605190503120028",
        "44060419120229003X",
        "440605191811301108",
        "440605190909099994",
    ];

    #[test]
    fn the_valid_rows_of_the_domain_sheet() {
        for raw in VALID {
            let checked = check(raw, TODAY);
            assert_eq!((checked.standing, checked.reason), (Standing::Ok, None), "{raw}");
            assert_eq!(checked.parts.unwrap().as_str(), raw);
        }
        let leap = check("44060419120229003x", TODAY);
        assert_eq!(leap.standing, Standing::Ok, "lower-case x is accepted");
        let parts = leap.parts.unwrap();
        assert_eq!(
            (parts.area(), parts.birth, parts.male),
            ("440604", Some(date(1912, 2, 29)), true)
        );
        assert_eq!(parts.masked(), "440604********003X");
        assert_eq!(parts.age_on(date(1930, 2, 28)), Some(17));
        assert_eq!(parts.age_on(date(1930, 3, 1)), Some(18));
        assert_eq!(parts.age_on(date(1911, 1, 1)), None);
    }

    #[test]
    fn the_other_rows_of_the_domain_sheet_each_with_its_reason() {
        for (raw, standing, reason) in [
            ("440605190001010014", Standing::Suspicious, CHECK),
            ("440605190502300027", Standing::Suspicious, BIRTH_DATE),
            ("440605190001011", Standing::Legacy, FIFTEEN),
            ("990605190001010010", Standing::Invalid, PROVINCE),
            ("440605209901010016", Standing::Suspicious, BIRTH_RANGE),
            ("44060519000101001", Standing::Invalid, LENGTH),
            ("4406051900010100133", Standing::Invalid, LENGTH),
            ("44060519000101001Y", Standing::Invalid, CHARACTERS),
            ("4406051900O1010013", Standing::Invalid, CHARACTERS),
            ("四40605190001010013", Standing::Invalid, CHARACTERS),
        ] {
            let checked = check(raw, TODAY);
            assert_eq!((checked.standing, checked.reason), (standing, Some(reason)), "{raw}");
            assert_eq!(checked.parts.is_some(), standing == Standing::Suspicious, "{raw}");
        }
    }

    #[test]
    fn a_number_is_never_shown_by_debug() {
        let checked = check(VALID[0], TODAY);
        assert!(!format!("{checked:?} {:?}", checked.parts).contains("1900"));
    }

    proptest! {
        #[test]
        fn a_single_changed_digit_is_never_ok(which in 0..VALID.len(), at in 0_usize..18, new in 0_u8..10) {
            let mut bytes = VALID[which].as_bytes().to_vec();
            prop_assume!(bytes[at] != b'0' + new);
            bytes[at] = b'0' + new;
            let text = String::from_utf8(bytes).unwrap();
            prop_assert!(!check(&text, TODAY).is_ok());
        }
    }
}
