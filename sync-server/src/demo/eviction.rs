//! K2 of the day: an eviction whose notice has run out, an old mother at the door, thirty-seven lines
//! moved out, the flat handed over.

use lastmile_core::id::DocumentId;
use lastmile_core::phone::Hand;
use lastmile_core::value::Value;

use super::day::{Day, K2};
use super::factory::recorder;
use super::signing::{sign, sign_all};
use super::stage::{StageError, at, text};

impl Day<'_> {
    pub(super) fn eviction(&mut self) -> Result<DocumentId, StageError> {
        let p3 = &self.crew.p3;
        self.clock("09:00")?;
        let eviction = p3.begin(
            "eviction",
            K2,
            &[
                ("notice_doc_no", text("(2026)粤0605执1102号")),
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
                ("dress_worn", Value::Bool(true)),
                ("police_support_asked_at", text("2026-03-11T09:00:00+08:00")),
            ],
        )?;
        for (person, role) in
            [("ouziqian", "judge"), ("maixiaolan", "clerk"), ("dengchengwu", "officer")]
        {
            p3.add(eviction, "add_officer", &[("person", text(person)), ("role", text(role))])?;
        }
        for device in ["R-03", "R-04"] {
            p3.add(eviction, "add_recorder", &recorder(device, "08:58"))?;
        }
        p3.add(
            eviction,
            "add_notification",
            &[
                ("name", text("简志成")),
                ("role", text("debtor")),
                ("notified_at", at("08:40")),
                ("method", text("phone")),
                ("result", text("will_come")),
            ],
        )?;
        p3.add(
            eviction,
            "add_present",
            &[
                ("name", text("里水镇测试社区居委会代表")),
                ("role", text("grassroots")),
                ("appointed_by_org", Value::Bool(true)),
                ("arrived_at", at("08:55")),
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
        self.photograph_eviction(eviction)?;
        self.clock("11:30")?;
        let p3 = &self.crew.p3;
        p3.add(
            eviction,
            "add_goods_handed",
            &[
                ("name", text("里水镇测试仓库")),
                ("role", text("custodian")),
                ("refused", Value::Bool(false)),
                ("at", at("11:20")),
            ],
        )?;
        p3.add(
            eviction,
            "add_handover",
            &[
                ("name", text("卢可怡")),
                ("role", text("agent")),
                ("special_authority", Value::Bool(true)),
                ("at", at("11:30")),
                ("keys_count", Value::Int(3)),
                ("meter_power", text("10482")),
                ("meter_water", text("00731")),
                ("meter_gas", text("02210")),
                ("condition", text("房屋腾空,门窗完好")),
            ],
        )?;
        let onsite = p3.begin(
            "onsite",
            K2,
            &[
                ("act", text("eviction")),
                ("purpose", text("强制迁出里水镇测试路2号")),
                ("start_at", at("09:00")),
                ("end_at", at("11:30")),
                ("place", text("里水镇测试路2号")),
                ("read_back", text("read_aloud")),
            ],
        )?;
        let present = [
            ("区子谦", "officer"),
            ("麦晓岚", "clerk"),
            ("里水镇测试社区居委会代表", "grassroots"),
            ("卢可怡", "agent"),
        ];
        sign_all(p3, onsite, &present, "11:30")?;
        p3.set(
            eviction,
            &[
                ("end_at", at("11:30")),
                ("read_back", text("read_aloud")),
                ("goods_custodian", text("lishui_depot")),
                ("onsite", text(&onsite.to_hex())),
            ],
        )?;
        sign_all(p3, eviction, &present, "11:30")?;
        let refused = Hand::Refused {
            reason: "对迁出有异议,不愿签名".to_owned(),
            seen_by: "里水镇测试社区居委会代表".to_owned(),
        };
        sign(p3, eviction, ("简志成之母", "adult_family"), refused, "11:31")?;
        p3.finalise(eviction)?;
        self.event(
            "E19",
            "11:30",
            "P3 离线",
            "搬出37项,药箱当面交其母亲,其拒绝签名,已记明理由和见证人;交付钥匙3把及水电气底数,代理人有特别授权".to_owned(),
            "37 lines moved out; medicine box handed to the mother, who refuses to sign (reason and \
             witness noted); keys and meters handed over"
                .to_owned(),
        );
        Ok(eviction)
    }
}
