// What a person does and what the stream tells, carried between the server and the state. Decisions
// are made in `desk`; here are the calls, their order, and what follows from an answer.

import type { Client } from "../api/client";
import { Live } from "../api/live";
import type { Answer, Problem } from "../api/problem";
import type {
  Credentials,
  Incident,
  LiveEvent,
  Proposal,
  Session,
  StepBody,
  VoiceReport,
} from "../api/types";
import { hasDesk, signedIn } from "../desk/state";
import { heldByOther, openList, ringing } from "../desk/urgency";
import { Calls } from "./calls";
import { everySecond, now, nowOnServer } from "./time";
import type { Store } from "./store";

/** While somebody waits for help positions are asked for this often, seconds; else each minute. */
const POSITIONS_S = 10;
const POSITIONS_QUIET_S = 60;
/** The server counts a desk as attended for ten seconds after it was heard. */
const PRESENCE_S = 4;
/** A busy hour moves records all the time; lists ask again this often at most, seconds. */
const ACTS_S = 3;
/** Alarms named at a time, as the server takes them. */
const MOST_SHOWN = 200;

/** A console in use. */
export class Console {
  private live: Live | null = null;
  private needsList = true;
  private untilPositions = 0;
  private untilPresence = 0;
  private actsMoved = false;
  private untilActs = 0;
  /** Texts and promises. */
  readonly calls: Calls;

  constructor(
    readonly store: Store,
    private readonly client: Client,
  ) {
    this.calls = new Calls(store, client);
    everySecond(() => this.second());
  }

  /** Looks whether somebody is signed in already. */
  async begin(): Promise<void> {
    const answer = await this.client.session();
    this.store.send({ type: "session", session: answer.ok ? answer.value : null });
    if (!answer.ok) return;
    this.setClock(answer.value);
    this.connect();
  }

  async signIn(credentials: Credentials): Promise<Problem | null> {
    const answer = await this.client.signIn(credentials);
    if (!answer.ok) return answer.problem;
    this.store.send({ type: "session", session: answer.value });
    this.setClock(answer.value);
    this.connect();
    return null;
  }

  async signOut(): Promise<Problem | null> {
    const answer = await this.client.signOut();
    const over = !answer.ok && answer.problem.kind === "refused" && answer.problem.status === 401;
    if (!answer.ok && !over) return answer.problem;
    this.disconnect();
    this.store.send({ type: "session", session: null });
    return null;
  }

  /** The session is over: the page stays as it is, and asks for a new one. */
  expired(): void {
    this.disconnect();
    this.store.send({ type: "expired" });
  }

  /** Somebody else wants to sign in: what this page held is not theirs. */
  clear(): void {
    this.disconnect();
    this.store.send({ type: "session", session: null });
  }

  select(id: string): void {
    this.store.send({ type: "select", id });
    void this.loadDetail(id);
  }

  /** Shows the texts at the desk in the place of the details, or the details again. */
  showTexts(shown: boolean): void {
    this.store.send({ type: "shows_texts", shown });
  }

  dismiss(id: number): void {
    this.store.send({ type: "dismiss", id });
  }

  /**
   * Takes a step. Whoever was faster is shown as news, not as an error; where nobody was, the server's
   * words say what has to be done first, and stand where the step was to be taken.
   */
  async step(id: string, body: StepBody, key: string): Promise<Problem | null> {
    const answer = await this.client.step(id, body, key);
    if (answer.ok) {
      this.take(answer.value, true);
      return null;
    }
    const { problem } = answer;
    if (problem.kind === "refused" && problem.status === 409 && problem.incident !== null) {
      const { incident, detail } = problem;
      const desk = this.store.get();
      if (!heldByOther(incident, signedIn(desk))) {
        this.take(incident, true);
        return problem;
      }
      this.store.send({ type: "faster", incident, why: detail, at: nowOnServer(desk) });
      return null;
    }
    return problem;
  }

  async report(
    body: VoiceReport,
    key: string,
  ): Promise<Answer<{ incident: Incident; proposed: Proposal[] }>> {
    const answer = await this.client.report(body, key);
    if (answer.ok) {
      this.take(answer.value.incident, true);
      this.select(answer.value.incident.id);
    }
    return answer;
  }

  async handover(note: string, incidents: string[], key: string): Promise<Problem | null> {
    const answer = await this.client.handover({ note, incidents }, key);
    if (!answer.ok) return answer.problem;
    for (const incident of answer.value.incidents) this.take(incident, true);
    return null;
  }

  /** The alarm of desk `code` was tried; the stream says so a few seconds later. */
  async alarmTested(code: string, heard: boolean): Promise<Problem | null> {
    const answer = await this.client.alarmTested(heard);
    if (!answer.ok) return answer.problem;
    const desk = this.store.get();
    const at = new Date(nowOnServer(desk)).toISOString();
    const stations = desk.presence.map((each) =>
      each.code === code ? { ...each, alarm_test: { at, heard } } : each,
    );
    this.store.send({ type: "presence", stations });
    return null;
  }

  /** Something done that is worth saying. */
  say(detail: { zh: string; en: string }): void {
    const desk = this.store.get();
    const name = signedIn(desk)?.name ?? "";
    this.store.send({ type: "done", name, detail, at: nowOnServer(desk) });
  }

  private setClock(session: Session): void {
    const { server_time: serverTime } = session;
    if (serverTime !== undefined)
      this.store.send({ type: "clock", serverTime, pageMs: now().pageMs });
  }

  private connect(): void {
    const session = signedIn(this.store.get());
    if (session === null || !hasDesk(session)) return;
    this.live?.stop();
    this.calls.begin(session);
    this.needsList = true;
    this.live = new Live(`${this.client.base}/live`, {
      event: (event) => this.event(event),
      connecting: () => this.store.send({ type: "link", link: "connecting" }),
      lost: () => this.store.send({ type: "link", link: "lost" }),
      expired: () => this.expired(),
    });
    this.live.start();
  }

  private disconnect(): void {
    this.live?.stop();
    this.live = null;
  }

  private event(event: LiveEvent): void {
    const timed = event.type === "hello" || event.type === "beat";
    this.store.send({
      type: "heard",
      heard: now(),
      ...(timed ? { serverTime: event.server_time } : {}),
    });
    switch (event.type) {
      case "hello":
        this.store.send({ type: "acts" });
        this.untilPresence = 0;
        this.calls.hello();
        if (this.needsList) void this.loadLists();
        break;
      case "reset":
        this.needsList = true;
        void this.loadLists();
        break;
      case "incident":
        this.take(event.incident, false);
        this.calls.incident();
        break;
      case "gone":
        this.store.send({ ...event, at: nowOnServer(this.store.get()) });
        break;
      case "presence":
        this.store.send({ type: "presence", stations: event.stations });
        break;
      case "acts":
        this.actsMoved = true;
        break;
      case "beat":
        break;
    }
  }

  private async loadLists(): Promise<void> {
    const { live } = this;
    const known = this.store.get().incidents;
    const [open, closed] = await Promise.all([
      this.client.incidents("open"),
      this.client.incidents("closed"),
    ]);
    // Signed out, or somebody else signed in, while it travelled.
    if (live === null || live !== this.live) return;
    if (!open.ok || !closed.ok) {
      live.giveUp();
      return;
    }
    this.needsList = false;
    this.store.send({ type: "list", items: closed.value.items, state: "closed", known });
    this.store.send({ type: "list", items: open.value.items, state: "open", known });
    const { selected } = this.store.get();
    if (selected !== null) void this.loadDetail(selected);
    this.untilPositions = 0;
  }

  private take(incident: Incident, own: boolean): void {
    const before = this.store.get().selected;
    this.store.send({ type: "incident", incident, own, at: nowOnServer(this.store.get()) });
    const { selected } = this.store.get();
    const stands = selected === incident.id && incident.timeline === undefined;
    if (selected !== null && (stands || selected !== before)) void this.loadDetail(selected);
  }

  /** Timeline and photos of a request, and the reports that were joined with it. */
  private async loadDetail(id: string): Promise<void> {
    const answer = await this.client.incident(id);
    if (!answer.ok || this.live === null) return;
    const detail = (incident: Incident) =>
      this.store.send({
        type: "incident",
        incident,
        own: false,
        at: nowOnServer(this.store.get()),
      });
    detail(answer.value);
    for (const joined of answer.value.merged) {
      if (this.store.get().incidents.has(joined)) continue;
      const report = await this.client.incident(joined);
      if (report.ok && this.live !== null) detail(report.value);
    }
  }

  private second(): void {
    const desk = this.store.get();
    if (this.live === null || desk.link !== "live") return;
    this.untilPresence -= 1;
    if (this.untilPresence <= 0) {
      this.untilPresence = PRESENCE_S;
      const showing = openList(desk.incidents.values())
        .filter(ringing)
        .map((one) => one.id);
      void this.sayPresence(showing.slice(0, MOST_SHOWN));
    }
    this.calls.second();
    this.untilActs -= 1;
    if (this.actsMoved && this.untilActs <= 0) {
      this.actsMoved = false;
      this.untilActs = ACTS_S;
      this.store.send({ type: "acts" });
    }
    this.untilPositions -= 1;
    if (this.untilPositions > 0) return;
    const busy = openList(desk.incidents.values()).length > 0;
    this.untilPositions = busy ? POSITIONS_S : POSITIONS_QUIET_S;
    void this.loadMap();
  }

  private async sayPresence(showing: string[]): Promise<void> {
    const { live } = this;
    const answer = await this.client.presence(showing);
    if (!answer.ok || live === null || live !== this.live) return;
    this.store.send({ type: "attended", desk: answer.value.desk });
  }

  private async loadMap(): Promise<void> {
    const { pageMs } = now();
    const answer = await this.client.map();
    if (answer.ok && this.live !== null) {
      this.store.send({ type: "map", content: answer.value, pageMs });
    }
  }
}
