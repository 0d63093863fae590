//! `key list`, `key rotate`, `key rotate-root`, `key passphrase`: the court's own certificates, replacing
//! its keys and their seal.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use lastmile_core::identity::CertificateKind;
use lastmile_core::time::{Clock, SystemClock, SystemEntropy};

use super::{Exit, Language, fail, secrets};
use crate::court::CourtError;
use crate::http::api::moment;
use crate::keys::passphrase::Whose;
use crate::keys::{self, KeyName};
use crate::rotate::{self, By, Place};

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// 列出本院自用的证书,新的在后 / list the court's own certificates, the newest last.
    List(ListArgs),
    /// 更换一把密钥:issuing 签发、server 服务器、checkpoint 检查点、encryption 加密 / replace a key.
    Rotate(RotateArgs),
    /// 更换根密钥:旧根签发新根,手机原有的根指纹不变 / replace the root; phones keep their pin.
    RotateRoot(RotateRootArgs),
    /// 更换服务器密钥的口令 / change the passphrase of the server's keys.
    Passphrase(PassphraseArgs),
}

/// Options of `key list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
}

/// Options of `key rotate`.
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// 哪一把 / which: issuing, server, checkpoint, encryption.
    #[arg(value_parser = name)]
    name: KeyName,
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 根密钥文件;更换 server 时不需要 / the root key's file; not for `server`.
    #[arg(long)]
    root: Option<PathBuf>,
}

/// Options of `key rotate-root`.
#[derive(Debug, Args)]
pub struct RotateRootArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 旧根密钥文件 / the old root key's file.
    #[arg(long)]
    root: PathBuf,
    /// 新根密钥写到此文件 / the new root key is written here.
    #[arg(long)]
    out: PathBuf,
}

/// Options of `key passphrase`.
#[derive(Debug, Args)]
pub struct PassphraseArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
}

fn name(code: &str) -> Result<KeyName, String> {
    KeyName::from_code(code).ok_or_else(|| "issuing, server, checkpoint, encryption".to_owned())
}

/// `key rotate` without the root key where the root must certify.
#[derive(Debug, thiserror::Error)]
#[error("this key is certified by the root key: give its file with --root")]
struct RootNeeded;

/// Runs it.
pub fn run(command: &KeyCommand, language: Language, out: &mut dyn Write) -> Exit {
    let done = match command {
        KeyCommand::Rotate(args) if args.name != KeyName::Server && args.root.is_none() => {
            return fail(language, "root_needed", &RootNeeded);
        }
        KeyCommand::List(args) => list(args, language),
        KeyCommand::Rotate(args) => rotate(args, language),
        KeyCommand::RotateRoot(args) => rotate_root(args, language),
        KeyCommand::Passphrase(args) => passphrase(args, language),
    };
    match done {
        Ok(text) if writeln!(out, "{text}").is_ok() => Exit::Done,
        Ok(_) => Exit::Unavailable,
        Err(error) => fail(language, error.code(), &error),
    }
}

fn now_ms() -> i64 {
    SystemClock::new(&SystemEntropy).now().device_ms
}

fn list(args: &ListArgs, language: Language) -> Result<String, CourtError> {
    let directory = Place::open(&args.data, now_ms(), &SystemEntropy)?.directory()?;
    let mut own: Vec<_> = directory
        .certificates()
        .filter(|(_, verified)| verified.payload().kind != CertificateKind::Person)
        .collect();
    own.sort_by_key(|(_, verified)| verified.payload().serial);
    let lines: Vec<String> = own
        .into_iter()
        .map(|(id, verified)| {
            let body = verified.payload();
            let standing = match directory.withdrawn(&id) {
                Some(since) => {
                    format!("{} {}", language.pick("已吊销", "withdrawn"), moment(since.at_ms))
                }
                None => language.pick("有效", "stands").to_owned(),
            };
            let (hex, kind, until) = (id.to_hex(), body.kind.code(), moment(body.not_after_ms));
            format!("{hex}  {kind}  {}  {until}  {standing}", body.serial)
        })
        .collect();
    Ok(lines.join("\n"))
}

fn rotate(args: &RotateArgs, language: Language) -> Result<String, CourtError> {
    let passphrase = secrets::passphrase(Whose::Keys, language).map_err(keys::KeyError::from)?;
    let root = match (args.name, &args.root) {
        (KeyName::Server, _) | (_, None) => None,
        (_, Some(path)) => {
            let of_root = secrets::passphrase(Whose::Root, language);
            Some(keys::load_file(path, &of_root.map_err(keys::KeyError::from)?)?)
        }
    };
    let place = Place::open(&args.data, now_ms(), &SystemEntropy)?;
    let by = root.as_ref().map_or(By::Issuing, By::Root);
    let done = rotate::rotate(&place, args.name, &by, &passphrase)?;
    let certificate = done.certificate.to_hex();
    let kept = done.kept.map(|path| path.display().to_string());
    Ok(match language {
        Language::Zh => {
            let old = kept.map_or("旧私钥已销毁".to_owned(), |path| {
                format!("旧私钥保留在 {path},用于拆开仍在途中的密封包")
            });
            format!(
                "已更换。新证书:{certificate}\n{old}。旧证书仍可核验旧签名。\n请重启服务,启用新密钥。"
            )
        }
        Language::En => {
            let old = kept.map_or("The old private key is destroyed".to_owned(), |path| {
                format!("The old private key stays in {path} for bundles still under way")
            });
            format!(
                "Replaced. New certificate: {certificate}\n{old}. What it signed keeps verifying.\n\
                 Restart the service to use the new key."
            )
        }
    })
}

fn rotate_root(args: &RotateRootArgs, language: Language) -> Result<String, CourtError> {
    let place = Place::open(&args.data, now_ms(), &SystemEntropy)?;
    let ask = |whose| secrets::passphrase(whose, language).map_err(keys::KeyError::from);
    let old = keys::load_file(&args.root, &ask(Whose::Root)?)?;
    let new = secrets::new_passphrase(Whose::New, language).map_err(keys::KeyError::from)?;
    let id = rotate::rotate_root(&place, &old, &args.out, &new)?.to_hex();
    let path = args.out.display();
    Ok(match language {
        Language::Zh => format!(
            "新根证书:{id}\n新根密钥:{path}\n请立即移到离线介质(两份,分处保管)。\n\
             此后更换签发、检查点、加密密钥时使用新根;手机登记码仍用原根指纹。"
        ),
        Language::En => format!(
            "New root certificate: {id}\nNew root key: {path}\nMove it to an offline medium now (two copies, two places).\n\
             Use it from now on to replace the issuing, checkpoint and encryption keys; phones keep the first pin."
        ),
    })
}

fn passphrase(args: &PassphraseArgs, language: Language) -> Result<String, CourtError> {
    let old = secrets::passphrase(Whose::Keys, language).map_err(keys::KeyError::from)?;
    let new = secrets::new_passphrase(Whose::New, language).map_err(keys::KeyError::from)?;
    let files = rotate::change_passphrase(&args.data, &old, &new, &SystemEntropy)?;
    Ok(match language {
        Language::Zh => format!("{files}个密钥文件已改用新口令。请同时更换服务使用的口令文件。"),
        Language::En => format!(
            "{files} key files have the new passphrase. Change the passphrase file of the service too."
        ),
    })
}
