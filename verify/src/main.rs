//! `lastmile-verify FILE`: checks an exported case offline and says what is proven. Exit code 0: everything
//! in the file is; 1: not everything, see the findings; 2: there is no such file, or it is none.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use lastmile_core::export::verify::Step;
use lastmile_core::export::{Unusable, verify};
use lastmile_core::id::CertificateId;
use lastmile_core::records::builtin;
use lastmile_verify::say::{self, Lang};

/// 核验导出的案件文件,不联网。 Checks an exported case, offline.
#[derive(Debug, Parser)]
#[command(name = "lastmile-verify", version)]
struct Arguments {
    /// 导出文件。 The exported file.
    file: PathBuf,
    /// 法院根证书校验值(64位十六进制),以法院公布的为准。 Hash of the court's root, from the printed sheet.
    #[arg(long, value_name = "HASH", value_parser = CertificateId::from_hex)]
    root: Option<CertificateId>,
    /// 输出供程序读取的 JSON。 Print JSON for programs.
    #[arg(long)]
    json: bool,
    /// 语言。 Language.
    #[arg(long, value_enum, default_value_t = Language::Zh)]
    lang: Language,
    /// 列出每一次改动。 List every change.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    Zh,
    En,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let lang = match arguments.lang {
        Language::Zh => Lang::Zh,
        Language::En => Lang::En,
    };
    match run(&arguments, lang) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // Nobody may be listening any more.
            let _ = if arguments.json {
                writeln!(io::stdout(), "{}", serde_json::json!({"unusable": error.code()}))
            } else {
                writeln!(io::stderr(), "{}", say::unusable(&error, lang))
            };
            ExitCode::from(2)
        }
    }
}

/// Whether everything in the file is proven.
fn run(arguments: &Arguments, lang: Lang) -> Result<bool, Unusable> {
    let file = File::open(&arguments.file).map_err(|error| Unusable::File(error.into()))?;
    let mut progress = Progress { shown: None, on: io::stderr().is_terminal() && !arguments.json };
    let step = &mut |step| progress.show(step, lang);
    let report = verify(&builtin(), BufReader::new(file), arguments.root, step)?;
    progress.clear();
    let text = if arguments.json {
        serde_json::to_string_pretty(&report).unwrap_or_default()
    } else {
        say::report(&report, lang, arguments.all)
    };
    let _ = writeln!(io::stdout(), "{text}");
    Ok(report.proven())
}

/// One line at the terminal, while it takes long.
struct Progress {
    shown: Option<(bool, u64)>,
    on: bool,
}

impl Progress {
    fn show(&mut self, step: Step, lang: Lang) {
        let (reading, done, total) = match step {
            Step::Reading(done, total) => (true, done, total),
            Step::Judging(done, total) => (false, done, total),
        };
        let percent = done.saturating_mul(100) / total.max(1);
        if self.on && self.shown != Some((reading, percent)) {
            self.shown = Some((reading, percent));
            let _ = write!(io::stderr(), "\r{} {percent:>3} % ", say::step(reading, lang));
        }
    }

    fn clear(&self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r{:40}\r", "");
        }
    }
}
