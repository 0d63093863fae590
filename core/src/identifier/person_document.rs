//! The other papers people in Guangdong identify themselves with. Their forms carry little or no
//! check, so `Ok` means only "looks like one".

use jiff::civil::Date;

use super::{Checked, Finding, Reason, all_digits, judge, reasons, resident_id};

reasons! {
    HK_MACAO_PERMIT: "hk_macao_permit_form", "港澳居民来往内地通行证号码应为H或M加八位(或十位)数字。", "A permit for Hong Kong and Macao residents is H or M and 8 (or 10) digits.";
    TAIWAN_PERMIT: "taiwan_permit_form", "台湾居民来往大陆通行证号码应为八位数字。", "A permit for Taiwan residents has 8 digits.";
    RESIDENCE_PERMIT: "residence_permit_form", "港澳台居民居住证号码应为十八位,以810000、820000或830000开头。", "A residence permit has 18 characters and begins with 810000, 820000 or 830000.";
    PASSPORT: "passport_form", "护照号码应为五至二十位字母或数字。", "A passport number is 5 to 20 letters or digits.";
}

/// A kind of identity paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// 居民身份证; see [`resident_id`].
    ResidentId,
    /// 港澳居民来往内地通行证.
    HkMacaoPermit,
    /// 台湾居民来往大陆通行证.
    TaiwanPermit,
    /// 港澳台居民居住证: the form of a resident identity number.
    ResidencePermit,
    /// 护照, of any country.
    Passport,
}

impl DocumentKind {
    /// The code used in records.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResidentId => "resident_id",
            Self::HkMacaoPermit => "hk_macao_permit",
            Self::TaiwanPermit => "taiwan_permit",
            Self::ResidencePermit => "residence_permit",
            Self::Passport => "passport",
        }
    }

    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::ResidentId,
        Self::HkMacaoPermit,
        Self::TaiwanPermit,
        Self::ResidencePermit,
        Self::Passport,
    ];

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Checks the number of a paper of this kind as of `today`. The parts are the number itself.
pub fn check(kind: DocumentKind, raw: &str, today: Date) -> Checked<String> {
    judge(raw, |text| Ok((text.to_owned(), read(kind, text, today)?)))
}

fn read(kind: DocumentKind, text: &str, today: Date) -> Result<Finding<String>, Reason> {
    let good = || Finding::Good(text.to_owned());
    match kind {
        DocumentKind::ResidentId => personal_number(text, today),
        DocumentKind::ResidencePermit => {
            if !["810000", "820000", "830000"].iter().any(|prefix| text.starts_with(prefix)) {
                return Err(RESIDENCE_PERMIT);
            }
            personal_number(text, today)
        }
        DocumentKind::HkMacaoPermit => {
            let digits = text.strip_prefix(['H', 'M']).ok_or(HK_MACAO_PERMIT)?;
            if matches!(digits.len(), 8 | 10) && all_digits(digits) {
                Ok(good())
            } else {
                Err(HK_MACAO_PERMIT)
            }
        }
        DocumentKind::TaiwanPermit => {
            if text.len() == 8 && all_digits(text) {
                Ok(good())
            } else {
                Err(TAIWAN_PERMIT)
            }
        }
        DocumentKind::Passport => {
            let right =
                (5..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
            if right { Ok(good()) } else { Err(PASSPORT) }
        }
    }
}

fn personal_number(text: &str, today: Date) -> Result<Finding<String>, Reason> {
    Ok(match resident_id::read(text, today)? {
        Finding::Good(id) => Finding::Good(id.as_str().to_owned()),
        Finding::Doubt(id, reason) => Finding::Doubt(id.as_str().to_owned(), reason),
        Finding::Old(_, reason) => Finding::Old(None, reason),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::identifier::Standing;

    #[test]
    fn each_kind_accepts_its_form_and_names_what_is_wrong() {
        use DocumentKind::{HkMacaoPermit, Passport, ResidencePermit, ResidentId, TaiwanPermit};
        let today = date(2026, 3, 17);
        for (kind, raw, standing, reason) in [
            (HkMacaoPermit, "H00000001", Standing::Ok, None),
            (HkMacaoPermit, "m0000000101", Standing::Ok, None),
            (HkMacaoPermit, "H000000001", Standing::Invalid, Some(HK_MACAO_PERMIT)),
            (HkMacaoPermit, "T00000001", Standing::Invalid, Some(HK_MACAO_PERMIT)),
            (TaiwanPermit, "00000001", Standing::Ok, None),
            (TaiwanPermit, "0000001", Standing::Invalid, Some(TAIWAN_PERMIT)),
            (Passport, "e 00000001", Standing::Ok, None),
            (Passport, "E001", Standing::Invalid, Some(PASSPORT)),
            (Passport, "E0000-001", Standing::Invalid, Some(PASSPORT)),
            (ResidencePermit, "440605190001010013", Standing::Invalid, Some(RESIDENCE_PERMIT)),
            (ResidencePermit, "81000019000101001", Standing::Invalid, Some(resident_id::LENGTH)),
            (ResidentId, "440605190001010013", Standing::Ok, None),
            (ResidentId, "440605190001011", Standing::Legacy, Some(resident_id::FIFTEEN)),
        ] {
            let checked = check(kind, raw, today);
            assert_eq!((checked.standing, checked.reason), (standing, reason), "{kind:?} {raw}");
        }
    }

    #[test]
    fn a_residence_permit_has_the_check_of_an_identity_number() {
        let today = date(2026, 3, 17);
        let ok = (0..10)
            .map(|last| format!("83000019000101001{last}"))
            .chain(["83000019000101001X".to_owned()])
            .filter(|number| check(DocumentKind::ResidencePermit, number, today).is_ok())
            .count();
        assert_eq!(ok, 1);
    }

    #[test]
    fn codes_round_trip() {
        for kind in DocumentKind::ALL {
            assert_eq!(DocumentKind::from_code(kind.code()), Some(kind));
        }
    }
}
