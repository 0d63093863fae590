//! Search: short Chinese names, rare characters, plates; and that no query is ever syntax.

use proptest::prelude::*;

use super::*;

fn targets(bench: &Bench, query: &str) -> Vec<u8> {
    bench.read(|tx| tx.search(query, 50)).hits.iter().map(|hit| hit.target[0]).collect()
}

fn filled(texts: &[&str]) -> Bench {
    let bench = bench();
    bench.write(|tx| {
        texts
            .iter()
            .zip(1..)
            .try_for_each(|(text, target)| tx.index("party", &[target], None, text))
    });
    bench
}

#[test]
fn names_plates_and_case_numbers_are_found_by_their_parts() {
    let bench = filled(&[
        "温若棠 440600199001010011",
        "陆启航 粤E·D12345",
        "𣒍㘵明",
        "佛山市南海区九江镇××工业区3号楼",
        "（2026）粤0605执1234号",
        "买买提·吐尔逊",
        "Wang Xiaoming",
        "张三 李四",
    ]);
    for (query, expected) in [
        ("温若", vec![1]),
        ("若棠", vec![1]),
        ("棠", vec![1]),
        ("0011", vec![1]),
        ("1990", vec![1]),
        ("440600199001010011", vec![1]),
        ("粤ed12345", vec![2]),
        ("粤Ｅ D123", vec![2]),
        ("2345", vec![2]),
        ("𣒍", vec![3]),
        ("𣒍㘵", vec![3]),
        ("㘵明", vec![3]),
        ("工业区3号", vec![4]),
        ("3号楼", vec![4]),
        ("粤0605执1234", vec![5]),
        ("(2026)粤0605执1234号", vec![5]),
        ("粤", vec![5, 2]),
        ("提吐尔", vec![6]),
        ("xiao", vec![7]),
        ("WANG", vec![7]),
        ("ming wang", vec![7]),
        ("李四 张三", vec![8]),
        ("张四", vec![]),
        ("三李", vec![]),
        ("温棠", vec![]),
    ] {
        assert_eq!(targets(&bench, query), expected, "{query}");
    }
}

#[test]
fn indexing_again_replaces_and_unindexing_forgets() {
    let bench = filled(&["温若棠"]);
    bench.write(|tx| tx.index("party", &[1], None, "陆启航"));
    assert!(targets(&bench, "温若").is_empty());
    assert_eq!(targets(&bench, "启航"), [1]);
    assert!(bench.write(|tx| tx.unindex("party", &[1])));
    assert!(!bench.write(|tx| tx.unindex("party", &[1])));
    assert!(targets(&bench, "启航").is_empty());
    assert_eq!(bench.read(|tx| tx.check()), Vec::<String>::new());
}

#[test]
fn newest_come_first_up_to_the_limit() {
    let bench = bench();
    bench.write(|tx| (1..=40).try_for_each(|target| tx.index("party", &[target], None, "温若棠")));
    let found = bench.read(|tx| tx.search("温若", 3));
    let first: Vec<_> = found.hits.iter().map(|hit| hit.target[0]).collect();
    assert_eq!((first, found.more), (vec![40, 39, 38], true));
    assert!(!bench.read(|tx| tx.search("温若", 40)).more);
    assert_eq!(bench.read(|tx| tx.search("温若", 0)), Found { hits: Vec::new(), more: true });
}

#[test]
fn naughty_strings_are_text_to_be_found_and_never_syntax() {
    let naughty = [
        "",
        " ",
        "\"",
        "\"\"",
        "'",
        "''",
        "*",
        "a*",
        "\"a\" OR \"b\"",
        "a AND b",
        "NOT a",
        "NEAR(a b)",
        "tokens:a",
        "{tokens}:a",
        "^a",
        "-a",
        "a + b",
        "(",
        ")",
        "a\0b",
        "'; DROP TABLE log; --",
        "1;DROP TABLE found",
        "undefined",
        "null",
        "NaN",
        "1/0",
        "ÅÍÎÏ˝ÓÔÒÚÆ☃",
        "田中さんにあげて下さい",
        "🏳0🌈️",
        "\u{202e}test\u{202e}",
        "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
        "ﷺ",
        "\u{feff}",
        "<script>alert(0)</script>",
        "\r\n\t",
        "%s%n",
        "İi̇ıI",
        "\u{10ffff}\u{e000}",
        "𣒍*\"",
    ];
    let bench = filled(&naughty);
    for (text, target) in naughty.iter().zip(1_u8..) {
        let found = targets(&bench, text);
        let something =
            text.chars().any(|c| c.is_alphanumeric() || ('\u{e000}'..='\u{f8ff}').contains(&c));
        assert_eq!(found.contains(&target), something, "{text:?}");
    }
    assert!(targets(&bench, &"长".repeat(100_000)).is_empty());
    bench.write(|tx| tx.index("party", &[200], None, &"长".repeat(100_000)));
    assert_eq!(targets(&bench, &"长".repeat(100_000)), [200]);
}

#[test]
fn a_target_needs_a_name_of_reasonable_length() {
    let bench = bench();
    assert_eq!(bench.refused(|tx| tx.index("party", &[], None, "x")).code(), "constraint");
    assert_eq!(bench.refused(|tx| tx.index("party", &[0; 129], None, "x")).code(), "constraint");
    assert_eq!(bench.refused(|tx| tx.index("", &[1], None, "x")).code(), "constraint");
}

/// Characters of names, the rare planes and the private use area of old court systems included.
fn name() -> impl Strategy<Value = String> {
    let han = prop_oneof![
        8 => prop::char::range('\u{4e00}', '\u{9fa5}'),
        1 => prop::char::range('\u{3400}', '\u{4db5}'),
        1 => prop::char::range('\u{20000}', '\u{2a6d6}'),
        1 => prop::char::range('\u{e000}', '\u{e0ff}'),
        1 => prop::char::ranges(vec!['a'..='z', 'A'..='Z', '0'..='9'].into()),
    ];
    prop::collection::vec(han, 2..6).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_name_is_found_by_each_two_neighbours_of_it(names in prop::collection::vec(name(), 1..12)) {
        let bench = bench();
        bench.write(|tx| {
            names.iter().zip(1_u8..).try_for_each(|(name, target)| tx.index("party", &[target], None, name))
        });
        for (name, target) in names.iter().zip(1_u8..) {
            let chars: Vec<char> = name.chars().collect();
            for pair in chars.windows(2) {
                let query = String::from_iter(pair);
                prop_assert!(targets(&bench, &query).contains(&target), "{} in {}", query, name);
            }
            prop_assert!(targets(&bench, name).contains(&target), "{}", name);
        }
    }

    #[test]
    fn what_is_found_contains_the_query(names in prop::collection::vec("[abAB12张三李四 ]{0,8}", 1..12), query in "[abAB12张三李四 ]{1,4}") {
        let bench = bench();
        bench.write(|tx| {
            names.iter().zip(1_u8..).try_for_each(|(name, target)| tx.index("party", &[target], None, name))
        });
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let found = targets(&bench, &query);
        for (name, target) in names.iter().zip(1_u8..) {
            let expected = !words.is_empty() && words.iter().all(|word| name.to_lowercase().contains(word));
            prop_assert_eq!(found.contains(&target), expected, "{} in {}", query, name);
        }
    }
}
