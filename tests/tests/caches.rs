//! Caches are nothing but caches: thrown away and computed from the log again, on phone and server, they say
//! what they said before; and a cache that lies is found out.

use std::path::Path;

use lastmile_core::document::Intent;
use lastmile_core::pack::case::CasePack;
use lastmile_core::pack::party::{Party, PartyKind, PartyRole};
use lastmile_core::phone::transport::HttpTransport;
use lastmile_core::phone::{Phone, PhoneError};
use lastmile_core::store::{DocumentRow, Found, NewDocument};
use lastmile_server::upkeep::{rebuild, verify};
use lastmile_tests::court_stage::{COURT, CourtStage};
use lastmile_tests::phones::{CASE, begin, line, quantity};
use tempfile::TempDir;

const OFFICERS: [&str; 2] = ["luqihang", "wenruotang"];
const DEBTOR: &str = "佛山市南海区测试塑料制品厂";

/// Two officers' work on two records, with a conflict, a struck line and something not yet sent; and a case whose party
/// can be found.
fn worked(dir: &Path) -> (CourtStage, [Phone; 2]) {
    let stage = CourtStage::new(dir).unwrap();
    let pack = CasePack {
        case_no: CASE.into(),
        version: 1,
        court: COURT.into(),
        cause: "买卖合同纠纷".into(),
        handler: OFFICERS[0].into(),
        team: OFFICERS.map(ToOwned::to_owned).to_vec(),
        parties: vec![Party {
            id: "B1".into(),
            role: PartyRole::Debtor,
            kind: PartyKind::Organisation,
            name: DEBTOR.into(),
            ..Party::default()
        }],
        ..CasePack::default()
    };
    stage.server().unwrap().server().publish(|publisher| publisher.case(&pack)).unwrap();
    let phone = |person, number| stage.open(&stage.register(person, number).unwrap(), 0).unwrap();
    let phones = [phone(OFFICERS[0], 1), phone(OFFICERS[1], 2)];
    let road = HttpTransport::new(&stage.server().unwrap().url(), &[]).unwrap();
    let [one, two] = &phones;
    one.sync(&road).unwrap();
    let record = begin(one).unwrap().document;
    let (machine, add) = line(one, "注塑机");
    one.act(record, &add).unwrap();
    let (lorry, add) = line(one, "重型货车");
    one.act(record, &add).unwrap();
    one.sync(&road).unwrap();
    two.sync(&road).unwrap();
    one.act(record, &quantity(&machine, 3)).unwrap();
    two.act(record, &quantity(&machine, 4)).unwrap();
    let strike = Intent::Strike {
        verb: "strike_line".into(),
        strike: two.new_item(),
        item: lorry,
        reason: "案外人车辆".into(),
    };
    two.act(record, &strike).unwrap();
    two.act(begin(two).unwrap().document, &line(two, "变压器").1).unwrap();
    two.sync(&road).unwrap();
    one.sync(&road).unwrap();
    two.sync(&road).unwrap();
    one.act(record, &line(one, "叉车").1).unwrap();
    two.act(record, &line(two, "叉车").1).unwrap();
    (stage, phones)
}

/// Everything the caches say: rows, digests, what is found.
fn said(phone: &Phone) -> (Vec<DocumentRow>, Vec<Found>) {
    let rows = phone.records_of_case(CASE).unwrap();
    for row in &rows {
        assert_eq!(row.digest, Some(phone.digest(row.id).unwrap()));
    }
    let found = ["注塑机", "叉车", "变压器", "南海", DEBTOR].map(|query| {
        let mut found = phone.find(query, 100).unwrap();
        // Newest entry first, and a rebuild makes all entries new.
        found.hits.sort_by(|a, b| (&a.kind, &a.target).cmp(&(&b.kind, &b.target)));
        found
    });
    (rows, found.into())
}

#[test]
fn a_phone_computes_its_caches_again_from_its_log() {
    let dir = TempDir::new().unwrap();
    let (_stage, phones) = worked(dir.path());
    for phone in &phones {
        let before = said(phone);
        assert_eq!(before.0.len(), 2);
        assert!(before.0.iter().any(|row| row.conflicts > 0));
        assert!(before.1.iter().all(|found| !found.hits.is_empty()), "{:?}", before.1);

        let rebuilt = phone.rebuild_caches().unwrap();
        assert_eq!((rebuilt.records, rebuilt.differed.len()), (2, 0));
        assert_eq!(said(phone), before);

        // Nothing left of them.
        phone.store().write::<_, PhoneError>(|tx| Ok(tx.clear_caches()?)).unwrap();
        assert_eq!(phone.find(DEBTOR, 9).unwrap().hits, []);
        assert_eq!(phone.rebuild_caches().unwrap().differed.len(), 2);
        assert_eq!(said(phone), before);

        // One that lies.
        let lie = NewDocument { title: "别的".into(), finalised: true, ..before.0[0].clone() };
        phone.store().write::<_, PhoneError>(|tx| Ok(tx.put_document(&lie)?)).unwrap();
        assert_eq!(phone.rebuild_caches().unwrap().differed, [lie.id]);
        assert_eq!(said(phone), before);

        // And work goes on.
        phone.act(lie.id, &line(phone, "空压机").1).unwrap();
    }
}

#[test]
fn a_server_computes_its_caches_again_from_its_log() {
    let dir = TempDir::new().unwrap();
    let (stage, _) = worked(dir.path());
    let server = stage.server().unwrap().server();
    let records = || server.store().read(|reading| reading.records(None, None, usize::MAX, 0));
    let before = records().unwrap();
    assert_eq!(before.len(), 2);
    let rebuilt = rebuild(server).unwrap();
    assert_eq!((rebuilt.records, rebuilt.differed.len()), (2, 0));
    assert_eq!(records().unwrap(), before);
    server
        .store()
        .write::<_, lastmile_server::store::StoreError>(|writing| writing.drop_caches())
        .unwrap();
    assert_ne!(verify(server).unwrap().findings, []);
    assert_eq!(rebuild(server).unwrap().records, 2);
    assert_eq!(records().unwrap(), before);
    assert_eq!(verify(server).unwrap().findings, []);
}
