//! `timestamp`: has the newest checkpoint stamped by an authority outside the court. For a timer; the service
//! itself asks nobody.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use lastmile_core::time::SystemEntropy;

use super::{Exit, Language, fail, secrets};
use crate::server::Options;
use crate::timestamp::{ByCommand, stamp_newest};

/// Options of `timestamp`.
#[derive(Debug, Args)]
pub struct TimestampArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 时间戳机构的简称,字母、数字和_.- / what to call the authority.
    #[arg(long)]
    authority: String,
    /// 程序:从标准输入读请求(RFC 3161),把答复写到标准输出 / a program: request on its standard input,
    /// answer on its standard output.
    #[arg(long)]
    command: PathBuf,
}

/// Runs it.
pub fn run(args: &TimestampArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let authority = ByCommand { name: args.authority.clone(), program: args.command.clone() };
    let (size, new) = match stamp_newest(&server, &authority, &SystemEntropy) {
        Ok(done) => done,
        Err(error) => return fail(language, error.code(), &error),
    };
    let said = match (language, new) {
        (Language::Zh, true) => format!("检查点({size}项)已加盖时间戳。"),
        (Language::Zh, false) => format!("检查点({size}项)此前已加盖该机构的时间戳。"),
        (Language::En, true) => format!("The checkpoint of {size} leaves is stamped."),
        (Language::En, false) => {
            format!("This authority had stamped the checkpoint of {size} leaves before.")
        }
    };
    if writeln!(out, "{said}").is_ok() { Exit::Done } else { Exit::Unavailable }
}
