//! A report in words, Chinese or English: what is proven, what is not, record by record, and what no such
//! file can prove.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lastmile_core::export::finding::Found;
use lastmile_core::export::report::{Author, ChangeReport, Interval, RecordReport, Report};
use lastmile_core::export::summary::{beijing, span};
use lastmile_core::export::{Fault, Limit, Unusable};
use lastmile_core::identity::certificate::protection;
use lastmile_core::records::Label;

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    fn of<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    fn label(self, label: Label) -> &'static str {
        match self {
            Self::Zh => label.zh,
            Self::En => label.en,
        }
    }
}

/// Why there is nothing to report on.
pub fn unusable(error: &Unusable, lang: Lang) -> String {
    let (zh, en) = match error.code() {
        "file_unreadable" => ("文件无法读取。", "The file cannot be read."),
        "newer_version" => (
            "文件由更新的版本导出,请用新版核验程序。",
            "The file is of a later version: use a newer verifier.",
        ),
        "older_version" => (
            "文件按旧版格式导出,旧版不能证明日志未被改写、内容未被略去,请由法院重新导出。",
            "The file is of an earlier version, which does not prove that the log was not rewritten and \
             nothing was left out: have the court export it again.",
        ),
        _ => ("这不是本系统导出的案件文件。", "This is not an exported case."),
    };
    format!("{} [{}]", lang.of(zh, en), error.code())
}

/// What is being done, for the line that counts up.
pub fn step(reading: bool, lang: Lang) -> &'static str {
    if reading { lang.of("正在读取", "reading") } else { lang.of("正在核验", "judging") }
}

/// Text of a file on a terminal: no sign in it may move the cursor.
fn plain(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { '\u{fffd}' } else { sign }).collect()
}

/// The whole report. `all` lists every change.
pub fn report(report: &Report, lang: Lang, all: bool) -> String {
    let mut out = String::new();
    verdict(&mut out, report, lang);
    head(&mut out, report, lang);
    for record in &report.records {
        self::record(&mut out, record, lang, all);
    }
    withheld(&mut out, report, lang);
    limits(&mut out, report, lang);
    out
}

fn verdict(out: &mut String, report: &Report, lang: Lang) {
    if report.proven() {
        let said =
            lang.of("核验通过:文件内全部内容均已证明。", "Proven: everything in the file is.");
        let _ = writeln!(out, "{said}\n");
        return;
    }
    let count = report.findings.len();
    let said = match lang {
        Lang::Zh => format!("核验未通过:发现 {count} 处问题。"),
        Lang::En => format!("NOT proven: {count} findings."),
    };
    let _ = writeln!(out, "{said}");
    for Found { code, place, cause } in &report.findings {
        let cause = cause.as_deref().map(|cause| format!(", {cause}")).unwrap_or_default();
        let (sentence, place) = (lang.label(Fault::sentence(*code)), plain(place));
        let _ = writeln!(out, "  ✗ {sentence} [{}{cause}] {place}", code.code());
    }
    out.push('\n');
}

fn head(out: &mut String, report: &Report, lang: Lang) {
    let mut line = |zh: &str, en: &str, value: String| {
        let _ = writeln!(out, "{}: {}", lang.of(zh, en), plain(&value));
    };
    line("案件", "Case", format!("{} · {}", report.court, report.case_no));
    let party = report.edition == "party";
    line(
        "版本",
        "Edition",
        lang.of(if party { "当事人版" } else { "完整版" }, &report.edition).into(),
    );
    let by = report.made_by.as_ref().map(|author| who(author, lang));
    let unknown = || lang.of("未能证明由谁导出", "by nobody that could be verified").to_owned();
    line(
        "导出",
        "Exported",
        format!("{} · {}", beijing(report.made_at_ms), by.unwrap_or_else(unknown)),
    );
    let root = if report.root_pinned {
        lang.of("与所核对的一致", "as asked for")
    } else {
        lang.of(
            "取自本文件,请与法院公布的核对",
            "taken from the file: compare with the printed sheet",
        )
    };
    line("法院根证书", "Court's root", format!("{} ({root})", report.root));
    if let Some(log) = &report.log {
        let said = match lang {
            Lang::Zh => format!("共 {} 条,{} 时", log.size, beijing(log.at_ms)),
            Lang::En => format!("{} entries at {}", log.size, beijing(log.at_ms)),
        };
        line("法院日志", "Court's log", said);
    }
    for chain in &report.chains {
        line("记录链", "Chain", format!("{}: 1–{}", chain.channel, chain.entries));
    }
    let photos = &report.photos;
    let said = match lang {
        Lang::Zh => format!("引用 {},在文件中并核对无误 {}", photos.named, photos.present),
        Lang::En => {
            format!("{} named, {} present and as their hashes say", photos.named, photos.present)
        }
    };
    line("照片", "Photos", said);
}

fn who(author: &Author, lang: Lang) -> String {
    let person = author.person.as_deref().unwrap_or_default();
    let key = match (author.protection.as_str(), lang) {
        ("software", Lang::Zh) => "软件密钥",
        ("software", Lang::En) => "key in software",
        ("tee", Lang::Zh) => "安全环境密钥",
        ("tee", Lang::En) => "key in secure hardware",
        ("strongbox", Lang::Zh) => "安全芯片密钥",
        ("strongbox", Lang::En) => "key in a secure element",
        (protection::COURT, Lang::Zh) => "法院服务器保管的密钥",
        (protection::COURT, Lang::En) => "key held by the court's server",
        (_, Lang::Zh) => "其他密钥",
        (_, Lang::En) => "other key",
    };
    let device = author.device.as_deref().unwrap_or_default();
    let how = if author.kind == "server" {
        lang.of("由服务器证明", "attested by the server")
    } else if author.protection == protection::COURT {
        lang.of("由本人在法院控制台签名", "signed by the person at the court's console")
    } else {
        lang.of("由本人设备签名", "signed on the person's device")
    };
    format!("{} {person} [{}] {device} · {key} · {how}", author.name, author.roles.join(","))
}

fn when(proven: Interval, lang: Lang) -> String {
    let unknown = || lang.of("不能证明", "not provable").to_owned();
    let side = |ms: Option<i64>| ms.map_or_else(unknown, beijing);
    format!("[{} — {}]", side(proven.not_before_ms), side(proven.not_after_ms))
}

fn record(out: &mut String, record: &RecordReport, lang: Lang, all: bool) {
    let label = lang.of(record.label_zh, record.label_en);
    let _ = writeln!(out, "\n■ {label} · {}  {}", plain(&record.title), record.document);
    if record.finalised.is_empty() {
        let _ = writeln!(out, "  {}", lang.of("尚未定稿", "not finalised"));
    }
    for finalised in &record.finalised {
        let at = clock(finalised.device_ms, finalised.skew_ms, lang);
        let certain = when(finalised.proven, lang);
        let _ = match lang {
            Lang::Zh => writeln!(
                out,
                "  {} 定稿 · 手机时间 {at} · 可证明的时间 {certain}",
                plain(&finalised.person)
            ),
            Lang::En => writeln!(
                out,
                "  finalised by {} · phone's clock {at} · proven {certain}",
                plain(&finalised.person)
            ),
        };
    }
    for signature in &record.signatures {
        let of = if signature.of_this_content {
            lang.of("所签即为现内容", "of this content")
        } else {
            lang.of("所签为先前内容", "of an earlier content")
        };
        let (name, mode) = (plain(&signature.name), plain(&signature.mode));
        let _ = writeln!(out, "  {}: {name} · {mode} · {of}", lang.of("在场人签名", "signed"));
    }
    let _ = writeln!(out, "  {}: {}", lang.of("内容校验值", "content digest"), record.content);
    let mut authors: BTreeMap<&str, (&Author, usize)> = BTreeMap::new();
    for change in &record.changes {
        authors.entry(&change.author.certificate).or_insert((&change.author, 0)).1 += 1;
    }
    for (author, count) in authors.into_values() {
        let times = lang.of("次改动", "changes");
        let _ = writeln!(out, "  {} · {count} {times}", plain(&who(author, lang)));
    }
    let first = record.changes.first().map(|change| change.proven);
    let last = record.changes.last().map(|change| change.proven);
    if let (Some(first), Some(last)) = (first, last) {
        let span = Interval { not_before_ms: first.not_before_ms, not_after_ms: last.not_after_ms };
        let _ = writeln!(out, "  {}: {}", lang.of("可证明的时间", "proven time"), when(span, lang));
    }
    let shown = record.changes.iter().filter(|change| all || change.skew_ms != 0);
    for change in shown {
        self::change(out, change, lang);
    }
}

fn change(out: &mut String, change: &ChangeReport, lang: Lang) {
    let label = lang.of(change.label_zh, change.label_en);
    let monotonic = i64::try_from(change.monotonic_ms).unwrap_or(i64::MAX);
    let _ = writeln!(
        out,
        "    #{} {label} · {} · {} {} · {} {} ({}) · {}",
        change.sequence,
        plain(&change.author.name),
        lang.of("手机时间", "phone's clock"),
        clock(change.device_ms, change.skew_ms, lang),
        lang.of("开机后", "after boot"),
        span(monotonic),
        change.boot.get(..4).unwrap_or_default(),
        when(change.proven, lang)
    );
}

/// A phone's clock, and how far it lies outside what is proven.
fn clock(device_ms: i64, skew_ms: i64, lang: Lang) -> String {
    let off = match skew_ms {
        0 => String::new(),
        skew => format!(" ({} {})", lang.of("偏差", "off by"), span(skew)),
    };
    format!("{}{off}", beijing(device_ms))
}

fn withheld(out: &mut String, report: &Report, lang: Lang) {
    if report.withheld.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n{}",
        lang.of(
            "未提供的内容(已证明其存在和次序):",
            "Withheld, but proven to exist at their places:"
        )
    );
    for entry in &report.withheld {
        let interval = Interval { not_before_ms: None, not_after_ms: entry.not_after_ms };
        let (channel, reason) = (plain(&entry.channel), &entry.reason);
        let _ = writeln!(
            out,
            "  {channel}#{} {} [{reason}] {} {}",
            entry.sequence,
            entry.kind,
            entry.id,
            when(interval, lang)
        );
    }
}

fn limits(out: &mut String, report: &Report, lang: Lang) {
    let mut places: BTreeMap<Limit, Vec<&str>> = BTreeMap::new();
    for limit in &report.limits {
        places.entry(limit.code).or_default().push(&limit.place);
    }
    let _ = writeln!(out, "\n{}", lang.of("本文件不能证明的:", "What this file does not prove:"));
    for (limit, places) in places {
        let count = if places.len() > 1 { format!(" ({})", places.len()) } else { String::new() };
        let _ = writeln!(out, "  · {}{count} [{}]", lang.label(limit.sentence()), limit.code());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_cannot_write_over_the_terminal() {
        let bent =
            Report { case_no: "\u{1b}[2J案件\r\n已核验".to_owned(), ..Report::default() };
        for lang in [Lang::Zh, Lang::En] {
            let said = report(&bent, lang, true);
            assert!(!said.contains('\u{1b}') && !said.contains('\r'));
        }
    }
}
