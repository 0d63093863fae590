//! What the demonstration leaves behind: lines for people, `report.json` for programs.

use std::io::{self, Write};
use std::path::Path;

use lastmile_core::rules::{Stage, missing};
use serde_json::json;

use super::check::Assertion;
use super::day::{Crew, Event, K1, K2, K3, Outcome};
use super::stage::StageError;
use crate::cli::Language;

/// Events of the day, for the progress in front of each line.
pub const EVENTS: usize = 26;

/// How the phones stood, for readers of English.
const WORDS: [(&str, &str); 7] = [
    ("片刻有网", "online for a moment"),
    ("遗失", "lost"),
    ("有网40秒", "40 s online"),
    ("全部在线", "all online"),
    ("在线", "online"),
    ("离线", "offline"),
    ("热点", "hotspot"),
];

/// One line of the timeline.
pub fn event(
    out: &mut dyn Write,
    number: usize,
    event: &Event,
    language: Language,
) -> io::Result<()> {
    let said = language.pick(&event.zh, &event.en);
    let who = match language {
        Language::Zh => event.who.to_owned(),
        Language::En => {
            WORDS.iter().fold(event.who.to_owned(), |who, (zh, en)| who.replace(zh, en))
        }
    };
    writeln!(out, "[{number:>2}/{EVENTS}] {}  {:<5}{:<14}  {said}", event.time, event.id, who)?;
    out.flush()
}

/// What three phones used of the network, whole day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Connections that carried a request.
    pub requests: u64,
    /// Bytes up, HTTP included.
    pub up: u64,
    /// Bytes down, HTTP included.
    pub down: u64,
}

impl Traffic {
    /// Adds up the phones' links.
    pub fn of(crew: &Crew, requests: u64) -> Self {
        crew.all().iter().fold(Self { requests, ..Self::default() }, |sum, actor| {
            let traffic = actor.link.traffic();
            Self { up: sum.up + traffic.up, down: sum.down + traffic.down, ..sum }
        })
    }
}

/// The report people read.
pub fn summary(
    out: &mut dyn Write,
    crew: &Crew,
    outcome: &Outcome,
    assertions: &[Assertion],
    traffic: Traffic,
    language: Language,
) -> Result<(), StageError> {
    writeln!(out, "\n{}", language.pick("各案状态摘要", "State digest per case"))?;
    for case in [K1, K2, K3] {
        let mut line = format!("  {case:<26}");
        for actor in crew.all() {
            let (digest, records) = actor.phone.case_digest(case)?;
            let shown = if records == 0 {
                "-".to_owned()
            } else {
                digest.to_hex().chars().take(12).collect()
            };
            line.push_str(&format!("  {} {shown:<12}", actor.name));
        }
        writeln!(out, "{line}")?;
    }
    writeln!(
        out,
        "\n{}",
        language.pick("处理过的分歧,双方的值都在", "Settled conflicts, both sides kept")
    )?;
    for conflict in &outcome.conflicts {
        writeln!(out, "  {}", shorten(conflict))?;
    }
    for resolution in crew.p1.phone.record_view(outcome.seizure)?.state.items("resolutions") {
        let text = |field: &str| resolution.text(field).unwrap_or_default().to_owned();
        writeln!(out, "  → {}  {}  {}", shorten(&text("target")), text("choice"), text("reason"))?;
    }
    writeln!(
        out,
        "\n{}",
        language.pick("规则:登记时与离场时", "Rules, being written and on leaving")
    )?;
    let before = outcome.rules_before.join(" ");
    writeln!(out, "  K1 {} {before}", language.pick("08:40 登记时", "at 08:40, being written"))?;
    for (name, phone, record) in
        [("K1", &crew.p1.phone, outcome.seizure), ("K2", &crew.p3.phone, outcome.eviction)]
    {
        let checked = phone.check_rules(record, Stage::Close, None)?;
        let open = missing(&checked.findings);
        let (at_end, items) = (language.pick("离场时", "on leaving"), language.pick("项", "open"));
        writeln!(out, "  {name} {at_end} {} {items}", open.len())?;
        for finding in open {
            writeln!(
                out,
                "    {}  {}",
                finding.rule,
                language.pick(&finding.text.zh, &finding.text.en)
            )?;
        }
    }
    writeln!(
        out,
        "\n{}",
        match language {
            Language::Zh => format!(
                "全天流量:{}次请求,上行{}字节,下行{}字节(含HTTP)",
                traffic.requests, traffic.up, traffic.down
            ),
            Language::En => format!(
                "All day: {} requests, {} bytes up, {} bytes down, HTTP included",
                traffic.requests, traffic.up, traffic.down
            ),
        }
    )?;
    writeln!(out, "\n{}", language.pick("核对(比较各方存储)", "Assertions, by comparing stores"))?;
    for assertion in assertions {
        let (zh, en) =
            assertion.title.split_once(" / ").unwrap_or((assertion.title, assertion.title));
        let mark = if assertion.ok { "ok  " } else { "FAIL" };
        writeln!(out, "  {mark} {:<8} {}", assertion.id, language.pick(zh, en))?;
        let (zh, en) =
            assertion.detail.split_once(" / ").unwrap_or((&assertion.detail, &assertion.detail));
        writeln!(out, "                {}", language.pick(zh, en))?;
    }
    Ok(())
}

/// Writes `report.json`.
pub fn write(
    path: &Path,
    outcome: &Outcome,
    assertions: &[Assertion],
    traffic: Traffic,
) -> Result<(), StageError> {
    let events: Vec<_> = outcome
        .events
        .iter()
        .map(|event| json!({"id": event.id, "time": event.time, "who": event.who, "zh": event.zh, "en": event.en}))
        .collect();
    let report = json!({
        "assertions": assertions,
        "events": events,
        "sync": {"requests": traffic.requests, "bytes_up": traffic.up, "bytes_down": traffic.down},
    });
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let bytes = serde_json::to_vec_pretty(&report)
        .map_err(|error| StageError::Script(error.to_string()))?;
    Ok(std::fs::write(path, bytes)?)
}

/// ULIDs say nothing to people: their last four characters tell lines apart.
fn shorten(text: &str) -> String {
    text.split_inclusive(['/', ' '])
        .map(|part| {
            match part.get(..26).filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric())) {
                Some(id) => format!(
                    "…{}{}",
                    id.get(22..).unwrap_or_default(),
                    part.get(26..).unwrap_or_default()
                ),
                None => part.to_owned(),
            }
        })
        .collect()
}
