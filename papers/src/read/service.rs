//! F-06 送达回证 (L-CPL 87-89): one receipt for everybody to whom copies were handed over, from the record's
//! deliveries. A record without any gives one receipt to be filled in by hand.

use lastmile_core::document::Item;
use serde::Serialize;

use super::Reader;
use super::act::Officer;
use super::attested::picture_label;
use super::rows::{Read as _, Row, row};

row! {
    /// A copy handed over.
    Delivery of ["deliveries"] {
        document, copies, to, name, role, method, reason, place, delivered_by, delivered_at
    }
}

/// One receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Receipt {
    recipient: Option<String>,
    role: Option<String>,
    /// Address for service, from the case pack, when the recipient is a party.
    address: Option<String>,
    papers: Vec<Delivery>,
    pictures: Vec<String>,
}

/// All receipts of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(clippy::struct_field_names)] // a template's `b.receipts` reads well
pub(crate) struct Receipts {
    receipts: Vec<Receipt>,
    /// What is served when nothing was yet: the record itself.
    own_name: &'static str,
    officers: Vec<Row<Officer>>,
}

impl Receipts {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        let mut receipts: Vec<Receipt> = Vec::new();
        for (_, item) in reader.numbered("deliveries") {
            let paper = Delivery::read(reader, "deliveries", item);
            let recipient = paper.name.clone().or_else(|| paper.to.clone());
            let picture = item.text("proof").and_then(|proof| picture_label(reader, proof));
            // What went to one person in one way at one time is one receipt.
            let same = receipts.iter_mut().find(|known| {
                known.recipient == recipient
                    && known.papers.first().is_some_and(|first| {
                        (&first.role, &first.method, &first.delivered_at)
                            == (&paper.role, &paper.method, &paper.delivered_at)
                    })
            });
            match same {
                Some(known) => {
                    known.papers.push(paper);
                    known.pictures.extend(picture.filter(|seen| !known.pictures.contains(seen)));
                }
                None => receipts.push(Receipt {
                    address: address(reader, item, recipient.as_deref()),
                    recipient,
                    role: paper.role.clone(),
                    papers: vec![paper],
                    pictures: picture.into_iter().collect(),
                }),
            }
        }
        Self {
            receipts,
            own_name: reader.source.view.kind.label.zh,
            officers: reader.rows("officers"),
        }
    }
}

fn address(reader: Reader<'_>, item: &Item, recipient: Option<&str>) -> Option<String> {
    let case = reader.source.case?;
    let party = item.text("to").and_then(|id| case.party(id));
    let party =
        party.or_else(|| case.parties.iter().find(|party| Some(party.name.as_str()) == recipient));
    party?.address.clone()
}
