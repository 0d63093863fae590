//! Somebody who reads the API over HTTP.

#![allow(dead_code, unreachable_pub, missing_docs)] // each test file uses a part of it

use std::sync::Once;

use lastmile_core::time::SystemEntropy;
use lastmile_server::operator::{self, OperatorRole};
use lastmile_server::store::{StoreError, Writing};
use serde_json::Value;

use crate::world::{COURT, World};

pub struct Reader {
    client: reqwest::blocking::Client,
    url: String,
    token: Option<String>,
}

/// Whose tokens these are.
pub const OPERATOR: &str = "guanyongyi";

/// A new token.
pub fn token(world: &World, role: OperatorRole) -> String {
    token_of(world, role, Some(OPERATOR))
}

/// A new token of this person, or of nobody.
pub fn token_of(world: &World, role: OperatorRole, person: Option<&str>) -> String {
    let server = world.server();
    let make = |writing: &Writing<'_>| {
        operator::add(writing, &SystemEntropy, role, "测试", person, server.now_ms())
    };
    server.store().write(make).unwrap()
}

impl Reader {
    pub fn new(world: &World, role: OperatorRole) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Sets up what the HTTP client needs, TLS or not.
            let _ = lastmile_core::phone::transport::HttpTransport::new(&world.url(), &[]);
        });
        let client = reqwest::blocking::Client::builder()
            .tls_certs_only(Vec::new())
            .no_proxy()
            .build()
            .unwrap();
        Self { client, url: world.url(), token: Some(token(world, role)) }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { client: self.client.clone(), url: self.url.clone(), token: Some(token.into()) }
    }

    pub fn without_token(&self) -> Self {
        Self { client: self.client.clone(), url: self.url.clone(), token: None }
    }

    /// Any request; status and text.
    pub fn send(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request =
            self.client.request(method, format!("{}{path}", self.url)).body(body.to_owned());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().unwrap();
        (answer.status().as_u16(), answer.text().unwrap())
    }

    pub fn revoke(&self, world: &World) {
        let id = self.token.as_deref().unwrap().split('.').nth(1).unwrap();
        let revoked = world
            .server()
            .store()
            .write::<_, StoreError>(|writing| writing.revoke_token(id, world.server().now_ms()));
        assert!(revoked.unwrap());
    }

    pub fn text(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut request = self.client.get(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().unwrap();
        (answer.status().as_u16(), answer.text().unwrap())
    }

    /// What stands at an address, as it came.
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        let mut request = self.client.get(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.bytes().unwrap().to_vec()
    }

    /// Status and code of the problem that this address meets.
    pub fn problem(&self, path: &str) -> (u16, String) {
        let (status, text) = self.text(path, &[]);
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    }

    /// The answer at an address of the court.
    pub fn json(&self, path: &str) -> Value {
        let (status, text) = self.text(&format!("/v1/courts/{COURT}/{path}"), &[]);
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The rows at an address of the court.
    pub fn items(&self, path: &str) -> Vec<Value> {
        self.json(path)["items"].as_array().unwrap().clone()
    }
}
