//! `rebuild` and `verify`.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Exit, Language, fail, secrets};
use crate::server::Options;
use crate::upkeep;

/// Options of both.
#[derive(Debug, Args)]
pub struct UpkeepArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
}

/// Runs `rebuild`.
pub fn rebuild(args: &UpkeepArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let rebuilt = match upkeep::rebuild(&server) {
        Ok(rebuilt) => rebuilt,
        Err(error) => return fail(language, error.code(), &error),
    };
    let (records, differed) = (rebuilt.records, rebuilt.differed.len());
    let mut text = match language {
        Language::Zh => format!("已由日志重建{records}份记录;其中与原缓存不一致的{differed}份。\n"),
        Language::En => {
            format!("{records} records made anew; {differed} differed from the cache.\n")
        }
    };
    for id in rebuilt.differed {
        let _ = writeln!(text, "  {id}");
    }
    finish(out, &text, Exit::Done)
}

/// Runs `verify`; anything found is a refusal.
pub fn verify(args: &UpkeepArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let checked = match upkeep::verify(&server) {
        Ok(checked) => checked,
        Err(error) => return fail(language, error.code(), &error),
    };
    let upkeep::Checked { certificates, envelopes, entries, records, findings } = checked;
    let mut text = match language {
        Language::Zh => format!(
            "证书{certificates}份、签名改动{envelopes}条、频道条目{entries}条、记录{records}份已核验;发现问题{}处。\n",
            findings.len()
        ),
        Language::En => format!(
            "Checked {certificates} certificates, {envelopes} signed changes, {entries} channel entries, \
             {records} records; {} problems.\n",
            findings.len()
        ),
    };
    for finding in &findings {
        let _ = writeln!(text, "  [{}] {}", finding.code, finding.subject);
    }
    finish(out, &text, if findings.is_empty() { Exit::Done } else { Exit::Refused })
}

fn finish(out: &mut dyn Write, text: &str, exit: Exit) -> Exit {
    match out.write_all(text.as_bytes()) {
        Ok(()) => exit,
        Err(_) => Exit::Unavailable,
    }
}
