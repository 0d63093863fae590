//! Who may do what, as one table. The reviewed copy in `authority.md` is compared by a test, so that
//! no right appears or disappears unseen (domain sheet, section 4.1).

use std::fmt::Write as _;

use super::descriptor::{Action, Capacity, Field, Kind, KindSet, Role};

/// The role x kind x verb table in Markdown. `W` may; `H` may when handling officer.
pub fn authority_table(kinds: &KindSet) -> String {
    let mut out = String::from(
        "# Who may do what\n\n\
         Generated from the record kinds and compared by a test; `W`: may, `H`: may when handling officer,\n\
         `O`: may on items of one's own.\n",
    );
    for kind in kinds.iter() {
        let _ = write!(out, "\n## {} {} ({})\n\n| verb |", kind.name, kind.label.zh, kind.label.en);
        for role in Role::ALL {
            let _ = write!(out, " {} |", role.code());
        }
        out.push_str("\n| --- |");
        out.push_str(&" --- |".repeat(Role::ALL.len()));
        out.push('\n');
        for verb in kind.verbs {
            let _ = write!(out, "| {} {} |", verb.name, verb.label.zh);
            for role in Role::ALL {
                let mark = match (verb.roles.contains(&role), verb.capacity) {
                    (false, _) => " ",
                    (true, _) if verb.own.contains(&role) => " O ",
                    (true, Capacity::Any) => " W ",
                    (true, Capacity::Handler) => " H ",
                };
                let _ = write!(out, "{mark}|");
            }
            out.push('\n');
        }
        let sentences = [
            ("Only", exceptions(kind, |field| field.writers, "by")),
            ("Settled also", exceptions(kind, |field| field.settlers, "by")),
            ("No more than", limited_verbs(kind)),
        ];
        for (what, said) in sentences.iter().filter(|(_, said)| !said.is_empty()) {
            let _ = write!(out, "\n{what}: {}.\n", said.join("; "));
        }
    }
    out
}

/// Fields of which `roles` names some.
fn exceptions(kind: &Kind, roles: fn(&Field) -> &'static [Role], word: &str) -> Vec<String> {
    let head = kind.head.iter().map(|field| ("head", field));
    let items = kind
        .collections
        .iter()
        .flat_map(|collection| collection.fields.iter().map(move |field| (collection.name, field)));
    head.chain(items)
        .filter(|(_, field)| !roles(field).is_empty())
        .map(|(place, field)| {
            let codes: Vec<&str> = roles(field).iter().map(|role| role.code()).collect();
            format!("`{place}/{}` {word} {}", field.name, codes.join(", "))
        })
        .collect()
}

/// Verbs that edit some fields of an item only.
fn limited_verbs(kind: &Kind) -> Vec<String> {
    let limited = kind.verbs.iter().filter(|verb| !verb.fields.is_empty());
    limited.map(|verb| format!("`{}` puts {}", verb.name, verb.fields.join(", "))).collect()
}

impl Action {
    /// The collection an item verb works on.
    pub fn collection(self) -> Option<&'static str> {
        match self {
            Self::Add(collection) | Self::Edit(collection) | Self::Strike(collection) => {
                Some(collection)
            }
            Self::Create | Self::Set(_) | Self::Resolve | Self::Finalise => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::builtin;
    use super::*;

    #[test]
    fn the_table_is_the_reviewed_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/records/authority.md");
        let now = authority_table(&builtin());
        if std::env::var_os("REVIEWED").is_some() {
            std::fs::write(path, &now).ok();
        }
        let reviewed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            now == reviewed,
            "rights changed: review `git diff` after `REVIEWED=1 cargo test -p lastmile-core authority`"
        );
    }

    #[test]
    fn administrators_and_unknown_roles_have_no_verb() {
        for kind in builtin().iter() {
            for verb in kind.verbs {
                assert!(!verb.roles.contains(&Role::Admin), "{} {}", kind.name, verb.name);
            }
        }
    }

    #[test]
    fn only_the_handling_officer_settles_and_finalises() {
        for kind in builtin().iter() {
            for verb in kind.verbs {
                if matches!(verb.action, Action::Resolve | Action::Finalise) {
                    assert_eq!(verb.capacity, Capacity::Handler, "{} {}", kind.name, verb.name);
                    assert_eq!(verb.roles, &[Role::Officer], "{} {}", kind.name, verb.name);
                }
            }
        }
    }
}
