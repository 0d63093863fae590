//! What a person declares by signing, by the part in which he is there. Data with a version, because the
//! words may have to change; a signature keeps the words themselves and their number.

use std::sync::LazyLock;

use serde::Deserialize;

/// A declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Set, version and code: `cn/1/witness`.
    pub number: String,
    /// What is read to the person and recorded.
    pub zh: String,
    /// In English.
    pub en: String,
    roles: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    id: String,
    version: u32,
    declarations: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    roles: Vec<String>,
    zh: String,
    en: String,
}

static NATIONAL: LazyLock<Vec<Declaration>> =
    LazyLock::new(|| read(include_str!("../../data/declarations/cn.json")));

fn read(json: &str) -> Vec<Declaration> {
    let Ok(file) = serde_json::from_str::<File>(json) else { return Vec::new() };
    let number = |code: &str| format!("{}/{}/{code}", file.id, file.version);
    let named = file.declarations.into_iter();
    named
        .map(|row| Declaration {
            number: number(&row.code),
            zh: row.zh,
            en: row.en,
            roles: row.roles,
        })
        .collect()
}

/// The declaration of somebody who is there as `role` (a code of the field `role` of signatures). The
/// one without roles is everybody else's.
pub fn declaration(role: &str) -> Option<&'static Declaration> {
    let own = NATIONAL.iter().find(|known| known.roles.iter().any(|code| code == role));
    own.or_else(|| NATIONAL.iter().find(|known| known.roles.is_empty()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::records::{FieldType, builtin};

    #[test]
    fn every_part_has_words_that_fit_their_field() {
        let kinds = builtin();
        let signatures = kinds.get("seizure").and_then(|kind| kind.collection("signatures"));
        let field = |name: &str| signatures.unwrap().field(name).unwrap().ty;
        let FieldType::Code(parts) = field("role") else { panic!("role is a code") };
        for (role, label) in parts {
            let words = declaration(role).unwrap();
            assert!(field("declaration").admits(&words.zh.as_str().into()), "{}", label.zh);
            assert!(field("declared").admits(&words.number.as_str().into()));
            assert!(!words.zh.is_ascii() && words.en.is_ascii());
        }
        assert_eq!(declaration("grassroots").unwrap().number, "cn/1/witness");
        assert_eq!(declaration("debtor").unwrap().number, "cn/1/present");
        assert_eq!(declaration("of_a_later_version").unwrap().number, "cn/1/present");
        let known: Vec<&str> = parts.iter().map(|(code, _)| *code).chain(["judge"]).collect();
        for role in NATIONAL.iter().flat_map(|words| &words.roles) {
            assert!(known.contains(&role.as_str()), "{role} is no part");
        }
    }
}
