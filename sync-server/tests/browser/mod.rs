//! Somebody at a console over HTTP: a browser that keeps its cookie.

#![allow(dead_code, unreachable_pub, missing_docs)] // each test file uses a part of it

use std::io::{BufRead, BufReader, Read};
use std::sync::Once;
use std::time::Duration;

use lastmile_core::records::Role;
use lastmile_core::time::SystemEntropy;
use lastmile_server::accounts::password::Cost;
use lastmile_server::accounts::sign_in;
use lastmile_server::roles;
use serde_json::{Value, json};

use crate::world::{COURT, World};

pub const PASSWORD: &str = "九江值班台2026年三月";

/// A browser: it keeps the cookie.
pub struct Browser {
    pub client: reqwest::blocking::Client,
    pub base: String,
    pub cookie: Option<String>,
    pub csrf: Option<String>,
    /// Of requests that may be sent again.
    pub key: Option<String>,
    /// The version that a change is made from.
    pub seen: Option<String>,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub retry_after: Option<String>,
    pub set_cookie: Option<String>,
}

impl Browser {
    pub fn new(world: &World) -> Self {
        Self::at(&world.url())
    }

    pub fn at(url: &str) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let _ = lastmile_core::phone::transport::HttpTransport::new(url, &[]);
        });
        let client = reqwest::blocking::Client::builder()
            .tls_certs_only(Vec::new())
            .no_proxy()
            .build()
            .unwrap();
        let base = format!("{url}/v1/courts/{COURT}");
        Self { client, base, cookie: None, csrf: None, key: None, seen: None }
    }

    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("other=1; lastmile_session={cookie}"));
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf", csrf);
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(version) = &self.seen {
            request = request.header("if-match", format!("\"{version}\""));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().unwrap();
        let header =
            |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (retry_after, set_cookie) = (header("retry-after"), header("set-cookie"));
        let status = answer.status().as_u16();
        let body = serde_json::from_str(&answer.text().unwrap()).unwrap_or(Value::Null);
        Answer { status, body, retry_after, set_cookie }
    }

    /// What an address of this server gives that is no JSON: status, media type, bytes.
    pub fn raw(&self, address: &str) -> (u16, String, Vec<u8>) {
        let host = self.base.split("/v1/").next().unwrap();
        let cookie = format!("lastmile_session={}", self.cookie.as_deref().unwrap_or_default());
        let request = self.client.get(format!("{host}{address}")).header("cookie", cookie);
        let answer = request.send().unwrap();
        let kind = answer.headers().get("content-type");
        let kind = kind.map_or("", |kind| kind.to_str().unwrap()).to_owned();
        (answer.status().as_u16(), kind, answer.bytes().unwrap().to_vec())
    }

    pub fn sign_in(&mut self, person: &str, password: &str, code: Option<&str>) -> Answer {
        let mut body = json!({ "person": person, "password": password });
        if let Some(code) = code {
            body["totp"] = code.into();
        }
        let answer = self.send("POST", "/session", Some(&body));
        if let Some(set) = &answer.set_cookie {
            let value = set.split(';').next().unwrap().split_once('=').unwrap().1;
            self.cookie = Some(value.to_owned());
            self.csrf = answer.body["csrf"].as_str().map(str::to_owned);
        }
        answer
    }

    pub fn code(answer: &Answer) -> &str {
        answer.body["code"].as_str().unwrap_or("")
    }
}

/// A stream of server-sent events.
pub struct Events(BufReader<reqwest::blocking::Response>);

impl Events {
    /// Name and body of the next event that is no beat.
    pub fn next(&mut self) -> (String, Value) {
        let (mut name, mut data) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream ended");
            match line.trim_end().split_once(':') {
                Some(("event", text)) => text.trim().clone_into(&mut name),
                Some(("data", text)) => text.trim().clone_into(&mut data),
                None if name == "beat" => name.clear(),
                None if !name.is_empty() => {
                    return (name, serde_json::from_str(&data).unwrap());
                }
                _ => {}
            }
        }
    }

    /// Name of the next event, beats too; nothing when the stream has ended.
    pub fn name_or_end(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap_or(0) == 0 {
                return None;
            }
            if let Some(name) = line.strip_prefix("event:") {
                return Some(name.trim().to_owned());
            }
        }
    }

    /// Whether nothing more comes.
    pub fn ended(mut self) -> bool {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).is_ok()
    }
}

impl Browser {
    /// Follows what changes at this console.
    pub fn follow(&self, last: Option<&str>) -> Events {
        let cookie = format!("lastmile_session={}", self.cookie.as_deref().unwrap());
        let mut request = self.client.get(format!("{}/live", self.base)).header("cookie", cookie);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.timeout(Duration::from_mins(2)).send().unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        Events(BufReader::new(answer))
    }
}

/// Roles and an account with [`PASSWORD`].
pub fn account(world: &World, person: &str, roles: &[Role]) {
    if !roles.is_empty() {
        assert!(roles::set(world.server(), person, roles, &[]).unwrap());
    }
    set_password(world, person, PASSWORD);
}

pub fn set_password(world: &World, person: &str, password: &str) {
    let server = world.server();
    let now_ms = server.now_ms();
    sign_in::set_password(server.store(), person, password, Cost::QUICK, &SystemEntropy, now_ms)
        .unwrap();
}
