//! Files in a store that speaks S3: the program against a small one of our own, over HTTP. It signs its
//! requests, sends large files in parts, reads back what it sent, and stores nothing that reads back wrong.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use world::World;
use world::process::Process;
use world::tus::{hash_of, picture};

/// What the store holds, and whether it loses a byte of what it is given.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Bytes>,
    parts: BTreeMap<u32, Bytes>,
    in_parts: usize,
    unsigned: usize,
    forgets: bool,
}

type Shared = Arc<Mutex<Bucket>>;

async fn answer(
    State(bucket): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 64 << 20).await.unwrap();
    let name = head.uri.path().to_owned();
    let mut bucket = bucket.lock().unwrap();
    let signed = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if !signed.unwrap_or_default().starts_with("AWS4-HMAC-SHA256 Credential=court-key/") {
        bucket.unsigned += 1;
        return StatusCode::FORBIDDEN.into_response();
    }
    let tag = [(header::ETAG, "\"tag\"")];
    match head.method {
        Method::POST if query.contains_key("uploads") => {
            bucket.parts.clear();
            "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"
                .into_response()
        }
        Method::PUT if query.contains_key("partNumber") => {
            let number = query["partNumber"].parse().unwrap();
            bucket.parts.insert(number, body);
            bucket.in_parts += 1;
            tag.into_response()
        }
        Method::POST => {
            let whole: Vec<u8> = bucket.parts.values().flat_map(|part| part.to_vec()).collect();
            bucket.objects.insert(name, whole.into());
            "<CompleteMultipartUploadResult><ETag>\"tag\"</ETag></CompleteMultipartUploadResult>"
                .into_response()
        }
        Method::PUT => {
            let kept = if bucket.forgets { body.slice(..body.len() - 1) } else { body };
            bucket.objects.insert(name, kept);
            tag.into_response()
        }
        Method::GET | Method::HEAD => {
            let Some(object) = bucket.objects.get(&name).cloned() else {
                return StatusCode::NOT_FOUND.into_response();
            };
            let dated = (header::LAST_MODIFIED, "Mon, 16 Mar 2026 22:50:00 GMT".to_owned());
            let common = [(header::ETAG, "\"tag\"".to_owned()), dated];
            if head.method == Method::HEAD {
                return (common, [(header::CONTENT_LENGTH, object.len().to_string())])
                    .into_response();
            }
            let range = head.headers.get(header::RANGE).and_then(|value| value.to_str().ok());
            let Some(range) = range.and_then(|range| range.strip_prefix("bytes=")) else {
                return (common, object).into_response();
            };
            let (first, last) = range.split_once('-').unwrap();
            let first: usize = first.parse().unwrap();
            let last = last.parse().unwrap_or(object.len() - 1).min(object.len() - 1);
            let shown = format!("bytes {first}-{last}/{}", object.len());
            let part = object.slice(first..=last);
            (StatusCode::PARTIAL_CONTENT, common, [(header::CONTENT_RANGE, shown)], part)
                .into_response()
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

#[test]
fn files_lie_in_a_store_that_speaks_s3() {
    let runtime = Runtime::new().unwrap();
    let bucket = Shared::default();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(Arc::clone(&bucket));
    runtime.spawn(async move { axum::serve(listener, router).await });

    let mut world = World::new();
    let mut lu = world.officer("luqihang");
    let pictures = [picture(1, 50_000), picture(2, 9_000_000), picture(3, 60_000)];
    let record = lu.seizure();
    for bytes in &pictures {
        lu.photo(record, bytes);
    }
    lu.sync();
    world.stop();
    let config = serde_json::json!({"s3": {
        "bucket": "evidence", "endpoint": endpoint, "region": "cn-south-1", "prefix": "court"
    }});
    std::fs::write(world.data().join("files.json"), config.to_string()).unwrap();
    let keys = [("AWS_ACCESS_KEY_ID", "court-key"), ("AWS_SECRET_ACCESS_KEY", "court-secret")];
    let process = Process::start(&world, &keys);
    lu.url.clone_from(&process.url);
    let sender = lu.sender();
    for bytes in &pictures[..2] {
        assert_eq!(sender.upload(bytes).status, 204);
        assert_eq!(&sender.read(hash_of(bytes)).body, bytes);
    }
    let part =
        sender.read_request(hash_of(&pictures[1]), "").header("range", "bytes=8000000-8000009");
    assert_eq!(sender.send(part).body, pictures[1][8_000_000..8_000_010]);
    {
        let mut bucket = bucket.lock().unwrap();
        let hex = hash_of(&pictures[0]).to_hex();
        let name = format!("/evidence/court/original/{}/{hex}", &hex[..2]);
        assert_eq!(bucket.objects[&name], pictures[0]);
        assert!(bucket.in_parts >= 2, "a large file goes in parts");
        assert_eq!(bucket.unsigned, 0);
        bucket.forgets = true;
    }
    // What does not read back as it was sent is not stored, and nothing of it is lost.
    let hash = hash_of(&pictures[2]);
    let place = sender.place(&pictures[2]);
    let refused = sender.patch(&place, hash, 0, &pictures[2]);
    assert_eq!(refused.problem(), (503, "storage_unavailable".into()));
    assert_eq!(sender.read(hash).status, 404);
    bucket.lock().unwrap().forgets = false;
    let at = sender.head(&place, hash).offset();
    assert_eq!(at, 59_999, "all that came is kept; the last byte is the end once more");
    let from = usize::try_from(at).unwrap();
    assert_eq!(sender.patch(&place, hash, at, &pictures[2][from..]).status, 204);
    assert_eq!(sender.read(hash).body, pictures[2]);
    assert!(std::fs::read_dir(world.data().join("files/incoming")).unwrap().next().is_none());
}
