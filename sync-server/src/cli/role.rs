//! `role set` and `role approve`: who has which role, and the approvals that administrators and
//! presidents need.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use lastmile_core::records::Role;

use super::{Exit, Language, approval, fail, secrets};
use crate::court::CourtError;
use crate::keys::passphrase::Whose;
use crate::roles;
use crate::server::Options;

/// What to do with roles.
#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// 设定某人的全部角色;不给角色表示离任 / set all roles of a person; none: the person has left.
    Set(SetArgs),
    /// 批准授予管理员或院长角色 / approve the role of an administrator or president.
    Approve(ApproveArgs),
}

/// Options of `role set`.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 人员编号 / staff or liaison id.
    #[arg(long)]
    person: String,
    /// 角色代码,可多次给出 / role code.
    #[arg(long = "role", value_parser = role)]
    roles: Vec<Role>,
    /// 批准文件,可多次给出 / approval file.
    #[arg(long = "approval")]
    approvals: Vec<PathBuf>,
}

/// Options of `role approve`.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 授予谁 / who gets the roles.
    #[arg(long)]
    person: String,
    /// 将有的全部角色,可多次给出 / every role the person will have.
    #[arg(long = "role", value_parser = role, required = true)]
    roles: Vec<Role>,
    /// 本人的密钥文件 / your own key file.
    #[arg(long, required_unless_present = "root", conflicts_with = "root")]
    key: Option<PathBuf>,
    /// 根密钥文件(不足两名管理员或院长时) / the root key's file, while there are fewer than two.
    #[arg(long)]
    root: Option<PathBuf>,
    /// 批准文件写到此处 / write the approval here.
    #[arg(long)]
    out: PathBuf,
}

/// A role of a code, for clap.
pub(super) fn role(code: &str) -> Result<Role, String> {
    Role::from_code(code).ok_or_else(|| {
        let codes: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
        format!("one of {}", codes.join(", "))
    })
}

/// Runs it.
pub fn run(command: &RoleCommand, language: Language, out: &mut dyn Write) -> Exit {
    let done = match command {
        RoleCommand::Set(args) => set(args, language),
        RoleCommand::Approve(args) => approve(args, language),
    };
    match done {
        Ok(text) if writeln!(out, "{text}").is_ok() => Exit::Done,
        Ok(_) => Exit::Unavailable,
        Err(error) => fail(language, error.code(), &error),
    }
}

fn set(args: &SetArgs, language: Language) -> Result<String, CourtError> {
    let approvals = approval::read(&args.approvals)?;
    let server =
        secrets::open(&args.data, Options::default(), language).map_err(CourtError::Open)?;
    let changed = roles::set(&server, &args.person, &args.roles, &approvals)?;
    let said = if changed {
        language.pick(
            "角色已变更,原证书已吊销并换发新证书。",
            "Roles changed; certificates were withdrawn and issued anew.",
        )
    } else {
        language.pick("角色没有变化。", "Nothing to change.")
    };
    Ok(said.to_owned())
}

fn approve(args: &ApproveArgs, language: Language) -> Result<String, CourtError> {
    let (path, whose) = match (&args.key, &args.root) {
        (_, Some(path)) => (path, Whose::Root),
        (Some(path), None) => (path, Whose::Person),
        (None, None) => return Err(CourtError::PublicKey),
    };
    let kind = roles::decision(&args.person, &roles::codes(&args.roles), Vec::new());
    approval::write(&args.data, &kind, path, whose, &args.out, language)
}
