//! `device list`, `device renew`, `device revoke`, `device wipe`, `quarantine`: what a person decides about devices and
//! about what came from them.

use std::io::Write;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use lastmile_core::id::{CertificateId, EnvelopeId};
use lastmile_core::identity::{CertificateKind, Directory};

use super::{Exit, Language, fail, secrets};
use crate::http::api::moment;
use crate::server::{Options, Server};
use crate::withdraw::{self, Judgement, Order, Wiping, WithdrawError};

/// Options of `device list` and `device renew`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
}

/// Options of `device revoke` and `device wipe`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).args(["certificate", "device"])))]
pub struct OrderArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 证书编号,64位十六进制,见 device list / the certificate's id, see device list.
    #[arg(long)]
    certificate: Option<String>,
    /// 设备编号:该设备上所有人员的证书 / the device: the certificates of everybody on it.
    #[arg(long)]
    device: Option<String>,
    /// 原因代码:lost 丢失、stolen 被盗、left 离任、replaced 更换、compromised 泄露 / why, a code.
    #[arg(long)]
    reason: String,
    /// 决定人的人员编号 / staff id of the person who decided.
    #[arg(long = "for")]
    on_behalf_of: String,
}

/// Options of `quarantine`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("decision").required(true).args(["admit", "set_aside"])))]
pub struct QuarantineArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 改动编号,64位十六进制 / the change, 64 hexadecimal digits.
    #[arg(long)]
    envelope: String,
    /// 接收 / admit it.
    #[arg(long)]
    admit: bool,
    /// 搁置,原始内容保留 / set it aside; its bytes are kept.
    #[arg(long)]
    set_aside: bool,
    /// 理由 / why, in words.
    #[arg(long)]
    reason: String,
    /// 决定人的人员编号 / staff id of the person who decided.
    #[arg(long = "for")]
    on_behalf_of: String,
}

/// Why a command was refused before the server was asked.
#[derive(Debug, thiserror::Error)]
#[error("没有这样的编号 / there is nothing of this id")]
struct UnknownId;

/// Lists people's devices.
pub fn list(args: &ListArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let directory = match server.directory() {
        Ok(directory) => directory,
        Err(error) => return fail(language, error.code(), &error),
    };
    let wipings = match server.store().read(withdraw::wipings) {
        Ok(wipings) => wipings,
        Err(error) => return fail(language, error.code(), &error),
    };
    for (id, verified) in directory.certificates() {
        let body = verified.payload();
        if body.kind != CertificateKind::Person {
            continue;
        }
        let wiping = wipings.get(&id).map(|wiping| wiped(*wiping, language)).unwrap_or_default();
        let standing = match directory.withdrawn(&id) {
            Some(since) => {
                format!("{} {}", language.pick("已吊销", "withdrawn"), moment(since.at_ms))
            }
            None => language.pick("有效", "stands").to_owned(),
        };
        let (person, device) = (body.person.as_deref(), body.device.as_deref());
        let (person, device) = (person.unwrap_or("-"), device.unwrap_or("-"));
        let roles = body.roles.join(",");
        if writeln!(out, "{}  {person}  {device}  {roles}  {standing}{wiping}", id.to_hex())
            .is_err()
        {
            return Exit::Unavailable;
        }
    }
    Exit::Done
}

/// How an order to wipe stands, in words.
fn wiped(wiping: Wiping, language: Language) -> String {
    let ordered = moment(wiping.ordered_ms);
    let Some(done) = wiping.honoured else {
        return format!("  {} {ordered}", language.pick("已下令擦除", "to be wiped, ordered"));
    };
    let (at, saved, lost) = (moment(done.received_ms), done.saved, done.lost);
    let mut text = match language {
        Language::Zh => format!("  {ordered}下令擦除,{at}已擦除:交回{saved}项,损失{lost}项"),
        Language::En => {
            format!("  ordered wiped {ordered}, wiped {at}: {saved} handed in, {lost} lost")
        }
    };
    text.push_str(&match (language, done.originals) {
        (Language::Zh, Some(originals)) => format!(",未到法院的原件损失{originals}个"),
        (Language::Zh, None) => ",原件损失数未报".to_owned(),
        (Language::En, Some(originals)) => {
            format!(", {originals} originals lost that never reached the court")
        }
        (Language::En, None) => ", originals not counted".to_owned(),
    });
    text
}

/// Certifies people's keys anew under the present issuing key.
pub fn renew(args: &ListArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    match crate::renew::renew(&server) {
        Ok(count) => {
            let said = language.pick("重新签发", "certified anew:");
            match writeln!(out, "{said} {count}") {
                Ok(()) => Exit::Done,
                Err(_) => Exit::Unavailable,
            }
        }
        Err(error) => fail(language, error.code(), &error),
    }
}

/// Withdraws certificates.
pub fn revoke(args: &OrderArgs, language: Language, out: &mut dyn Write) -> Exit {
    ordered(args, language, out, withdraw::revoke, ("已吊销", "withdrawn"))
}

/// Orders a device to be wiped.
pub fn wipe(args: &OrderArgs, language: Language, out: &mut dyn Write) -> Exit {
    ordered(args, language, out, withdraw::wipe, ("已下令擦除", "to be wiped"))
}

fn ordered(
    args: &OrderArgs,
    language: Language,
    out: &mut dyn Write,
    work: fn(&Server, &Order) -> Result<bool, WithdrawError>,
    (zh, en): (&str, &str),
) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let directory = match server.directory() {
        Ok(directory) => directory,
        Err(error) => return fail(language, error.code(), &error),
    };
    let which = which(args, &directory);
    if which.is_empty() {
        return fail(language, "unknown_certificate", &UnknownId);
    }
    for certificate in which {
        let order = Order {
            certificate,
            reason: args.reason.clone(),
            on_behalf_of: args.on_behalf_of.clone(),
        };
        let said = match work(&server, &order) {
            Ok(true) => language.pick(zh, en),
            Ok(false) => language.pick("此前已办", "done before"),
            Err(error) => return fail(language, error.code(), &error),
        };
        if writeln!(out, "{}  {said}", certificate.to_hex()).is_err() {
            return Exit::Unavailable;
        }
    }
    Exit::Done
}

fn which(args: &OrderArgs, directory: &Directory) -> Vec<CertificateId> {
    if let Some(hex) = &args.certificate {
        return CertificateId::from_hex(hex).into_iter().collect();
    }
    directory
        .certificates()
        .filter(|(_, verified)| {
            let body = verified.payload();
            body.kind == CertificateKind::Person && body.device == args.device
        })
        .map(|(id, _)| id)
        .collect()
}

/// Decides about a change in quarantine.
pub fn judge(args: &QuarantineArgs, language: Language, out: &mut dyn Write) -> Exit {
    let Ok(envelope) = EnvelopeId::from_hex(&args.envelope) else {
        return fail(language, "not_waiting", &UnknownId);
    };
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let judgement = Judgement {
        envelope,
        admit: args.admit,
        reason: args.reason.clone(),
        on_behalf_of: args.on_behalf_of.clone(),
    };
    match withdraw::judge(&server, &judgement) {
        Ok((state, why)) => match writeln!(out, "{} {why}", state.code()) {
            Ok(()) => Exit::Done,
            Err(_) => Exit::Unavailable,
        },
        Err(error) => fail(language, error.code(), &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::withdraw::Honoured;

    #[test]
    fn what_a_wiped_phone_lost_is_shown_with_its_originals() {
        let wiping = |originals| Wiping {
            ordered_ms: 0,
            honoured: Some(Honoured { received_ms: 0, saved: 1, lost: 2, originals }),
        };
        let zh = wiped(wiping(Some(3)), Language::Zh);
        assert!(zh.contains("交回1项,损失2项,未到法院的原件损失3个"), "{zh}");
        let en = wiped(wiping(Some(3)), Language::En);
        assert!(en.contains("2 lost, 3 originals lost that never reached the court"), "{en}");
        assert!(wiped(wiping(None), Language::Zh).contains("原件损失数未报"));
    }
}
