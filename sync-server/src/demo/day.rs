//! The day in Nanhai, 17 March 2026 (南海一日), event by event: what three officers do on their
//! phones, mostly without a network. Every person, firm and number is invented. Each event leaves a
//! line on the timeline; what must be true at the end is in [`super::check`].

use lastmile_core::document::Choice;
use lastmile_core::id::{Digest, DocumentId, sha256};
use lastmile_core::phone::PhoneError;
use lastmile_core::value::Value;

use super::stage::{Actor, StageError, at, meet, text, true_ms};

/// K1: machinery and a car, against a hardware firm.
pub const K1: &str = "(2026)粤0605执1101号";
/// K2: an eviction.
pub const K2: &str = "(2026)粤0605执1102号";
/// K3: wages.
pub const K3: &str = "(2026)粤0605执1103号";

/// One event that was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `E05`.
    pub id: &'static str,
    /// True Beijing time.
    pub time: &'static str,
    /// Who, and whether the phones had network.
    pub who: &'static str,
    /// What happened, as an officer would say it.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What the day left behind, for the assertions.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The seizure list of K1.
    pub seizure: DocumentId,
    /// The on-site record of K1.
    pub onsite: DocumentId,
    /// The assistance request of K1.
    pub assistance: DocumentId,
    /// The eviction of K2.
    pub eviction: DocumentId,
    /// The correction record about the list.
    pub correction: DocumentId,
    /// The car's line.
    pub car: String,
    /// The compressor's line, struck and edited.
    pub compressor: String,
    /// The bedding's line, struck before signing.
    pub bedding: String,
    /// Content digest the list was finalised with.
    pub h1: Digest,
    /// Code of the refusal when P2 edits the finalised list.
    pub edit_refused: String,
    /// Whether finalising was refused while conflicts were open.
    pub finalise_refused: String,
    /// Requests the three phones made, whole day.
    pub requests: u64,
    /// Every event.
    pub events: Vec<Event>,
}

/// The three phones.
#[derive(Debug)]
pub struct Crew {
    /// 陆启航, handling officer of K1.
    pub p1: Actor,
    /// 温若棠, helper of K1; the clock is seven minutes fast.
    pub p2: Actor,
    /// 区子谦, K2.
    pub p3: Actor,
}

impl Crew {
    /// The phones, P1 to P3.
    pub fn all(&self) -> [&Actor; 3] {
        [&self.p1, &self.p2, &self.p3]
    }

    fn clock(&self, time: &str) -> Result<(), StageError> {
        let ms = true_ms(time)?;
        for actor in self.all() {
            actor.clock.set(ms);
        }
        Ok(())
    }
}

/// Plays the day. `order` is the order in which the phones meet the server in the evening (indexes
/// of P1 to P3); `tell` hears every event as it happens; `tick` moves the server's clock.
pub fn play(
    crew: &Crew,
    order: [usize; 3],
    tell: &mut dyn FnMut(&Event),
    tick: &mut dyn FnMut(i64) -> Result<(), StageError>,
) -> Result<Outcome, StageError> {
    let mut day = Day { crew, events: Vec::new(), requests: 0, tell, tick };
    day.morning()?;
    let k1 = day.factory()?;
    let assistance = day.blockade(&k1)?;
    let finalise_refused = day.conflicts_appear(&k1)?;
    let h1 = day.list_is_settled_and_signed(&k1)?;
    let (edit_refused, correction) = day.too_late(&k1, h1)?;
    let eviction = day.eviction()?;
    day.evening(order)?;
    Ok(Outcome {
        seizure: k1.seizure,
        onsite: k1.onsite,
        assistance,
        eviction,
        correction,
        car: k1.car,
        compressor: k1.compressor,
        bedding: k1.bedding,
        h1,
        edit_refused,
        finalise_refused,
        requests: day.requests,
        events: day.events,
    })
}

struct Day<'a> {
    crew: &'a Crew,
    events: Vec<Event>,
    requests: u64,
    tell: &'a mut dyn FnMut(&Event),
    tick: &'a mut dyn FnMut(i64) -> Result<(), StageError>,
}

struct Factory {
    seizure: DocumentId,
    onsite: DocumentId,
    car: String,
    machine: String,
    compressor: String,
    bedding: String,
}

/// Affixes a seal strip to a line and photographs it.
fn affix(
    actor: &Actor,
    record: DocumentId,
    line: &str,
    seal: &str,
    person: &str,
    time: &str,
) -> Result<(), StageError> {
    let photo = actor.add(
        record,
        "add_photo",
        &[
            ("hash", Value::Bytes(sha256(seal.as_bytes()).to_vec())),
            ("bytes", Value::Int(1_904_112)),
            ("mime", text("image/jpeg")),
            ("taken_at", at(time)),
            ("purpose", text("seal")),
            ("item", text(&format!("lines/{line}"))),
        ],
    )?;
    actor.add(
        record,
        "add_seal",
        &[
            ("seal_no", text(seal)),
            ("line", text(&format!("lines/{line}"))),
            ("affixed_place", text("电控柜门")),
            ("affixed_by", text(person)),
            ("affixed_at", at(time)),
            ("photo", text(&format!("photos/{photo}"))),
        ],
    )?;
    Ok(())
}

impl Day<'_> {
    fn event(
        &mut self,
        id: &'static str,
        time: &'static str,
        who: &'static str,
        zh: String,
        en: String,
    ) {
        let event = Event { id, time, who, zh, en };
        (self.tell)(&event);
        self.events.push(event);
    }

    fn clock(&mut self, time: &str) -> Result<(), StageError> {
        self.crew.clock(time)?;
        (self.tick)(true_ms(time)?)
    }

    fn morning(&mut self) -> Result<(), StageError> {
        self.clock("06:50")?;
        let mut packs = 0;
        for actor in self.crew.all() {
            self.requests += u64::try_from(actor.sync()?.requests).unwrap_or(0);
            packs += [K1, K2, K3]
                .into_iter()
                .filter(|case| matches!(actor.phone.case_pack(case), Ok(Some(_))))
                .count();
        }
        self.event(
            "E01",
            "06:50",
            "P1 P2 P3 在线",
            format!("三部手机领取案件包,共{packs}份,封条号段各不相同"),
            format!("three phones pull {packs} case packs; seal-number blocks are disjoint"),
        );
        Ok(())
    }

    fn factory(&mut self) -> Result<Factory, StageError> {
        let Crew { p1, p2, p3 } = self.crew;
        for actor in [p1, p2, p3] {
            actor.network(false);
        }
        self.clock("08:25")?;
        let onsite = p1.begin(
            "onsite",
            K1,
            &[
                ("act", text("seizure")),
                ("purpose", text("查封、扣押被执行人佛山市南海测试五金有限公司的财产")),
                ("start_at", at("08:25")),
                ("place", text("九江镇测试工业区1号地下层")),
                ("position", text("geo:22.833500,112.985000;crs=wgs84;u=12;src=gnss")),
            ],
        )?;
        for (device, person) in [("R-01", "luqihang"), ("R-02", "wenruotang")] {
            p1.add(
                onsite,
                "add_recorder",
                &[
                    ("device_no", text(device)),
                    ("carried_by", text(person)),
                    ("started_at", at("08:25")),
                    ("announced_at", at("08:26")),
                ],
            )?;
        }
        self.event(
            "E02",
            "08:25",
            "P1 P2 离线",
            "进入九江镇厂房地下层,无信号;两台执法记录仪已开启并告知".to_owned(),
            "factory basement, no signal; two recorders running and announced".to_owned(),
        );

        self.clock("08:30")?;
        let seizure = p1.begin(
            "seizure",
            K1,
            &[
                ("ruling_no", text("(2026)粤0605执1101号之一")),
                ("start_at", at("08:30")),
                ("location", text("九江镇测试工业区1号")),
                ("position", text("geo:22.833500,112.985000;crs=wgs84;u=12;src=gnss")),
                ("credential_shown_at", at("08:30")),
                ("dress_worn", Value::Bool(true)),
                ("ruling_shown_at", at("08:31")),
            ],
        )?;
        for (person, role, work_id) in [
            ("luqihang", "officer", "粤0605-Z101"),
            ("wenruotang", "officer", "粤0605-Z102"),
            ("maixiaolan", "clerk", "粤0605-Z201"),
        ] {
            p1.add(
                seizure,
                "add_officer",
                &[("person", text(person)), ("role", text(role)), ("work_id", text(work_id))],
            )?;
        }
        p1.add(
            seizure,
            "add_recorder",
            &[("device_no", text("R-01")), ("started_at", at("08:25"))],
        )?;
        p1.add(
            seizure,
            "add_recorder",
            &[("device_no", text("R-02")), ("started_at", at("08:25"))],
        )?;
        p1.add(
            seizure,
            "add_notification",
            &[
                ("name", text("罗敬文")),
                ("role", text("legal_representative")),
                ("notified_at", at("08:10")),
                ("method", text("phone")),
                ("notified_by", text("luqihang")),
                ("result", text("refused")),
            ],
        )?;
        p1.add(
            seizure,
            "add_present",
            &[
                ("name", text("霍启明")),
                ("role", text("grassroots")),
                ("org", text("九江镇测试村委会")),
                ("appointed_by_org", Value::Bool(true)),
                ("arrived_at", at("08:28")),
            ],
        )?;
        self.event(
            "E03",
            "08:30",
            "P1 离线",
            "出示证件和裁定;罗敬文经电话通知,拒不到场".to_owned(),
            "credentials and ruling shown; Luo Jingwen phoned, refuses to come".to_owned(),
        );

        self.clock("08:40")?;
        let line = |name: &str, category: &str, quantity: i64, more: &[(&str, Value)]| {
            let mut values = vec![
                ("name", text(name)),
                ("category", text(category)),
                ("quantity", Value::Int(quantity)),
                ("exempt_check", text("none")),
                ("owner_basis", text("possession")),
            ];
            values.extend(more.iter().cloned());
            p1.add(seizure, "add_line", &values)
        };
        let car = line(
            "新能源小型轿车",
            "vehicle",
            1,
            &[
                ("measure", text("impound")),
                ("method", text("direct_control")),
                ("plate", text("粤ED00001")),
                ("plate_kind", text("new_energy")),
                ("vin", text("LTEST00B4KN000123")),
                ("mileage_km", Value::Int(45_000)),
                ("keys_count", Value::Int(1)),
                ("custodian", text("court")),
                ("custodian_kind", text("court")),
                ("place_kept", text("本院扣押物品停车场")),
                ("registered", Value::Bool(true)),
            ],
        )?;
        let machine = line(
            "注塑机",
            "equipment",
            1,
            &[
                ("measure", text("seal")),
                ("method", text("seal_strip")),
                ("brand", text("测试牌")),
                ("serial_no", text("ZS-2019-007")),
                ("custodian", text("huoqiming")),
                ("custodian_kind", text("third_party")),
                ("may_use", Value::Bool(false)),
                ("place_kept", text("原地")),
            ],
        )?;
        let compressor = line(
            "空气压缩机",
            "equipment",
            1,
            &[
                ("measure", text("seal")),
                ("method", text("seal_strip")),
                ("custodian", text("huoqiming")),
                ("custodian_kind", text("third_party")),
                ("may_use", Value::Bool(false)),
                ("place_kept", text("原地")),
            ],
        )?;
        let bedding = line(
            "宿舍床上用品",
            "movable",
            6,
            &[("measure", text("seal")), ("exempt_check", text("daily_necessities"))],
        )?;
        p1.strike(seizure, "strike_line", &bedding, "生活必需品,不得查封")?;
        self.event(
            "E04",
            "08:40",
            "P1 离线",
            "登记四项:新能源车、注塑机、空压机、宿舍床上用品;床上用品属生活必需,已划去".to_owned(),
            "four lines; the bedding is a living necessity and is struck".to_owned(),
        );

        self.clock("08:42")?;
        let (given, _) = meet(p1, p2)?;
        self.event(
            "E04b",
            "08:42",
            "P1↔P2 热点",
            format!("温若棠经热点收到清单,{}项改动", given.given),
            format!("P2 receives the list over the hotspot, {} changes", given.given),
        );

        self.clock("08:44")?;
        p2.edit(seizure, "edit_line", &car, &[("field_estimate_fen", Value::Int(9_250_000))])?;
        self.clock("08:46")?;
        p1.edit(seizure, "edit_line", &car, &[("field_estimate_fen", Value::Int(8_600_000))])?;
        self.event(
            "E05",
            "08:44",
            "P1 P2 离线",
            "两人各自估值:温若棠92,500.00元(手机快7分钟),陆启航86,000.00元".to_owned(),
            "two valuations of the car: 92,500.00 (clock 7 min fast) and 86,000.00".to_owned(),
        );

        self.clock("08:52")?;
        p2.edit(
            seizure,
            "edit_line",
            &compressor,
            &[("quantity", Value::Int(2)), ("serial_no", text("KY-2020-113"))],
        )?;
        self.clock("08:53")?;
        p1.strike(seizure, "strike_line", &compressor, "案外人租赁物")?;
        self.event(
            "E06",
            "08:53",
            "P1 P2 离线",
            "空压机:温若棠改为2台并补编号,陆启航以“案外人租赁物”划去".to_owned(),
            "compressor: P2 sets quantity 2, P1 strikes it as a third party's".to_owned(),
        );

        self.clock("08:58")?;
        for (actor, seal, person) in [(p1, "S0003", "luqihang"), (p2, "S0051", "wenruotang")] {
            affix(actor, seizure, &machine, seal, person, "08:58")?;
        }
        self.event(
            "E07",
            "08:58",
            "P1 P2 离线",
            "注塑机上贴封条S0003和S0051,两张都保留".to_owned(),
            "seals S0003 and S0051 on the moulding machine, both kept".to_owned(),
        );
        Ok(Factory { seizure, onsite, car, machine, compressor, bedding })
    }

    fn blockade(&mut self, k1: &Factory) -> Result<DocumentId, StageError> {
        let p1 = &self.crew.p1;
        self.clock("09:05")?;
        let assistance = p1.begin(
            "assistance",
            K1,
            &[
                ("asked_at", at("09:05")),
                ("channel", text("app")),
                ("position", text("geo:22.833500,112.985000;crs=wgs84;u=12;src=gnss")),
                ("place", text("九江镇测试工业区1号门口")),
                ("callback", text("13800000001")),
                ("situation_code", text("surrounding")),
                ("situation_text", text("约15人围堵大门,包围执行车辆")),
                ("people_count_est", Value::Int(15)),
                ("officers_on_site", Value::Int(2)),
                ("act_record", text(&k1.seizure.to_hex())),
            ],
        )?;
        let standing = p1.phone.standing(assistance)?;
        if standing.with_court > 0 {
            return Err(StageError::Script("a request left a phone without network".to_owned()));
        }
        self.event(
            "E08",
            "09:05",
            "P1 离线",
            "约15人围堵。屏幕:已离线保存,尚未送达公安!请立即拨打110".to_owned(),
            "15 people block the gate. Screen: saved, NOT delivered: call 110 now".to_owned(),
        );
        self.clock("09:12")?;
        let p1 = &self.crew.p1;
        p1.network(true);
        let report = p1.sync()?;
        p1.network(false);
        self.requests += u64::try_from(report.requests).unwrap_or(0);
        if p1.phone.standing(assistance)?.on_this_phone > 0 {
            return Err(StageError::Script("the request did not reach the server".to_owned()));
        }
        self.event(
            "E10",
            "09:12",
            "P1 有网40秒",
            format!("求助送达法院,{}次请求,{}字节;转九江派出所", report.requests, report.bytes_up),
            format!(
                "40 s of network: the request is delivered, {} request(s), {} bytes up",
                report.requests, report.bytes_up
            ),
        );
        Ok(assistance)
    }

    fn conflicts_appear(&mut self, k1: &Factory) -> Result<String, StageError> {
        let Crew { p1, p2, .. } = self.crew;
        self.clock("09:38")?;
        meet(p1, p2)?;
        let open = p1.phone.record_view(k1.seizure)?.conflicts.len();
        let refused = match p1.finalise(k1.seizure) {
            Ok(()) => String::new(),
            Err(error) => error.code().to_owned(),
        };
        self.event(
            "E13",
            "09:38",
            "P1↔P2 热点",
            format!("签名前发现{open}处分歧:车辆估值、空压机划去与修改;定稿被拦下"),
            format!("{open} conflicts appear before signing; finalising is refused ({refused})"),
        );
        Ok(refused)
    }

    fn list_is_settled_and_signed(&mut self, k1: &Factory) -> Result<Digest, StageError> {
        let Crew { p1, p2, .. } = self.crew;
        self.clock("09:45")?;
        let record = k1.seizure;
        p1.settle(
            record,
            &format!("lines/{}", k1.compressor),
            Choice::Struck,
            "拆分登记:一台查封,一台案外人主张权属",
        )?;
        for (name, measure, basis, note) in [
            ("空气压缩机(一)", "seal", "possession", "由L3拆分"),
            ("空气压缩机(二)", "not_seized", "disputed", "由L3拆分;案外人主张权属,未查封"),
        ] {
            let line = p1.add(
                record,
                "add_line",
                &[
                    ("name", text(name)),
                    ("category", text("equipment")),
                    ("quantity", Value::Int(1)),
                    ("measure", text(measure)),
                    ("method", text("seal_strip")),
                    ("owner_basis", text(basis)),
                    ("exempt_check", text("none")),
                    ("custodian", text("huoqiming")),
                    ("custodian_kind", text("third_party")),
                    ("may_use", Value::Bool(false)),
                    ("place_kept", text("原地")),
                    ("remark", text(note)),
                ],
            )?;
            if measure == "seal" {
                affix(p1, record, &line, "S0004", "luqihang", "09:47")?;
            }
        }
        let estimate = format!("lines/{}/field_estimate_fen", k1.car);
        p1.settle(record, &estimate, Choice::Unsettled, "两人估值不一,现场不写入,待确定参考价")?;
        p1.edit(record, "edit_line", &k1.car, &[("estimate_label", text("disputed"))])?;
        self.event(
            "E14",
            "09:45",
            "P1 离线",
            "空压机拆为两行;车辆估值暂不写入,标注“估值有分歧,待确定参考价”".to_owned(),
            "compressor split in two; the car's estimate left out and marked as differing"
                .to_owned(),
        );

        self.clock("09:55")?;
        let photo = p1.add(
            record,
            "add_proof",
            &[
                ("hash", Value::Bytes(sha256(b"photo of the copy left on site").to_vec())),
                ("bytes", Value::Int(2_481_337)),
                ("mime", text("image/jpeg")),
                ("taken_at", at("09:54")),
                ("purpose", text("document")),
            ],
        )?;
        p1.set(
            record,
            &[
                ("end_at", at("09:54")),
                ("term_from", text("2026-03-17")),
                ("term_to", text("2028-03-16")),
                ("read_back", text("read_by_signers")),
            ],
        )?;
        let content = p1.phone.record_view(record)?.content_digest;
        for (name, role) in [
            ("陆启航", "officer"),
            ("温若棠", "officer"),
            ("麦晓岚", "clerk"),
            ("霍启明", "grassroots"),
            ("霍启明", "custodian"),
        ] {
            p1.add(
                record,
                "sign",
                &[
                    ("name", text(name)),
                    ("role", text(role)),
                    ("mode", text("sign")),
                    ("content", Value::Bytes(content.0.to_vec())),
                    ("signed_at", at("09:55")),
                ],
            )?;
        }
        p1.add(
            record,
            "deliver",
            &[
                ("document", text("list")),
                ("copies", Value::Int(1)),
                ("name", text("佛山市南海测试五金有限公司")),
                ("role", text("debtor")),
                ("method", text("left_on_site")),
                ("reason", text("被执行人方未到场")),
                ("proof", text(&format!("proofs/{photo}"))),
                ("delivered_at", at("09:54")),
            ],
        )?;
        p1.finalise(record)?;
        let view = p1.phone.record_view(record)?;
        let h1 = view
            .finalised
            .first()
            .map(|finalisation| finalisation.content)
            .ok_or_else(|| StageError::Script("the list is not finalised".to_owned()))?;
        let short: String = h1.to_hex().chars().take(8).collect();
        self.event(
            "E15",
            "09:55",
            "P1 离线",
            format!("在场人签名,副本留置并拍照,清单定稿 {short}"),
            format!("signed by those present, copy left and photographed, finalised {short}"),
        );
        self.clock("09:57")?;
        meet(p1, p2)?;
        let seen = !p2.phone.record_view(record)?.finalised.is_empty();
        if !seen {
            return Err(StageError::Script("P2 does not see the finalised list".to_owned()));
        }
        self.event(
            "E15b",
            "09:57",
            "P1↔P2 热点",
            "温若棠的手机显示清单已定稿".to_owned(),
            "P2 shows the list as finalised".to_owned(),
        );
        Ok(h1)
    }

    fn too_late(&mut self, k1: &Factory, h1: Digest) -> Result<(String, DocumentId), StageError> {
        let p2 = &self.crew.p2;
        self.clock("10:05")?;
        let edit = p2.edit(k1.seizure, "edit_line", &k1.car, &[("mileage_km", Value::Int(54_000))]);
        let refused = match edit {
            Err(PhoneError::Refused(refusal)) => refusal.code().to_owned(),
            Err(error) => return Err(error.into()),
            Ok(()) => String::new(),
        };
        let correction = p2.begin(
            "correction",
            K1,
            &[
                ("original", text(&k1.seizure.to_hex())),
                ("original_digest", Value::Bytes(h1.0.to_vec())),
                ("purpose", text("correct")),
                ("start_at", at("10:05")),
            ],
        )?;
        p2.add(
            correction,
            "add_correction",
            &[
                ("target", text("第1行 里程")),
                ("stands", text("45,000公里")),
                ("should_stand", text("54,000公里")),
                ("reason", text("读表笔误")),
            ],
        )?;
        let content = p2.phone.record_view(correction)?.content_digest;
        p2.add(
            correction,
            "sign",
            &[
                ("name", text("温若棠")),
                ("role", text("officer")),
                ("mode", text("sign")),
                ("content", Value::Bytes(content.0.to_vec())),
                ("signed_at", at("10:06")),
            ],
        )?;
        self.event(
            "E16",
            "10:05",
            "P2 离线",
            "改里程被拒:已定稿,只能以补正笔录更正;补正笔录已作出".to_owned(),
            format!("P2's edit of the finalised list is refused ({refused}); a correction record is made"),
        );
        Ok((refused, correction))
    }

    fn eviction(&mut self) -> Result<DocumentId, StageError> {
        let p3 = &self.crew.p3;
        self.clock("09:00")?;
        let eviction = p3.begin(
            "eviction",
            K2,
            &[
                ("notice_doc_no", text("(2026)粤0605执1102号公告")),
                ("notice_deadline_on", text("2026-03-15")),
                ("premises_address", text("里水镇测试路2号")),
                ("premises_kind", text("dwelling")),
                ("start_at", at("09:00")),
                ("credential_shown_at", at("09:00")),
                ("position", text("geo:23.200000,113.130000;crs=wgs84;u=15;src=gnss")),
                ("occupants_checked", Value::Bool(true)),
                ("ambulance_waiting", Value::Bool(true)),
                ("plan_started_at", at("09:02")),
                ("debtor_came", Value::Bool(true)),
            ],
        )?;
        p3.add(eviction, "add_vulnerable", &[("flag", text("elderly")), ("seen_at", at("09:01"))])?;
        for utility in ["gas", "power", "water"] {
            p3.add(
                eviction,
                "add_utility",
                &[("utility", text(utility)), ("state", text("off")), ("checked_at", at("09:10"))],
            )?;
        }
        self.event(
            "E17",
            "09:00",
            "P3 离线",
            "里水镇腾房:公告期已届满;被执行人母亲(81岁)挡门,救护车待命".to_owned(),
            "eviction in Lishui: notice period over; the debtor's mother (81) blocks the door"
                .to_owned(),
        );
        self.clock("10:10")?;
        let p3 = &self.crew.p3;
        let mut medicine = String::new();
        for number in 1..=37_i64 {
            let name =
                if number == 21 { "药箱".to_owned() } else { format!("搬出物品{number}") };
            let item = p3.add(
                eviction,
                "add_moved_item",
                &[
                    ("line_no", Value::Int(number)),
                    ("room", text(if number % 2 == 0 { "客厅" } else { "卧室" })),
                    ("name", text(&name)),
                    ("quantity", Value::Int(1)),
                    ("condition", text("完好")),
                    ("destination", text("里水镇测试仓库")),
                ],
            )?;
            if number == 21 {
                medicine = item;
            }
        }
        p3.add(
            eviction,
            "add_goods_handed",
            &[
                ("item", text(&format!("moved_items/{medicine}"))),
                ("name", text("简志成之母")),
                ("role", text("adult_family")),
                ("refused", Value::Bool(false)),
                ("at", at("10:40")),
            ],
        )?;
        self.clock("11:30")?;
        let p3 = &self.crew.p3;
        p3.add(
            eviction,
            "add_handover",
            &[
                ("name", text("申请执行人代理人")),
                ("role", text("agent")),
                ("special_authority", Value::Bool(true)),
                ("at", at("11:30")),
                ("keys_count", Value::Int(3)),
                ("meter_power", text("10482")),
                ("meter_water", text("00731")),
                ("meter_gas", text("02210")),
            ],
        )?;
        p3.set(eviction, &[("end_at", at("11:30")), ("read_back", text("read_aloud"))])?;
        let content = p3.phone.record_view(eviction)?.content_digest;
        p3.add(
            eviction,
            "sign",
            &[
                ("name", text("区子谦")),
                ("role", text("officer")),
                ("mode", text("sign")),
                ("content", Value::Bytes(content.0.to_vec())),
                ("signed_at", at("11:30")),
            ],
        )?;
        self.event(
            "E19",
            "11:30",
            "P3 离线",
            "搬出37项,药箱当面交其母亲;交付钥匙3把及水电气底数,代理人有特别授权".to_owned(),
            "37 lines moved out; medicine box handed to the mother; keys and meters handed over"
                .to_owned(),
        );
        Ok(eviction)
    }

    fn evening(&mut self, order: [usize; 3]) -> Result<(), StageError> {
        self.clock("17:30")?;
        let all = self.crew.all();
        let mut bytes = (0, 0);
        let mut requests = 0;
        // Twice round: the first brings everybody's work to the server, the second brings it to all.
        for round in 0..2 {
            for index in order {
                let actor = all[index];
                actor.network(true);
                let report = actor.sync()?;
                self.requests += u64::try_from(report.requests).unwrap_or(0);
                if round == 0 {
                    bytes.0 += report.bytes_up;
                    bytes.1 += report.bytes_down;
                    requests += report.requests;
                }
            }
        }
        self.event(
            "E26",
            "17:30",
            "全部在线",
            format!("三部手机回到网络:{requests}次请求,上行{}字节,下行{}字节", bytes.0, bytes.1),
            format!(
                "everybody is back: {requests} requests, {} bytes up, {} bytes down",
                bytes.0, bytes.1
            ),
        );
        Ok(())
    }
}
