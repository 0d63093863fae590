//! A request for police assistance as a console shows it: the record's facts, where it stands, what this person
//! may do now, and every hop.

use std::collections::BTreeMap;

use lastmile_core::assistance::check::{self, Actor};
use lastmile_core::assistance::life::{COMMAND, Hop, Life, Step};
use lastmile_core::assistance::step::{Need, STEPS};
use lastmile_core::id::DocumentId;
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::pack::station::StationPack;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::api::moment;
use super::incident_photos::{ScenePhoto, photos};
use super::problem::{Problem, ProblemCode};
use crate::accounts::sign_in::Who;
use crate::assistance::desk::sees;
use crate::assistance::facts::facts;
use crate::assistance::lives::life;
use crate::publish::stored;
use crate::server::Server;
use crate::store::{Reading, RequestRow};

/// Words in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Words {
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

/// A station in a line of text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StationName {
    /// Code; `command` is the command centre.
    code: String,
    /// Name; the code, when the court's list does not have it.
    name: String,
}

/// A station.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StationRef {
    /// Code; `command` is the command centre.
    code: String,
    /// Name; the code, when the court's list does not have it.
    name: String,
    /// Duty telephone.
    duty_phone: Option<String>,
    /// Its area was derived and is not official.
    derived: bool,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonRef {
    /// Staff id.
    pub person: String,
    /// Name by the roster.
    pub name: String,
}

/// Whoever took it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HolderView {
    /// Staff id.
    person: String,
    /// Name by the roster.
    name: String,
    /// Since when, RFC 3339.
    since: String,
}

/// What the crew reported.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RequestFacts {
    /// How it came: `app`, `sms`, `voice`, `radio`, `watch` (nobody hears of the crew).
    channel: String,
    /// Where, in words; empty when nobody said or two said different things.
    place: String,
    /// Where, an RFC 5870 URI in WGS-84.
    position: Option<String>,
    /// What happens there, a code.
    situation: Option<String>,
    /// What happens there, in words.
    situation_text: Option<String>,
    /// People there, about.
    people: Option<i64>,
    /// Weapons were seen.
    weapons: Option<bool>,
    /// Somebody is injured.
    injured: Option<bool>,
    /// The number to call back.
    callback: Option<String>,
    /// Court staff on the spot.
    officers_on_site: Option<i64>,
    /// What is needed, codes.
    needs: Vec<String>,
}

/// A step that this person may take now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StepChoice {
    /// Code.
    step: &'static str,
    /// The words on the button.
    label: Words,
    /// What it must bring along: `station`, `unit`, `when`, `other`, `reason`.
    needs: Vec<&'static str>,
}

/// A step that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HopView {
    /// When, server clock, RFC 3339.
    at: String,
    /// By whom; absent: by a rule.
    by: Option<PersonRef>,
    /// Code.
    step: String,
    /// What it is called.
    label: Words,
    /// The station it names.
    station: Option<StationName>,
    /// The unit.
    unit: Option<String>,
    /// An instant that belongs to it, RFC 3339.
    when: Option<String>,
    /// Another incident.
    other: Option<String>,
    /// Why, a code.
    reason: Option<String>,
    /// Words.
    note: Option<String>,
    /// Why it changed nothing: somebody was faster.
    unfit: Option<UnfitView>,
}

/// Why a step changed nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnfitView {
    /// Stable code.
    code: &'static str,
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

/// A request for police assistance.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IncidentView {
    /// Record id.
    id: String,
    /// Grows with every change, so that a late answer never replaces a newer one.
    seq: u64,
    /// Case number; absent when it came by voice and none was named.
    case_no: Option<String>,
    /// `received`, `alerted`, `declined`, `acknowledged`, `unit_sent`, `arrived`, `closed`, `false_alarm`, `cancelled`.
    state: &'static str,
    /// The station that has it.
    station: StationRef,
    /// Whoever took it.
    holder: Option<HolderView>,
    /// The unit named last.
    unit: Option<String>,
    /// The station of that unit, where the command centre sent another station's.
    lent_by: Option<StationName>,
    /// When it is expected, RFC 3339.
    eta: Option<String>,
    /// When the request was received: all clocks run from here, RFC 3339.
    t0: String,
    /// When a person first answered.
    answered: Option<String>,
    /// When a unit was first sent.
    sent: Option<String>,
    /// When somebody first was there.
    arrived: Option<String>,
    /// The alarm sounds since then.
    ringing_since: Option<String>,
    /// Rungs of the ladder that were told since the alarm began, codes.
    told: Vec<String>,
    /// Withdrawn under duress: it stays open until somebody was there.
    duress: bool,
    /// When the crew asked to withdraw.
    cancel_asked: Option<String>,
    /// The incident it was joined with.
    merged_into: Option<String>,
    /// Reports that were joined with it.
    merged: Vec<String>,
    /// What was reported.
    request: RequestFacts,
    /// Contested values in the record.
    conflicts: u64,
    /// Small pictures of the scene that are here.
    pictures: u64,
    /// What this person may do now.
    steps: Vec<StepChoice>,
    /// Everything that was done, oldest first; of one incident only.
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: Option<Vec<HopView>>,
    /// Photos of the scene; of one incident only.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos: Option<Vec<ScenePhoto>>,
}

impl IncidentView {
    /// Whether it is over.
    pub(super) fn over(&self) -> bool {
        matches!(self.state, "closed" | "false_alarm" | "cancelled")
    }
}

/// Somebody's console: who looks, and what names mean.
pub(super) struct Desk {
    who: Who,
    names: BTreeMap<String, String>,
    stations: StationPack,
    now_ms: i64,
}

impl Desk {
    /// For a person at a console.
    pub(super) fn new(server: &Server, who: Who) -> Result<Self, Problem> {
        server.store().read::<_, Problem>(|reading| Self::reads(server, reading, who))
    }

    /// Like [`Self::new`], within a transaction.
    pub(super) fn reads(server: &Server, reading: &Reading<'_>, who: Who) -> Result<Self, Problem> {
        let read = |_| Problem::new(ProblemCode::Internal);
        let roster = stored::<RosterPack>(reading, server.court()).map_err(read)?;
        let staff = roster.unwrap_or_default().staff.into_iter();
        let names = staff.map(|staff| (staff.id, staff.name)).collect();
        let stations = stored::<StationPack>(reading, server.court()).map_err(read)?;
        let stations = stations.unwrap_or_default();
        Ok(Self { who, names, stations, now_ms: server.now_ms() })
    }

    /// A request as this person sees it; `None` when it is none of this person's.
    pub(super) fn see(
        &self,
        reading: &Reading<'_>,
        row: &RequestRow,
        whole: bool,
    ) -> Result<Option<IncidentView>, Problem> {
        let life = life(reading, row.document)?;
        if !sees(reading, &self.who, &life)? {
            return Ok(None);
        }
        self.show(reading, row, &life, whole).map(Some)
    }

    /// A request as it stands, for whoever has just taken a step on it: a transfer may have given it away.
    pub(super) fn stands(
        &self,
        reading: &Reading<'_>,
        row: &RequestRow,
    ) -> Result<IncidentView, Problem> {
        self.show(reading, row, &life(reading, row.document)?, true)
    }

    fn show(
        &self,
        reading: &Reading<'_>,
        row: &RequestRow,
        life: &Life,
        whole: bool,
    ) -> Result<IncidentView, Problem> {
        let record = reading.record(row.document)?;
        let facts = facts(reading, row.document, record.as_ref())?;
        let photos = photos(reading, row.document, &facts)?;
        let station = life.station.clone().unwrap_or_else(|| row.station.clone());
        let when = |ms: Option<i64>| ms.map(moment);
        Ok(IncidentView {
            id: row.document.to_hex(),
            seq: life.hops.len() as u64 + reading.accepted_changes(row.document)?,
            case_no: Some(row.case_no.clone()).filter(|case| !case.is_empty()),
            state: life.state.code(),
            station: self.station(station),
            holder: life.holder.as_ref().map(|holder| HolderView {
                person: holder.person.clone(),
                name: self.name(&holder.person),
                since: moment(holder.since_ms),
            }),
            unit: life.unit.clone(),
            lent_by: life.lent_by.clone().map(|code| self.station_name(code)),
            eta: when(life.eta_ms),
            t0: moment(life.t0_ms.unwrap_or(row.received_ms)),
            answered: when(life.answered_ms),
            sent: when(life.sent_ms),
            arrived: when(life.arrived_ms),
            ringing_since: when(life.ringing_since_ms),
            told: life.told.keys().cloned().collect(),
            duress: life.duress,
            cancel_asked: when(life.cancel_asked_ms),
            merged_into: life.merged_into.map(|id| id.to_hex()),
            merged: life.joined.iter().map(|id| id.to_hex()).collect(),
            request: facts_of(&facts),
            conflicts: record.map_or(0, |record| record.conflicts),
            pictures: photos.iter().filter(|photo| photo.is_here()).count() as u64,
            steps: self.choices(life),
            timeline: whole.then(|| life.hops.iter().map(|hop| self.hop(hop)).collect()),
            photos: whole.then_some(photos),
        })
    }

    pub(super) fn name(&self, person: &str) -> String {
        self.names.get(person).cloned().unwrap_or_else(|| person.to_owned())
    }

    pub(super) fn station_name(&self, code: String) -> StationName {
        let name = match self.stations.find(&code) {
            Some(station) => station.name.clone(),
            None if code == COMMAND => "执行指挥中心".to_owned(),
            None => code.clone(),
        };
        StationName { code, name }
    }

    /// Which station has a request now, for those who have not.
    pub(super) fn station_of(
        &self,
        reading: &Reading<'_>,
        id: DocumentId,
    ) -> Result<Value, Problem> {
        let station = life(reading, id)?.station.map(|code| self.station_name(code));
        Ok(serde_json::to_value(station).unwrap_or_default())
    }

    fn station(&self, code: String) -> StationRef {
        let known = self.stations.find(&code);
        let name = self.station_name(code.clone()).name;
        StationRef {
            name,
            duty_phone: known.and_then(|station| station.duty_phone.clone()),
            derived: known.is_some_and(|station| station.derived),
            code,
        }
    }

    /// The steps that would be taken if this person brought what they need.
    fn choices(&self, life: &Life) -> Vec<StepChoice> {
        let actor = Actor::Person { roles: &self.who.roles, station: self.who.station.as_deref() };
        let fits = |spec: &&lastmile_core::assistance::step::Spec| {
            let brings = |need| spec.needs.contains(&need);
            let step = Step {
                id: [0; 32],
                document: life.document,
                code: spec.code.to_owned(),
                by: Some(self.who.person.clone()),
                at_ms: self.now_ms,
                station: brings(Need::Station).then(|| "-".to_owned()),
                unit: brings(Need::Unit).then(|| "-".to_owned()),
                when_ms: brings(Need::When).then_some(self.now_ms),
                other: brings(Need::Other).then(|| life.merged_into.unwrap_or(DocumentId([0; 16]))),
                reason: brings(Need::Reason).then(|| "-".to_owned()),
                note: None,
            };
            check::may(life, &step, actor).is_ok()
        };
        let choice = |spec: &lastmile_core::assistance::step::Spec| StepChoice {
            step: spec.code,
            label: Words { zh: spec.label.zh.to_owned(), en: spec.label.en.to_owned() },
            needs: spec.needs.iter().map(|need| need.code()).collect(),
        };
        STEPS.iter().filter(fits).map(choice).collect()
    }

    fn hop(&self, hop: &Hop) -> HopView {
        let step = &hop.step;
        let label = step.known().map(|known| known.spec().label);
        let by = step.by.as_ref();
        HopView {
            at: moment(step.at_ms),
            by: by.map(|by| PersonRef { person: by.clone(), name: self.name(by) }),
            step: step.code.clone(),
            label: Words {
                zh: label.map_or_else(|| step.code.clone(), |label| label.zh.to_owned()),
                en: label.map_or_else(|| step.code.clone(), |label| label.en.to_owned()),
            },
            station: step.station.clone().map(|code| self.station_name(code)),
            unit: step.unit.clone(),
            when: step.when_ms.map(moment),
            other: step.other.map(|id| id.to_hex()),
            reason: step.reason.clone(),
            note: step.note.clone(),
            unfit: hop.unfit.as_ref().map(|unfit| {
                let texts = unfit.texts();
                UnfitView { code: unfit.code(), zh: texts.zh, en: texts.en }
            }),
        }
    }
}

fn facts_of(facts: &Value) -> RequestFacts {
    let head = &facts["head"];
    let text = |field: &str| head[field].as_str().map(str::to_owned);
    let number = |field: &str| head[field].as_i64();
    let flag = |field: &str| head[field].as_bool();
    let needs = standing(facts, "needs");
    RequestFacts {
        channel: text("channel").unwrap_or_else(|| "app".to_owned()),
        place: text("place").unwrap_or_default(),
        position: text("position"),
        situation: text("situation_code"),
        situation_text: text("situation_text"),
        people: number("people_count_est"),
        weapons: flag("weapons_seen"),
        injured: flag("injured"),
        callback: text("callback"),
        officers_on_site: number("officers_on_site"),
        needs: needs.filter_map(|need| need["need"].as_str().map(str::to_owned)).collect(),
    }
}

/// The items of a collection that are not struck.
pub(super) fn standing<'a>(facts: &'a Value, collection: &str) -> impl Iterator<Item = &'a Value> {
    let items = facts[collection].as_array().into_iter().flatten();
    items.filter(|item| item["struck"] != true)
}
