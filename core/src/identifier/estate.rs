//! Real estate: unit numbers (不动产单元号, GB/T 37346) and the text of certificates (不动产权证号).

use super::{
    Checked, Finding, admin_code, all_digits, ascii_bracket, is_han, judge, reasons, table,
};

reasons! {
    UNIT_LENGTH: "estate_unit_length", "不动产单元号应为二十八位。", "An estate unit number has 28 characters.";
    UNIT_CHARACTERS: "estate_unit_characters", "不动产单元号前六位应为行政区划代码,其余为数字或大写字母。", "The first six characters are an area code, the rest digits or capitals.";
    UNIT_AREA: "estate_unit_area", "不动产单元号前六位不在现行代码表内,请核对。", "The area code is not in the present table; check it.";
    UNIT_PARTS: "estate_unit_parts", "不动产单元号的宗地或定着物部分不合规则,请核对。", "The parcel or building part is unusual; check it.";
    CERTIFICATE: "estate_certificate_form", "不动产权证号应如“粤(2026)佛南不动产权第0000001号”。", "A certificate number looks like 粤(2026)佛南不动产权第0000001号.";
    CERTIFICATE_SERIAL: "estate_certificate_serial", "不动产权证号的顺序号通常为七位,请核对。", "The serial usually has seven digits; check it.";
    CERTIFICATE_OLD: "estate_certificate_old", "此为统一登记前的旧式房产证或土地证号。", "A certificate from before unified registration.";
}

/// The parts of an estate unit number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstateUnit {
    /// County, six digits.
    pub county: String,
    /// The parcel code (宗地代码), the first nineteen characters.
    pub parcel: String,
    /// The fixture (定着物), nine characters: F is a building, W none.
    pub fixture: String,
}

/// Checks an estate unit number.
///
/// Only length, characters and county are certain; a doubt about the inner parts is suspicious.
pub fn check_unit(raw: &str) -> Checked<EstateUnit> {
    judge(raw, |text| {
        if text.chars().count() != 28 {
            return Err(UNIT_LENGTH);
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) || !all_digits(&text[..6]) {
            return Err(UNIT_CHARACTERS);
        }
        let unit = EstateUnit {
            county: text[..6].to_owned(),
            parcel: text[..19].to_owned(),
            fixture: text[19..].to_owned(),
        };
        let finding = if admin_code::name_of(&unit.county).is_none() {
            Finding::Doubt(unit, UNIT_AREA)
        } else if regular_parts(text) {
            Finding::Good(unit)
        } else {
            Finding::Doubt(unit, UNIT_PARTS)
        };
        Ok((text.to_owned(), finding))
    })
}

/// County 6, cadastral area 3 and sub-area 3; two letters of the right; parcel 5; letter; eight.
fn regular_parts(text: &str) -> bool {
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_uppercase());
    all_digits(&text[..12])
        && letters(&text[12..14])
        && all_digits(&text[14..19])
        && letters(&text[19..20])
        && all_digits(&text[20..])
}

/// The parts of a certificate's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstateCertificate {
    /// Province character.
    pub province: char,
    /// Year of registration.
    pub year: i16,
    /// The registry's short name, `佛南`.
    pub registry: String,
    /// A certificate of a lesser right (不动产证明: mortgage, easement) instead of title.
    pub proof_only: bool,
    /// Serial as printed, with leading zeros.
    pub serial: String,
}

/// Checks the number of a real-estate certificate.
pub fn check_certificate(raw: &str) -> Checked<EstateCertificate> {
    judge(raw, |text| {
        let text: String = text.chars().map(ascii_bracket).collect();
        let Some(certificate) = certificate(&text) else {
            let old = text.contains("字第") && text.ends_with('号') && !text.contains("不动产");
            let finding = old.then_some(Finding::Old(None, CERTIFICATE_OLD)).ok_or(CERTIFICATE)?;
            return Ok((text, finding));
        };
        let finding = if certificate.serial.len() == 7 {
            Finding::Good(certificate)
        } else {
            Finding::Doubt(certificate, CERTIFICATE_SERIAL)
        };
        Ok((text, finding))
    })
}

fn certificate(text: &str) -> Option<EstateCertificate> {
    let province = text.chars().next().filter(|c| table::is_plate_province(*c))?;
    let (year, rest) = text.get(province.len_utf8()..)?.strip_prefix('(')?.split_once(')')?;
    if year.len() != 4 || !all_digits(year) || !(year.starts_with("19") || year.starts_with("20")) {
        return None;
    }
    let (head, tail) = rest.split_once('第')?;
    let (registry, proof_only) = match head.strip_suffix("不动产权") {
        Some(registry) => (registry, false),
        None => (head.strip_suffix("不动产证明")?, true),
    };
    let serial = tail.strip_suffix('号')?;
    let right = (1..=6).contains(&registry.chars().count())
        && registry.chars().all(is_han)
        && all_digits(serial)
        && serial.len() <= 10;
    right.then(|| EstateCertificate {
        province,
        year: year.parse().unwrap_or_default(),
        registry: registry.to_owned(),
        proof_only,
        serial: serial.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::identifier::Standing;

    #[test]
    fn unit_numbers() {
        for (raw, standing, reason) in [
            ("440605001001GB00001F00010001", Standing::Ok, None),
            ("440605 001001 gb00001 w00000000", Standing::Ok, None),
            ("999999001001GB00001F00010001", Standing::Suspicious, Some(UNIT_AREA)),
            ("4406050010010000001F00010001", Standing::Suspicious, Some(UNIT_PARTS)),
            ("440605001001GB00001F0001000", Standing::Invalid, Some(UNIT_LENGTH)),
            ("44060A001001GB00001F00010001", Standing::Invalid, Some(UNIT_CHARACTERS)),
            ("440605001001国B00001F00010001", Standing::Invalid, Some(UNIT_CHARACTERS)),
        ] {
            let checked = check_unit(raw);
            assert_eq!((checked.standing, checked.reason), (standing, reason), "{raw}");
        }
        let unit = check_unit("440605001001GB00001F00010001").parts.unwrap();
        assert_eq!((unit.county.as_str(), unit.fixture.as_str()), ("440605", "F00010001"));
        assert_eq!(unit.parcel, "440605001001GB00001");
    }

    #[test]
    fn certificate_numbers() {
        for (raw, standing, reason) in [
            ("粤(2026)佛南不动产权第0000001号", Standing::Ok, None),
            ("粤（2026）佛南不动产证明第0000001号", Standing::Ok, None),
            ("粤(2026)佛南不动产权第01号", Standing::Suspicious, Some(CERTIFICATE_SERIAL)),
            ("粤房地权证佛字第0100000001号", Standing::Legacy, Some(CERTIFICATE_OLD)),
            ("粤(26)佛南不动产权第0000001号", Standing::Invalid, Some(CERTIFICATE)),
            ("(2026)佛南不动产权第0000001号", Standing::Invalid, Some(CERTIFICATE)),
            ("粤(2026)不动产权第0000001号", Standing::Invalid, Some(CERTIFICATE)),
        ] {
            let checked = check_certificate(raw);
            assert_eq!((checked.standing, checked.reason), (standing, reason), "{raw}");
        }
        let parts = check_certificate("粤(2026)佛南不动产权第0000001号").parts.unwrap();
        assert_eq!((parts.province, parts.year, parts.registry.as_str()), ('粤', 2026, "佛南"));
        assert_eq!((parts.proof_only, parts.serial.as_str()), (false, "0000001"));
    }
}
