//! The description and the service say the same, and no request whatever makes the service fail.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod reader;
mod world;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use lastmile_core::document::Fields;
use lastmile_server::http::api::document;
use lastmile_server::http::problem::ProblemCode;
use lastmile_server::http::{AppState, Limits, router};
use lastmile_server::operator::OperatorRole;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use world::{CASE, COURT, World};

/// A service without a socket, with a record and a request in it.
struct Service {
    world: World,
    router: Router,
    runtime: Runtime,
    token: String,
    record: String,
}

impl Service {
    fn new() -> Self {
        let mut world = World::new();
        let officer = world.officer("luqihang");
        let record = officer.seizure().to_hex();
        officer.begin("assistance", CASE, Fields::default());
        officer.sync();
        let stranger = world.officer("qutongming");
        stranger.seizure();
        stranger.sync();
        let token = reader::token(&world, OperatorRole::Command);
        let (_, stopping) = tokio::sync::watch::channel(false);
        let server = Arc::clone(world.running.as_ref().unwrap().server());
        let router = router(AppState::new(server, Limits::default(), stopping));
        Self { world, router, runtime: Runtime::new().unwrap(), token, record }
    }

    /// Status, media type and body of the answer.
    fn ask(&self, request: Request<Body>) -> (u16, String, Vec<u8>) {
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
            let media = answer.headers().get(header::CONTENT_TYPE);
            let media = media.map_or("", |value| value.to_str().unwrap()).to_owned();
            let body = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
            (status, media, body.to_vec())
        })
    }

    fn get(&self, path: &str) -> (u16, String, Vec<u8>) {
        let request = Request::get(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Body::empty())
            .unwrap();
        self.ask(request)
    }

    /// A described path with its parameters filled in, percent-encoded.
    fn filled(&self, template: &str) -> String {
        template
            .replace("{court}", &encoded(COURT.as_bytes()))
            .replace("{case_no}", &encoded(CASE.as_bytes()))
            .replace("{id}", &self.record)
            .replace("{form}", "F-01")
    }
}

fn encoded(bytes: &[u8]) -> String {
    let hex = data_encoding::HEXUPPER.encode(bytes);
    hex.as_bytes().chunks(2).flat_map(|byte| ['%', byte[0].into(), byte[1].into()]).collect()
}

fn described() -> Value {
    serde_json::from_str(document::text()).unwrap()
}

#[test]
fn the_description_in_the_tree_is_the_one_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let served = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
    std::fs::write(&served, document::text()).unwrap();
    assert!(
        kept == document::text(),
        "docs/openapi.json is not what the service serves; if the change is meant:\n  \
         cp {} docs/openapi.json",
        served.display()
    );
    assert_eq!(Service::new().get("/openapi.json").2, document::text().as_bytes());
}

#[test]
fn every_route_is_described_and_everything_described_is_a_route() {
    let service = Service::new();
    let document = described();
    let paths = document["paths"].as_object().unwrap();
    // The router tells its paths only when printed: every quoted text that begins with a slash.
    let printed = format!("{:?}", service.router);
    let routes: BTreeSet<&str> =
        printed.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/')).collect();
    let routes: BTreeSet<&str> = routes.into_iter().filter(|path| !path.contains("{*")).collect();
    let named: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    // Pages for people are no part of the API (console_pages.rs).
    let of_api = |path: &&str| *path != "/" && !path.starts_with("/console");
    assert_eq!(routes.into_iter().filter(of_api).collect::<BTreeSet<_>>(), named);
    for (path, item) in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let request = Request::builder()
                .method(method)
                .uri(service.filled(path))
                .body(Body::empty())
                .unwrap();
            let (status, _, body) = service.ask(request);
            let described = item.get(method.to_lowercase()).is_some();
            assert_eq!(described, status != 405, "{method} {path}: {status}");
            assert_ne!(status, 404, "{path}: {}", String::from_utf8_lossy(&body));
        }
    }
}

#[test]
fn the_description_is_sound() {
    let document = described();
    assert_eq!(document["openapi"], "3.1.0");
    let mut operations = HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let segments: BTreeSet<&str> = path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        for operation in item.as_object().unwrap().values() {
            assert!(operations.insert(operation["operationId"].as_str().unwrap()), "{path}");
            assert!(operation["summary"].is_string(), "{path}");
            let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let declared = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            assert_eq!(segments, declared, "{path}");
        }
    }
    let mut references = Vec::new();
    references_of(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
    }
    let sync = &document["paths"]["/v1/courts/{court}/sync"]["post"];
    assert!(sync["requestBody"]["content"].get(lastmile_core::sync::MEDIA_TYPE).is_some());
}

fn references_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                found.push(reference.to_owned());
            }
            members.values().for_each(|member| references_of(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references_of(item, found)),
        _ => {}
    }
}

#[test]
fn answers_have_the_described_shape() {
    let service = Service::new();
    let document = described();
    let mut checked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let schema = &item["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            continue;
        }
        let (status, _, body) = service.get(&service.filled(path));
        if item["get"]["tags"] == serde_json::json!(["console"]) {
            // For people who are signed in, not for tokens (console_session.rs).
            assert_eq!(status, 401, "{path}");
            continue;
        }
        if item["get"]["tags"] == serde_json::json!(["gateway"]) {
            // For the token of a gateway, which reads nothing else (sms.rs).
            assert_eq!(status, 403, "{path}");
            continue;
        }
        assert_eq!(status, 200, "{path}");
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(misfit(&document, schema, &answer), None, "{path}: {answer}");
        checked += 1;
    }
    assert!(checked >= 10, "{checked}");
    let problem = &document["components"]["schemas"]["Problem"];
    let (_, media, body) = service.get("/nothing");
    assert_eq!(media, "application/problem+json");
    assert_eq!(misfit(&document, problem, &serde_json::from_slice(&body).unwrap()), None);
    let wrong = serde_json::json!({"code": "nonsense"});
    assert!(misfit(&document, problem, &wrong).is_some(), "the check can fail");
    let case = &document["components"]["schemas"]["CaseDetail"];
    let mut detail: Value = serde_json::from_slice(
        &service.get(&service.filled("/v1/courts/{court}/cases/{case_no}")).2,
    )
    .unwrap();
    assert_eq!(misfit(&document, case, &detail), None);
    detail["id_number"] = "440000".into();
    assert_eq!(misfit(&document, case, &detail).as_deref(), Some("id_number is not described"));
}

/// Where a value does not fit its schema: types, required members, members nobody described.
fn misfit(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let known = members(document, schema);
    let undescribed = value.as_object().zip(known).and_then(|(found, known)| {
        found.keys().find(|name| !known.contains(name.as_str())).cloned()
    });
    undescribed
        .map(|name| format!("{name} is not described"))
        .or_else(|| unlike(document, schema, value))
}

/// The members that a schema names; nothing when it admits any.
fn members<'a>(document: &'a Value, schema: &'a Value) -> Option<BTreeSet<&'a str>> {
    if let Some(reference) = schema["$ref"].as_str() {
        return members(document, document.pointer(&reference[1..])?);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts: Option<Vec<_>> = parts.iter().map(|part| members(document, part)).collect();
        return Some(parts?.into_iter().flatten().collect());
    }
    Some(schema["properties"].as_object()?.keys().map(String::as_str).collect())
}

fn unlike(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return unlike(document, document.pointer(&reference[1..])?, value);
    }
    if let Some(options) = schema["oneOf"].as_array() {
        let fits = options.iter().any(|option| misfit(document, option, value).is_none());
        return (!fits).then(|| format!("{value} fits none of {options:?}"));
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().find_map(|part| unlike(document, part, value));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![kind],
    };
    if !kinds.contains(&kind) {
        return Some(format!("{value} is no {kinds:?}"));
    }
    if let Some(codes) = schema["enum"].as_array()
        && !codes.contains(value)
    {
        return Some(format!("{value} is none of {codes:?}"));
    }
    match value {
        Value::Array(items) => {
            items.iter().find_map(|item| misfit(document, &schema["items"], item))
        }
        Value::Object(members) => {
            let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
            let missing = required
                .iter()
                .filter_map(Value::as_str)
                .find(|name| !members.contains_key(*name))
                .map(|name| format!("{name} is missing"));
            missing.or_else(|| {
                members.iter().find_map(|(name, member)| {
                    misfit(document, schema["properties"].get(name)?, member)
                })
            })
        }
        _ => None,
    }
}

/// A request as somebody wicked or a broken program may send it.
#[derive(Debug)]
struct Hostile {
    method: Method,
    target: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    with_token: bool,
    body: Vec<u8>,
}

fn hostile(service: &Service) -> impl Strategy<Value = Hostile> + use<> {
    let templates: Vec<String> =
        described()["paths"].as_object().unwrap().keys().cloned().collect();
    let record = service.record.clone();
    let segment = prop_oneof![
        Just(encoded(COURT.as_bytes())),
        Just(encoded(CASE.as_bytes())),
        Just(record),
        Just("F-01".to_owned()),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| encoded(&bytes)),
        "[!-~]{0,20}",
        (1_usize..5_000).prop_map(|length| "9".repeat(length)),
    ];
    let path = (
        proptest::sample::select(templates),
        proptest::collection::vec(segment, 4),
        proptest::option::weighted(0.1, "/[ -~]{0,30}"),
        proptest::bool::weighted(0.8),
    )
        .prop_map(|(template, segments, extra, right_court)| {
            let mut segments = segments.into_iter();
            let court = encoded(COURT.as_bytes());
            let mut path = template;
            for name in ["{court}", "{case_no}", "{id}", "{form}"] {
                let drawn = segments.next().unwrap();
                let segment = if name == "{court}" && right_court { court.clone() } else { drawn };
                path = path.replace(name, &segment);
            }
            path + extra.as_deref().unwrap_or("")
        });
    let value = prop_oneof![
        "[ -~]{0,30}",
        any::<i64>().prop_map(|number| number.to_string()),
        proptest::collection::vec(any::<u8>(), 0..60).prop_map(|bytes| encoded(&bytes)),
        proptest::collection::vec(any::<u8>(), 0..60)
            .prop_map(|bytes| data_encoding::BASE64URL_NOPAD.encode(&bytes)),
        proptest::sample::select(vec![
            "[-9223372036854775808,\"\"]",
            "[9223372036854775807,\"ffffffffffffffffffffffffffffffff\"]",
            "18446744073709551615",
            "[\"ffffffffffffffffffffffffffffffff\",\"\",\"\\u0000\"]",
            "\"\\u0000\"",
        ])
        .prop_map(|json| data_encoding::BASE64URL_NOPAD.encode(json.as_bytes())),
        (1_usize..4_000).prop_map(|length| "A".repeat(length)),
    ];
    // Mostly parameters that some address knows, so that many requests get past the first check.
    let names =
        proptest::sample::subsequence(vec!["after", "limit", "case_no", "kind", "station"], 0..3);
    let junk = proptest::option::weighted(0.1, "[ -~]{0,10}");
    let query =
        (names, proptest::collection::vec(value, 3), junk).prop_map(|(names, values, junk)| {
            let known = names.iter().zip(values).map(|(name, value)| format!("{name}={value}"));
            known.chain(junk).collect::<Vec<_>>().join("&")
        });
    let names =
        vec!["authorization", "content-type", "lastmile-protocol", "lastmile-token", "range"];
    let header = (
        proptest::sample::select(names),
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            Just(b"application/vnd.lastmile.sync".to_vec()),
            Just(b"1".to_vec()),
            Just(vec![b'A'; 86]),
            Just(
                b"Bearer lmo.0000000000000000.0000000000000000000000000000000000000000000".to_vec()
            ),
        ],
    );
    let methods = vec![
        Method::GET,
        Method::GET,
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::OPTIONS,
        Method::DELETE,
    ];
    (
        proptest::sample::select(methods),
        path,
        query,
        proptest::collection::vec(header, 0..5),
        proptest::bool::weighted(0.8),
        proptest::collection::vec(any::<u8>(), 0..200),
    )
        .prop_map(|(method, path, query, headers, with_token, body)| Hostile {
            method,
            target: if query.is_empty() { path } else { format!("{path}?{query}") },
            headers,
            with_token,
            body,
        })
}

#[test]
fn no_request_makes_the_service_fail() {
    let service = Service::new();
    let codes: HashSet<&str> = ProblemCode::ALL.iter().map(|problem| problem.code()).collect();
    let mut runner =
        TestRunner::new(Config { cases: 3_000, failure_persistence: None, ..Config::default() });
    let (answered, found) = (std::cell::Cell::new(0_u32), std::cell::Cell::new(0_u32));
    runner
        .run(&hostile(&service), |hostile| {
            // What is no address at all never reaches the service.
            let Ok(uri) = hostile.target.parse::<Uri>() else { return Ok(()) };
            let mut request = Request::new(Body::from(hostile.body.clone()));
            *request.method_mut() = hostile.method.clone();
            *request.uri_mut() = uri;
            if hostile.with_token {
                let token = HeaderValue::from_str(&format!("Bearer {}", service.token)).unwrap();
                request.headers_mut().append(header::AUTHORIZATION, token);
            }
            for (name, value) in &hostile.headers {
                let may = *name != "authorization" || !hostile.with_token;
                if let Some(value) = HeaderValue::from_bytes(value).ok().filter(|_| may) {
                    request.headers_mut().append(HeaderName::from_static(name), value);
                }
            }
            let (status, media, body) = service.ask(request);
            prop_assert!(status < 500, "{status} {}", String::from_utf8_lossy(&body));
            answered.set(answered.get() + 1);
            if status < 400 {
                found.set(found.get() + 1);
            } else if hostile.method != Method::HEAD {
                prop_assert_eq!(media, "application/problem+json");
                let problem: Value = serde_json::from_slice(&body).unwrap();
                prop_assert!(codes.contains(problem["code"].as_str().unwrap()));
                prop_assert_eq!(&problem["status"], status);
            }
            Ok(())
        })
        .unwrap();
    // The test means something only if many requests got as far as an answer.
    assert!(answered.get() > 1_500 && found.get() > 150, "{} {}", answered.get(), found.get());
    drop(service.world);
}
