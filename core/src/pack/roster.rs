//! The people who work with the system (人员名册): ids, names, roles, units. A certificate proves a
//! person and a role; the roster only says how they are called and where they belong.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra, SHORT},
    payload::{Audience, Payload},
    problem::{Checker, Fault, Problem},
};
use crate::records::Role;

/// One person.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Staff {
    /// Staff id, the key in certificates, case packs and records.
    pub id: String,
    /// Name.
    pub name: String,
    /// Code of a [`Role`]; a code this version does not know carries no rights.
    pub role: String,
    /// Title as printed on papers: 执行法官, 执行员.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Unit: 执行局, a tribunal; for a dispatcher the station code; for a liaison the committee code.
    pub unit: String,
    /// Work ID (工作证号), printed on papers.
    pub work_id: Option<String>,
    /// Work telephone, never a private one.
    pub phone: Option<String>,
    /// For a liaison: the grassroots organisation appointed this person, so that a signature as its
    /// representative counts (R-SEZ-04).
    pub appointed_by_organisation: bool,
    /// For a liaison: when the confidentiality undertaking was signed; no tasks before (R-POL-06).
    pub undertaking_on: Option<Date>,
    /// For a liaison: grid or committee codes served.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grids: Vec<String>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Staff {
    /// The role, if this version knows it.
    pub fn role(&self) -> Option<Role> {
        Role::from_code(&self.role)
    }

    fn validate(&self, checker: &mut Checker, path: &str) {
        let at = |field: &str| format!("{path}.{field}");
        checker.add_some(at("id"), check::staff_id(&self.id));
        check::required(checker, &at("name"), &self.name, SHORT);
        if self.role().is_none() {
            checker.add(at("role"), check::unknown_word(&self.role, true));
        }
        check::required(checker, &at("unit"), &self.unit, SHORT);
        check::optional(checker, &at("title"), &self.title, SHORT);
        check::optional(checker, &at("work_id"), self.work_id.as_deref().unwrap_or(""), SHORT);
        checker.add_some(at("phone"), self.phone.as_deref().and_then(check::phone));
        if self.role() == Some(Role::Liaison) && self.undertaking_on.is_none() {
            checker.add(
                at("undertaking_on"),
                Fault::warning(
                    "undertaking_missing",
                    "联络员尚未签署保密承诺,签署前不能派发任务。",
                    "The liaison has not signed the confidentiality undertaking; no tasks before that.",
                ),
            );
        }
        if check::list(checker, &at("grids"), self.grids.len(), 1_000) {
            for (index, grid) in self.grids.iter().enumerate() {
                checker.add_some(at(&format!("grids[{index}]")), check::local_id(grid));
            }
        }
        check::extra(checker, path, &self.extra);
    }
}

/// The people of a court.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RosterPack {
    /// Court code.
    pub court: String,
    /// Rises with every replacement.
    pub version: u64,
    /// When it was true.
    pub as_of: Option<Timestamp>,
    /// The people.
    pub staff: Vec<Staff>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most people of one court.
pub const MAX_STAFF: usize = 20_000;

impl RosterPack {
    /// The person of an id.
    pub fn find(&self, id: &str) -> Option<&Staff> {
        self.staff.iter().find(|person| person.id == id)
    }
}

impl Payload for RosterPack {
    const KIND: &'static str = "roster";
    const MAX_BYTES: usize = 16 * 1024 * 1024;

    fn subject(&self) -> &str {
        &self.court
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn audience(&self) -> Audience {
        Audience::Staff
    }

    fn validate(&self) -> Vec<Problem> {
        let mut checker = Checker::new();
        check::optional(&mut checker, "court", &self.court, SHORT);
        if check::list(&mut checker, "staff", self.staff.len(), MAX_STAFF) {
            let mut seen = BTreeSet::new();
            for (index, person) in self.staff.iter().enumerate() {
                let path = format!("staff[{index}]");
                person.validate(&mut checker, &path);
                if !seen.insert(person.id.as_str()) {
                    checker.add(
                        format!("{path}.id"),
                        Fault::error(
                            "staff_id_repeated",
                            "人员编号重复。",
                            "The staff id repeats.",
                        ),
                    );
                }
            }
        }
        check::extra(&mut checker, "", &self.extra);
        checker.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, role: &str) -> Staff {
        Staff {
            id: id.into(),
            name: "某人".into(),
            role: role.into(),
            unit: "zxj".into(),
            ..Staff::default()
        }
    }

    #[test]
    fn ids_are_unique_and_roles_known() {
        let pack = RosterPack {
            staff: vec![person("a", "officer"), person("a", "wizard")],
            ..RosterPack::default()
        };
        let found: Vec<_> = pack.validate().into_iter().map(|p| (p.path, p.code)).collect();
        assert_eq!(
            found,
            [
                ("staff[1].role".to_owned(), "unknown_code"),
                ("staff[1].id".to_owned(), "staff_id_repeated")
            ]
        );
    }

    #[test]
    fn a_liaison_without_undertaking_is_reported() {
        let pack = RosterPack { staff: vec![person("v", "liaison")], ..RosterPack::default() };
        assert_eq!(pack.validate()[0].code, "undertaking_missing");
    }
}
