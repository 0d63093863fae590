//! `token add`, `token list`, `token revoke`: who may read the API until people sign in to the console.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use lastmile_core::time::{Clock, SystemClock, SystemEntropy};

use super::{Exit, Language, fail};
use crate::http::api::moment;
use crate::operator::{self, OperatorRole, TokenError};
use crate::server::DATABASE;
use crate::store::{Store, StoreError, TokenRow};

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// 新建令牌,仅显示一次 / make a token; it is shown once.
    Add(AddArgs),
    /// 列出令牌 / list the tokens.
    List(ListArgs),
    /// 吊销令牌 / revoke a token.
    Revoke(RevokeArgs),
}

/// Options of `token add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 角色:command 指挥中心,可查看内容;admin 管理员,只看运行指标;gateway 短信网关,只收发短信 / command reads
    /// content, admin figures; gateway carries text messages and does nothing else.
    #[arg(long, value_parser = role)]
    role: OperatorRole,
    /// 用途,便于日后吊销时辨认 / what it is for, to know it again.
    #[arg(long)]
    label: String,
    /// 持有人的人员编号:凭此令牌作的决定就是此人的决定;不填则只能查看 / staff id of the one person who
    /// holds it: what is decided with it is that person's; without it the token only reads.
    #[arg(long)]
    person: Option<String>,
}

/// Options of `token list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
}

/// Options of `token revoke`.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 令牌编号,即令牌中间的16位,见 token list / the token's id: its middle part, see token list.
    #[arg(long)]
    id: String,
}

fn role(code: &str) -> Result<OperatorRole, String> {
    OperatorRole::from_code(code).ok_or_else(|| "command, admin, gateway".to_owned())
}

/// There is no such token, or it was revoked before.
#[derive(Debug, thiserror::Error)]
#[error("没有这个令牌,或已吊销 / there is no such token, or it was revoked before")]
struct UnknownToken;

/// Runs it.
pub fn run(command: &TokenCommand, language: Language, out: &mut dyn Write) -> Exit {
    let done = match command {
        TokenCommand::Add(args) => add(args, language),
        TokenCommand::List(args) => list(&args.data, language).map_err(TokenError::Store),
        TokenCommand::Revoke(args) => match revoke(args) {
            Ok(true) => Ok(language.pick("已吊销。\n", "Revoked.\n").to_owned()),
            Ok(false) => return fail(language, "unknown_token", &UnknownToken),
            Err(error) => Err(error.into()),
        },
    };
    match done {
        Ok(text) if out.write_all(text.as_bytes()).is_ok() => Exit::Done,
        Ok(_) => Exit::Unavailable,
        Err(error) => fail(language, error.code(), &error),
    }
}

fn now_ms() -> i64 {
    SystemClock::new(&SystemEntropy).now().device_ms
}

fn add(args: &AddArgs, language: Language) -> Result<String, TokenError> {
    let store = Store::open(&args.data.join(DATABASE))?;
    let token = store.write(|writing| {
        let person = args.person.as_deref();
        operator::add(writing, &SystemEntropy, args.role, &args.label, person, now_ms())
    })?;
    let said =
        language.pick("请立即保存,此令牌不再显示:", "Keep it now; it will not be shown again:");
    Ok(format!("{said}\n{token}\n"))
}

#[allow(clippy::redundant_closure_for_method_calls)] // the method is not general enough
fn list(data: &Path, language: Language) -> Result<String, StoreError> {
    let store = Store::open(&data.join(DATABASE))?;
    let mut text = String::new();
    for row in store.read::<_, StoreError>(|reading| reading.tokens())? {
        let TokenRow { id, role, label, created_ms, revoked_ms, person, .. } = row;
        let state = match revoked_ms {
            None => language.pick("有效", "holds").to_owned(),
            Some(ms) => format!("{} {}", language.pick("已吊销", "revoked"), moment(ms)),
        };
        // Writing to a string cannot fail.
        let (made, person) = (moment(created_ms), person.as_deref().unwrap_or("-"));
        let _ = writeln!(text, "{id}  {role:<7}  {made}  {state}  {person}  {label}");
    }
    Ok(text)
}

fn revoke(args: &RevokeArgs) -> Result<bool, StoreError> {
    let store = Store::open(&args.data.join(DATABASE))?;
    store.write(|writing| writing.revoke_token(&args.id, now_ms()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::time::SeededEntropy;

    use super::*;
    use crate::court;
    use crate::keys::Secrets;

    #[test]
    fn a_token_is_shown_once_listed_without_its_secret_and_revoked() {
        let dir = tempfile::TempDir::new().unwrap();
        let data = dir.path().join("data");
        let clock = SystemClock::new(&SystemEntropy);
        court::found(&data, "粤0605", "测试法院", &Secrets::demo(), &clock, &SeededEntropy::new(3))
            .unwrap();
        let run = |command: &TokenCommand| {
            let mut out = Vec::new();
            let exit = run(command, Language::Zh, &mut out);
            (exit, String::from_utf8(out).unwrap())
        };
        let (exit, said) = run(&TokenCommand::Add(AddArgs {
            data: data.clone(),
            role: OperatorRole::Command,
            label: "指挥中心大屏".into(),
            person: Some("guanyongyi".into()),
        }));
        assert_eq!(exit, Exit::Done);
        let token = said.lines().nth(1).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let list = TokenCommand::List(ListArgs { data: data.clone() });
        let (_, listed) = run(&list);
        for shown in [parts[1], "指挥中心大屏", "有效", "guanyongyi"] {
            assert!(listed.contains(shown), "{shown}");
        }
        assert!(!listed.contains(parts[2]));
        let revoke = TokenCommand::Revoke(RevokeArgs { data, id: parts[1].into() });
        assert_eq!(run(&revoke).0, Exit::Done);
        assert_eq!(run(&revoke).0, Exit::Refused);
        assert!(run(&list).1.contains("已吊销"));
    }
}
