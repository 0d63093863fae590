//! Tidiness as a test: walks the repository and holds every file to the rules of the house. Each rule
//! also gets a text that breaks it, so that none can rot into always passing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lastmile_tests::tidy::{self, Complaint};

/// Directories that hold what is built, fetched or given, not what is written here.
const SKIPPED: [&str; 7] = ["target", "node_modules", ".git", "dist", "build", ".gradle", "data"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file under `directory` whose name ends in one of `endings`, as path from the root and text.
fn texts(directory: &str, endings: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(&root().join(directory), endings, &mut found);
    found
}

fn walk(directory: &Path, endings: &[&str], found: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() {
            if !SKIPPED.contains(&name.as_str()) {
                walk(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text =
                fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.insert(relative, text);
        }
    }
}

fn sources() -> BTreeMap<String, String> {
    let found = texts("", &[".rs"]);
    assert!(found.contains_key("core/src/lib.rs"), "the walk starts in the wrong place");
    found
}

/// Fails with every complaint, one a line.
fn none<I: IntoIterator<Item = Complaint>>(
    check: impl Fn(&str, &str) -> I,
    files: &BTreeMap<String, String>,
) {
    let complaints: Vec<String> = files
        .iter()
        .flat_map(|(path, text)| {
            check(path, text).into_iter().map(move |c| format!("{path}:{}: {}", c.line, c.what))
        })
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The non-test code of a crate's `src`, by path; files that are test modules, and test material offered to other
/// crates (`test_*.rs`), are left out.
fn production(crate_source: &str) -> BTreeMap<String, String> {
    let sources = texts(crate_source, &[".rs"]);
    assert!(!sources.is_empty(), "{crate_source} has no sources");
    let mut code = BTreeMap::new();
    let mut tests = Vec::new();
    for (path, text) in &sources {
        let production = tidy::production(text);
        for name in production.test_files {
            let own = Path::new(path);
            let beside = own.parent().unwrap();
            let below = own.with_extension("");
            for home in [beside, below.as_path()] {
                tests.extend([home.join(&name), home.join(format!("{name}.rs"))]);
            }
        }
        code.insert(path.clone(), production.code);
    }
    // A test module's directory holds its submodules, so everything below counts as tests too.
    code.retain(|path, _| !path.rsplit('/').next().is_some_and(|name| name.starts_with("test_")));
    code.retain(|path, _| !tests.iter().any(|test| Path::new(path).starts_with(test)));
    code
}

#[test]
fn every_source_file_says_what_lives_in_it() {
    none(|_, text| tidy::opening_paragraph(text), &sources());
    assert!(tidy::opening_paragraph("//! The clocks of a phone.\n").is_none());
    assert!(tidy::opening_paragraph("use std::fs;\n//! Too late, this.").is_some());
    assert!(tidy::opening_paragraph("//!\n").is_some());
}

#[test]
fn no_source_file_is_too_long() {
    let files = texts("", &[".rs", ".ts", ".kt", ".kts", ".css", ".sh"]);
    for (path, text) in &files {
        let lines = text.lines().count();
        if lines > 400 {
            println!("{lines:4} lines: {path}");
        }
    }
    none(|_, text| tidy::length(text), &files);
    assert!(tidy::length(&"x\n".repeat(tidy::MOST_LINES)).is_none());
    assert!(tidy::length(&"x\n".repeat(tidy::MOST_LINES + 1)).is_some());
}

#[test]
fn every_module_is_named_after_its_subject() {
    none(|path, _| tidy::drawer_name(path), &texts("", &[".rs", ".ts", ".kt"]));
    assert!(tidy::drawer_name("core/src/records/seizure.rs").is_none());
    assert!(tidy::drawer_name("core/src/utils.rs").is_some());
    assert!(tidy::drawer_name("core/src/common/mod.rs").is_some());
}

#[test]
fn nothing_is_left_for_later() {
    let endings = [".rs", ".toml", ".md", ".sh", ".ts", ".kt", ".kts", ".yml", ".html", "Makefile"];
    none(|_, text| tidy::unfinished(text), &texts("", &endings));
    let complaint = tidy::unfinished(&["fine\n// TO", "DO later"].concat());
    assert_eq!(complaint.iter().map(|c| c.line).collect::<Vec<_>>(), [2]);
    assert_eq!(tidy::unfinished(&["#[igno", "re = \"slow\"]"].concat()).len(), 1);
    assert_eq!(tidy::unfinished(&["fn f() { to", "do!() }"].concat()).len(), 1);
    assert_eq!(tidy::unfinished("a TODOS list and method!(x)"), []);
}

#[test]
fn production_code_never_unwraps() {
    for crate_source in ["core/src", "sync-server/src"] {
        none(|_, code| tidy::unwrapping(code), &production(crate_source));
    }
    let lines = |source: &str| -> Vec<usize> {
        tidy::unwrapping(&tidy::production(source).code).iter().map(|c| c.line).collect()
    };
    assert_eq!(lines("fn a() {\n b().unwrap();\n c()\n  .expect(\"d\") }"), [2, 4]);
    assert_eq!(
        lines("#[cfg(test)]\nmod tests {\n fn a() { b().unwrap() } }\nfn c() { d().unwrap() }"),
        [4]
    );
    assert_eq!(lines("#[cfg(test)]\nuse x;\nfn c() { d().unwrap() }"), [3]);
    assert_eq!(
        lines("fn a() -> &'static str { \"{ .unwrap()\" } // .unwrap()\n/* /* */ .unwrap() */"),
        [0_usize; 0]
    );
    assert_eq!(lines("const Q: char = '\"';\nfn a() { b().unwrap() }\nconst R: char = '\"';"), [2]);
    assert_eq!(lines("const Q: &[u8] = br#\"x\"\"#;\nfn a<'a>() { b().unwrap() }"), [2]);
    assert_eq!(lines("#[expect(dead_code)]\nfn a() { b().unwrap_or(c.expected()) }"), [0_usize; 0]);
    assert_eq!(lines("const C: char = '\\'';\nfn 查封() { b().unwrap() }"), [2]);
}

#[test]
fn test_modules_in_files_of_their_own_are_found() {
    let files = |source: &str| tidy::production(source).test_files;
    assert_eq!(files("#[cfg(test)]\nmod tests;"), ["tests"]);
    assert_eq!(files("#[cfg(test)]\n#[path = \"link_tests.rs\"]\nmod tests;"), ["link_tests.rs"]);
    assert_eq!(files("#[cfg(test)]\nmod tests { }"), [""; 0]);
    let checked = production("sync-server/src");
    assert!(checked.contains_key("sync-server/src/demo/link.rs"));
    assert!(!checked.contains_key("sync-server/src/demo/link_tests.rs"));
}

#[test]
fn the_core_looks_at_clocks_and_environment_in_one_place() {
    let mut files = production("core/src");
    let time = files.remove("core/src/time.rs").expect("core/src/time.rs");
    assert!(!tidy::ambient(&time).is_empty(), "the rule looks for names that time.rs does not use");
    none(|_, code| tidy::ambient(code), &files);
    assert_eq!(
        tidy::ambient(&tidy::code_only("// Instant::now\nlet t = Instant::now();")).len(),
        1
    );
    assert_eq!(tidy::ambient("std::env::var(\"HOME\")").len(), 1);
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    let check = |path: &str, text: &str| {
        let home = root().join(path);
        let home = home.parent().unwrap().to_owned();
        tidy::local_links(text)
            .into_iter()
            .filter(move |(_, target)| !home.join(target).exists())
            .map(|(line, target)| Complaint { line, what: format!("{target} does not exist") })
    };
    none(check, &texts("", &[".md"]));
    let text = "[a](b.md) [c](d/e.md#f \"g\") <h> [i](https://j) [k](#l)\n```\n[m](n)\n```\n`[o](p)` [q](r)";
    let links: Vec<(usize, String)> = tidy::local_links(text);
    let expected = [(1, "b.md"), (1, "d/e.md"), (5, "r")].map(|(line, to)| (line, to.to_owned()));
    assert_eq!(links, expected);
    assert_eq!(check("README.md", "[a](no-such-file.md)").count(), 1);
    assert_eq!(check("README.md", "[a](core/src/lib.rs)").count(), 0);
}

#[test]
fn every_make_target_of_the_readme_exists() {
    let makefile = fs::read_to_string(root().join("Makefile")).ok();
    let check = |makefile: &str, text: &str| -> Vec<Complaint> {
        tidy::make_calls(text)
            .into_iter()
            .filter(|(_, target)| !tidy::has_rule(makefile, target))
            .map(|(line, target)| Complaint { line, what: format!("make {target} does not exist") })
            .collect()
    };
    if let Some(makefile) = &makefile {
        let readmes = texts("", &[".md"])
            .into_iter()
            .filter(|(path, _)| path.starts_with("README"))
            .collect();
        none(|_, text| check(makefile, text), &readmes);
    }
    let makefile =
        ".PHONY: test\ntest: build ## all tests\n\tmake soak\nbench run:\nVERSION := 3\n";
    assert_eq!(
        check(makefile, "```sh\nmake test bench\n$ make run PORT=1 # make tea\n```\nmake nothing"),
        []
    );
    assert_eq!(check(makefile, "```sh\n\nmake soak\n```").first().map(|c| c.line), Some(3));
    assert!(!tidy::has_rule(makefile, "VERSION"));
}
