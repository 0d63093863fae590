//! The readable page of a file: what the case's records say, who signed, when. Made from the report alone,
//! so that a verifier makes it again and compares. Opens in any browser; holds no script and
//! fetches nothing.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

use super::report::{ChangeReport, Interval, RecordReport, Report, SectionReport};

/// Name of the part.
pub const SUMMARY: &str = "summary.html";

const STYLE: &str = "body{font:16px/1.6 'Noto Sans SC','Microsoft YaHei',sans-serif;max-width:60em;\
margin:2em auto;padding:0 1em;color:#111}h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em;\
border-bottom:2px solid #333}h3{font-size:1em;margin:1em 0 .2em}table{border-collapse:collapse;\
width:100%}td,th{border:1px solid #999;padding:.2em .5em;text-align:left;vertical-align:top}\
small,code{color:#444;font-size:.8em;word-break:break-all}s{color:#777}";

/// Milliseconds since 1970 as Beijing time, `2026-03-17 09:05:00`.
pub fn beijing(ms: i64) -> String {
    // China has had one time, without summer time, since 1991: an offset needs no table.
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    Timestamp::from_millisecond(ms)
        .map(|at| at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}

/// Text that cannot become markup.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Signs that would turn round what stands beside them.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.push('\u{fffd}');
            }
            sign => out.push(sign),
        }
    }
    out
}

fn both(zh: &str, en: &str) -> String {
    format!("{} <small>{}</small>", safe(zh), safe(en))
}

/// The proven interval, in words.
fn when(proven: Interval) -> String {
    let side = |ms: Option<i64>| ms.map_or_else(|| "?".to_owned(), beijing);
    format!("{} – {}", side(proven.not_before_ms), side(proven.not_after_ms))
}

/// A phone's clock, and how far it lies outside what is proven.
fn clock(device_ms: i64, skew_ms: i64) -> String {
    let off = match skew_ms {
        0 => String::new(),
        skew => format!(
            "<br>{}",
            both(&format!("偏差{}", span(skew)), &format!("off by {}", span(skew)))
        ),
    };
    format!("{}{off}", beijing(device_ms))
}

/// A difference of clocks, `-1:02:03`.
pub fn span(ms: i64) -> String {
    let (sign, seconds) = (if ms < 0 { "-" } else { "+" }, ms.unsigned_abs() / 1_000);
    format!("{sign}{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Time since the phone's boot, and which boot: between two changes of one boot it is exact.
fn since_boot(change: &ChangeReport) -> String {
    let boot = change.boot.get(..4).unwrap_or_default();
    let since =
        format!("{} ({boot})", span(i64::try_from(change.monotonic_ms).unwrap_or(i64::MAX)));
    both(&format!("开机后{since}"), &format!("after boot {since}"))
}

/// The page.
pub fn page(report: &Report) -> String {
    let mut out =
        String::from("<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">");
    let _ = write!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\"><title>{0}</title><style>{STYLE}</style></head><body><h1>{0}</h1>",
        safe(&report.case_no)
    );
    let party = report.edition == super::Edition::Party.code();
    let edition =
        if party { ("当事人版", "party edition") } else { ("完整版", "full edition") };
    let _ = write!(
        out,
        "<p>{}</p><p>{}</p><table>",
        both("执行现场记录导出件", "Export of the field records of one case"),
        both(
            "本页仅供阅读。是否属实,请用 lastmile-verify 核验整个文件。",
            "This page is for reading only. Whether it is true, lastmile-verify tells from the whole file."
        )
    );
    let mut row = |zh: &str, en: &str, value: &str| {
        let _ = write!(out, "<tr><th>{}</th><td>{}</td></tr>", both(zh, en), safe(value));
    };
    row("法院", "court", &report.court);
    row("版本", "edition", &format!("{} ({})", edition.0, edition.1));
    row("导出时间", "made at", &beijing(report.made_at_ms));
    row("法院根证书校验值", "hash of the court's root", &report.root);
    if let Some(log) = &report.log {
        let said = format!("{} · {} · {}", log.size, beijing(log.at_ms), log.root);
        row("日志检查点", "checkpoint of the log", &said);
    }
    row("记录", "records", &report.records.len().to_string());
    row("未提供的条目", "entries withheld", &report.withheld.len().to_string());
    out.push_str("</table>");
    for record in &report.records {
        record_part(&mut out, record);
    }
    decisions(&mut out, report);
    out.push_str("</body></html>\n");
    out
}

fn record_part(out: &mut String, record: &RecordReport) {
    let _ = write!(
        out,
        "<h2>{} · {}</h2><p>{}<br>{}<code>{}</code></p>",
        both(record.label_zh, record.label_en),
        safe(&record.title),
        standing(record),
        both("内容校验值", "content digest"),
        safe(&record.content)
    );
    for section in &record.sections {
        section_part(out, section);
    }
    if !record.signatures.is_empty() {
        let _ = write!(out, "<h3>{}</h3><ul>", both("在场人签名", "signed by those present"));
        for signature in &record.signatures {
            let (zh, en) = if signature.of_this_content {
                ("所签即为现内容", "of this content")
            } else {
                ("所签为先前内容", "of an earlier content")
            };
            let _ = write!(out, "<li>{} · {}</li>", safe(&signature.name), both(zh, en));
        }
        out.push_str("</ul>");
    }
    let _ = write!(
        out,
        "<h3>{}</h3><table><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>",
        both("历史", "history"),
        both("序号", "no."),
        both("操作", "act"),
        both("签署人", "signed by"),
        both("手机时间", "phone's clock"),
        both("可证明的时间区间", "proven interval")
    );
    for change in &record.changes {
        change_row(out, change);
    }
    out.push_str("</table>");
}

fn standing(record: &RecordReport) -> String {
    let mut said = match record.finalised.as_slice() {
        [] => both("尚未定稿", "not finalised"),
        finals => finals
            .iter()
            .map(|one| {
                let at = clock(one.device_ms, one.skew_ms);
                let by =
                    both(&format!("{}定稿", one.person), &format!("finalised by {}", one.person));
                let certain = both("可证明的时间区间", "proven interval");
                format!(
                    "{by} {at} {} · {certain} {}",
                    both("手机时间", "phone's clock"),
                    when(one.proven)
                )
            })
            .collect::<Vec<_>>()
            .join("; "),
    };
    if record.conflicts > 0 {
        let count = record.conflicts;
        said += &both(&format!(" · 分歧{count}处未解决"), &format!("{count} open conflicts"));
    }
    if record.late > 0 {
        let count = record.late;
        said += &both(&format!(" · 定稿后到达{count}条"), &format!("{count} late changes"));
    }
    said
}

fn section_part(out: &mut String, section: &SectionReport) {
    if section.items.iter().all(|item| item.fields.is_empty()) {
        return;
    }
    let _ = write!(out, "<h3>{}</h3><table>", both(&section.label_zh, &section.label_en));
    for (number, item) in (1..).zip(&section.items) {
        let (open, close) = if item.struck { ("<s>", "</s>") } else { ("", "") };
        let _ = write!(out, "<tr><td>{number}</td><td>{open}");
        for (index, field) in item.fields.iter().enumerate() {
            let values: Vec<String> = field.values.iter().map(|value| safe(value)).collect();
            let gap = if index == 0 { "" } else { "<br>" };
            let label = both(&field.label_zh, &field.label_en);
            let _ = write!(out, "{gap}{label}: {}", values.join(" ⚡ "));
        }
        let _ = write!(out, "{close}</td></tr>");
    }
    out.push_str("</table>");
}

fn change_row(out: &mut String, change: &ChangeReport) {
    let author = &change.author;
    let _ = write!(
        out,
        "<tr><td>{}</td><td>{}</td><td>{} ({})<br><small>{}</small></td><td>{}<br>{}</td><td>{}</td></tr>",
        change.sequence,
        both(change.label_zh, change.label_en),
        safe(&author.name),
        safe(author.person.as_deref().unwrap_or_default()),
        safe(&author.roles.join(", ")),
        clock(change.device_ms, change.skew_ms),
        since_boot(change),
        when(change.proven)
    );
}

fn decisions(out: &mut String, report: &Report) {
    let of_case: Vec<_> = report
        .decisions
        .iter()
        .filter(|decision| decision.channel != crate::sync::channel::DIRECTORY)
        .collect();
    if of_case.is_empty() {
        return;
    }
    let title = both("法院的决定(由服务器证明)", "decisions of the court, attested by its server");
    let _ = write!(out, "<h2>{title}</h2><table>");
    for decision in of_case {
        let _ = write!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            decision.sequence,
            safe(&decision.kind),
            safe(decision.on_behalf_of.as_deref().unwrap_or_default()),
            beijing(decision.at_ms)
        );
    }
    out.push_str("</table>");
}
