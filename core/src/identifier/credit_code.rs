//! Unified social credit codes (统一社会信用代码, GB 32100-2015) of firms, offices and associations.

use super::{Checked, Finding, Reason, judge, reasons};

reasons! {
    LENGTH: "credit_code_length", "统一社会信用代码应为十八位。", "A unified social credit code has 18 characters.";
    CHARACTERS: "credit_code_characters", "统一社会信用代码只用数字和大写字母,不用I、O、S、V、Z。", "Only digits and capitals without I, O, S, V and Z are used.";
    AREA: "credit_code_area", "统一社会信用代码第三至八位应为行政区划数字。", "Characters 3 to 8 must be the digits of an area code.";
    CHECK: "credit_code_check", "统一社会信用代码校验位不符,请核对营业执照。", "The check character does not match; check the licence.";
    ORGANISATION_CHECK: "credit_code_organisation_check", "其中的组织机构代码校验位不符,请核对营业执照。", "The check of the organisation code inside does not match; check the licence.";
}

/// The parts of a credit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditCode {
    /// Registering department: `1` staffing office, `5` civil affairs, `9` market regulation, ...
    pub department: char,
    /// Kind within the department: `91` is a company, `92` an individual business (个体工商户).
    pub kind: char,
    /// Area of registration, six digits; possibly retired since.
    pub area: String,
    /// Organisation code (GB 11714), nine characters with its own check.
    pub organisation: String,
}

/// Values are positions: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Checks a unified social credit code.
///
/// Both checks are content, not form: papers contain errors, so a mismatch is suspicious.
pub fn check(raw: &str) -> Checked<CreditCode> {
    judge(raw, |text| Ok((text.to_owned(), read(text)?)))
}

fn read(text: &str) -> Result<Finding<CreditCode>, Reason> {
    if text.chars().count() != 18 {
        return Err(LENGTH);
    }
    let values: Vec<usize> = text
        .bytes()
        .map(|b| ALPHABET.iter().position(|a| *a == b))
        .collect::<Option<_>>()
        .ok_or(CHARACTERS)?;
    let bytes = text.as_bytes();
    if !bytes[2..8].iter().all(u8::is_ascii_digit) {
        return Err(AREA);
    }
    let code = CreditCode {
        department: char::from(bytes[0]),
        kind: char::from(bytes[1]),
        area: text[2..8].to_owned(),
        organisation: text[8..17].to_owned(),
    };
    Ok(if outer_check(&values[..17]) != values[17] {
        Finding::Doubt(code, CHECK)
    } else if organisation_check(&bytes[8..16]) != bytes[16] {
        Finding::Doubt(code, ORGANISATION_CHECK)
    } else {
        Finding::Good(code)
    })
}

/// `31 - Σ value·3^i mod 31`; 31 is prime, so every single wrong character is found.
fn outer_check(values: &[usize]) -> usize {
    let mut weight = 1;
    let mut sum = 0;
    for value in values {
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    (31 - sum) % 31
}

/// GB 11714: letters count 10 to 35, mod 11, ten is `X`.
fn organisation_check(body: &[u8]) -> u8 {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .iter()
        .zip(WEIGHTS)
        .map(|(b, weight)| char::from(*b).to_digit(36).unwrap_or(0) * weight)
        .sum();
    match (11 - sum % 11) % 11 {
        10 => b'X',
        digit => b"0123456789"[digit as usize],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::identifier::Standing;

    const VALID: [&str; 5] = [
        "914406050000000193",
        "91440604000000027F",
        "92440605MA0000007U",
        "114406050000000351",
        "91440605MATERT017J",
    ];

    #[test]
    fn the_valid_rows_of_the_domain_sheet() {
        for raw in VALID {
            let checked = check(raw);
            assert_eq!((checked.standing, checked.reason), (Standing::Ok, None), "{raw}");
        }
        let parts = check(" 92440605ma0000007u ").parts.unwrap();
        assert_eq!((parts.department, parts.kind), ('9', '2'));
        assert_eq!((parts.area.as_str(), parts.organisation.as_str()), ("440605", "MA0000007"));
        // The standard's own good example.
        assert_eq!(check("91350100M000100Y43").standing, Standing::Ok);
    }

    #[test]
    fn the_other_rows_of_the_domain_sheet_each_with_its_reason() {
        for (raw, standing, reason) in [
            ("914406050000000194", Standing::Suspicious, CHECK),
            ("91440604000000027I", Standing::Invalid, CHARACTERS),
            ("92440605MA0000007", Standing::Invalid, LENGTH),
            ("9144O6050000000193", Standing::Invalid, CHARACTERS),
            ("91350100M000100Y4Z", Standing::Invalid, CHARACTERS),
            ("91A406050000000193", Standing::Invalid, AREA),
        ] {
            let checked = check(raw);
            assert_eq!((checked.standing, checked.reason), (standing, Some(reason)), "{raw}");
        }
    }

    #[test]
    fn a_wrong_organisation_check_is_suspicious_only() {
        // 00000002 has the check 7, not 8; the outer check is made right again.
        let body = "91440604000000028";
        let values: Vec<usize> =
            body.bytes().map(|b| ALPHABET.iter().position(|a| *a == b).unwrap()).collect();
        let text = format!("{body}{}", char::from(ALPHABET[outer_check(&values)]));
        let checked = check(&text);
        assert_eq!(
            (checked.standing, checked.reason),
            (Standing::Suspicious, Some(ORGANISATION_CHECK))
        );
    }

    proptest! {
        #[test]
        fn a_single_changed_character_is_never_ok(which in 0..VALID.len(), at in 0_usize..18, new in 0_usize..31) {
            let mut bytes = VALID[which].as_bytes().to_vec();
            prop_assume!(bytes[at] != ALPHABET[new]);
            bytes[at] = ALPHABET[new];
            prop_assert!(!check(std::str::from_utf8(&bytes).unwrap()).is_ok());
        }
    }
}
