//! Licence plates (机动车号牌, GA 36): ordinary, new-energy and special plates of the mainland.
//!
//! Plates of police, armed forces and foreign missions are recognised so that the officer is warned:
//! such vehicles are not seized without asking first. Their exact series are not public; the forms
//! accepted here are the commonly seen ones.

use std::fmt;

use super::{Checked, Finding, Reason, judge, reasons, table};

reasons! {
    PROVINCE: "plate_province", "号牌应以省份简称开头,如“粤E·00000”。", "A plate begins with a province character, as in 粤E·00000.";
    LETTER_I_O: "plate_letter_i_o", "号牌不用字母I和O,请核对是否为数字1和0。", "Plates have no letters I and O; look for the digits 1 and 0.";
    LENGTH: "plate_length", "号牌位数有误:普通号牌七位,新能源号牌八位。", "Ordinary plates have 7 characters, new-energy plates 8.";
    ENERGY: "plate_energy", "八位号牌不符合新能源号牌规则,请核对。", "The 8 characters are no new-energy plate.";
    CHARACTERS: "plate_characters", "号牌含有不应出现的字符,请核对。", "The plate contains characters that do not occur there.";
    POLICE: "plate_police", "警用号牌:请先请示,不得径行扣押。", "A police plate: ask before seizing.";
    MILITARY: "plate_military", "疑似军队或武警号牌(或漏填省份简称),请核对;属实的应先请示,不得径行扣押。", "Looks like a plate of the armed forces (or the province is missing): check, and ask before seizing.";
    EMBASSY: "plate_embassy", "使领馆号牌:涉及外交豁免,请先请示,不得径行扣押。", "A plate of a foreign mission: immunity may apply; ask before seizing.";
}

/// What a plate says about the vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlateKind {
    /// Seven characters.
    Ordinary,
    /// Eight characters, small new-energy vehicle (小型新能源).
    NewEnergySmall,
    /// Eight characters, large new-energy vehicle (大型新能源).
    NewEnergyLarge,
    /// 挂: trailer.
    Trailer,
    /// 学: driving school.
    Learner,
    /// 港: cross-border with Hong Kong.
    HongKong,
    /// 澳: cross-border with Macao.
    Macao,
    /// 警: police, courts and prosecutors.
    Police,
    /// Army and armed police (WJ).
    Military,
    /// 使 or 领: embassy or consulate.
    Mission,
}

/// A plate that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plate {
    /// Province character; none for army plates and embassies.
    pub province: Option<char>,
    /// Letter of the issuing authority: E, X, Y for 佛山.
    pub authority: Option<char>,
    /// What the plate says.
    pub kind: PlateKind,
    /// Pure electric (纯电); only new-energy plates tell.
    pub pure_electric: Option<bool>,
    text: String,
}

/// The form of papers: `粤E·00000`.
impl fmt::Display for Plate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.province.is_none() || self.authority.is_none() {
            return f.write_str(&self.text);
        }
        let head = self.text.chars().take(2).map(char::len_utf8).sum();
        let (head, rest) = self.text.split_at(head);
        write!(f, "{head}·{rest}")
    }
}

/// Checks a plate; separators between the parts (`·`, `-`, spaces) are ignored.
pub fn check(raw: &str) -> Checked<Plate> {
    judge(raw, |text| {
        let text: String = text.chars().filter(|c| !is_separator(*c)).collect();
        let plate = read(&text)?;
        let warning = match plate.kind {
            PlateKind::Police => Some(POLICE),
            PlateKind::Military => Some(MILITARY),
            PlateKind::Mission => Some(EMBASSY),
            _ => None,
        };
        let finding = match warning {
            Some(reason) => Finding::Doubt(plate, reason),
            None => Finding::Good(plate),
        };
        Ok((text, finding))
    })
}

fn is_separator(c: char) -> bool {
    matches!(c, '·' | '•' | '・' | '‧' | '∙' | '⋅' | '-' | '‐' | '‑' | '–' | '—' | '.')
}

/// A letter of plates: no I, no O.
fn is_letter(c: char) -> bool {
    c.is_ascii_uppercase() && c != 'I' && c != 'O'
}

fn is_alphanumeric(c: char) -> bool {
    c.is_ascii_digit() || is_letter(c)
}

/// D and its later series are pure electric, F and its later series are not.
fn energy(c: char) -> Option<bool> {
    match c {
        'D' | 'A' | 'B' | 'C' | 'E' => Some(true),
        'F' | 'G' | 'H' | 'J' | 'K' => Some(false),
        _ => None,
    }
}

fn read(text: &str) -> Result<Plate, Reason> {
    let chars: Vec<char> = text.chars().collect();
    if let Some(plate) = without_province(text, &chars) {
        return Ok(plate);
    }
    let [province, authority, rest @ ..] = chars.as_slice() else { return Err(LENGTH) };
    if !table::is_plate_province(*province) {
        return Err(PROVINCE);
    }
    if chars.contains(&'I') || chars.contains(&'O') {
        return Err(LETTER_I_O);
    }
    if !is_letter(*authority) {
        return Err(CHARACTERS);
    }
    let (kind, pure_electric) = kind_of(rest)?;
    Ok(Plate {
        province: Some(*province),
        authority: Some(*authority),
        kind,
        pure_electric,
        text: text.to_owned(),
    })
}

/// Judges what follows province and authority.
fn kind_of(rest: &[char]) -> Result<(PlateKind, Option<bool>), Reason> {
    match rest {
        [body @ .., last] if rest.len() == 5 && body.iter().all(|c| is_alphanumeric(*c)) => {
            let kind = match last {
                '挂' => PlateKind::Trailer,
                '学' => PlateKind::Learner,
                '港' => PlateKind::HongKong,
                '澳' => PlateKind::Macao,
                '警' => PlateKind::Police,
                '领' => PlateKind::Mission,
                c if is_alphanumeric(*c) => PlateKind::Ordinary,
                _ => return Err(CHARACTERS),
            };
            Ok((kind, None))
        }
        [first, second, digits @ ..] if rest.len() == 6 => {
            let numeric = |part: &[char]| part.iter().all(char::is_ascii_digit);
            if let Some(pure) = energy(*first)
                && is_alphanumeric(*second)
                && numeric(digits)
            {
                return Ok((PlateKind::NewEnergySmall, Some(pure)));
            }
            if let [body @ .., last] = rest
                && let Some(pure) = energy(*last)
                && numeric(body)
            {
                return Ok((PlateKind::NewEnergyLarge, Some(pure)));
            }
            Err(ENERGY)
        }
        _ if rest.len() == 5 => Err(CHARACTERS),
        _ => Err(LENGTH),
    }
}

/// Army, armed police and embassies.
fn without_province(text: &str, chars: &[char]) -> Option<Plate> {
    let numeric = |part: &[char]| part.len() == 6 && part.iter().all(char::is_ascii_digit);
    let (kind, province) = match chars {
        ['使', rest @ ..] | [rest @ .., '使'] if numeric(rest) => (PlateKind::Mission, None),
        ['W', 'J', province, rest @ ..]
            if table::is_plate_province(*province) && armed_police_serial(rest) =>
        {
            (PlateKind::Military, Some(*province))
        }
        ['W', 'J', rest @ ..] if armed_police_serial(rest) => (PlateKind::Military, None),
        [first, second, rest @ ..]
            if "VKHBSLJNGC".contains(*first)
                && is_letter(*second)
                && rest.len() == 5
                && rest.iter().all(|c| is_alphanumeric(*c)) =>
        {
            (PlateKind::Military, None)
        }
        _ => return None,
    };
    Some(Plate { province, authority: None, kind, pure_electric: None, text: text.to_owned() })
}

fn armed_police_serial(rest: &[char]) -> bool {
    matches!(rest.len(), 4 | 5) && rest.iter().all(|c| is_alphanumeric(*c))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::identifier::Standing;

    #[test]
    fn the_valid_rows_of_the_domain_sheet() {
        for (raw, normal, printed, kind, pure) in [
            ("粤E·00000", "粤E00000", "粤E·00000", PlateKind::Ordinary, None),
            ("粤Y·T0A00", "粤YT0A00", "粤Y·T0A00", PlateKind::Ordinary, None),
            ("粤ED00000", "粤ED00000", "粤E·D00000", PlateKind::NewEnergySmall, Some(true)),
            ("粤E00000D", "粤E00000D", "粤E·00000D", PlateKind::NewEnergyLarge, Some(true)),
            ("粤Z000T港", "粤Z000T港", "粤Z·000T港", PlateKind::HongKong, None),
            ("粤 e-f 1 2345", "粤EF12345", "粤E·F12345", PlateKind::NewEnergySmall, Some(false)),
            ("粤Ｅ•0000挂", "粤E0000挂", "粤E·0000挂", PlateKind::Trailer, None),
        ] {
            let checked = check(raw);
            assert_eq!((checked.standing, checked.reason), (Standing::Ok, None), "{raw}");
            assert_eq!(checked.normalised, normal);
            let plate = checked.parts.unwrap();
            assert_eq!((plate.kind, plate.pure_electric), (kind, pure), "{raw}");
            assert_eq!(plate.to_string(), printed);
            assert_eq!(plate.province, Some('粤'));
        }
    }

    #[test]
    fn the_invalid_rows_of_the_domain_sheet_and_their_neighbours() {
        for (raw, reason) in [
            ("E12345", PROVINCE),
            ("粤E0O000", LETTER_I_O),
            ("粤E1234", LENGTH),
            ("粤ET00000", ENERGY),
            ("粤I12345", LETTER_I_O),
            ("粤", LENGTH),
            ("粤1E0000", CHARACTERS),
            ("粤E1234京", CHARACTERS),
            ("粤E警0000", CHARACTERS),
            ("粤ED0000D", ENERGY),
            ("粤E000000000", LENGTH),
        ] {
            let checked = check(raw);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Invalid, Some(reason)),
                "{raw}"
            );
        }
    }

    #[test]
    fn plates_that_need_asking_first_are_warned_of() {
        for (raw, reason) in [
            ("粤E0001警", POLICE),
            ("WJ粤1234X", MILITARY),
            ("VA12345", MILITARY),
            ("使014578", EMBASSY),
            ("014578使", EMBASSY),
            ("粤A·0023领", EMBASSY),
        ] {
            let checked = check(raw);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Suspicious, Some(reason)),
                "{raw}"
            );
            assert!(!checked.parts.unwrap().to_string().is_empty());
        }
    }
}
