//! `init`: makes a court in an empty data directory.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use lastmile_core::time::{SystemClock, SystemEntropy};

use super::{Exit, Language, fail, secrets};
use crate::court::{self, CourtError};
use crate::keys::passphrase::Whose;
use crate::keys::{PassphraseError, Secrets};
use crate::server::DATABASE;

/// Options of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 法院代码,如 粤0605 / court code.
    #[arg(long)]
    court: String,
    /// 法院全称 / the court's full name.
    #[arg(long, default_value = "")]
    name: String,
    /// 仅供演示和测试:密钥文件一试就开 / for demonstrations and tests only: key files that open at once.
    #[arg(long, hide = true)]
    weak_keys_for_demonstration: bool,
}

/// Two passphrases: of the keys that stay, and of the root key, which somebody else may keep.
fn passphrases(args: &InitArgs, language: Language) -> Result<Secrets, PassphraseError> {
    let keys = secrets::new_passphrase(Whose::Keys, language)?;
    let root = secrets::new_passphrase(Whose::Root, language)?;
    if args.weak_keys_for_demonstration {
        return Secrets::new(keys.quick(), root.quick());
    }
    Secrets::new(keys, root)
}

/// Runs it.
pub fn run(args: &InitArgs, language: Language, out: &mut dyn Write) -> Exit {
    let clock = SystemClock::new(&SystemEntropy);
    let name = if args.name.is_empty() { &args.court } else { &args.name };
    if args.data.join(DATABASE).exists() {
        // Before anybody is asked for a passphrase of nothing.
        let error = CourtError::Exists(args.data.clone());
        return fail(language, error.code(), &error);
    }
    let secrets = match passphrases(args, language) {
        Ok(secrets) => secrets,
        Err(error) => return fail(language, error.code(), &error),
    };
    let made = court::found(&args.data, &args.court, name, &secrets, &clock, &SystemEntropy);
    let founded = match made {
        Ok(founded) => founded,
        Err(error) => return fail(language, error.code(), &error),
    };
    let key = founded.root_key.display();
    let root = founded.root.to_hex();
    let text = match language {
        Language::Zh => format!(
            "法院 {} 已建立。\n根证书指纹:{root}\n根密钥:{key}\n\
             请立即把根密钥文件移到离线介质(两份,分处保管),并从本机删除。\n\
             服务运行不需要根密钥,只有更换签发证书时才用。",
            args.court
        ),
        Language::En => format!(
            "Court {} is ready.\nRoot certificate: {root}\nRoot key: {key}\n\
             Move the root key file to an offline medium now (two copies, two places) and delete it here.\n\
             The service does not need it; it is used only to replace the issuing certificate.",
            args.court
        ),
    };
    match writeln!(out, "{text}") {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Unavailable,
    }
}
