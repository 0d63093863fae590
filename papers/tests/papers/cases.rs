//! The records of the tests: the day in Nanhai in small, and the ends of the scale.

use lastmile_core::document::Intent;
use lastmile_core::id::sha256;
use lastmile_core::value::Value;

use super::desk::{Desk, at, fields, text};

/// A photo whose digest begins with `first`.
pub(crate) fn photo(desk: &mut Desk, first: u8, item: &str) -> String {
    let mut hash = sha256(&[first]);
    hash[0] = first;
    desk.add(
        "add_photo",
        &[
            ("hash", Value::Bytes(hash.to_vec())),
            ("mime", text("image/jpeg")),
            ("taken_at", at("08:58")),
            ("purpose", text("seal")),
            ("item", text(item)),
            ("position", text("geo:22.833500,112.985000;crs=wgs84;u=12;src=gnss")),
        ],
    )
}

fn crew(desk: &mut Desk) {
    for (person, role, work_id) in
        [("luqihang", "officer", "粤0605-Z101"), ("maixiaolan", "clerk", "粤0605-Z201")]
    {
        desk.add(
            "add_officer",
            &[("person", text(person)), ("role", text(role)), ("work_id", text(work_id))],
        );
    }
    desk.add(
        "add_recorder",
        &[
            ("device_no", text("R-01")),
            ("carried_by", text("luqihang")),
            ("started_at", at("08:25")),
            ("announced_at", at("08:26")),
        ],
    );
    desk.add(
        "add_notification",
        &[
            ("name", text("罗敬文")),
            ("role", text("legal_representative")),
            ("notified_at", at("08:10")),
            ("method", text("phone")),
            ("notified_by", text("luqihang")),
            ("result", text("refused")),
        ],
    );
    desk.add(
        "add_present",
        &[
            ("name", text("霍启明")),
            ("role", text("grassroots")),
            ("org", text("九江镇测试村委会")),
            ("appointed_by_org", Value::Bool(true)),
            ("arrived_at", at("08:28")),
        ],
    );
}

/// The seizure of K1: a car, a machine with two seals and three photos, a struck line, signatures, a
/// refusal, a copy written by hand.
pub(crate) fn seizure() -> Desk {
    let mut desk = Desk::begin(
        "seizure",
        &[
            ("ruling_no", text("(2026)粤0605执1101号之一")),
            ("start_at", at("08:30")),
            ("location", text("九江镇测试工业区1号")),
            ("position", text("geo:22.833500,112.985000;crs=wgs84;u=12;src=gnss")),
            ("term_from", text("2026-03-17")),
            ("term_to", text("2028-03-16")),
            ("read_back", text("read_by_signers")),
        ],
    );
    crew(&mut desk);
    desk.add(
        "add_line",
        &[
            ("name", text("新能源小型轿车")),
            ("category", text("vehicle")),
            ("measure", text("impound")),
            ("method", text("direct_control")),
            ("quantity", Value::Int(1)),
            ("plate", text("粤ED00001")),
            ("vin", text("LTEST00B4KN000123")),
            ("mileage_km", Value::Int(45_000)),
            ("keys_count", Value::Int(1)),
            ("custodian", text("court")),
            ("custodian_kind", text("court")),
            ("place_kept", text("本院扣押物品停车场")),
            ("field_estimate_fen", Value::Int(8_600_000)),
            ("estimate_label", text("reference_only")),
        ],
    );
    let machine = desk.add(
        "add_line",
        &[
            ("name", text("注塑机")),
            ("category", text("equipment")),
            ("measure", text("seal")),
            ("method", text("seal_strip")),
            ("quantity", Value::Int(1)),
            ("unit", text("台")),
            ("serial_no", text("ZS-2019-007")),
            ("custodian", text("huoqiming")),
            ("custodian_kind", text("third_party")),
            ("may_use", Value::Bool(false)),
            ("field_estimate_fen", Value::Int(10_040_000)),
        ],
    );
    let bedding = desk.add(
        "add_line",
        &[("name", text("宿舍床上用品")), ("quantity", Value::Int(6)), ("measure", text("seal"))],
    );
    desk.strike("strike_line", &bedding, "生活必需品,不得查封");
    let line = format!("lines/{machine}");
    for (number, seal) in [(0, "S0003"), (1, "S0051")] {
        let picture = photo(&mut desk, number, &line);
        desk.add(
            "add_seal",
            &[
                ("seal_no", text(seal)),
                ("line", text(&line)),
                ("affixed_place", text("电控柜门")),
                ("affixed_by", text("luqihang")),
                ("affixed_at", at("08:58")),
                ("photo", text(&format!("photos/{picture}"))),
            ],
        );
    }
    photo(&mut desk, 2, &line);
    desk.set(&[("end_at", at("09:54"))]);
    desk
}

/// The same, signed, handed over, finalised.
pub(crate) fn seizure_finalised() -> Desk {
    let mut desk = seizure();
    for (name, role) in [("陆启航", "officer"), ("麦晓岚", "clerk"), ("霍启明", "grassroots")]
    {
        desk.sign(name, role);
    }
    desk.refuse("罗敬武", "other", "称与本案无关", "霍启明");
    let mut hash = sha256(b"copy");
    hash[0] = 0;
    let proof = desk.add(
        "add_proof",
        &[
            ("hash", Value::Bytes(hash.to_vec())),
            ("taken_at", at("09:57")),
            ("purpose", text("delivery")),
        ],
    );
    for (document, copies) in [("list", 1), ("record", 1)] {
        desk.add(
            "deliver",
            &[
                ("document", text(document)),
                ("copies", Value::Int(copies)),
                ("name", text("佛山市南海测试五金有限公司")),
                ("role", text("debtor")),
                ("method", text("handwritten")),
                ("proof", text(&format!("proofs/{proof}"))),
                ("delivered_by", text("luqihang")),
                ("delivered_at", at("09:57")),
            ],
        );
    }
    desk.finalise();
    desk
}

/// Two officers value the car without knowing of each other.
pub(crate) fn contested() -> Desk {
    let mut desk = Desk::begin("seizure", &[("start_at", at("08:30"))]);
    let item = desk.add("add_line", &[("name", text("新能源小型轿车"))]);
    let base = desk.known();
    for (actor, fen) in [(2, 9_250_000), (3, 8_600_000)] {
        let fields = fields(&[("field_estimate_fen", Value::Int(fen))]);
        let edit = Intent::Edit { verb: "edit_line".to_owned(), item: item.clone(), fields };
        desk.act_on(Some(&base), actor, &edit);
    }
    desk
}

/// A list of `lines` lines and `photos` photos; every tenth line says a lot.
pub(crate) fn long(lines: usize, photos: u8) -> Desk {
    let mut desk = Desk::begin("seizure", &[("start_at", at("08:30"))]);
    for number in 1..=lines {
        let wordy =
            if number % 10 == 0 { "名称特别长的设备".repeat(5) } else { String::new() };
        desk.add(
            "add_line",
            &[
                ("name", text(&format!("第{number}号设备{wordy}"))),
                ("quantity", Value::Int(i64::try_from(number).unwrap())),
                ("measure", text("seal")),
                ("method", text("seal_strip")),
                ("serial_no", text(&format!("SN-{number:05}"))),
                ("remark", text(&"说明".repeat(if number % 10 == 5 { 80 } else { 1 }))),
            ],
        );
    }
    for number in 0..photos {
        photo(&mut desk, number, "lines/none");
    }
    desk
}

/// An eviction: goods, a refusal to take them, the hand-over of the premises.
pub(crate) fn eviction() -> Desk {
    let mut desk = Desk::begin(
        "eviction",
        &[
            ("notice_doc_no", text("(2026)粤0605执1102号")),
            ("basis", text("(2025)粤0605民初3321号民事判决书")),
            ("notice_deadline_on", text("2026-03-15")),
            ("premises_address", text("佛山市南海区里水镇测试路2号")),
            ("premises_kind", text("dwelling")),
            ("start_at", at("09:00")),
            ("end_at", at("11:30")),
            ("credential_shown_at", at("09:00")),
            ("occupants_checked", Value::Bool(true)),
            ("ambulance_waiting", Value::Bool(true)),
            ("debtor_came", Value::Bool(true)),
            ("goods_custodian", text("里水镇测试仓库")),
            ("read_back", text("read_aloud")),
        ],
    );
    crew(&mut desk);
    desk.add("add_vulnerable", &[("flag", text("elderly")), ("seen_at", at("09:01"))]);
    for (utility, reading) in [("gas", "02210"), ("power", "10482"), ("water", "00731")] {
        desk.add(
            "add_utility",
            &[
                ("utility", text(utility)),
                ("state", text("off")),
                ("reading", text(reading)),
                ("checked_at", at("09:10")),
            ],
        );
    }
    desk.add(
        "add_persuasion",
        &[
            ("person", text("冼桂芳")),
            ("start_at", at("09:25")),
            ("audience_count", Value::Int(3)),
            ("summary", text("说明迁出期限和后续安置。")),
            ("outcome", text("agreed")),
        ],
    );
    let mut first = String::new();
    for number in 1..=37_i64 {
        let item = desk.add(
            "add_moved_item",
            &[
                ("line_no", Value::Int(number)),
                ("room", text(if number % 2 == 0 { "客厅" } else { "卧室" })),
                ("name", text(&format!("搬出物品{number}"))),
                ("quantity", Value::Int(1)),
                ("condition", text("完好")),
                ("fragile", Value::Bool(number == 7)),
                ("destination", text("里水镇测试仓库")),
            ],
        );
        if number == 1 {
            first = item;
        } else if number == 9 {
            desk.strike("strike_moved_item", &item, "重复登记");
        }
    }
    desk.add(
        "add_goods_handed",
        &[
            ("item", text(&format!("moved_items/{first}"))),
            ("name", text("简志成")),
            ("role", text("debtor")),
            ("refused", Value::Bool(true)),
            ("reason", text("称与己无关")),
            ("seen_by", text("冼桂芳")),
            ("at", at("10:40")),
        ],
    );
    desk.add(
        "add_goods_handed",
        &[("name", text("里水镇测试仓库")), ("role", text("custodian")), ("at", at("11:20"))],
    );
    desk.add(
        "add_handover",
        &[
            ("name", text("卢可怡")),
            ("role", text("agent")),
            ("special_authority", Value::Bool(true)),
            ("at", at("11:30")),
            ("keys_count", Value::Int(3)),
            ("meter_power", text("10482")),
            ("condition", text("房屋腾空,门窗完好")),
        ],
    );
    desk.sign("陆启航", "officer");
    desk.refuse("简志成", "debtor", "对迁出有异议,不愿签名", "冼桂芳");
    desk.finalise();
    desk
}

/// An on-site record.
pub(crate) fn onsite() -> Desk {
    let mut desk = Desk::begin(
        "onsite",
        &[
            ("act", text("seizure")),
            ("purpose", text("查封、扣押被执行人佛山市南海测试五金有限公司的财产")),
            ("start_at", at("08:25")),
            ("end_at", at("09:54")),
            ("place", text("九江镇测试工业区1号地下层")),
            ("weather", text("阴")),
            ("credential_shown_at", at("08:30")),
            ("result", text("查封、扣押二项,清单另附")),
            ("read_back", text("read_by_signers")),
        ],
    );
    crew(&mut desk);
    desk.add(
        "add_event",
        &[("at", at("08:30")), ("text", text("到达现场,出示工作证件和裁定书。"))],
    );
    let long = "约15人围堵大门,包围执行车辆,经劝说不散。".repeat(8);
    desk.add("add_event", &[("at", at("09:05")), ("text", text(&long))]);
    let wrong = desk.add("add_event", &[("at", at("09:06")), ("text", text("误记一条"))]);
    desk.strike("strike_event", &wrong, "误记");
    desk.add(
        "add_statement",
        &[
            ("at", at("09:10")),
            ("name", text("罗敬武")),
            ("role", text("other")),
            ("question", text("你与被执行人是什么关系?")),
            ("text", text("我是罗敬文的弟弟,车是公司的。")),
        ],
    );
    desk.add(
        "add_objection",
        &[
            ("at", at("09:12")),
            ("name", text("罗敬武")),
            ("role", text("other")),
            ("text", text("空压机是租来的。")),
            ("told_rights", Value::Bool(true)),
        ],
    );
    desk.add(
        "add_incident",
        &[
            ("at", at("09:31")),
            ("act_code", text("damage_seal")),
            ("person", text("罗敬武")),
            ("text", text("撕毁封条S0003。")),
        ],
    );
    desk.sign("陆启航", "officer");
    desk.sign("麦晓岚", "clerk");
    desk.finalise();
    desk
}

/// A correction of the list.
pub(crate) fn correction() -> Desk {
    let mut desk = Desk::begin(
        "correction",
        &[
            ("original", text("1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f")),
            ("original_digest", Value::Bytes(vec![0xa1; 32])),
            ("purpose", text("correct")),
            ("start_at", at("10:05")),
        ],
    );
    desk.add(
        "add_correction",
        &[
            ("target", text("第1项 里程")),
            ("stands", text("45,000公里")),
            ("should_stand", text("54,000公里")),
            ("reason", text("读表笔误")),
        ],
    );
    desk.sign("陆启航", "officer");
    desk.finalise();
    desk
}
