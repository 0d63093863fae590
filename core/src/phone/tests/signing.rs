//! Those present sign what was read to them, and nothing else; two phones without a server.

use super::clones::offer;
use super::finalising::{finalise, supplement};
use super::*;
use crate::document::RecordView;
use crate::id::BlobHash;
use crate::signing::{Point, Strokes};
use crate::store::BlobState;

pub(super) fn strokes() -> Strokes {
    let stroke = [(10, 20, 0), (300, 40, 16), (320, 90, 33)];
    let stroke = stroke.iter().map(|&(x, y, ms)| Point { x, y, ms }).collect();
    Strokes { width: 900, height: 400, strokes: vec![stroke] }
}

fn signatory(name: &str, role: &str, hand: Hand) -> Signatory {
    Signatory {
        name: name.into(),
        person: None,
        role: role.into(),
        org: None,
        read_back: "read_aloud".into(),
        hand,
        position: Some("geo:22.833500,112.985000;crs=wgs84;u=12".into()),
        signed_at: "2026-03-17T09:55:00+08:00".into(),
    }
}

/// Reads back and signs.
fn sign(phone: &Phone, record: DocumentId, name: &str, hand: Hand) -> Result<Saved, PhoneError> {
    let read = phone.read_back(record)?;
    phone.sign_record(record, read.content, &signatory(name, "witness", hand))
}

fn add(phone: &Phone, record: DocumentId, verb: &str, values: &[(&str, Value)]) -> String {
    let item = phone.new_item();
    let fields = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let intent = Intent::Add { verb: verb.into(), item: item.clone(), fields };
    phone.act(record, &intent).unwrap();
    item
}

fn currents(view: &RecordView) -> Vec<bool> {
    view.signatures().map(|signature| signature.current).collect()
}

#[test]
fn a_signature_binds_what_was_read_back_and_keeps_the_strokes() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let record = begin(&lu);
    add_line(&lu, record, "注塑机");
    let read = lu.read_back(record).unwrap();
    assert!(read.text().contains("承办人:陆启航(luqihang)"), "{}", read.text());
    let saved = sign(&lu, record, "霍启明", Hand::Strokes(strokes())).unwrap();
    let view = lu.record_view(record).unwrap();
    let item = view.signatures().next().unwrap().item;
    assert_eq!(item.text("declared"), Some("cn/1/witness"));
    assert!(item.text("declaration").unwrap().contains("见证"));
    let stroke = item.fields["stroke"].single().and_then(Value::as_bytes).unwrap();
    let hash = BlobHash::try_from(stroke).unwrap();
    assert_eq!(lu.strokes(hash).unwrap(), Some(strokes()));
    let (used, blob) = lu
        .store()
        .read::<_, PhoneError>(|tx| Ok(tx.blobs_of_document(record)?))
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!((used, blob.state), (item.id.clone(), BlobState::Local), "it waits for its upload");
    assert_eq!(offer(&lu).request.changes[2].body.id(), saved.envelope);
    assert!(offer(&lu).request.changes[2].body.position.is_some());

    // Between reading and signing somebody adds a line.
    add_line(&lu, record, "空压机");
    let late = lu.sign_record(
        record,
        read.content,
        &signatory("麦晓岚", "clerk", Hand::Strokes(strokes())),
    );
    assert_eq!(late.unwrap_err().code(), "signed_other_content");
    let view = lu.record_view(record).unwrap();
    assert_eq!(currents(&view), [false], "shown as signed over an earlier content");
    assert_eq!(view.facts()["signatures"][0]["current"], false);
    sign(&lu, record, "霍启明", Hand::Strokes(strokes())).unwrap();
    assert_eq!(currents(&lu.record_view(record).unwrap()), [false, true]);
}

#[test]
fn a_signature_over_other_content_is_refused_by_the_gate_itself() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let record = supplement(&lu);
    let content = lu.record_view(record).unwrap().content_digest;
    let base = [
        ("name", "霍启明".into()),
        ("role", "witness".into()),
        ("mode", "sign".into()),
        ("content", Value::Bytes(content.0.to_vec())),
        ("stroke", Value::Bytes(vec![7; 32])),
    ];
    let proof = add(&lu, record, "add_proof", &[("hash", Value::Bytes(vec![1; 32]))]);
    let proof = Value::from(format!("proofs/{proof}").as_str());
    let code = |changes: &[(&str, Option<Value>)]| {
        let mut fields: Fields =
            base.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        for (name, value) in changes {
            match value {
                Some(value) => fields.insert((*name).to_owned(), value.clone()),
                None => fields.remove(*name),
            };
        }
        let intent = Intent::Add { verb: "sign".into(), item: lu.new_item(), fields };
        lu.act(record, &intent).map_or_else(|error| error.code(), |_| "")
    };
    let some = |text: &str| Some(Value::from(text));
    assert_eq!(code(&[("content", Some(Value::Bytes(vec![9; 32])))]), "signed_other_content");
    assert_eq!(code(&[("content", None)]), "signed_other_content");
    assert_eq!(code(&[("finalisation", some("finalisations/none"))]), "signed_other_content");
    let incomplete = "signature_incomplete";
    assert_eq!(code(&[("name", None)]), incomplete);
    assert_eq!(code(&[("role", None)]), incomplete);
    assert_eq!(code(&[("mode", None)]), incomplete);
    assert_eq!(code(&[("stroke", None)]), incomplete);
    assert_eq!(code(&[("mode", some("seal"))]), incomplete);
    assert_eq!(
        code(&[("stroke", None), ("proof", some("proofs/01J00000000000000000000000"))]),
        incomplete
    );
    let refused = |more: &[(&'static str, Option<Value>)]| {
        code(&[&[("mode", some("refused")), ("stroke", None)], more].concat())
    };
    assert_eq!(refused(&[("reason", some("拒绝说明"))]), incomplete);
    assert_eq!(refused(&[("seen_by", some("huoqiming")), ("reason", some(" "))]), incomplete);
    let print = |more: &[(&'static str, Option<Value>)]| {
        code(&[&[("mode", some("fingerprint")), ("stroke", None)], more].concat())
    };
    assert_eq!(print(&[("proof", Some(proof.clone()))]), incomplete, "nobody saw it");
    assert_eq!(print(&[("seen_by", some("huoqiming"))]), incomplete, "no picture");

    assert!(lu.record_view(record).unwrap().signatures().next().is_none(), "nothing was written");
    assert_eq!(code(&[]), "");
    assert_eq!(code(&[("stroke", None), ("proof", Some(proof.clone()))]), "", "ink on paper");
    assert_eq!(code(&[("mode", some("voice")), ("stroke", None)]), "", "a way of a later version");
    assert_eq!(refused(&[("reason", some("认为价格过低")), ("seen_by", some("huoqiming"))]), "");
    assert_eq!(print(&[("seen_by", some("huoqiming")), ("proof", Some(proof))]), "");
}

#[test]
fn hostile_strokes_are_not_kept() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let record = supplement(&lu);
    let before = lu.digest(record).unwrap();
    let mut drawing = strokes();
    drawing.strokes[0][1].x = 901;
    let refused = sign(&lu, record, "霍启明", Hand::Strokes(drawing));
    assert_eq!(refused.unwrap_err().code(), "field_out_of_bounds");
    assert_eq!(lu.digest(record).unwrap(), before);
}

#[test]
fn a_second_phone_countersigns_without_a_server_and_it_flows_back() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    let record = supplement(&lu);
    sign(&lu, record, "陆启航", Hand::Strokes(strokes())).unwrap();
    finalise(&lu, record).unwrap();
    meet(&lu, &wen).1.unwrap();
    let read = wen.read_back(record).unwrap();
    assert_eq!(read, lu.read_back(record).unwrap(), "the same words on both phones");

    let countersigned = sign(&wen, record, "温若棠", Hand::Strokes(strokes())).unwrap();
    let view = wen.record_view(record).unwrap();
    let named = view.signatures().filter_map(|signature| signature.item.text("finalisation"));
    let finalisation = format!("finalisations/{}", view.finalised[0].item);
    assert_eq!(named.collect::<Vec<_>>(), [finalisation]);
    assert_eq!((view.content_digest, view.finalised[0].content), (read.content, read.content));
    assert!(view.late.is_empty());
    // Anything else is too late, on this phone too.
    let fields = Fields::from([("place".to_owned(), "九江镇".into())]);
    let edit = wen.act(record, &Intent::Set { verb: "set".into(), fields });
    assert_eq!(edit.unwrap_err().code(), "finalised");
    assert_eq!(finalise(&lu, record).unwrap_err().code(), "finalised");

    meet(&wen, &lu).1.unwrap();
    assert_eq!(lu.digest(record).unwrap(), wen.digest(record).unwrap());
    let view = lu.record_view(record).unwrap();
    assert_eq!(currents(&view), [true, true]);
    assert!(view.conflicts.is_empty());
    assert!(view.changes().iter().any(|node| node.provenance.envelope == countersigned.envelope));
    // The device that countersigned signed the change with its own key.
    let envelope = lu
        .store()
        .read::<_, PhoneError>(|tx| Ok(tx.log_row(countersigned.envelope)?))
        .unwrap()
        .unwrap();
    assert_eq!(envelope.row.certificate, world.court.person("wenruotang").id);
}

#[test]
fn a_line_added_elsewhere_meanwhile_is_late_and_signed_by_nobody() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    let record = supplement(&lu);
    meet(&lu, &wen).1.unwrap();
    add(&wen, record, "add_addition", &[("about", "第1项".into()), ("text", "另有一台".into())]);
    sign(&lu, record, "陆启航", Hand::Strokes(strokes())).unwrap();
    finalise(&lu, record).unwrap();
    let bound = lu.record_view(record).unwrap().content_digest;
    meet(&lu, &wen).1.unwrap();
    let view = wen.record_view(record).unwrap();
    assert_eq!((view.content_digest, view.late.len()), (bound, 1));
    assert!(!wen.read_back(record).unwrap().text().contains("另有一台"), "finalised is what was");
    sign(&wen, record, "温若棠", Hand::Strokes(strokes())).unwrap();
    meet(&lu, &wen).1.unwrap();
    assert_eq!(lu.digest(record).unwrap(), wen.digest(record).unwrap());
    assert_eq!(currents(&lu.record_view(record).unwrap()), [true, true]);
}

#[test]
fn any_change_of_the_content_is_heard_and_no_attestation_is() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let record = begin(&lu);
    // The last paragraph is the digest; the words themselves must differ too.
    let words = || {
        let read = lu.read_back(record).unwrap();
        (read.lines[..read.lines.len() - 1].join("\n"), read.content)
    };
    let mut heard = vec![words()];
    let mut changed = |what: &str| {
        let now = words();
        assert!(heard.iter().all(|(text, content)| *text != now.0 && *content != now.1), "{what}");
        assert_eq!(now, words(), "always the same");
        heard.push(now);
    };
    let set = |name: &str, value: Value| {
        let fields = Fields::from([(name.to_owned(), value)]);
        lu.act(record, &Intent::Set { verb: "set".into(), fields }).unwrap();
    };
    set("start_at", "2026-03-17T08:30:00+08:00".into());
    changed("a time");
    set("term_from", "2026-03-17".into());
    changed("a date");
    set("dress_worn", true.into());
    changed("yes or no");
    let line = add_line(&lu, record, "注塑机");
    changed("a line");
    let edit = |name: &str, value: Value| {
        let fields = Fields::from([(name.to_owned(), value)]);
        lu.act(record, &Intent::Edit { verb: "edit_line".into(), item: line.clone(), fields })
            .unwrap();
    };
    edit("quantity", Value::Int(2));
    changed("a number");
    edit("field_estimate_fen", Value::Int(8_600_001));
    changed("money");
    edit("measure", "seal".into());
    changed("a code");
    edit("measure", "of_a_later_version".into());
    changed("an unknown code");
    edit("custodian", "huoqiming".into());
    changed("a person");
    edit("custodian", Value::Null);
    changed("something left out");
    let photo = add(
        &lu,
        record,
        "add_photo",
        &[("hash", Value::Bytes(vec![5; 32])), ("item", format!("lines/{line}").as_str().into())],
    );
    changed("a photo");
    add(&lu, record, "add_present", &[("name", "霍启明".into()), ("role", "grassroots".into())]);
    changed("somebody present");
    let strike = Intent::Strike {
        verb: "strike_photo".into(),
        strike: lu.new_item(),
        item: photo,
        reason: "拍错".into(),
    };
    lu.act(record, &strike).unwrap();
    changed("a strike");
    let (before, text) = (heard.last().unwrap().clone(), lu.read_back(record).unwrap().text());
    for part in ["2026年3月17日 08:30:00", "¥86,000.01", "是", "拍错", "第1项", "暂不写入"]
    {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    sign(&lu, record, "霍启明", Hand::Strokes(strokes())).unwrap();
    add(&lu, record, "deliver", &[("document", "list".into())]);
    add(&lu, record, "add_proof", &[("hash", Value::Bytes(vec![6; 32]))]);
    assert_eq!(words(), before);
}
