//! `backup`, and `restore`: the new life of a server after its database was lost and a backup put in its
//! place.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use lastmile_core::identity::TransitionKind;
use lastmile_core::time::SystemEntropy;

use super::{Exit, Language, approval, fail, secrets};
use crate::files::backup::Copied;
use crate::keys::passphrase::Whose;
use crate::restore::{self, BackedUp};
use crate::server::{Options, Server};

/// Options of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 备份写到此文件(须是新文件) / the copy, a new file.
    #[arg(long)]
    to: PathBuf,
    /// 证据原件备份到此目录,可反复使用,默认为备份文件旁的 files / files of evidence go into this folder,
    /// which is used again each time; by default `files` beside the copy.
    #[arg(long)]
    files: Option<PathBuf>,
}

/// What to do after the backup lies in its place.
#[derive(Debug, Subcommand)]
pub enum RestoreCommand {
    /// 批准以备份继续运行 / approve going on from the backup.
    Approve(ApproveArgs),
    /// 凭两人批准开始新的日志 / begin the new log, with two persons' approvals.
    Begin(BeginArgs),
}

/// Options of `restore approve`.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 本人的密钥文件 / your own key file.
    #[arg(long)]
    key: PathBuf,
    /// 批准文件写到此处 / write the approval here.
    #[arg(long)]
    out: PathBuf,
}

/// Options of `restore begin`.
#[derive(Debug, Args)]
pub struct BeginArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 批准文件,须两人各一份 / approval file; two, of two persons.
    #[arg(long = "approval", required = true)]
    approvals: Vec<PathBuf>,
}

/// Runs `backup`.
pub fn backup(args: &BackupArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let files = args.files.clone().unwrap_or_else(|| args.to.with_file_name("files"));
    let backed_up = match restore::backup(&server, &args.to, &files) {
        Ok(backed_up) => backed_up,
        Err(error) => return fail(language, error.code(), &error),
    };
    let BackedUp { leaves, files: Copied { new, known, elsewhere, missing, .. } } = backed_up;
    let to = args.to.display();
    let mut text = match language {
        Language::Zh => format!(
            "已备份到 {to},含日志前{leaves}项;证据原件新备份{new}个,先前已备份{known}个。密钥须另行备份。"
        ),
        Language::En => format!(
            "Backed up to {to}: the first {leaves} entries of the log; {new} files of evidence copied, \
             {known} were copied before. Back the keys up too."
        ),
    };
    if elsewhere > 0 {
        text.push_str(&match language {
            Language::Zh => format!("\n另有{elsewhere}个原件在外部存储中,由该存储自行备份。"),
            Language::En => {
                format!("\n{elsewhere} files lie in the store elsewhere, which is backed up there.")
            }
        });
    }
    if missing > 0 {
        text.push_str(&match language {
            Language::Zh => format!("\n有{missing}个原件损坏或缺失,未能备份;请运行 scrub 查看。"),
            Language::En => {
                format!("\n{missing} files are damaged or gone and were not copied; run scrub.")
            }
        });
    }
    match (say(out, &text), missing) {
        (Exit::Done, 1..) => Exit::Refused,
        (exit, _) => exit,
    }
}

/// Runs `restore`.
pub fn run(command: &RestoreCommand, language: Language, out: &mut dyn Write) -> Exit {
    let data = match command {
        RestoreCommand::Approve(args) => &args.data,
        RestoreCommand::Begin(args) => &args.data,
    };
    let server = match secrets::open(data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    match command {
        RestoreCommand::Approve(args) => approve(args, &server, language, out),
        RestoreCommand::Begin(args) => begin(args, &server, language, out),
    }
}

fn approve(args: &ApproveArgs, server: &Server, language: Language, out: &mut dyn Write) -> Exit {
    let kind = match restore::proposed(server) {
        Ok(kind) => kind,
        Err(error) => return fail(language, error.code(), &error),
    };
    // What is approved is shown: the other person compares it.
    if let TransitionKind::Restore { size, root, .. } = &kind {
        let root = data_encoding::HEXLOWER.encode(root);
        let said = match language {
            Language::Zh => format!("批准以此继续:日志{size}项,根 {root}"),
            Language::En => format!("Going on from: {size} entries, root {root}"),
        };
        if writeln!(out, "{said}").is_err() {
            return Exit::Unavailable;
        }
    }
    match approval::write(&args.data, &kind, &args.key, Whose::Person, &args.out, language) {
        Ok(text) => say(out, &text),
        Err(error) => fail(language, error.code(), &error),
    }
}

fn begin(args: &BeginArgs, server: &Server, language: Language, out: &mut dyn Write) -> Exit {
    let approvals = match approval::read(&args.approvals) {
        Ok(approvals) => approvals,
        Err(error) => return fail(language, error.code(), &error),
    };
    match restore::restore(server, approvals, &SystemEntropy) {
        Ok(_) => say(
            out,
            language.pick(
                "已开始新的日志,可启动服务。各手机下次联系时会补交备份之后的内容。",
                "The new log has begun; start the service. Phones will hand in what the backup lacks.",
            ),
        ),
        Err(error) => fail(language, error.code(), &error),
    }
}

fn say(out: &mut dyn Write, text: &str) -> Exit {
    if writeln!(out, "{text}").is_ok() { Exit::Done } else { Exit::Unavailable }
}
