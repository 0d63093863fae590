//! The command line. Every subcommand is a file of its own under `cli/`; this one only knows their
//! names, the language, and the exit codes:
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done; warnings may have been printed |
//! | 1 | refused: the input was wrong and nothing was changed |
//! | 2 | wrong usage (an unknown option, a missing argument) |
//! | 3 | a file or the database could not be read or written |

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use failure::fail;

pub mod account;
mod approval;
pub mod demo;
pub mod device;
pub mod enrol;
pub mod export;
mod failure;
pub mod import;
pub mod init;
pub mod inspect;
pub mod key;
pub mod openapi;
pub mod papers;
mod picture;
pub mod restore;
pub mod role;
pub mod scrub;
mod secrets;
pub mod serve;
pub mod timestamp;
pub mod token;
pub mod upkeep;
pub mod withdraw;

/// 最后一公里:法院外勤执行同步服务 / Lastmile: the court's sync service.
#[derive(Debug, Parser)]
#[command(name = "lastmile-server", version, about)]
pub struct Cli {
    /// 输出语言,默认按 LANG / language of the output, by default that of LANG.
    #[arg(long, global = true, value_enum)]
    lang: Option<Language>,
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 建立法院:密钥、证书、空数据库 / make a court: keys, certificates, an empty database.
    Init(init::InitArgs),
    /// 启动同步服务 / run the service.
    Serve(serve::ServeArgs),
    /// 登记设备 / register devices.
    #[command(subcommand)]
    Device(device::DeviceCommand),
    /// 一次性登记码:手机凭码领取证书 / one-time codes with which phones get certificates.
    #[command(subcommand)]
    Enrol(enrol::EnrolCommand),
    /// 角色及其批准 / roles and their approval.
    #[command(subcommand)]
    Role(role::RoleCommand),
    /// 更换密钥和口令 / replace keys and their passphrase.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// 处理待核改动:接收或搁置 / decide about a change in quarantine.
    Quarantine(withdraw::QuarantineArgs),
    /// 导入案件、人员、区划等基础数据 / import cases, people, divisions and other reference data.
    Import(import::ImportArgs),
    /// 控制台账号 / accounts of people at the console.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// 查询接口的访问令牌 / tokens of programs that read the API.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// 演示“南海一日” / play the day in Nanhai.
    Demo(demo::DemoArgs),
    /// 输出接口说明(OpenAPI) / print the description of the API.
    Openapi,
    /// 由日志重建全部缓存 / make every cache anew from the log.
    Rebuild(upkeep::UpkeepArgs),
    /// 导出一案,供当事人、审计、上级法院核验 / export a case, to be checked by anybody.
    Export(export::ExportArgs),
    /// 查看照片等文件的读取结果,每个文件一行JSON / what is read of photos and other files, one JSON line each.
    Inspect(inspect::InspectArgs),
    /// 重新读取证据原件,核对校验值 / read every file of evidence again and check it.
    Scrub(scrub::ScrubArgs),
    /// 输出一案的全部文书(PDF) / write the papers of a case as PDF.
    Papers(papers::PapersArgs),
    /// 备份数据库和证据原件 / back the database and the files of evidence up.
    Backup(restore::BackupArgs),
    /// 以备份继续运行,须两人批准 / go on from a backup; two persons must approve.
    #[command(subcommand)]
    Restore(restore::RestoreCommand),
    /// 请院外机构给最新检查点加盖时间戳 / have the newest checkpoint stamped by an outside authority.
    Timestamp(timestamp::TimestampArgs),
    /// 核验签名、集合校验值和缓存 / check signatures, set hashes and caches.
    Verify(upkeep::UpkeepArgs),
}

/// Language of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// 简体中文.
    Zh,
    /// English.
    En,
}

impl Language {
    /// The language of a `LANG` value: Chinese unless it names another one, because the people who
    /// use this work in a Chinese court and `C` or nothing says nothing about them.
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_lowercase().starts_with("en") { Self::En } else { Self::Zh }
    }

    /// Picks the text of this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Refused, nothing changed.
    Refused,
    /// A file or the database could not be read or written.
    Unavailable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Refused => Self::from(1),
            Exit::Unavailable => Self::from(3),
        }
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok());
    let language =
        cli.lang.unwrap_or_else(|| Language::of_locale(locale.as_deref().unwrap_or_default()));
    let out = &mut std::io::stdout().lock();
    match cli.command {
        Command::Init(args) => init::run(&args, language, out),
        Command::Serve(args) => serve::run(&args, language, out),
        Command::Device(command) => device::run(&command, language, out),
        Command::Enrol(command) => enrol::run(&command, language, out),
        Command::Role(command) => role::run(&command, language, out),
        Command::Quarantine(args) => withdraw::judge(&args, language, out),
        Command::Key(command) => key::run(&command, language, out),
        Command::Import(args) => import::run(&args, language, out, &mut std::io::stderr().lock()),
        Command::Account(command) => account::run(&command, language, out),
        Command::Token(command) => token::run(&command, language, out),
        Command::Demo(args) => demo::run(&args, language, out),
        Command::Openapi => openapi::run(out),
        Command::Rebuild(args) => upkeep::rebuild(&args, language, out),
        Command::Export(args) => export::run(&args, language, out),
        Command::Inspect(args) => inspect::run(&args, language, out),
        Command::Scrub(args) => scrub::run(&args, language, out),
        Command::Papers(args) => papers::run(&args, language, out),
        Command::Backup(args) => restore::backup(&args, language, out),
        Command::Restore(command) => restore::run(&command, language, out),
        Command::Timestamp(args) => timestamp::run(&args, language, out),
        Command::Verify(args) => upkeep::verify(&args, language, out),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn the_language_follows_the_locale() {
        assert_eq!(Language::of_locale("zh_CN.UTF-8"), Language::Zh);
        assert_eq!(Language::of_locale("en_GB.UTF-8"), Language::En);
        assert_eq!(Language::of_locale("C"), Language::Zh);
    }
}
