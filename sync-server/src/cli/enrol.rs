//! `enrol add`, `enrol list`, `enrol revoke`: one-time codes with which phones get their certificates.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use lastmile_core::identity::enrolment::code::{read_id, shown_id};
use lastmile_core::records::Role;
use lastmile_core::time::{Clock, SystemClock, SystemEntropy};
use qrcode::render::svg;

use super::role::role;
use super::{Exit, Language, approval, fail, picture, secrets};
use crate::court::{self, CourtError};
use crate::enrol::{self, MAX_DAYS, MAX_FAILURES, NewEnrolment, USUAL_HOURS};
use crate::http::api::moment;
use crate::roles;
use crate::server::{DATABASE, Options};
use crate::store::{EnrolmentRow, Store, StoreError};

/// What to do with codes.
#[derive(Debug, Subcommand)]
pub enum EnrolCommand {
    /// 生成一次性登记码和二维码 / make a one-time code and its QR picture.
    Add(AddArgs),
    /// 列出登记码 / list the codes.
    List(ListArgs),
    /// 作废登记码 / revoke a code.
    Revoke(RevokeArgs),
}

/// Options of `enrol add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 人员编号 / staff or liaison id.
    #[arg(long)]
    person: String,
    /// 姓名,默认取自人员名册 / name, by default from the roster.
    #[arg(long)]
    name: Option<String>,
    /// 角色代码,可多次给出,默认取自人员名册 / role code, by default from the roster.
    #[arg(long = "role", value_parser = role)]
    roles: Vec<Role>,
    /// 证书有效天数 / days the certificates are valid.
    #[arg(long, default_value_t = 366, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_DAYS)))]
    valid_days: u32,
    /// 登记码有效小时数 / hours the code is good.
    #[arg(long, default_value_t = USUAL_HOURS, value_parser = clap::value_parser!(u32).range(1..=720))]
    hours: u32,
    /// 密钥须存放在:tee 或 strongbox / keys must be kept in: tee, strongbox.
    #[arg(long)]
    protection: Option<String>,
    /// 设备编号 / device id.
    #[arg(long)]
    device: Option<String>,
    /// 手机要连接的服务地址 / where the phone will find the service.
    #[arg(long)]
    server_url: String,
    /// 二维码另存为SVG文件 / write the QR picture into this SVG file.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// 批准文件,管理员和院长角色需要,可多次给出 / approval file, for administrators and presidents.
    #[arg(long = "approval")]
    approvals: Vec<PathBuf>,
}

/// Options of `enrol list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
}

/// Options of `enrol revoke`.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 登记码编号,见 enrol list / the code's id, see enrol list.
    #[arg(long)]
    id: String,
}

/// There is no such code, or it was used or revoked before.
#[derive(Debug, thiserror::Error)]
#[error("no code of this id can still be used")]
struct UnknownCode;

/// Runs it.
pub fn run(command: &EnrolCommand, language: Language, out: &mut dyn Write) -> Exit {
    let done = match command {
        EnrolCommand::Add(args) => add(args, language),
        EnrolCommand::List(args) => list(&args.data, language).map_err(CourtError::Store),
        EnrolCommand::Revoke(args) => match revoke(args) {
            Ok(true) => Ok(language.pick("已作废。\n", "Revoked.\n").to_owned()),
            Ok(false) => return fail(language, "unknown_enrolment", &UnknownCode),
            Err(error) => Err(error.into()),
        },
    };
    match done {
        Ok(text) if out.write_all(text.as_bytes()).is_ok() => Exit::Done,
        Ok(_) => Exit::Unavailable,
        Err(error) => fail(language, error.code(), &error),
    }
}

fn add(args: &AddArgs, language: Language) -> Result<String, CourtError> {
    let approvals = approval::read(&args.approvals)?;
    let server =
        secrets::open(&args.data, Options::default(), language).map_err(CourtError::Open)?;
    let (name, granted) =
        court::name_and_roles(&server, &args.person, args.name.as_deref(), &args.roles)?;
    roles::set(&server, &args.person, &granted, &approvals)?;
    let code = enrol::make(
        &server,
        &NewEnrolment {
            person: args.person.clone(),
            name: name.clone(),
            valid_days: args.valid_days,
            hours: args.hours,
            protection: args.protection.clone(),
            device: args.device.clone(),
            label: None,
            url: args.server_url.clone(),
        },
    )?;
    // A code has at most some 600 characters; pictures hold thousands.
    let picture = picture::of(&code.text()).ok_or_else(|| std::io::Error::other("no picture"))?;
    if let Some(path) = &args.svg {
        let image = picture.render::<svg::Color<'_>>().min_dimensions(400, 400).build();
        crate::keys::write_secret(path, image.as_bytes())?;
    }
    let drawn = picture::drawn(&picture);
    let (id, typed, hours) = (code.shown_id(), lines(&code.typed()), args.hours);
    Ok(match language {
        Language::Zh => format!(
            "{name}({})的登记码,编号{id},{hours}小时内有效,只能用一次,不再显示:\n\n{drawn}\n\n\
             手工输入:\n{typed}\n请当面交给本人,不要经微信等发送。\n",
            args.person
        ),
        Language::En => format!(
            "Code {id} for {name} ({}), good for {hours} hours, once; it will not be shown again:\n\n{drawn}\n\n\
             To be typed:\n{typed}\nHand it over in person; do not send it by messenger.\n",
            args.person
        ),
    })
}

/// Eight groups to a line.
fn lines(typed: &str) -> String {
    let groups: Vec<&str> = typed.split('-').collect();
    groups.chunks(8).fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "  {}", line.join("-"));
        text
    })
}

fn now_ms() -> i64 {
    SystemClock::new(&SystemEntropy).now().device_ms
}

fn list(data: &Path, language: Language) -> Result<String, StoreError> {
    let store = Store::open(&data.join(DATABASE))?;
    let now_ms = now_ms();
    let mut text = String::new();
    for row in store.read::<_, StoreError>(|reading| reading.enrolments())? {
        let state = state(&row, now_ms, language);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}  {}  {}  {state}  {} {}",
            shown_id(&row.id),
            moment(row.made_ms),
            moment(row.expires_ms),
            row.person,
            row.name
        );
    }
    Ok(text)
}

fn state(row: &EnrolmentRow, now_ms: i64, language: Language) -> String {
    let at = |zh, en, ms| format!("{} {}", language.pick(zh, en), moment(ms));
    match (row.revoked_ms, row.used_ms) {
        (Some(ms), _) => at("已作废", "revoked", ms),
        (None, Some(ms)) => at("已使用", "used", ms),
        _ if row.failures >= MAX_FAILURES => language.pick("已锁定", "locked").to_owned(),
        _ if now_ms > row.expires_ms => language.pick("已过期", "expired").to_owned(),
        _ => language.pick("可用", "open").to_owned(),
    }
}

fn revoke(args: &RevokeArgs) -> Result<bool, StoreError> {
    let Some(id) = read_id(&args.id) else { return Ok(false) };
    let store = Store::open(&args.data.join(DATABASE))?;
    store.write(|writing| writing.revoke_enrolment(&id, now_ms()))
}
