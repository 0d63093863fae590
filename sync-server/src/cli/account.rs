//! `account set`, `account app`, `account list`, `account remove`: who signs in to the console. An account gives nobody a
//! role; roles are those of the directory (`role set`).

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use lastmile_core::time::{Clock, Entropy, SystemClock, SystemEntropy};

use super::{Exit, Language, fail, picture};
use crate::accounts::password::Cost;
use crate::accounts::sign_in::{self, SignInError};
use crate::accounts::totp;
use crate::http::api::moment;
use crate::server::DATABASE;
use crate::store::{AccountRow, Store, StoreError};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// 设置密码:新密码只显示一次 / set a password; a new one is shown once.
    Set(PersonArgs),
    /// 启用动态码:显示供验证器应用扫描的地址 / one-time codes: shows what the app scans.
    App(PersonArgs),
    /// 列出账号 / list the accounts.
    List(ListArgs),
    /// 删除账号,立即退出登录 / remove an account; its sessions end at once.
    Remove(PersonArgs),
}

/// Options that name a person.
#[derive(Debug, Args)]
pub struct PersonArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 人员编号 / staff id.
    #[arg(long)]
    person: String,
}

/// Options of `account list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
}

/// There is no such account.
#[derive(Debug, thiserror::Error)]
#[error("没有这个账号 / there is no such account")]
struct UnknownAccount;

/// Runs it.
pub fn run(command: &AccountCommand, language: Language, out: &mut dyn Write) -> Exit {
    let done = match command {
        AccountCommand::Set(args) => set(args, language).map(Some),
        AccountCommand::App(args) => app(args, language).map_err(Into::into),
        AccountCommand::List(args) => list(&args.data, language).map(Some).map_err(Into::into),
        AccountCommand::Remove(args) => remove(args, language).map_err(Into::into),
    };
    match done {
        Ok(Some(text)) if out.write_all(text.as_bytes()).is_ok() => Exit::Done,
        Ok(Some(_)) => Exit::Unavailable,
        Ok(None) => fail(language, "unknown_account", &UnknownAccount),
        Err(error) => {
            let error: SignInError = error;
            fail(language, error.code(), &error)
        }
    }
}

fn now_ms() -> i64 {
    SystemClock::new(&SystemEntropy).now().device_ms
}

/// 20 characters without those that look alike; nobody needs to think of one.
fn password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789_";
    let mut bytes = [0_u8; 20];
    SystemEntropy.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

fn set(args: &PersonArgs, language: Language) -> Result<String, SignInError> {
    let store = Store::open(&args.data.join(DATABASE))?;
    let password = password();
    sign_in::set_password(&store, &args.person, &password, Cost::USUAL, &SystemEntropy, now_ms())?;
    let said = language.pick(
        "请当面交给本人,此密码不再显示;首次登录后请本人修改:",
        "Hand it over in person; it will not be shown again. Change it after the first sign-in:",
    );
    Ok(format!("{said}\n{password}\n"))
}

fn app(args: &PersonArgs, language: Language) -> Result<Option<String>, StoreError> {
    let store = Store::open(&args.data.join(DATABASE))?;
    let mut secret = vec![0_u8; totp::SECRET];
    SystemEntropy.fill(&mut secret);
    let known = store.write::<_, StoreError>(|writing| {
        let Some(row) = writing.account(&args.person)? else { return Ok(false) };
        let totp = Some(secret.clone());
        writing.put_account(&AccountRow { totp, totp_step: 0, changed_ms: now_ms(), ..row })?;
        writing.end_sessions_of(&args.person)?;
        Ok(true)
    })?;
    let uri = totp::uri(&secret, &store.court().name, &args.person);
    let drawn = picture::of(&uri).map(|picture| picture::drawn(&picture)).unwrap_or_default();
    let said = language.pick(
        "请本人用手机上的验证器应用扫描,不再显示;扫描后下次登录要填动态码:",
        "To be scanned with an authenticator app by the person; it will not be shown again. The next \
         sign-in asks for a code:",
    );
    Ok(known.then(|| format!("{said}\n\n{drawn}\n\n{uri}\n")))
}

fn list(data: &Path, language: Language) -> Result<String, StoreError> {
    let store = Store::open(&data.join(DATABASE))?;
    let mut text = String::new();
    for row in store.read::<_, StoreError>(|reading| reading.accounts())? {
        let app = match row.totp {
            Some(_) => language.pick("有动态码", "one-time codes"),
            None => language.pick("无动态码", "no one-time codes"),
        };
        let _ = writeln!(text, "{}  {}  {app}", row.person, moment(row.changed_ms));
    }
    if text.is_empty() {
        let none = language.pick(
            "还没有账号,用 account set 新建。\n",
            "There are no accounts yet; make one with account set.\n",
        );
        return Ok(none.to_owned());
    }
    Ok(text)
}

fn remove(args: &PersonArgs, language: Language) -> Result<Option<String>, StoreError> {
    let store = Store::open(&args.data.join(DATABASE))?;
    let known = store.write::<_, StoreError>(|writing| writing.remove_account(&args.person))?;
    Ok(known.then(|| language.pick("已删除。\n", "Removed.\n").to_owned()))
}
