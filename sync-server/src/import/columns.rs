//! Which columns each kind of table has, under which names. The first name is the English one of
//! the import guide, the second the Chinese one; the rest are what courts' own exports use.

use std::{collections::BTreeMap, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Field of the pack it fills, as a path within the row's object.
    pub field: &'static str,
    /// Names in headers.
    pub names: &'static [&'static str],
    /// Whether the table is refused without it.
    pub required: bool,
}

impl Column {
    /// English name.
    pub fn en(&self) -> &'static str {
        self.names.first().copied().unwrap_or(self.field)
    }

    /// Whether a header cell, reduced by [`heading`], names this column.
    pub fn is_named(&self, heading: &str) -> bool {
        self.names.iter().any(|name| KNOWN.get(name).is_some_and(|known| known == heading))
    }

    /// Chinese name.
    pub fn zh(&self) -> &'static str {
        self.names.get(1).copied().unwrap_or_else(|| self.en())
    }
}

const fn must(field: &'static str, names: &'static [&'static str]) -> Column {
    Column { field, names, required: true }
}

const fn may(field: &'static str, names: &'static [&'static str]) -> Column {
    Column { field, names, required: false }
}

/// A header cell reduced to what counts: NFKC, lower case, without spaces, and without a unit of
/// yuan behind it. `标的额(万元)` stays different on purpose: it would be wrong by 10,000.
pub fn heading(text: &str) -> String {
    let text: String = text
        .nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{feff}' | '*' | '_'))
        .flat_map(char::to_lowercase)
        .take(100)
        .collect();
    text.strip_suffix("(元)").map(str::to_owned).unwrap_or(text)
}

/// Every name of every column, reduced once.
static KNOWN: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    let columns = TableKind::ALL.into_iter().flat_map(TableKind::columns);
    columns.flat_map(|column| column.names).map(|name| (*name, heading(name))).collect()
});

/// What a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableKind {
    /// cases.csv 案件
    Cases,
    /// parties.csv 当事人
    Parties,
    /// rulings.csv 文书
    Rulings,
    /// seal_blocks.csv 封条号段
    SealBlocks,
    /// team.csv 办案人员
    Team,
    /// objections.csv 异议
    Objections,
    /// phones.csv 值班电话
    Phones,
    /// staff.csv 人员名册
    Staff,
    /// provinces.csv 省
    Provinces,
    /// cities.csv 市
    Cities,
    /// areas.csv 区县
    Areas,
    /// streets.csv 镇街
    Streets,
    /// committees.csv 居(村)委会
    Committees,
    /// grids.csv 网格
    Grids,
}

impl TableKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Cases,
        Self::Parties,
        Self::Rulings,
        Self::SealBlocks,
        Self::Team,
        Self::Objections,
        Self::Phones,
        Self::Staff,
        Self::Provinces,
        Self::Cities,
        Self::Areas,
        Self::Streets,
        Self::Committees,
        Self::Grids,
    ];

    /// Words in a file name that tell the kind when the header alone does not.
    pub const fn file_words(self) -> &'static [&'static str] {
        match self {
            Self::Cases => &["cases", "案件"],
            Self::Parties => &["parties", "当事人"],
            Self::Rulings => &["rulings", "文书"],
            Self::SealBlocks => &["seal_blocks", "封条号段", "封条"],
            Self::Team => &["team", "办案人员"],
            Self::Objections => &["objections", "异议"],
            Self::Phones => &["phones", "值班电话", "电话"],
            Self::Staff => &["staff", "人员名册", "人员"],
            Self::Provinces => &["provinces", "省"],
            Self::Cities => &["cities"],
            Self::Areas => &["areas", "区县"],
            Self::Streets => &["streets", "镇街"],
            Self::Committees => &["committees", "居委会", "村委会"],
            Self::Grids => &["grids", "网格"],
        }
    }

    /// Chinese and English name.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Cases => ("案件", "cases"),
            Self::Parties => ("当事人", "parties"),
            Self::Rulings => ("文书", "rulings"),
            Self::SealBlocks => ("封条号段", "seal-strip blocks"),
            Self::Team => ("办案人员", "team"),
            Self::Objections => ("异议", "objections"),
            Self::Phones => ("值班电话", "duty phones"),
            Self::Staff => ("人员名册", "staff"),
            Self::Provinces => ("省", "provinces"),
            Self::Cities => ("市", "cities"),
            Self::Areas => ("区县", "areas"),
            Self::Streets => ("镇街", "streets"),
            Self::Committees => ("居(村)委会", "committees"),
            Self::Grids => ("网格", "grids"),
        }
    }

    /// Its columns.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Cases => CASES,
            Self::Parties => PARTIES,
            Self::Rulings => RULINGS,
            Self::SealBlocks => SEAL_BLOCKS,
            Self::Team => TEAM,
            Self::Objections => OBJECTIONS,
            Self::Phones => PHONES,
            Self::Staff => STAFF,
            Self::Provinces => PROVINCES,
            Self::Cities => CITIES,
            Self::Areas => AREAS,
            Self::Streets => STREETS,
            Self::Committees => COMMITTEES,
            Self::Grids => GRIDS,
        }
    }

    /// The kind of a header: among the tables whose required columns are all there, the one with
    /// the most known columns. Without any, the one the file name tells, else the nearest.
    pub fn of(file: &str, headings: &[String]) -> Option<Self> {
        let score = |kind: &Self| {
            let known = |column: &Column| headings.iter().any(|heading| column.is_named(heading));
            let columns = kind.columns();
            let complete = columns.iter().all(|column| !column.required || known(column));
            let hits = columns.iter().filter(|column| known(column)).count();
            let named = kind.file_words().iter().any(|word| file.to_lowercase().contains(word));
            (
                complete,
                hits.min(if complete { usize::MAX } else { 1 + usize::from(named) * 99 }),
                named,
                hits,
            )
        };
        Self::ALL.into_iter().max_by_key(score).filter(|kind| score(kind).3 > 0 || score(kind).2)
    }
}

const CASE_NO: Column = must("case_no", &["case_no", "案号", "执行案号", "案件编号"]);

const CASES: &[Column] = &[
    CASE_NO,
    may("version", &["version", "版本", "案件包版本"]),
    may("as_of", &["as_of", "数据截至", "数据截止", "截至时间"]),
    may("court", &["court", "法院代字", "法院"]),
    must("cause", &["cause", "案由", "执行案由"]),
    must("handler", &["handler", "承办人编号", "承办人", "承办法官"]),
    must("claim_fen", &["claim", "申请执行标的", "标的额", "执行标的", "申请标的", "amount"]),
    may("cost_fen", &["cost", "执行费", "费用"]),
    must("status.state", &["status", "案件状态", "状态"]),
    may("status.as_of", &["status_as_of", "状态截至", "状态时间"]),
    may("filed_on", &["filed_on", "立案日期", "立案时间"]),
    may("received_on", &["received_on", "收案日期", "移送执行日期"]),
    may("execution_notice.sent_on", &["notice_sent_on", "执行通知发出日期", "执行通知发出"]),
    may("execution_notice.served_on", &["notice_served_on", "执行通知送达日期", "执行通知送达"]),
    may("account.bank", &["account_bank", "案款开户行", "开户行"]),
    may("account.number", &["account_number", "案款账号", "一案一账号", "账号"]),
    may("account.holder", &["account_holder", "案款户名", "户名"]),
];

const PARTIES: &[Column] = &[
    CASE_NO,
    must("id", &["id", "当事人编号", "编号", "序号"]),
    must("role", &["role", "诉讼地位", "当事人地位", "身份"]),
    must("kind", &["kind", "当事人类型", "类型"]),
    must("name", &["name", "姓名或名称", "当事人", "姓名", "名称", "party"]),
    may("id_no", &["id_no", "身份证号码", "公民身份号码", "身份证号", "证件号码"]),
    may("credit_code", &["credit_code", "统一社会信用代码", "社会信用代码"]),
    may("phone", &["phone", "联系电话", "电话", "手机号码", "手机"]),
    may("address", &["address", "地址", "住址", "住所地", "送达地址"]),
    may("legal_rep", &["legal_rep", "法定代表人", "负责人", "法定代表人或负责人"]),
    may("represents", &["represents", "代理谁", "被代理人编号", "被代理人"]),
    may("special_authority", &["special_authority", "特别授权", "是否特别授权"]),
];

const RULINGS: &[Column] = &[
    CASE_NO,
    must("doc_no", &["doc_no", "文号", "文书编号", "文书号"]),
    must("kind", &["kind", "文书类型", "文书种类", "类型"]),
    must("made_on", &["made_on", "制作日期", "文书日期", "落款日期"]),
    may("signed_by_president", &["signed_by_president", "院长签发", "是否院长签发"]),
    may("served_debtor_on", &["served_debtor_on", "送达被执行人日期", "送达被执行人"]),
    may("served_applicant_on", &["served_applicant_on", "送达申请执行人日期", "送达申请执行人"]),
    may("deadline_on", &["deadline_on", "指定期限", "期限届满日", "指定期间届满日"]),
    may("file", &["file", "文件名", "文书文件", "附件"]),
    may("file.sha256", &["sha256", "文件校验值"]),
];

const SEAL_BLOCKS: &[Column] = &[
    CASE_NO,
    must("staff", &["staff", "领用人编号", "领用人", "人员编号"]),
    must("from", &["from", "起号", "起始号", "封条起号"]),
    must("to", &["to", "止号", "终止号", "封条止号"]),
];

const TEAM: &[Column] =
    &[CASE_NO, must("staff", &["staff", "人员编号", "办案人员编号", "办案人员"])];

const OBJECTIONS: &[Column] = &[
    CASE_NO,
    must("by", &["by", "异议人编号", "异议人"]),
    must("state", &["state", "审查状态", "异议状态"]),
    may("as_of", &["as_of", "数据截至", "数据截止", "截至时间"]),
    may("served_on", &["served_on", "裁定送达日期", "送达日期"]),
];

const PHONES: &[Column] = &[
    CASE_NO,
    must("name", &["name", "值班单位", "单位"]),
    must("phone", &["phone", "值班电话", "电话"]),
];

const STAFF: &[Column] = &[
    must("id", &["id", "人员编号", "编号"]),
    must("name", &["name", "姓名"]),
    must("role", &["role", "角色"]),
    must("unit", &["unit", "部门", "单位", "所属部门"]),
    may("title", &["title", "职务"]),
    may("work_id", &["work_id", "工作证号", "工号"]),
    may("phone", &["phone", "办公电话", "电话"]),
    may(
        "appointed_by_organisation",
        &["appointed_by_organisation", "基层组织委派", "是否基层组织委派"],
    ),
    may("undertaking_on", &["undertaking_on", "保密承诺日期", "保密承诺签署日期"]),
    may("grids", &["grids", "负责网格", "网格"]),
];

const CODE: Column = must("code", &["code", "代码", "区划代码", "编码"]);
const NAME: Column = must("name", &["name", "名称"]);

const PROVINCES: &[Column] = &[CODE, NAME];
const CITIES: &[Column] = &[CODE, NAME, must("province", &["provinceCode", "省级代码"])];
const AREAS: &[Column] = &[
    CODE,
    NAME,
    must("city", &["cityCode", "市级代码"]),
    must("province", &["provinceCode", "省级代码"]),
];
const STREETS: &[Column] = &[
    CODE,
    NAME,
    may("kind", &["kind", "类别"]),
    must("area", &["areaCode", "县级代码", "区县代码"]),
    may("areaName", &["areaName", "区县名称"]),
    may("city", &["cityCode", "市级代码"]),
    may("province", &["provinceCode", "省级代码"]),
];
const COMMITTEES: &[Column] = &[
    CODE,
    NAME,
    may("kind", &["kind", "类别"]),
    must("street", &["streetCode", "镇街代码"]),
    may("streetName", &["streetName", "镇街名称"]),
    may("area", &["areaCode", "县级代码", "区县代码"]),
    may("areaName", &["areaName", "区县名称"]),
    may("city", &["cityCode", "市级代码"]),
    may("province", &["provinceCode", "省级代码"]),
];
const GRIDS: &[Column] = &[
    CODE,
    NAME,
    must("committee", &["committeeCode", "居村代码", "居(村)委会代码"]),
    may("kind", &["kind", "类别"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(file: &str, header: &str) -> Option<TableKind> {
        TableKind::of(file, &header.split(',').map(heading).collect::<Vec<_>>())
    }

    #[test]
    fn a_table_is_known_by_its_header_in_either_language() {
        assert_eq!(kind("x.csv", "case_no,cause,handler,claim,status"), Some(TableKind::Cases));
        assert_eq!(
            kind("x.csv", "案号,案由,承办人,申请执行标的(元),案件状态"),
            Some(TableKind::Cases)
        );
        assert_eq!(
            kind("x.csv", "案号,当事人编号,诉讼地位,当事人类型,姓名或名称,电话"),
            Some(TableKind::Parties)
        );
        assert_eq!(kind("x.csv", "案号,领用人编号,起号,止号"), Some(TableKind::SealBlocks));
        assert_eq!(kind("x.csv", "案号,人员编号"), Some(TableKind::Team));
        assert_eq!(
            kind("x.csv", "code,name,kind,streetCode,streetName,areaCode,areaName,cityCode"),
            Some(TableKind::Committees)
        );
        assert_eq!(
            kind("x.csv", "code,name,kind,areaCode,areaName,cityCode"),
            Some(TableKind::Streets)
        );
        assert_eq!(kind("x.csv", "code,name,cityCode,provinceCode"), Some(TableKind::Areas));
        assert_eq!(kind("x.csv", "code,name,provinceCode"), Some(TableKind::Cities));
        assert_eq!(kind("x.csv", "code,name"), Some(TableKind::Provinces));
    }

    #[test]
    fn an_incomplete_header_is_known_by_the_file_name() {
        assert_eq!(kind("案件.csv", "案号,案由"), Some(TableKind::Cases));
        assert_eq!(
            kind("case_import.csv", "case_no,party,address,phone,amount"),
            Some(TableKind::Parties)
        );
        assert_eq!(kind("x.csv", "苹果,梨"), None);
    }

    #[test]
    fn a_unit_of_ten_thousand_is_never_taken_for_yuan() {
        assert_eq!(heading("申请执行标的（元）"), "申请执行标的");
        assert_ne!(heading("申请执行标的(万元)"), "申请执行标的");
        assert_eq!(heading("\u{feff}Case_No "), "caseno");
    }
}
