//! K1 of the day, what follows: the list that two officers disagree about is settled, signed, finalised
//! and countersigned, and what came too late becomes a correction.

use lastmile_core::document::{Choice, Claim, RecordView, Side};
use lastmile_core::id::{Digest, DocumentId};
use lastmile_core::phone::{Hand, PhoneError};
use lastmile_core::signing::test_strokes::drawn_by;
use lastmile_core::value::Value;

use super::day::{Crew, Day, K1};
use super::factory::{Factory, affix};
use super::signing::{sign, sign_all};
use super::stage::{StageError, at, meet, text};

/// Every open conflict as one line: what is contested, and each side with its author.
fn sides_of(view: &RecordView) -> Vec<String> {
    let side = |side: &Side| {
        let person = view.change(side.change).map(|node| node.provenance.person.as_str());
        let said = match &side.what {
            Claim::Value(value) => value.to_json().to_string(),
            Claim::Struck(reason) => format!("struck “{reason}”"),
            Claim::Edited(field, value) => format!("{field} = {}", value.to_json()),
            Claim::Carries(item) => item.clone(),
            Claim::Finalised(_) => "finalised".to_owned(),
        };
        format!("{}: {said}", person.unwrap_or_default())
    };
    view.conflicts
        .iter()
        .map(|conflict| {
            let sides: Vec<String> = conflict.sides.iter().map(side).collect();
            format!("{}  {}", conflict.subject.target(), sides.join(" | "))
        })
        .collect()
}

impl Day<'_> {
    pub(super) fn conflicts_appear(
        &mut self,
        k1: &Factory,
    ) -> Result<(String, Vec<String>), StageError> {
        let Crew { p1, p2, .. } = self.crew;
        self.clock("09:38")?;
        meet(p1, p2)?;
        let sides = sides_of(&p1.phone.record_view(k1.seizure)?);
        let open = sides.len();
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
        Ok((refused, sides))
    }

    pub(super) fn list_is_settled_and_signed(
        &mut self,
        k1: &Factory,
    ) -> Result<Digest, StageError> {
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
        let photo = p1.photograph(
            record,
            "add_proof",
            1_101_954,
            &[("taken_at", at("09:54")), ("purpose", text("document"))],
        )?;
        p1.set(
            record,
            &[
                ("end_at", at("09:54")),
                ("term_from", text("2026-03-17")),
                ("term_to", text("2028-03-16")),
                ("read_back", text("read_by_signers")),
                ("onsite", text(&k1.onsite.to_hex())),
            ],
        )?;
        let present = [
            ("陆启航", "officer"),
            ("温若棠", "officer"),
            ("麦晓岚", "clerk"),
            ("霍启明", "grassroots"),
            ("霍启明", "custodian"),
        ];
        p1.set(k1.onsite, &[("end_at", at("09:54")), ("read_back", text("read_by_signers"))])?;
        sign_all(p1, k1.onsite, &present, "09:55")?;
        sign_all(p1, record, &present, "09:55")?;
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
        // Her own phone signs too: the list is bound by a second key before anybody has a network.
        sign(p2, record, ("温若棠", "officer"), Hand::Strokes(drawn_by("温若棠")), "09:58")?;
        meet(p2, p1)?;
        let countersigned = p1.phone.record_view(record)?;
        let signed = countersigned.signatures().filter(|signature| signature.current).count();
        if signed != present.len() + 1 || !countersigned.late.is_empty() {
            return Err(StageError::Script(format!("{signed} signatures over the final content")));
        }
        self.event(
            "E15b",
            "09:57",
            "P1↔P2 热点",
            "温若棠的手机显示清单已定稿,当场在本机会签;会签经热点回到陆启航手机".to_owned(),
            "P2 shows the list as finalised and countersigns it; the countersignature flows back"
                .to_owned(),
        );
        Ok(h1)
    }

    pub(super) fn too_late(
        &mut self,
        k1: &Factory,
        h1: Digest,
    ) -> Result<(String, DocumentId), StageError> {
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
        sign_all(p2, correction, &[("温若棠", "officer")], "10:06")?;
        self.event(
            "E16",
            "10:05",
            "P2 离线",
            "改里程被拒:已定稿,只能以补正笔录更正;补正笔录已作出".to_owned(),
            format!("P2's edit of the finalised list is refused ({refused}); a correction record is made"),
        );
        Ok((refused, correction))
    }
}
