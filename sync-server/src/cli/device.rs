//! `device add`: certifies a person's key on a device and writes what the phone needs. What happens to
//! it later is [`super::withdraw`]'s.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use lastmile_core::identity::certificate::protection;
use lastmile_core::identity::{PublicKey, Signer};
use lastmile_core::records::Role;
use lastmile_core::time::SystemEntropy;

use super::role::role;
use super::{Exit, Language, approval, fail, secrets, withdraw};
use crate::court::{self, CourtError, NewDevice};
use crate::keys::passphrase::Whose;
use crate::keys::{self, KeyError};
use crate::server::Options;

/// What to do with devices.
#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// 登记一人一机 / register a person on a device.
    Add(AddArgs),
    /// 列出人员设备 / list people's devices.
    List(withdraw::ListArgs),
    /// 用现在的签发密钥重新签发人员证书(更换泄露的签发密钥之后) / certify everybody's keys anew.
    Renew(withdraw::ListArgs),
    /// 吊销证书 / withdraw a certificate.
    Revoke(withdraw::OrderArgs),
    /// 下令擦除丢失的设备(并吊销) / order a lost device to be wiped, and withdraw it.
    Wipe(withdraw::OrderArgs),
}

/// Options of `device add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 人员编号 / staff id.
    #[arg(long)]
    person: String,
    /// 姓名,默认取自人员名册 / name, by default from the roster.
    #[arg(long)]
    name: Option<String>,
    /// 角色代码,可多次给出,默认取自人员名册 / role code, by default from the roster.
    #[arg(long = "role", value_parser = role)]
    roles: Vec<Role>,
    /// 设备编号 / device id.
    #[arg(long)]
    device: Option<String>,
    /// 设备公钥,十六进制 / the device's public key, hexadecimal.
    #[arg(long, required_unless_present = "software_key", conflicts_with = "software_key")]
    public_key: Option<String>,
    /// 生成软件密钥并写入此文件(仅限测试和服务端) / make a software key and write it here.
    #[arg(long)]
    software_key: Option<PathBuf>,
    /// 设备文件写到此处,默认输出到屏幕 / write the device file here instead of printing it.
    #[arg(long)]
    out: Option<PathBuf>,
    /// 手机要连接的服务地址 / where the phone will find the service.
    #[arg(long)]
    server_url: Option<String>,
    /// 批准文件,管理员和院长角色需要,可多次给出 / approval file, for administrators and presidents.
    #[arg(long = "approval")]
    approvals: Vec<PathBuf>,
}

/// Runs it.
pub fn run(command: &DeviceCommand, language: Language, out: &mut dyn Write) -> Exit {
    let args = match command {
        DeviceCommand::Add(args) => args,
        DeviceCommand::List(args) => return withdraw::list(args, language, out),
        DeviceCommand::Renew(args) => return withdraw::renew(args, language, out),
        DeviceCommand::Revoke(args) => return withdraw::revoke(args, language, out),
        DeviceCommand::Wipe(args) => return withdraw::wipe(args, language, out),
    };
    let text = match add(args, language) {
        Ok(text) => text,
        Err(error) => return fail(language, error.code(), &error),
    };
    let written = match &args.out {
        None => writeln!(out, "{text}"),
        Some(path) => std::fs::write(path, format!("{text}\n")).and_then(|()| {
            writeln!(out, "{} {}", language.pick("设备文件:", "Device file:"), path.display())
        }),
    };
    match written {
        Ok(()) => Exit::Done,
        Err(error) => fail(language, "data_directory", &error),
    }
}

fn add(args: &AddArgs, language: Language) -> Result<String, CourtError> {
    let server =
        secrets::open(&args.data, Options::default(), language).map_err(CourtError::Open)?;
    let (key, kept) = match (&args.public_key, &args.software_key) {
        (Some(hex), _) => (court::public_key(hex)?, protection::TEE),
        (None, Some(path)) => (software_key(path, language)?, protection::SOFTWARE),
        (None, None) => return Err(CourtError::PublicKey),
    };
    let device = NewDevice {
        person: args.person.clone(),
        name: args.name.clone(),
        roles: args.roles.clone(),
        device: args.device.clone(),
        key,
        protection: kept.to_owned(),
    };
    let approvals = approval::read(&args.approvals)?;
    let url = args.server_url.as_deref();
    let file = court::register_approved(&server, &device, url, &approvals)?;
    Ok(serde_json::to_string_pretty(&file).unwrap_or_default())
}

/// Makes a key, or takes the one that a failed attempt left.
fn software_key(path: &Path, language: Language) -> Result<PublicKey, CourtError> {
    let key = if path.exists() {
        let passphrase = secrets::passphrase(Whose::Person, language).map_err(KeyError::from)?;
        keys::load_file(path, &passphrase)?
    } else {
        let passphrase = secrets::new_passphrase(Whose::Person, language);
        keys::make_at(path, &passphrase.map_err(KeyError::from)?, &SystemEntropy)?
    };
    Ok(key.public_key())
}
