//! The console's pages as the binary serves them: whole, of this court, and under a policy that keeps the browser at
//! home.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod world;

use browser::Browser;
use world::{COURT, World};

#[test]
fn the_page_names_its_court_and_everything_it_asks_for_is_here() {
    let world = World::new();
    let client = Browser::new(&world).client;
    let get = |path: &str| client.get(format!("{}{path}", world.url())).send().unwrap();
    let page = get("/console/");
    assert_eq!(page.status().as_u16(), 200);
    let header = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    for part in ["default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header("cache-control"), "no-cache");
    let text = page.text().unwrap();
    assert!(text.contains(&format!("content=\"{COURT}\"")) && !text.contains("__COURT__"));
    let assets: Vec<&str> =
        text.split(['"', '\'']).filter(|part| part.starts_with("./assets/")).collect();
    assert!(assets.len() >= 2, "{text}");
    for asset in assets {
        let answer = get(&format!("/console/{}", &asset[2..]));
        assert_eq!(answer.status().as_u16(), 200, "{asset}");
        let media = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(media.starts_with("text/"), "{asset}: {media}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert!(answer.bytes().unwrap().len() > 100);
    }
    assert_eq!(get("/console").url().path(), "/console/");
    for strange in ["/console/assets/nothing.js", "/console/assets/..%2Findex.html", "/console/x"] {
        assert_eq!(get(strange).status().as_u16(), 404, "{strange}");
    }
}
