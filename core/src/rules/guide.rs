//! The rules as a page people read: `docs/rules.md` is this text, compared by a test.

use std::fmt::Write as _;

use super::pack::{Offline, RulePack, Severity};

/// The guide in Markdown, zh-CN with English beside it.
pub fn guide(pack: &RulePack) -> String {
    let mut out = String::from(
        "# 规则 · Rules\n\n\
         由规则包生成,并由测试核对;规则是数据,不是代码。提示不是法律意见,只说明缺少什么、应补什么。\n\n\
         Generated from the rule pack and compared by a test; rules are data, not code. A finding is \
         no legal advice: it says what is missing.\n\n\
         **阻断 block**: 下一步须等待,有权的人可说明理由后继续 (the next step waits; somebody entitled may set it aside with a reason). \
         **警告 warn**: 提示并留痕 (shown and recorded). **提示 info**.\n\n",
    );
    for layer in pack.layers() {
        let _ = writeln!(
            out,
            "- `{}` 第{}版 (version {}), 自 {} 起适用 (in force from)",
            layer.id, layer.version, layer.version, layer.effective_from
        );
    }
    out.push_str("\n| 规则 rule | 级别 severity | 离线 offline | 适用 applies | 应当 must hold | 依据 basis | 告知 text |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for rule in pack.rules() {
        let severity = match (rule.severity, &rule.escalate) {
            (Severity::Block, _) => "阻断 block",
            (Severity::Warn, Some(_)) => "警告→阻断 warn→block",
            (Severity::Warn, None) => "警告 warn",
            (Severity::Info, _) => "提示 info",
        };
        let offline = match rule.offline {
            Offline::Yes => "是 yes",
            Offline::LastSynced => "上次同步 last synced",
            Offline::Server => "服务器 server",
        };
        let applies: Vec<String> = rule
            .applies
            .iter()
            .map(|(kind, stages)| {
                let stages: Vec<&str> = stages.iter().map(|stage| stage.code()).collect();
                format!("{kind}: {}", stages.join(", "))
            })
            .collect();
        let basis: Vec<String> = rule
            .basis
            .iter()
            .map(|basis| {
                let cited = pack.cite(basis);
                format!("{}<br>{}", cited.zh, cited.en)
            })
            .collect();
        let _ = writeln!(
            out,
            "| {} | {severity} | {offline} | {} | {}<br>{} | {} | {}<br>{} |",
            rule.id,
            applies.join("<br>"),
            rule.title.zh,
            rule.title.en,
            basis.join("<br>"),
            rule.text.zh,
            rule.text.en,
        );
    }
    out
}
