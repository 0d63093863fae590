//! `scrub`: reads every file of evidence again and says which are not what they were.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Exit, Language, fail, secrets};
use crate::files::scrub::{Scrubbed, scrub};
use crate::files::{trouble, upload};
use crate::server::Options;

/// Options of `scrub`.
#[derive(Debug, Args)]
pub struct ScrubArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
}

/// Runs it; anything found is a refusal.
pub fn run(args: &ScrubArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let done =
        upload::sweep(&server).and_then(|_| scrub(&server, server.now_ms(), usize::MAX, |_| true));
    let Scrubbed { sound, bytes, found, back } = match done {
        Ok(done) => done,
        Err(error) => return fail(language, error.code(), &error),
    };
    let mut text = match language {
        Language::Zh => format!(
            "已重新读取证据原件,完好{sound}个,共{bytes}字节;找回{back}个;发现问题{}个。\n",
            found.len()
        ),
        Language::En => format!(
            "Files of evidence read again: {sound} sound, {bytes} bytes read, {back} found again; {} problems.\n",
            found.len()
        ),
    };
    for (hash, code) in &found {
        let said = match (language, *code) {
            (Language::Zh, trouble::MISSING) => "原件缺失,待重传",
            (Language::Zh, _) => "照片校验不符,待重传",
            (Language::En, trouble::MISSING) => "gone: to be sent again",
            (Language::En, _) => "not what it was: to be sent again",
        };
        let _ = writeln!(text, "  [{code}] {hash} {said}");
    }
    match out.write_all(text.as_bytes()) {
        Ok(()) if found.is_empty() => Exit::Done,
        Ok(()) => Exit::Refused,
        Err(_) => Exit::Unavailable,
    }
}
