// What the mock server knows: stations, people, requests, sessions, the numbered events, and its
// own clock, which stands at the morning of the story whatever the computer says.

import { createHash } from "node:crypto";
import { Office } from "./office.mjs";
import { stationPoints } from "./doors.mjs";
import { watchView } from "./calls.mjs";
import { apply, ENDED, offers, STEPS, unfit } from "./steps.mjs";
import { AREAS, CREWS, PEOPLE, STATIONS } from "./nanhai.mjs";
import { DUTY, nearest } from "./units.mjs";

const COMMAND = "command";
/** States in which a unit is out. */
const HELD_OUT = ["unit_sent", "arrived"];

/** The mock's world. */
export class World {
  /** `start`: what the clock shows now, RFC 3339. */
  constructor(start = "2026-03-17T01:07:00Z") {
    this.incidents = new Map();
    this.sessions = new Map();
    this.office = new Office();
    this.events = [];
    this.streams = new Set();
    this.online = new Set(STATIONS.map((station) => station.code));
    this.taken = new Map();
    this.next = 1;
    this.failures = 0;
    this.commandHeard = 0;
    this.texts = { items: [], undelivered: [] };
    this.promises = [];
    /** How often the texts were asked for, for tests. */
    this.textsAsked = 0;
    this.plan = [...DUTY];
    this.crews = CREWS.map((crew) => ({ ...crew }));
    this.setClock(start);
    /** Today's tests of the alarm, by desk; all were done before the story begins. */
    this.alarmTests = new Map(
      [...STATIONS.map((station) => station.code), COMMAND].map((code) => [
        code,
        { at: this.now(), heard: true },
      ]),
    );
  }

  setClock(to) {
    this.offset = Date.parse(to) - Date.now();
  }

  now() {
    return new Date(Date.now() + this.offset).toISOString();
  }

  /** Seconds between an instant and now. */
  age(at) {
    return (Date.parse(this.now()) - Date.parse(at)) / 1_000;
  }

  person(id) {
    return PEOPLE.find((person) => person.person === id);
  }

  /** The plan as this person sees it. */
  duty(session) {
    const { station } = this.person(session.person);
    const shifts = this.plan.filter((one) => station === null || one.station.code === station);
    const lent = [...this.incidents.values()]
      .filter((one) => one.lent_by !== null && HELD_OUT.includes(one.state))
      .filter((one) => station === null || one.lent_by.code === station)
      .map((one) => ({ station: one.lent_by, unit: one.unit, out: outOf(one) }));
    return { server_time: this.now(), version: this.dutyVersion(session), shifts, lent };
  }

  /** What the plan of the person's own station says, as a version. */
  dutyVersion({ station }) {
    if (station === null) return null;
    const own = this.plan.filter((one) => one.station.code === station.code);
    return createHash("sha256").update(JSON.stringify(own)).digest("hex").slice(0, 32);
  }

  /** Replaces the plan of the person's own station. */
  setDuty(session, shifts) {
    const { station } = session;
    const others = this.plan.filter((one) => one.station.code !== station.code);
    this.plan = [...others, ...shifts.map((one) => ({ ...one, station, fix_age_s: null }))];
  }

  nearest(session, incident) {
    const { shifts } = this.duty(session);
    const out = (unit, station) => {
      const own = (one) => one.lent_by?.code ?? one.station.code;
      const at = [...this.incidents.values()].find(
        (one) => HELD_OUT.includes(one.state) && one.unit === unit && own(one) === station.code,
      );
      return at === undefined ? null : outOf(at);
    };
    return nearest(shifts, incident, session.roles.includes("command"), out);
  }

  sees(session, incident) {
    const station = this.person(session.person).station;
    return (
      station === null ||
      incident.station.code === station ||
      station === this.headStation(incident)
    );
  }

  headStation(incident) {
    return incident.merged_into === null
      ? null
      : this.incidents.get(incident.merged_into)?.station.code;
  }

  view(incident, whole) {
    const { timeline, photos, ...rest } = incident;
    return { ...rest, steps: offers(incident), ...(whole ? { timeline, photos } : {}) };
  }

  /** A request comes in. */
  raise(request, by = null, t0 = this.now()) {
    const id = `r${this.next++}`;
    const station = STATIONS.find((each) => each.code === (request.station ?? "440605121"));
    const incident = {
      id,
      seq: 0,
      case_no: request.case_no ?? null,
      state: "received",
      station: named(station),
      holder: null,
      unit: null,
      lent_by: null,
      eta: null,
      t0,
      answered: null,
      sent: null,
      arrived: null,
      ringing_since: this.now(),
      told: [],
      duress: false,
      cancel_asked: null,
      merged_into: null,
      merged: [],
      request: {
        channel: "app",
        place: "",
        position: null,
        situation: null,
        situation_text: null,
        people: null,
        weapons: null,
        injured: null,
        callback: null,
        officers_on_site: null,
        needs: [],
        ...request.request,
      },
      conflicts: 0,
      pictures: (request.photos ?? []).filter((photo) => photo.thumbnail !== null).length,
      timeline: [],
      photos: request.photos ?? [],
    };
    incident.timeline.push(
      entry("received", by, t0, { station: { code: station.code, name: station.name } }),
    );
    this.incidents.set(id, incident);
    this.changed(incident);
    return incident;
  }

  /** A step by a person (or null: a rule). Gives a fault or null. */
  step(incident, body, by) {
    const fault = unfit(incident, body);
    if (fault) return fault;
    const station = STATIONS.find((each) => each.code === body.station);
    const extra = station
      ? { stationName: { code: station.code, name: station.name }, stationFull: named(station) }
      : {};
    const person = by === null ? null : { person: by.person, name: by.name };
    for (const each of apply(incident, { ...body, ...extra }, person, this.now(), this.incidents)) {
      this.changed(each);
    }
    return null;
  }

  /** The ladder: who is told next while nobody answers. */
  ladder() {
    const rungs = [
      [60, "command_sees"],
      [180, "second_channel"],
      [600, "command_calls"],
      [1200, "chief"],
    ];
    for (const incident of this.incidents.values()) {
      if (incident.ringing_since === null || incident.merged_into !== null) continue;
      const due = rungs
        .filter(([s]) => this.age(incident.ringing_since) >= s)
        .map(([, rung]) => rung);
      if (!this.online.has(incident.station.code)) due.unshift("nobody_there");
      for (const rung of due) {
        if (!incident.told.includes(rung))
          this.step(incident, { step: "escalated", reason: rung }, null);
      }
    }
  }

  changed(incident) {
    incident.seq += 1;
    this.tell("incident", () => ({ incident: this.view(incident, false) }), incident);
  }

  presence(code, online) {
    if (online) this.online.add(code);
    else this.online.delete(code);
    this.tell("presence", () => this.presenceNow());
  }

  /** A console says that somebody is there: it counts for ten seconds; others hear of it with a beat. */
  heard(session) {
    const command = session.station === null && session.roles.includes("command");
    if (command) this.commandHeard = Date.now();
    return { desk: command ? COMMAND : (session.station?.code ?? null), server_time: this.now() };
  }

  /** Texts that no machine carried out. */
  textsNow() {
    this.textsAsked += 1;
    return this.texts;
  }

  /** Promises of crews as they stand. */
  watchesNow() {
    const items = this.promises.map((each) => watchView(each, this.now()));
    return { server_time: this.now(), items };
  }

  presenceNow() {
    const desk = (code, name, online) => ({
      code,
      name,
      online,
      alarm_test: this.alarmTests.get(code) ?? null,
    });
    const stations = STATIONS.map(({ code, name }) => desk(code, name, this.online.has(code)));
    const online = Date.now() - this.commandHeard < 10_000;
    return { stations: [...stations, desk(COMMAND, "执行指挥中心", online)] };
  }

  /** The alarm of a desk was tried. */
  alarmTested(code, heard) {
    this.alarmTests.set(code, { at: this.now(), heard });
    this.tell("presence", () => this.presenceNow());
  }

  tell(event, data, incident = null) {
    const numbered = { id: this.events.length + 1, event, data: data(), incident };
    this.events.push(numbered);
    for (const stream of this.streams) stream.send(numbered);
  }

  list(session, state) {
    const here = [...this.incidents.values()].filter((incident) => this.sees(session, incident));
    const ended = (incident) => ENDED.includes(incident.state);
    const items = here.filter((incident) => ended(incident) === (state === "closed"));
    return { server_time: this.now(), items: items.map((incident) => this.view(incident, false)) };
  }

  /** Open requests that may be the same event as a new one. */
  proposals(incident) {
    return [...this.incidents.values()]
      .filter(
        (other) => other !== incident && !ENDED.includes(other.state) && other.merged_into === null,
      )
      .filter((other) => other.station.code === incident.station.code)
      .map((other) => {
        const same = incident.case_no !== null && incident.case_no === other.case_no;
        return { id: other.id, why: [...(same ? ["same_case"] : []), "same_place"] };
      });
  }

  map() {
    return { stations: stationPoints(), areas: AREAS, crews: this.crews };
  }
}

/** Where the unit of a request is. */
function outOf({ station, request, sent, state }) {
  const { code, name } = station;
  return {
    station: { code, name },
    place: request.place,
    since: sent,
    arrived: state === "arrived",
  };
}

function named({ code, name, duty_phone }) {
  return { code, name, duty_phone, derived: true };
}

function entry(step, by, at, more) {
  const [zh, en] = STEPS[step];
  const person = by === null ? null : { person: by.person, name: by.name };
  const empty = {
    station: null,
    unit: null,
    when: null,
    other: null,
    reason: null,
    note: null,
    unfit: null,
  };
  return { at, by: person, step, label: { zh, en }, ...empty, ...more };
}
