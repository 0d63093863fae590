//! The dispatcher of the day (值班民警谭立衡) at the console, over the same HTTP as a browser: E09 to E11. The
//! console's heart beats every five seconds of the day, so that the ladder sees an attended desk.

use std::net::SocketAddr;
use std::time::Duration;

use lastmile_core::assistance::step::State;
use lastmile_core::id::DocumentId;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::cast::{COURT_PATH, DISPATCHER, PASSWORD};
use super::day::{Day, K1};
use super::stage::{StageError, true_ms};

/// The heart of a console, milliseconds of the day.
const BEAT_MS: i64 = 5_000;
/// How often a step of the ladder is looked for, and how many times, before the script gives up.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: u32 = 1_500;

/// A dispatcher at a console.
pub struct Desk {
    client: Client,
    base: String,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("D1")
    }
}

/// What signs the requests of one session.
#[derive(Debug, Clone)]
pub(super) struct Session {
    cookie: String,
    csrf: String,
}

/// What the police did about the request, as the court signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Police {
    /// The request that the voice call opened.
    pub call: DocumentId,
    /// The rungs that were told while nobody had acknowledged it.
    pub told: Vec<String>,
}

fn script(error: impl std::fmt::Display) -> StageError {
    StageError::Script(error.to_string())
}

impl Desk {
    /// At a console of this server.
    pub fn new(server: SocketAddr) -> Result<Self, StageError> {
        let client =
            Client::builder().tls_certs_only(Vec::new()).no_proxy().build().map_err(script)?;
        let base = format!("http://{server}/v1/courts/{COURT_PATH}");
        Ok(Self { client, base })
    }

    fn sign_in(&self) -> Result<Session, StageError> {
        let body = json!({ "person": DISPATCHER, "password": PASSWORD }).to_string();
        let request = self.client.post(format!("{}/session", self.base)).body(body);
        let answer = request.header("content-type", "application/json").send().map_err(script)?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|value| Some(value.to_str().ok()?.split(';').next()?.to_owned()));
        let body = body_of(answer)?;
        let csrf = body["csrf"].as_str().map(str::to_owned);
        match (cookie, csrf) {
            (Some(cookie), Some(csrf)) => Ok(Session { cookie, csrf }),
            _ => Err(script(format!("the dispatcher was not signed in: {}", body["code"]))),
        }
    }

    fn post(&self, session: &Session, path: &str, body: &Value) -> Result<Value, StageError> {
        let request = self.client.post(format!("{}{path}", self.base)).body(body.to_string());
        ask(request.header("content-type", "application/json"), session)
    }

    fn get(&self, session: &Session, path: &str) -> Result<Value, StageError> {
        ask(self.client.get(format!("{}{path}", self.base)), session)
    }

    fn step(
        &self,
        session: &Session,
        incident: DocumentId,
        step: &Value,
    ) -> Result<Value, StageError> {
        self.post(session, &format!("/incidents/{}/steps", incident.to_hex()), step)
    }
}

fn ask(request: RequestBuilder, session: &Session) -> Result<Value, StageError> {
    let request = request.header("cookie", &session.cookie).header("x-csrf", &session.csrf);
    body_of(request.send().map_err(script)?)
}

fn body_of(answer: reqwest::blocking::Response) -> Result<Value, StageError> {
    let status = answer.status();
    let body: Value = serde_json::from_str(&answer.text().map_err(script)?).unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    Err(script(format!("the console was answered {status} {}", body["code"])))
}

impl Day<'_> {
    /// E09: the crew telephones from the guard room, the dispatcher writes it down: T0.
    pub(super) fn called_by_telephone(&mut self) -> Result<(Session, DocumentId), StageError> {
        self.clock("09:07")?;
        let session = self.crew.desk.sign_in()?;
        // As a console does at once: the ladder looks at any moment, and somebody is there.
        self.crew.desk.post(&session, "/presence", &json!({ "showing": [] }))?;
        let report = json!({
            "called_at": "2026-03-17T09:07:00+08:00",
            "place": "九江镇测试工业区1号门口",
            "callback": "0757-00000011",
            "situation": "surrounding",
            "situation_text": "约15人围堵大门,包围执行车辆",
            "people": 15,
            "officers_on_site": 3,
            "case_no": K1,
        });
        let taken = self.crew.desk.post(&session, "/incidents", &report)?;
        let incident = &taken["incident"];
        let call = incident["id"].as_str().and_then(|id| DocumentId::from_hex(id).ok());
        let call = call.ok_or_else(|| script("the call has no id"))?;
        let station = incident["station"]["name"].as_str().unwrap_or_default().to_owned();
        self.event(
            "E09",
            "09:07",
            "D1 在线",
            format!("陆启航从门卫室打电话,{station}谭立衡录入语音报警,警情自此计时"),
            "P1 telephones from the guard room; the dispatcher writes it down: T0".to_owned(),
        );
        Ok((session, call))
    }

    /// Nobody acknowledges, with somebody at the desk: the ladder goes on to the second channel.
    pub(super) fn nobody_acts(
        &mut self,
        session: &Session,
        call: DocumentId,
    ) -> Result<Vec<String>, StageError> {
        self.desk_until("09:07", "09:10", session, call)?;
        let path = format!("/incidents/{}", call.to_hex());
        for _ in 0..LOOKS {
            let incident = self.crew.desk.get(session, &path)?;
            let told: Vec<String> =
                serde_json::from_value(incident["told"].clone()).unwrap_or_default();
            if told.iter().any(|rung| rung == "second_channel") {
                self.event(
                    "E09b",
                    "09:10",
                    "D1 在线",
                    "三分钟无人接警:已告知指挥中心,第二渠道(值班电话)已提醒".to_owned(),
                    "unacknowledged for three minutes: command centre and second channel are told"
                        .to_owned(),
                );
                return Ok(told);
            }
            std::thread::sleep(LOOK);
        }
        Err(script("the ladder did not reach the second channel"))
    }

    /// E11: acknowledged, on the way, there.
    pub(super) fn police_come(
        &mut self,
        session: &Session,
        call: DocumentId,
        assistance: DocumentId,
    ) -> Result<(), StageError> {
        let crew = self.crew;
        self.desk_until("09:12", "09:15", session, call)?;
        crew.desk.step(session, call, &json!({ "step": "acknowledged" }))?;
        let unit = "九江所2号车";
        let sent =
            json!({ "step": "unit_sent", "unit": unit, "when": "2026-03-17T09:24:00+08:00" });
        crew.desk.step(session, call, &sent)?;
        self.event(
            "E11",
            "09:15",
            "D1 在线",
            format!("谭立衡接警,{unit}已出警,预计9分钟"),
            "acknowledged, a car is sent, 9 minutes".to_owned(),
        );
        self.desk_until("09:15", "09:26", session, call)?;
        crew.desk.step(session, call, &json!({ "step": "arrived" }))?;
        // A moment of network: the phone shows the same.
        crew.p1.network(true);
        let report = crew.p1.sync()?;
        crew.p1.network(false);
        self.requests += u64::try_from(report.requests).unwrap_or(0);
        let shown = crew.p1.phone.request_life(assistance)?.state;
        if shown != State::Arrived {
            return Err(script(format!("the phone shows {}", shown.code())));
        }
        self.event(
            "E11b",
            "09:26",
            "D1 在线 P1 片刻有网",
            "民警到场,手机同样显示已到场;自09:07报警起19分钟,达标(20分钟)".to_owned(),
            "the police are there, and the phone says so: 19 minutes from T0, the target is 20"
                .to_owned(),
        );
        Ok(())
    }

    /// E21, the police's part: the detainee is received, the incident closed.
    pub(super) fn police_leave(&mut self, call: DocumentId) -> Result<(), StageError> {
        self.clock("11:05")?;
        let session = self.crew.desk.sign_in()?;
        let handed = json!({ "step": "handed_over", "unit": "九江派出所", "note": "10:45移交" });
        self.crew.desk.step(&session, call, &handed)?;
        let closed = json!({ "step": "closed", "reason": "settled" });
        self.crew.desk.step(&session, call, &closed)?;
        self.event(
            "E21",
            "11:05",
            "D1 在线",
            "被拘留人已移交九江派出所,警情处置完毕".to_owned(),
            "the detainee is with the police; the incident is closed".to_owned(),
        );
        Ok(())
    }

    /// Lets the day pass with the dispatcher at the console.
    pub(super) fn desk_until(
        &mut self,
        from: &str,
        to: &str,
        session: &Session,
        call: DocumentId,
    ) -> Result<(), StageError> {
        let (mut at_ms, to_ms) = (true_ms(from)?, true_ms(to)?);
        while at_ms < to_ms {
            at_ms = (at_ms + BEAT_MS).min(to_ms);
            self.pass(at_ms)?;
            let showing = json!({ "showing": [call.to_hex()] });
            self.crew.desk.post(session, "/presence", &showing)?;
        }
        self.clock(to)
    }
}
