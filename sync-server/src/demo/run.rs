//! `lastmile-server demo`: sets the stage, starts a server process of its own, plays, checks, and
//! leaves the server up for looking around.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use lastmile_core::records::builtin;
use lastmile_core::time::SystemEntropy;

use super::cast::{COMMAND, COURT_PATH, DISPATCHER, PASSWORD, prepare};
use super::check::{ServerSide, carriers, check};
use super::clock::FileClock;
use super::day::{Crew, play};
use super::exports::exports;
use super::papers::papers;
use super::report::{self, Traffic};
use super::rewrite::rewritten;
use super::stage::{StageError, true_ms};
use crate::cli::Language;
use crate::keys::passphrase::Whose;
use crate::keys::{Passphrase, write_secret};
use crate::operator::{self, OperatorRole};
use crate::server::DATABASE;
use crate::store::{Store, StoreError};

/// How to play.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Folder for stores and report; emptied of an earlier demonstration first.
    pub dir: PathBuf,
    /// Stop at the end instead of leaving the server up.
    pub exit: bool,
    /// Wait before the request for help, and let it pass slowly, for whoever watches the console.
    pub watch: bool,
    /// Write the day down in this folder, for another program to repeat, and stop at its end.
    pub script: Option<PathBuf>,
    /// Language of the output.
    pub language: Language,
}

/// Plays the day; gives whether every assertion held.
pub fn run(options: &DemoOptions, out: &mut dyn Write) -> Result<bool, StageError> {
    let language = options.language;
    let stage = options.dir.join("stage");
    if stage.exists() {
        std::fs::remove_dir_all(&stage)?;
    }
    std::fs::create_dir_all(&stage)?;
    let clock = stage.join("server-clock");
    FileClock::set(&clock, true_ms("06:40")?)?;
    writeln!(
        out,
        "{}",
        language.pick(
            "南海一日 · 2026年3月17日 · 佛山市南海区人民法院(人物、企业、号码均为虚构)",
            "A day in Nanhai, 17 March 2026 (every person, firm and number is invented)",
        )
    )?;
    let prepared = prepare(&stage, Arc::new(FileClock::new(&clock)))?;
    writeln!(out, "{} {}", language.pick("已导入", "imported"), prepared.imported)?;
    let operator = operator_token(&prepared.data)?;
    if let Some(script) = &options.script {
        morning(script, &prepared.data)?;
    }
    let server = Process::start(&prepared.data, &clock, &stage)?;
    writeln!(out, "{} {}", language.pick("同步服务", "server"), server.url())?;
    desk(out, &server, language)?;

    let crew = prepared.crew(&stage, server.address)?;
    let mut number = 0;
    let mut lines = Ok(());
    let mut tell = |event: &super::day::Event| {
        number += 1;
        if lines.is_ok() {
            lines = report::event(out, number, event, language);
        }
        if options.watch && event.id == BEFORE_HELP && lines.is_ok() {
            lines = wait(out, language);
        }
    };
    let mut tick = |ms| {
        if options.watch {
            std::thread::sleep(WATCHED);
        }
        Ok(FileClock::set(&clock, ms)?)
    };
    let outcome = play(&crew, [0, 1, 2], &mut tell, &mut tick)?;
    lines?;
    let side = ServerSide::read(&prepared.data.join(DATABASE), &builtin())?;
    let mut assertions = check(&crew, &outcome, &side)?;
    if let Some(script) = &options.script {
        crew.p1.script.write(script, &prepared.written_down(), &digests(&crew)?)?;
        return Ok(assertions.iter().all(|assertion| assertion.ok));
    }
    let folder = options.dir.join("export");
    assertions.push(exports(&crew, &prepared.data, &clock, &folder)?);
    assertions.push(papers(&crew, &options.dir.join("papers"))?);
    assertions.push(rewritten(&crew.p1, &prepared.data, &clock, &stage)?);
    let traffic = Traffic::of(&crew, outcome.requests);
    report::summary(out, &crew, &outcome, &assertions, traffic, language)?;
    let path = options.dir.join("report.json");
    report::write(&path, &outcome, &assertions, traffic)?;
    let held = assertions.iter().all(|assertion| assertion.ok);
    writeln!(out, "\n{} {}", path.display(), language.pick("已写入", "written"))?;
    if options.exit || !held {
        return Ok(held);
    }
    offer(out, &server, &operator, language)?;
    server.wait()?;
    Ok(held)
}

/// Puts the court as it is before the day beside the script: whoever repeats the day needs its certificates,
/// from which authors' ids follow.
fn morning(script: &Path, data: &Path) -> std::io::Result<()> {
    let court = script.join("court");
    if court.exists() {
        std::fs::remove_dir_all(&court)?;
    }
    copy(data, &court)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// What every case and record came to, on each phone that carries it.
fn digests(crew: &Crew) -> Result<serde_json::Value, StageError> {
    let mut found = Vec::new();
    for (case, actors) in carriers(crew) {
        for actor in actors {
            let (digest, _) = actor.phone.case_digest(case)?;
            let mut records = serde_json::Map::new();
            for row in actor.phone.records_of_case(case)? {
                let view = actor.phone.record_view(row.id)?;
                let digests = serde_json::json!({
                    "kind": row.kind,
                    "state": view.state_digest.to_hex(),
                    "content": view.content_digest.to_hex(),
                });
                records.insert(row.id.to_hex(), digests);
            }
            found.push(serde_json::json!({
                "who": actor.name, "case": case, "digest": digest.to_hex(), "records": records,
            }));
        }
    }
    Ok(found.into())
}

/// The event after which `--watch` waits.
const BEFORE_HELP: &str = "E07";
/// How long a turn of the day's clock takes with `--watch`: the twenty minutes of the request half a minute.
const WATCHED: Duration = Duration::from_millis(120);

fn wait(out: &mut dyn Write, language: Language) -> std::io::Result<()> {
    let text = language.pick(
        "请在浏览器登录值班台并试听提示音,然后按回车:下面是求助。",
        "Sign in at the console and let it sound, then press Enter: the call for help comes next.",
    );
    writeln!(out, "\n  {text}")?;
    out.flush()?;
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// A token of the command centre, for the links at the end.
fn operator_token(data: &Path) -> Result<String, StageError> {
    let script = |error: &dyn std::fmt::Display| StageError::Script(error.to_string());
    let store = Store::open(&data.join(DATABASE)).map_err(|error: StoreError| script(&error))?;
    store
        .write(|writing| {
            operator::add(
                writing,
                &SystemEntropy,
                OperatorRole::Command,
                "demo",
                None,
                true_ms("06:40").unwrap_or(0),
            )
        })
        .map_err(|error| script(&error))
}

/// How to sign in at the console while the day is played.
fn desk(out: &mut dyn Write, server: &Process, language: Language) -> Result<(), StageError> {
    let (zh, en) = ("值班台", "console");
    writeln!(out, "{} {}/console/", language.pick(zh, en), server.url())?;
    let people = [
        ("九江派出所值班", "police dispatcher", DISPATCHER),
        ("执行指挥中心", "command centre", COMMAND),
    ];
    for (zh, en, person) in people {
        let (who, word) = (language.pick(zh, en), language.pick("密码", "password"));
        writeln!(out, "  {who} {person}  {word} {PASSWORD}")?;
    }
    writeln!(out)?;
    Ok(())
}

fn offer(
    out: &mut dyn Write,
    server: &Process,
    token: &str,
    language: Language,
) -> Result<(), StageError> {
    let base = format!("{}/v1/courts/{COURT_PATH}", server.url());
    writeln!(
        out,
        "\n{}",
        language.pick(
            "服务仍在运行(Ctrl-C 结束)。可以试试:",
            "The server stays up (Ctrl-C ends it). Three things to try:",
        )
    )?;
    for (zh, en, path) in [
        ("求助,从送达起计时", "assistance requests, timed from receipt", "requests"),
        ("分歧", "open conflicts", "conflicts"),
        ("全部案件", "all cases", "cases"),
    ] {
        writeln!(out, "  # {}", language.pick(zh, en))?;
        writeln!(out, "  curl -H 'Authorization: Bearer {token}' '{base}/{path}'")?;
    }
    out.flush()?;
    Ok(())
}

/// A server process of our own binary.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(data: &Path, clock: &Path, stage: &Path) -> Result<Self, StageError> {
        let ready = stage.join("server-ready");
        let log = std::fs::File::create(stage.join("server.log"))?;
        let passphrase = stage.join("passphrase");
        write_secret(&passphrase, Passphrase::DEMO.as_bytes())
            .map_err(|error| StageError::Script(error.to_string()))?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0", "--ladder", "--ready-file"])
            .arg(&ready)
            .arg("--clock-file")
            .arg(clock)
            .env(Whose::Keys.variable(), passphrase)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        // The process says one line when it listens; its end would be the end of the line.
        let mut said = String::new();
        if let Some(stdout) = child.stdout.take() {
            use std::io::{BufRead, BufReader};
            BufReader::new(stdout).read_line(&mut said)?;
        }
        let address = std::fs::read_to_string(&ready)
            .ok()
            .and_then(|url| url.trim().strip_prefix("http://")?.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(StageError::Script(format!("the server did not start: {said}")));
        };
        Ok(Self { child, address })
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn wait(mut self) -> Result<(), StageError> {
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
