//! From a record to what its papers say: one file a paper, one for what all of them carry. Pure: no
//! layout, no pictures decoded, nothing invented.
//!
//! | file | subject |
//! | --- | --- |
//! | [`reader`] | values as people read them |
//! | [`rows`] | rows of a paper, named after the record's fields |
//! | [`act`] | what every act has: crew, recorders, who was told, who was there |
//! | [`attested`] | signatures and pictures |
//! | [`list`] | F-01 |
//! | [`notice`] | F-03 |
//! | [`onsite`] | F-04 |
//! | [`goods`] | F-05 |
//! | [`service`] | F-06 |
//! | [`correction`] | 补正笔录, 补充笔录 |

pub(crate) mod act;
pub(crate) mod attested;
pub(crate) mod correction;
pub(crate) mod goods;
pub(crate) mod list;
pub(crate) mod notice;
pub(crate) mod onsite;
mod reader;
pub(crate) mod rows;
pub(crate) mod service;

pub(crate) use reader::{Reader, moment, raw, written};

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use lastmile_core::records::builtin;

    use super::{act, correction, goods, list, onsite, service};

    /// A misspelt field would print as a blank for ever.
    #[test]
    fn every_row_names_fields_that_records_have() {
        let kinds = builtin();
        let rows = [
            act::Officer::FIELDS,
            act::Recorder::FIELDS,
            act::Present::FIELDS,
            act::Told::FIELDS,
            act::Persuasion::FIELDS,
            act::Incident::FIELDS,
            list::Thing::FIELDS,
            list::Seal::FIELDS,
            list::SealCheck::FIELDS,
            list::Posted::FIELDS,
            list::Inside::FIELDS,
            onsite::Shown::FIELDS,
            onsite::Event::FIELDS,
            onsite::Statement::FIELDS,
            onsite::Objection::FIELDS,
            onsite::Act::FIELDS,
            onsite::Amendment::FIELDS,
            goods::Moved::FIELDS,
            goods::Handed::FIELDS,
            goods::Vulnerable::FIELDS,
            goods::Utility::FIELDS,
            goods::Handover::FIELDS,
            service::Delivery::FIELDS,
            correction::Correction::FIELDS,
            correction::Closed::FIELDS,
            correction::Addition::FIELDS,
        ];
        for (collections, fields) in rows {
            for collection in collections {
                let known = kinds.iter().find_map(|kind| kind.collection(collection));
                let known = known.unwrap_or_else(|| panic!("no collection {collection}"));
                for field in fields {
                    assert!(known.field(field).is_some(), "{collection} has no {field}");
                }
            }
        }
        let heads = [
            list::Head::FIELDS,
            onsite::Head::FIELDS,
            onsite::EvictionHead::FIELDS,
            goods::Head::FIELDS,
            correction::Head::FIELDS,
            correction::SupplementHead::FIELDS,
        ];
        for (kind, fields) in heads {
            let kind = kinds.get(kind).expect("a kind");
            for field in fields {
                assert!(kind.head_field(field).is_some(), "{} has no {field}", kind.name);
            }
        }
    }
}
