//! What figures about the console share: the program as a process of its own whose clock runs from the morning of the
//! story, and somebody of the command centre who is signed in.

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use lastmile_core::id::BootId;
use lastmile_core::records::Role;
use lastmile_core::time::{Clock, Moment, SystemEntropy};
use lastmile_server::accounts::password::Cost;
use lastmile_server::accounts::sign_in;
use lastmile_server::app::Running;
use lastmile_server::roles;
use lastmile_server::server::{Options, Server};
use reqwest::blocking::{Client, Response};
use serde_json::{Value as Json, json};

use crate::court_stage::MORNING_MS;

/// The argument that makes the program the server.
pub const CHILD: &str = "--console-server";
/// The court's code in an address.
pub const COURT_PATH: &str = "%E7%B2%A40605";
const PASSWORD: &str = "指挥中心的测试密码2026";

type Run<T = ()> = Result<T, Box<dyn Error>>;

/// A clock that runs from the morning of the story.
struct FromMorning(Instant);

impl Clock for FromMorning {
    fn now(&self) -> Moment {
        let run = u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX);
        let device_ms = MORNING_MS.saturating_add_unsigned(run);
        Moment { device_ms, monotonic_ms: run, boot: BootId([0; 8]) }
    }
}

/// The server as a process of its own: prints its address, serves the data in `dir` until its input ends.
pub fn child(dir: &Path) -> Run {
    let clock = Arc::new(FromMorning(Instant::now()));
    let running = Running::start(dir, Options { clock, ..Options::default() })?;
    println!("{}", running.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// The server's process.
pub struct Served {
    process: Child,
    /// Where it answers.
    pub url: String,
}

impl Served {
    /// Starts it on the data in `dir`.
    pub fn start(dir: &Path) -> Run<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(CHILD)
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        let out = process.stdout.take().ok_or("the server says nothing")?;
        BufReader::new(out).read_line(&mut url)?;
        Ok(Self { process, url: url.trim().to_owned() })
    }

    /// Its socket.
    pub fn address(&self) -> Run<SocketAddr> {
        Ok(self.url.trim_start_matches("http://").parse()?)
    }

    /// The end of its input is the end of it.
    pub fn stop(&mut self) -> Run {
        drop(self.process.stdin.take());
        self.process.wait()?;
        Ok(())
    }
}

/// Makes somebody one of the command centre, with an account.
pub fn account(server: &Server, person: &str) -> Run {
    roles::set(server, person, &[Role::Command], &[])?;
    let store = server.store();
    sign_in::set_password(store, person, PASSWORD, Cost::QUICK, &SystemEntropy, MORNING_MS)?;
    Ok(())
}

/// A client for the loopback.
pub fn client() -> Run<Client> {
    Ok(Client::builder().tls_certs_only(Vec::new()).no_proxy().build()?)
}

/// Cookie and token against forged requests.
pub struct Session {
    /// The cookie, `name=value`.
    pub cookie: String,
    csrf: String,
}

impl Session {
    /// Signs in.
    pub fn begin(url: &str, person: &str) -> Run<Self> {
        let body = json!({ "person": person, "password": PASSWORD }).to_string();
        let answer = client()?
            .post(format!("{url}/v1/courts/{COURT_PATH}/session"))
            .header("content-type", "application/json")
            .body(body)
            .send()?;
        let cookie = answer.headers().get("set-cookie").ok_or("no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let body: Json = serde_json::from_str(&answer.text()?)?;
        let csrf = body["csrf"].as_str().ok_or("not signed in")?.to_owned();
        Ok(Self { cookie, csrf })
    }

    /// Sends a body to `path` below the court's address.
    pub fn post(&self, client: &Client, url: &str, path: &str, body: &Json) -> Run<Response> {
        let request = client.post(format!("{url}/v1/courts/{COURT_PATH}/{path}"));
        let request = request.header("cookie", &self.cookie).header("x-csrf", &self.csrf);
        let request = request.header("content-type", "application/json");
        Ok(request.body(body.to_string()).send()?)
    }

    /// Reads `path` below the court's address.
    pub fn get(&self, client: &Client, url: &str, path: &str) -> Run<Response> {
        let request = client.get(format!("{url}/v1/courts/{COURT_PATH}/{path}"));
        Ok(request.header("cookie", &self.cookie).send()?)
    }
}
