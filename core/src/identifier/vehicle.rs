//! What identifies a vehicle without a plate: the VIN (车辆识别代号, GB 16735) and the engine number
//! (发动机编号), which the seizure list of an unregistered vehicle must show.

use super::{Checked, Finding, Reason, judge, reasons};

reasons! {
    LENGTH: "vin_length", "车辆识别代号应为十七位。", "A VIN has 17 characters.";
    CHARACTERS: "vin_characters", "车辆识别代号只用数字和大写字母,不用I、O、Q。", "Only digits and capitals without I, O and Q are used.";
    CHECK: "vin_check", "车辆识别代号第九位校验不符,请核对;部分进口车不适用校验。", "The check character does not match; check it. Some imported cars have none.";
    YEAR: "vin_year", "车辆识别代号第十位(年份)不应为该字符,请核对。", "Character 10 (model year) cannot be this one; check it.";
    ENGINE_LENGTH: "engine_number_length", "发动机编号应为四至二十个字符。", "An engine number has 4 to 20 characters.";
    ENGINE_CHARACTERS: "engine_number_characters", "发动机编号含有无法打印的字符。", "The engine number contains characters that cannot be printed.";
}

/// The parts of a VIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vin {
    /// World manufacturer identifier, characters 1-3.
    pub manufacturer: String,
    /// Vehicle descriptor, characters 4-8.
    pub descriptor: String,
    /// Model year code, character 10.
    pub year_code: char,
    /// Plant and serial, characters 11-17.
    pub serial: String,
}

/// Checks a VIN. A wrong check character or year is suspicious, not invalid.
///
/// The check weighs letters by value (A, J and 1 are equal), so it finds every single wrong digit
/// but not a letter read as another of the same value.
pub fn check_vin(raw: &str) -> Checked<Vin> {
    judge(raw, |text| Ok((text.to_owned(), read(text)?)))
}

fn read(text: &str) -> Result<Finding<Vin>, Reason> {
    if !text.chars().all(|c| c.is_ascii_alphanumeric()) || text.contains(['I', 'O', 'Q']) {
        return Err(CHARACTERS);
    }
    let bytes: &[u8; 17] = text.as_bytes().try_into().map_err(|_| LENGTH)?;
    let vin = Vin {
        manufacturer: text[..3].to_owned(),
        descriptor: text[3..8].to_owned(),
        year_code: char::from(bytes[9]),
        serial: text[10..].to_owned(),
    };
    Ok(if check_character(bytes) != bytes[8] {
        Finding::Doubt(vin, CHECK)
    } else if matches!(bytes[9], b'U' | b'Z' | b'0') {
        Finding::Doubt(vin, YEAR)
    } else {
        Finding::Good(vin)
    })
}

fn check_character(bytes: &[u8; 17]) -> u8 {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(b, weight)| value(*b) * weight).sum();
    b"0123456789X"[(sum % 11) as usize]
}

/// A-H are 1-8, J-N 1-5, P 7, R 9, S-Z 2-9.
fn value(byte: u8) -> u32 {
    u32::from(match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'H' => byte - b'A' + 1,
        b'J'..=b'R' => byte - b'J' + 1,
        b'S'..=b'Z' => byte - b'S' + 2,
        _ => 0,
    })
}

/// Checks an engine number: free text, because every maker has its own form.
pub fn check_engine_number(raw: &str) -> Checked<String> {
    judge(raw, |text| {
        if text.chars().any(|c| {
            c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        }) {
            return Err(ENGINE_CHARACTERS);
        }
        if !(4..=20).contains(&text.chars().count()) {
            return Err(ENGINE_LENGTH);
        }
        Ok((text.to_owned(), Finding::Good(text.to_owned())))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::identifier::Standing;

    const VALID: [&str; 5] = [
        "LTEST00A5JA000001",
        "LTEST00B4KN000123",
        "LTEST00C4LB007777",
        "LTEST00AXJA000009",
        "1M8GDM9AXKP042788",
    ];

    #[test]
    fn the_valid_rows_of_the_domain_sheet() {
        for raw in VALID {
            let checked = check_vin(raw);
            assert_eq!((checked.standing, checked.reason), (Standing::Ok, None), "{raw}");
        }
        let parts = check_vin("ltest00a5 ja000001").parts.unwrap();
        assert_eq!((parts.manufacturer.as_str(), parts.descriptor.as_str()), ("LTE", "ST00A"));
        assert_eq!((parts.year_code, parts.serial.as_str()), ('J', "A000001"));
    }

    #[test]
    fn the_other_rows_of_the_domain_sheet_each_with_its_reason() {
        for (raw, standing, reason) in [
            ("LTEST00A6JA000001", Standing::Suspicious, CHECK),
            ("LTEST00B4KN00O123", Standing::Invalid, CHARACTERS),
            ("LTEST00C4LB00777", Standing::Invalid, LENGTH),
            ("LTEST00D2PZ00Q042", Standing::Invalid, CHARACTERS),
            ("1M8GDM9AXKP042789", Standing::Suspicious, CHECK),
            ("LTEST00A5JA000001车", Standing::Invalid, CHARACTERS),
        ] {
            let checked = check_vin(raw);
            assert_eq!((checked.standing, checked.reason), (standing, Some(reason)), "{raw}");
        }
    }

    #[test]
    fn a_model_year_that_does_not_exist_is_suspicious() {
        let mut bytes = *b"LTEST00A00A000001";
        bytes[8] = check_character(&bytes);
        let checked = check_vin(std::str::from_utf8(&bytes).unwrap());
        assert_eq!((checked.standing, checked.reason), (Standing::Suspicious, Some(YEAR)));
    }

    #[test]
    fn engine_numbers_are_free_text_of_4_to_20() {
        assert!(check_engine_number("4g15 s-测试 001").is_ok());
        assert_eq!(check_engine_number("4G1").reason, Some(ENGINE_LENGTH));
        assert_eq!(check_engine_number(&"4".repeat(21)).reason, Some(ENGINE_LENGTH));
        assert_eq!(check_engine_number("4G15\u{0}").reason, Some(ENGINE_CHARACTERS));
        assert_eq!(check_engine_number("4G15\u{202e}99").reason, Some(ENGINE_CHARACTERS));
    }

    proptest! {
        #[test]
        fn a_single_changed_digit_is_never_ok(which in 0..VALID.len(), at in 0_usize..17, new in 0_u8..10) {
            let mut bytes = VALID[which].as_bytes().to_vec();
            prop_assume!(bytes[at].is_ascii_digit() && bytes[at] != b'0' + new);
            bytes[at] = b'0' + new;
            prop_assert!(!check_vin(std::str::from_utf8(&bytes).unwrap()).is_ok());
        }
    }
}
