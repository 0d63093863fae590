//! What must be true when the day in Nanhai is over, checked by comparing stores: the phones' own
//! databases and the server's log, from which every document is built anew here. No log line, no
//! cache and no report of a participant is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lastmile_core::assistance::life::Life;
use lastmile_core::document::{Container, Content, Document, Provenance, RecordView};
use lastmile_core::envelope::Body;
use lastmile_core::id::{BlobHash, ChangeHash, DocumentId};
use lastmile_core::identity::Canonical;
use lastmile_core::phone::PhoneError;
use lastmile_core::records::KindSet;
use lastmile_core::rules::{Stage, blocking};
use lastmile_core::value::Value;

use super::day::{Crew, K1, K2, K3, Outcome};
use super::lost::Lost;
use super::photos::photos_arrived;
use super::stage::{Actor, StageError, true_ms};
use super::withdrawn::Withdrawn;
use crate::assistance::lives::life;
use crate::store::{State, Store, StoreError};

/// One assertion about the end of the day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Assertion {
    /// Number in the script, `A1`.
    pub id: &'static str,
    /// What must be true, in Chinese and English.
    pub title: &'static str,
    /// Whether it is.
    pub ok: bool,
    /// The figures behind it.
    pub detail: String,
}

/// The server's documents, built from its log.
#[derive(Debug)]
pub struct ServerSide {
    pub(super) documents: BTreeMap<DocumentId, Document>,
    /// Every change the server has, whatever its verdict.
    changes: BTreeSet<ChangeHash>,
    /// Requests for police assistance, with all that was done about each.
    requests: Vec<Life>,
    /// Files the court says it has.
    pub(super) files: BTreeSet<BlobHash>,
}

impl ServerSide {
    /// Reads the database at `path`; the server may be running.
    pub fn read(path: &Path, kinds: &KindSet) -> Result<Self, StageError> {
        let broken = |error: StoreError| StageError::Script(format!("server store: {error}"));
        let store = Store::open(path).map_err(broken)?;
        store
            .read::<_, StoreError>(|reading| {
                let mut documents = BTreeMap::new();
                let mut changes = BTreeSet::new();
                for id in reading.documents()? {
                    let rows = reading.document_log(id)?;
                    changes.extend(
                        rows.iter().filter_map(|row| Some(Body::decode(&row.body).ok()?.change)),
                    );
                    let log: Vec<_> = rows
                        .iter()
                        .filter(|row| row.state == State::Accepted)
                        .filter_map(|row| {
                            let body = Body::decode(&row.body).ok()?;
                            let provenance = Provenance {
                                envelope: row.id,
                                person: row.person.clone(),
                                roles: Vec::new(),
                                verb: body.verb,
                                device_ms: body.device_ms,
                            };
                            Some((row.change.as_slice(), provenance))
                        })
                        .collect();
                    if let Ok(document) = Document::from_log(kinds, id, log, None) {
                        documents.insert(id, document);
                    }
                }
                let requests = reading
                    .requests(None, 100, 0)?
                    .into_iter()
                    .map(|row| life(reading, row.document))
                    .collect::<Result<_, _>>()?;
                let mut files = BTreeSet::new();
                for hash in documents.values().flat_map(Document::files).map(|file| file.hash) {
                    files.extend(reading.file(hash)?.map(|_| hash));
                }
                Ok(Self { documents, changes, requests, files })
            })
            .map_err(broken)
    }

    fn view(&self, id: DocumentId) -> Result<RecordView, StageError> {
        let document = self.documents.get(&id);
        Ok(document
            .ok_or_else(|| StageError::Script(format!("the server lacks record {id}")))?
            .view())
    }

    /// Records and changes.
    pub fn size(&self) -> (usize, usize) {
        (self.documents.len(), self.changes.len())
    }

    /// Digest over a case, as phones compute it, and its number of records.
    pub fn case_digest(&self, case: &str) -> (String, usize) {
        let mut joined = Vec::new();
        let mut count = 0;
        for (id, document) in &self.documents {
            if document.view().state.case == case {
                joined.extend_from_slice(id.as_bytes());
                joined.extend_from_slice(document.state_digest().as_bytes());
                count += 1;
            }
        }
        (lastmile_core::id::Digest(lastmile_core::id::sha256(&joined)).to_hex(), count)
    }
}

/// Checks the day.
pub fn check(
    crew: &Crew,
    outcome: &Outcome,
    server: &ServerSide,
) -> Result<Vec<Assertion>, StageError> {
    Ok(vec![
        same_digests(crew, server)?,
        no_change_lost(crew, server)?,
        both_valuations(outcome, server)?,
        strike_and_edit(outcome, server)?,
        list_unchanged(outcome, server)?,
        one_incident(outcome, server),
        in_nineteen_minutes(outcome, server)?,
        clocks_shown(crew, outcome, server)?,
        seals_once(server),
        refusals(outcome),
        rules_settled(crew, outcome)?,
        helper_withdrawn(outcome, server)?,
        photos_arrived(crew, outcome, server)?,
        phone_wiped(outcome, server),
    ])
}

/// Who carries which case.
pub(super) fn carriers(crew: &Crew) -> [(&'static str, Vec<&Actor>); 3] {
    [(K1, vec![&crew.p1, &crew.p2]), (K2, vec![&crew.p3]), (K3, vec![&crew.p2])]
}

fn same_digests(crew: &Crew, server: &ServerSide) -> Result<Assertion, StageError> {
    let mut ok = true;
    let mut detail = Vec::new();
    for (case, actors) in carriers(crew) {
        let (theirs, count) = server.case_digest(case);
        let mut held = vec!["server".to_owned()];
        for actor in actors {
            let (digest, _) = actor.phone.case_digest(case)?;
            ok &= digest.to_hex() == theirs;
            held.push(actor.name.to_owned());
        }
        detail.push(format!("{case}: {count} {} ({})", short(&theirs), held.join(" = ")));
    }
    for (case, actor) in [(K2, &crew.p1), (K1, &crew.p3)] {
        ok &= actor.phone.records_of_case(case)?.is_empty();
    }
    Ok(Assertion {
        id: "A1",
        title: "各手机与服务器每案状态摘要相同 / same state digest per case everywhere",
        ok,
        detail: detail.join("; "),
    })
}

fn no_change_lost(crew: &Crew, server: &ServerSide) -> Result<Assertion, StageError> {
    let mut union = BTreeSet::new();
    let mut waiting = 0;
    for actor in crew.all() {
        let rows =
            actor.phone.store().read::<_, PhoneError>(|tx| Ok(tx.log_after(0, u32::MAX)?))?;
        waiting += rows.iter().filter(|row| !row.row.on_server).count();
        union.extend(rows.into_iter().map(|row| row.row.change_hash));
    }
    Ok(Assertion {
        id: "A2",
        title: "没有丢失一项改动 / no change lost",
        ok: union == server.changes && waiting == 0,
        detail: format!(
            "手机合计{0}项改动,服务器{1}项,待送{waiting}项 / {0} changes on the phones together, {1} on the server, {waiting} waiting",
            union.len(),
            server.changes.len()
        ),
    })
}

/// Every value ever written to a field of a line, with its author.
fn written(
    server: &ServerSide,
    record: DocumentId,
    line: &str,
    field: &str,
) -> Vec<(Value, String)> {
    let Some(document) = server.documents.get(&record) else { return Vec::new() };
    let history = document.history();
    let all = history.all();
    let Some(lines) = history.map_at(Container::Root, "lines", &all) else { return Vec::new() };
    let Some(item) = history.map_at(lines, line, &all) else { return Vec::new() };
    history
        .entries(item, field)
        .iter()
        .filter_map(|entry| match &entry.content {
            Content::Scalar(value) => {
                Some((value.clone(), history.node(entry.change)?.provenance.person.clone()))
            }
            Content::Map => None,
        })
        .collect()
}

fn both_valuations(outcome: &Outcome, server: &ServerSide) -> Result<Assertion, StageError> {
    let values = written(server, outcome.seizure, &outcome.car, "field_estimate_fen");
    let has = |fen: i64, person: &str| values.contains(&(Value::Int(fen), person.to_owned()));
    let view = server.view(outcome.seizure)?;
    let target = format!("lines/{}/field_estimate_fen", outcome.car);
    let named = view.state.items("resolutions").iter().any(|resolution| {
        resolution.text("target") == Some(target.as_str())
            && resolution.text("closes").is_some_and(|closes| closes.split(',').count() == 2)
            && resolution.text("reason").is_some_and(|reason| !reason.is_empty())
    });
    Ok(Assertion {
        id: "A3",
        title: "两次估值及其作者都在 / both valuations and their authors are kept",
        ok: has(9_250_000, "wenruotang") && has(8_600_000, "luqihang") && named,
        detail: format!(
            "历史中有{0}个估值,处理意见写明了双方 / {0} values of the car's estimate in the history, resolution names both",
            values.len()
        ),
    })
}

fn strike_and_edit(outcome: &Outcome, server: &ServerSide) -> Result<Assertion, StageError> {
    let view = server.view(outcome.seizure)?;
    let target = format!("lines/{}", outcome.compressor);
    let reason = view
        .state
        .items("strikes")
        .iter()
        .find(|strike| strike.text("item") == Some(target.as_str()))
        .and_then(|strike| strike.text("reason"))
        .map(str::to_owned);
    let values = written(server, outcome.seizure, &outcome.compressor, "quantity");
    let edited = values.contains(&(Value::Int(2), "wenruotang".to_owned()));
    let standing = view.state.item("lines", &outcome.compressor).is_some();
    Ok(Assertion {
        id: "A4",
        title: "划去的理由和同时的修改都在 / the strike's reason and the concurrent edit are kept",
        ok: reason.as_deref() == Some("案外人租赁物") && edited && standing,
        detail: format!(
            "划去理由“{0}”,温若棠改的2台保留:{edited} / strike “{0}”, quantity 2 by wenruotang kept: {edited}",
            reason.unwrap_or_default()
        ),
    })
}

fn list_unchanged(outcome: &Outcome, server: &ServerSide) -> Result<Assertion, StageError> {
    let list = server.view(outcome.seizure)?;
    let correction = server.view(outcome.correction)?;
    let head = |field: &str| {
        correction.state.head.get(field).and_then(|register| register.single()).cloned()
    };
    let refers = head("original") == Some(outcome.seizure.to_hex().into())
        && head("original_digest") == Some(Value::Bytes(outcome.h1.0.to_vec()));
    let bedding = lastmile_core::document::is_struck(&list.state, "lines", &outcome.bedding);
    Ok(Assertion {
        id: "A5",
        title: "定稿清单未变,补正笔录指向它 / the finalised list is unchanged, the correction refers to it",
        ok: list.content_digest == outcome.h1 && list.finalised.len() == 1 && refers && bedding,
        detail: format!(
            "H1 {} = {}",
            short(&outcome.h1.to_hex()),
            short(&list.content_digest.to_hex())
        ),
    })
}

fn clocks_shown(
    crew: &Crew,
    outcome: &Outcome,
    server: &ServerSide,
) -> Result<Assertion, StageError> {
    let skews: Vec<Option<i64>> =
        crew.all().iter().map(|actor| actor.phone.skew_ms()).collect::<Result<_, _>>()?;
    let fast = skews[1].unwrap_or(0).saturating_sub(skews[0].unwrap_or(0));
    let view = server.view(outcome.seizure)?;
    let moment = |person: &str| {
        view.changes()
            .iter()
            .filter(|node| node.provenance.person == person && node.provenance.verb == "edit_line")
            .map(|node| node.provenance.device_ms)
            .min()
    };
    let (wen, lu) = (moment("wenruotang"), moment("luqihang"));
    // By the clocks Wen's valuation came five minutes after Lu's; it was made two minutes before.
    let looks_later = wen > lu && wen.is_some();
    Ok(Assertion {
        id: "A8",
        title: "手机时钟的误差可见,不决定次序 / P2's seven minutes are shown and decide nothing",
        ok: (fast - 420_000).abs() < 60_000 && looks_later,
        detail: format!(
            "P2比P1快{0}秒,没有因此占先 / P2 is {0} s ahead of P1; its clock did not win",
            fast / 1_000
        ),
    })
}

fn seals_once(server: &ServerSide) -> Assertion {
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    for document in server.documents.values() {
        for seal in document.view().state.items("seals") {
            if let Some(number) = seal.text("seal_no") {
                *used.entry(number.to_owned()).or_default() += 1;
            }
        }
    }
    Assertion {
        id: "A11",
        title: "每个封条号只用一次 / every seal number used once",
        ok: used.len() == 3 && used.values().all(|count| *count == 1),
        detail: used.keys().cloned().collect::<Vec<_>>().join(", "),
    }
}

/// However many told of it: the call by telephone and the phone's own request are one incident.
fn one_incident(outcome: &Outcome, server: &ServerSide) -> Assertion {
    let (call, asked) = (outcome.police.call, outcome.assistance);
    let heads: Vec<&Life> =
        server.requests.iter().filter(|life| life.merged_into.is_none()).collect();
    let joined = heads.first().is_some_and(|head| {
        head.document == call && head.joined.iter().copied().eq([asked]) && head.state.ended()
    });
    let station = heads.first().and_then(|head| head.station.clone()).unwrap_or_default();
    Assertion {
        id: "A6",
        title: "电话与手机所报为一起警情 / one incident, by telephone and by phone",
        ok: server.requests.len() == 2 && heads.len() == 1 && joined,
        detail: format!("{0}路报告,{station} / {0} reports, {station}", server.requests.len()),
    }
}

/// The clock runs from the call by telephone, not from what the phone had written down at 09:05.
fn in_nineteen_minutes(outcome: &Outcome, server: &ServerSide) -> Result<Assertion, StageError> {
    let head = server.requests.iter().find(|life| life.document == outcome.police.call);
    let minutes = |from: Option<i64>, to: Option<i64>| Some((to? - from?) / 60_000);
    let arrived = head.and_then(|head| minutes(head.t0_ms, head.arrived_ms));
    let answered = head.and_then(|head| minutes(head.t0_ms, head.answered_ms));
    let t0 = head.and_then(|head| head.t0_ms) == Some(true_ms("09:07")?);
    let told = outcome.police.told.join(" ");
    Ok(Assertion {
        id: "A7",
        title: "自09:07报警起19分钟到场;三分钟无人接警时已升级 / there 19 minutes after the call; told on after three",
        ok: t0
            && arrived == Some(19)
            && answered == Some(8)
            && told == "command_sees second_channel",
        detail: format!(
            "接警{1}分钟,到场{0}分钟,{told} / acknowledged after {1} minutes, there after {0}, {told}",
            arrived.unwrap_or(-1),
            answered.unwrap_or(-1)
        ),
    })
}

fn refusals(outcome: &Outcome) -> Assertion {
    Assertion {
        id: "E13+E16",
        title: "有分歧不能定稿,定稿后不能修改 / no finalising over conflicts, no edit of a finalised list",
        ok: outcome.finalise_refused == "open_conflicts" && outcome.edit_refused == "finalised",
        detail: format!("{}, {}", outcome.finalise_refused, outcome.edit_refused),
    }
}

/// E20: what the withdrawn helper recorded before stands, what came after waited, was admitted by a
/// person, and stands now, too; the helper's part in K1 is as it was; the phone kept nothing.
fn helper_withdrawn(outcome: &Outcome, server: &ServerSide) -> Result<Assertion, StageError> {
    let Withdrawn { record, before, after, decided, left } = &outcome.withdrawn;
    let document = server.documents.get(record);
    let stands = |id| {
        document.is_some_and(|document| {
            document.history().nodes().iter().any(|node| node.provenance.envelope == id)
        })
    };
    let list = server.view(outcome.seizure)?;
    let signed =
        list.state.items("signatures").iter().any(|item| item.text("name") == Some("麦晓岚"));
    let ok = before.1 == "accepted"
        && after.1 == "revoked"
        && decided == "accepted"
        && stands(before.0)
        && stands(after.0)
        && signed
        && *left == 0;
    Ok(Assertion {
        id: "E20",
        title: "被吊销手机其后所记待人核定,此前所记与K1签名不受影响 / what a withdrawn phone brings waits for a person; what came before stands",
        ok,
        detail: format!(
            "此前{0},其后{1}→{decided},手机余{left}份记录 / before {0}, after {1}, then {decided}; {left} records left on the phone",
            before.1, after.1
        ),
    })
}

/// E20b: the lost phone said that it destroyed its copy and lost nothing by it, nothing is left on it, and
/// what was on it only stands in its record by a person's decision.
fn phone_wiped(outcome: &Outcome, server: &ServerSide) -> Assertion {
    let Lost { change, decided, honoured, rows } = &outcome.lost;
    let document = server.documents.get(&outcome.withdrawn.record);
    let stands = document.is_some_and(|document| {
        document.history().nodes().iter().any(|node| node.provenance.envelope == change.0)
    });
    let (saved, lost) = honoured.map_or((0, 0), |done| (done.saved, done.lost));
    let originals = honoured.and_then(|done| done.originals);
    let told = (saved, lost, originals) == (1, 0, Some(0));
    let originals = originals.unwrap_or(0);
    Assertion {
        id: "E20b",
        title: "遗失的手机擦除前交回所记,擦除后一无所剩 / a lost phone hands in what it has, then keeps nothing",
        ok: told
            && change.1 == "revoked"
            && decided == "accepted"
            && stands
            && rows.0 > 0
            && rows.1 == 0,
        detail: format!(
            "交回{saved}项,损失{lost}项、原件{originals}个,手机行数{0}→{1},{2}→{decided} / {saved} handed in, {lost} and {originals} originals lost, rows on the phone {0} then {1}, {2} then {decided}",
            rows.0, rows.1, change.1
        ),
    }
}

/// E03, E15, E17, E19: what the law demands was recorded; nothing that blocks is left.
fn rules_settled(crew: &Crew, outcome: &Outcome) -> Result<Assertion, StageError> {
    let mut left = Vec::new();
    for (actor, record) in [(&crew.p1, outcome.seizure), (&crew.p3, outcome.eviction)] {
        let checked = actor.phone.check_rules(record, Stage::Close, None)?;
        left.extend(blocking(&checked.findings).iter().map(|finding| finding.rule.clone()));
    }
    Ok(Assertion {
        id: "E15+E19",
        title: "离场时没有阻断性缺项 / nothing that blocks is left on leaving",
        ok: left.is_empty() && outcome.rules_before.iter().any(|rule| rule == "R-SEZ-07"),
        detail: format!(
            "登记时缺{0},离场时缺{1}项 / before {0}, left {1}",
            outcome.rules_before.join(" "),
            left.len()
        ),
    })
}

fn short(hex: &str) -> String {
    hex.chars().take(12).collect()
}
