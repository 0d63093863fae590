//! Papers an act rests on (裁定、公告、令): what the phone must hold before it leaves, because
//! R-SEZ-01, R-EVI-01/-02 and R-SRC-02 are checked without a network.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra, SHORT},
    problem::{Checker, Fault},
    word::open_word,
};
use crate::id::BlobHash;

open_word! {
    /// What the paper is.
    RulingKind {
        /// L-CPL 255(2).
        Seizure = "seizure", "查封、扣押裁定", "seizure ruling", ["查封裁定", "扣押裁定", "查封(扣押)裁定", "执行裁定书"];
        /// L-CPL 253.
        Freeze = "freeze", "冻结裁定", "freezing ruling";
        /// L-CPL 261(1): signed by the president, sets a period.
        EvictionNotice = "eviction_notice", "强制迁出公告", "eviction notice", ["责令迁出公告", "腾退公告", "强制迁出房屋公告"];
        /// L-CPL 259(2): signed by the president.
        SearchWarrant = "search_warrant", "搜查令", "search warrant";
        /// L-CPL 119.
        Detention = "detention", "拘留决定书", "detention decision", ["司法拘留决定书"];
        /// L-CPL 119.
        Fine = "fine", "罚款决定书", "fine decision";
        /// L-INT 175.
        Summons = "summons_arrest", "拘传票", "warrant of compulsory summons";
        /// L-CPL 253(2), 262.
        Assistance = "assistance", "协助执行通知书", "notice to assist";
        /// L-CPL 251.
        ExecutionNotice = "execution_notice", "执行通知书", "execution notice";
        /// L-INV 3.
        ReportOrder = "report_order", "报告财产令", "order to report property";
        /// L-WEB.
        Sale = "sale", "拍卖裁定", "sale ruling";
        /// Corrects an earlier paper.
        Correction = "correction", "补正裁定", "correction ruling";
        /// The judgment being enforced.
        Basis = "basis", "执行依据", "instrument being enforced", ["判决书", "调解书"];
    }
}

/// A file that comes with a paper, fetched by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RulingFile {
    /// File name without a directory.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// One paper.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ruling {
    /// Number printed on it, e.g. (2026)粤0605执1101号之一.
    pub doc_no: String,
    /// What it is.
    pub kind: RulingKind,
    /// Date on it.
    pub made_on: Option<Date>,
    /// Whether the court president signed it (院长签发).
    pub signed_by_president: bool,
    /// Service on the debtor.
    pub served_debtor_on: Option<Date>,
    /// Service on the applicant.
    pub served_applicant_on: Option<Date>,
    /// Last day of the period it sets.
    pub deadline_on: Option<Date>,
    /// The file, once the court has one.
    pub file: Option<RulingFile>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most papers of one case.
pub const MAX_RULINGS: usize = 500;
/// Largest file of one paper, bytes.
pub const MAX_RULING_FILE: u64 = 20 * 1024 * 1024;

/// Checks all papers of a case.
pub(super) fn validate(checker: &mut Checker, rulings: &[Ruling]) {
    if !check::list(checker, "rulings", rulings.len(), MAX_RULINGS) {
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, ruling) in rulings.iter().enumerate() {
        let path = format!("rulings[{index}]");
        ruling.validate(checker, &path);
        if !seen.insert((ruling.doc_no.as_str(), ruling.kind.code())) {
            checker.add(
                format!("{path}.doc_no"),
                Fault::error(
                    "doc_no_repeated",
                    "同类文书的文号重复。",
                    "The number repeats among papers of this kind.",
                ),
            );
        }
    }
}

impl Ruling {
    fn validate(&self, checker: &mut Checker, path: &str) {
        let at = |field: &str| format!("{path}.{field}");
        check::required(checker, &at("doc_no"), &self.doc_no, SHORT);
        if let RulingKind::Other(code) = &self.kind {
            checker.add(at("kind"), check::unknown_word(code, false));
        }
        if self.made_on.is_none() {
            checker.add(at("made_on"), check::missing());
        }
        for (field, date) in [
            ("served_debtor_on", self.served_debtor_on),
            ("served_applicant_on", self.served_applicant_on),
            ("deadline_on", self.deadline_on),
        ] {
            if let (Some(made), Some(date)) = (self.made_on, date)
                && date < made
            {
                checker.add(
                    at(field),
                    Fault::error(
                        "date_before_made",
                        "日期早于文书制作日期。",
                        "The date is before the paper was made.",
                    ),
                );
            }
        }
        if matches!(self.kind, RulingKind::EvictionNotice | RulingKind::SearchWarrant)
            && !self.signed_by_president
        {
            checker.add(
                at("signed_by_president"),
                Fault::warning(
                    "president_signature_missing",
                    "该文书须由院长签发(民事诉讼法第二百五十九条、第二百六十一条),现未标明院长签发。",
                    "This paper must be signed by the court president (CPL 259, 261) and is not marked so.",
                ),
            );
        }
        if self.kind == RulingKind::EvictionNotice && self.deadline_on.is_none() {
            checker.add(
                at("deadline_on"),
                Fault::error(
                    "deadline_missing",
                    "强制迁出公告须写明指定期间(民事诉讼法第二百六十一条)。",
                    "An eviction notice must set a period (CPL 261).",
                ),
            );
        }
        if let Some(file) = &self.file {
            file.validate(checker, &at("file"));
        }
        check::extra(checker, path, &self.extra);
    }
}

impl RulingFile {
    fn validate(&self, checker: &mut Checker, path: &str) {
        check::required(checker, &format!("{path}.name"), &self.name, SHORT);
        if self.name.contains(['/', '\\']) || self.name.starts_with('.') {
            checker.add(
                format!("{path}.name"),
                Fault::error(
                    "file_name_unsafe",
                    "文件名不能带路径。",
                    "The file name must not contain a path.",
                ),
            );
        }
        if BlobHash::from_hex(&self.sha256).is_err() {
            checker.add(
                format!("{path}.sha256"),
                Fault::error(
                    "sha256_invalid",
                    "SHA-256 应为64位十六进制数。",
                    "SHA-256 must be 64 hexadecimal digits.",
                ),
            );
        }
        if self.bytes == 0 || self.bytes > MAX_RULING_FILE {
            checker.add(
                format!("{path}.bytes"),
                Fault::error(
                    "file_size_invalid",
                    "文件为空或超过20MB。",
                    "The file is empty or larger than 20 MB.",
                ),
            );
        }
    }
}
