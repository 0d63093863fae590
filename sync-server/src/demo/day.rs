//! The day in Nanhai, 17 March 2026 (南海一日), event by event: what three officers do on their
//! phones, mostly without a network. Every person, firm and number is invented. Each event leaves a
//! line on the timeline; what must be true at the end is in [`super::check`].

use std::path::PathBuf;

use lastmile_core::id::{Digest, DocumentId};
use lastmile_core::rules::{Stage, missing};

use super::lost::Lost;
use super::photos::BrokenPhoto;
use super::police::{Desk, Police};
use super::stage::{Actor, StageError, true_ms};
use super::withdrawn::Withdrawn;

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
    /// What the police did about it.
    pub police: Police,
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
    /// The conflicts before signing, each with both sides and their authors.
    pub conflicts: Vec<String>,
    /// Rules the list failed when its four lines had just been written, before anything was mended.
    pub rules_before: Vec<String>,
    /// What became of the withdrawn helper's work.
    pub withdrawn: Withdrawn,
    /// What became of the photo that was broken on its way.
    pub broken_photo: BrokenPhoto,
    /// What the lost phone left behind.
    pub lost: Lost,
    /// Requests the three phones made, whole day.
    pub requests: u64,
    /// Every event.
    pub events: Vec<Event>,
}

/// The phones.
#[derive(Debug)]
pub struct Crew {
    /// 陆启航, handling officer of K1.
    pub p1: Actor,
    /// 温若棠, helper of K1; the clock is seven minutes fast.
    pub p2: Actor,
    /// 区子谦, K2.
    pub p3: Actor,
    /// 麦晓岚, clerk of K3; withdrawn in the course of the day.
    pub p4: Actor,
    /// 温若棠's second phone; lost in the course of the day.
    pub p5: Actor,
    /// 谭立衡, at the console of 九江派出所.
    pub desk: Desk,
    /// Data directory of the court, for what its own people decide.
    pub court: PathBuf,
}

/// The rules a record fails at a stage, by the phone's own packs, without a network.
pub(super) fn failing(
    actor: &Actor,
    record: DocumentId,
    stage: Stage,
) -> Result<Vec<String>, StageError> {
    let checked = actor.phone.check_rules(record, stage, None)?;
    Ok(missing(&checked.findings).iter().map(|finding| finding.rule.clone()).collect())
}

impl Crew {
    /// The officers' phones, P1 to P3.
    pub fn all(&self) -> [&Actor; 3] {
        [&self.p1, &self.p2, &self.p3]
    }

    fn set_clocks(&self, ms: i64) {
        for actor in self.all().into_iter().chain([&self.p4, &self.p5]) {
            actor.clock.set(ms);
        }
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
    let (assistance, police) = day.blockade(&k1)?;
    let (finalise_refused, conflicts) = day.conflicts_appear(&k1)?;
    let h1 = day.list_is_settled_and_signed(&k1)?;
    let (edit_refused, correction) = day.too_late(&k1, h1)?;
    let withdrawn = day.helper_is_withdrawn()?;
    let lost = day.phone_is_lost(&withdrawn)?;
    day.police_leave(police.call)?;
    let eviction = day.eviction()?;
    let broken_photo = day.broken_photo(eviction)?;
    day.evening(order)?;
    Ok(Outcome {
        seizure: k1.seizure,
        onsite: k1.onsite,
        assistance,
        police,
        eviction,
        correction,
        car: k1.car,
        compressor: k1.compressor,
        bedding: k1.bedding,
        h1,
        edit_refused,
        finalise_refused,
        conflicts,
        rules_before: k1.rules_before,
        withdrawn,
        broken_photo,
        lost,
        requests: day.requests,
        events: day.events,
    })
}

/// The day while it is played.
pub(super) struct Day<'a> {
    pub(super) crew: &'a Crew,
    events: Vec<Event>,
    pub(super) requests: u64,
    tell: &'a mut dyn FnMut(&Event),
    tick: &'a mut dyn FnMut(i64) -> Result<(), StageError>,
}

impl Day<'_> {
    pub(super) fn event(
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

    /// Sets every clock, the server's too.
    pub(super) fn pass(&mut self, ms: i64) -> Result<(), StageError> {
        self.crew.set_clocks(ms);
        self.crew.p1.script.step("clock", serde_json::json!({ "ms": ms }));
        (self.tick)(ms)
    }

    pub(super) fn clock(&mut self, time: &str) -> Result<(), StageError> {
        self.pass(true_ms(time)?)
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

    fn evening(&mut self, order: [usize; 3]) -> Result<(), StageError> {
        self.clock("17:30")?;
        let all = self.crew.all();
        let mut bytes = (0, 0);
        let mut requests = 0;
        // Twice round: the first brings everybody's work and photos to the server, the second brings it
        // to all, with the court's word that it has them.
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
                    actor.upload()?;
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
