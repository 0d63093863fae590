//! K1 of the day, its morning: machinery and a car in a factory basement, two officers who write one list
//! on two phones, a blockade. How the list is settled is in [`super::settling`].

use lastmile_core::id::DocumentId;
use lastmile_core::rules::Stage;
use lastmile_core::value::Value;

use super::day::{Crew, Day, K1, failing};
use super::police::Police;
use super::stage::{Actor, StageError, at, meet, text};

/// What K1 is about.
pub(super) struct Factory {
    pub(super) seizure: DocumentId,
    pub(super) onsite: DocumentId,
    pub(super) car: String,
    pub(super) compressor: String,
    pub(super) bedding: String,
    pub(super) rules_before: Vec<String>,
}

/// Affixes a seal strip to a line and photographs it.
pub(super) fn affix(
    actor: &Actor,
    record: DocumentId,
    line: &str,
    seal: &str,
    person: &str,
    time: &str,
) -> Result<(), StageError> {
    let drawing = seal.bytes().fold(1_101, |sum, byte| sum * 31 + u64::from(byte));
    let photo = actor.photograph(
        record,
        "add_photo",
        drawing,
        &[
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

/// A recorder that runs and was announced.
pub(super) fn recorder(device: &str, time: &str) -> [(&'static str, Value); 3] {
    [("device_no", text(device)), ("started_at", at(time)), ("announced_at", at(time))]
}

impl Day<'_> {
    pub(super) fn factory(&mut self) -> Result<Factory, StageError> {
        let Crew { p1, p2, p3, .. } = self.crew;
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
        p1.add(seizure, "add_recorder", &recorder("R-01", "08:25"))?;
        p1.add(seizure, "add_recorder", &recorder("R-02", "08:25"))?;
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
        let rules_before = failing(p1, seizure, Stage::Finalise)?;
        if !rules_before.iter().any(|rule| rule == "R-SEZ-07") {
            return Err(StageError::Script("the bedding raises no rule".to_owned()));
        }
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
        Ok(Factory { seizure, onsite, car, compressor, bedding, rules_before })
    }

    pub(super) fn blockade(&mut self, k1: &Factory) -> Result<(DocumentId, Police), StageError> {
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
        let (session, call) = self.called_by_telephone()?;
        let told = self.nobody_acts(&session, call)?;
        self.desk_until("09:10", "09:12", &session, call)?;
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
            format!(
                "求助送达法院,{}次请求,{}字节;与电话报警并为一起,再次提醒",
                report.requests, report.bytes_up
            ),
            format!(
                "40 s of network: the request is delivered, {} request(s), {} bytes up; joined with the call",
                report.requests, report.bytes_up
            ),
        );
        self.police_come(&session, call, assistance)?;
        Ok((assistance, Police { call, told }))
    }
}
