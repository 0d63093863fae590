//! `export`: one case as a file that anybody can check with `lastmile-verify`.

use std::fs::{self, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use clap::Args;
use lastmile_core::export::Edition;

use super::{Exit, Language, fail, secrets};
use crate::export;
use crate::server::Options;

/// Options of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// 案号 / case number.
    case: String,
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 写到此文件(须是新文件) / write this file, a new one.
    #[arg(long)]
    out: PathBuf,
    /// 当事人版:不含个人信息、联络员和当事人名册 / the party edition.
    #[arg(long)]
    party: bool,
}

/// Runs it.
pub fn run(args: &ExportArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    // What is in it is for those it is given to.
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&args.out);
    let file = match file {
        Ok(file) => file,
        Err(error) => return fail(language, "data_directory", &error),
    };
    let edition = if args.party { Edition::Party } else { Edition::Full };
    let written = export::case(&server, &args.case, edition, BufWriter::new(file));
    let report = match written {
        Ok((mut file, report)) => match file.flush().and_then(|()| file.get_ref().sync_all()) {
            Ok(()) => report,
            Err(error) => {
                let _ = fs::remove_file(&args.out);
                return fail(language, "data_directory", &error);
            }
        },
        Err(error) => {
            let _ = fs::remove_file(&args.out);
            return fail(language, error.code(), &error);
        }
    };
    let (records, root) = (report.records.len(), server.root().to_hex());
    let said = match language {
        Language::Zh => format!(
            "已导出 {},含记录{records}份。核验:lastmile-verify {} --root {root}",
            args.out.display(),
            args.out.display()
        ),
        Language::En => format!(
            "Exported {}: {records} records. Check it: lastmile-verify {} --root {root} --lang en",
            args.out.display(),
            args.out.display()
        ),
    };
    if writeln!(out, "{said}").is_ok() { Exit::Done } else { Exit::Unavailable }
}
