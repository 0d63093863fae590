// The requests of the workspaces beside the desk, each as one function with typed answers.

import { freshKey, type Client } from "./client";
import type { Answer } from "./problem";
import type {
  Act,
  Case,
  CaseDetail,
  Conflict,
  Decided,
  Device,
  Enrolment,
  Evening,
  ListPage,
  Member,
  Pack,
  RecordDetail,
  RecordRow,
  Settlement,
  StationPoint,
  WaitingChange,
  WordList,
} from "./office";

import type { DutyPlan, Nearest, NewShift } from "./units";

type Asked<T> = Promise<Answer<T>>;
type Query = Record<string, string | null>;

function query(values: Query): string {
  const set = Object.entries(values).filter(([, value]) => value !== null && value !== "");
  return set.length === 0 ? "" : `?${new URLSearchParams(set as [string, string][])}`;
}

/** The server as the workspaces see it. */
export class Office {
  private readonly unanswered = new Map<string, string>();

  constructor(private readonly client: Pick<Client, "ask" | "base">) {}

  acts(day: string, after: string | null): Asked<ListPage<Act>> {
    return this.get("/acts", { day, after });
  }

  evening(): Asked<Evening> {
    return this.get("/evening");
  }

  devices(after: string | null): Asked<ListPage<Device>> {
    return this.get("/devices", { after });
  }

  conflicts(after: string | null): Asked<ListPage<Conflict>> {
    return this.get("/conflicts", { after });
  }

  waiting(
    tray: "held" | "quarantine" | "rejected",
    after: string | null,
  ): Asked<ListPage<WaitingChange>> {
    return this.get(`/${tray}`, { after });
  }

  decide(envelope: string, admit: boolean, reason: string): Asked<Decided> {
    const path = `/quarantine/${encodeURIComponent(envelope)}/decision`;
    return this.post(path, { admit, reason });
  }

  cases(search: string, after: string | null): Asked<ListPage<Case>> {
    return this.get("/cases", { search, after });
  }

  case(no: string): Asked<CaseDetail> {
    return this.get(`/cases/${encodeURIComponent(no)}`);
  }

  records(no: string, after: string | null): Asked<ListPage<RecordRow>> {
    return this.get(`/cases/${encodeURIComponent(no)}/records`, { after });
  }

  record(id: string): Asked<RecordDetail> {
    return this.get(`/records/${id}`);
  }

  settle(id: string, settlement: Settlement): Asked<RecordDetail> {
    return this.post(`/records/${id}/settlements`, settlement);
  }

  finalise(id: string, content_digest: string, password: string): Asked<RecordDetail> {
    const path = `/records/${id}/finalisations`;
    // The password is no part of what is remembered until an answer comes.
    return this.post(path, { content_digest, password }, { content_digest });
  }

  words(): Asked<WordList> {
    return this.get("/words");
  }

  names(): Asked<{ names: { [person: string]: string } }> {
    return this.get("/names");
  }

  people(after: string | null): Asked<ListPage<Member>> {
    return this.get("/people", { after });
  }

  enrol(person: string, roles: string[], device_name: string): Asked<Enrolment> {
    return this.post("/enrolments", { person, roles, device_name });
  }

  withdraw(certificate: string, reason: string, wipe: boolean): Asked<Device> {
    return this.post(`/devices/${encodeURIComponent(certificate)}/withdrawal`, { reason, wipe });
  }

  packs(after: string | null): Asked<ListPage<Pack>> {
    return this.get("/packs", { after });
  }

  async stations(): Asked<ListPage<StationPoint>> {
    const answer = await this.get<{ stations: StationPoint[] }>("/map");
    return answer.ok ? { ok: true, value: { items: answer.value.stations } } : answer;
  }

  /** Who could come to a request. */
  nearest(incident: string): Asked<Nearest> {
    return this.get(`/incidents/${encodeURIComponent(incident)}/nearest`);
  }

  duty(): Asked<DutyPlan> {
    return this.get("/duty");
  }

  /** Replaces the plan of one's own station, of the version that was `seen`. */
  setDuty(shifts: NewShift[], seen: string): Asked<DutyPlan> {
    return this.client.ask("PUT", "/duty", { shifts }, undefined, seen);
  }

  /** The address of a file of evidence, small. */
  picture(hash: string, size: "thumbnail" | "preview"): string {
    return `${this.client.base}/files/${encodeURIComponent(hash)}?as=${size}`;
  }

  /** The address of a file of evidence as it was recorded. */
  original(hash: string): string {
    return `${this.client.base}/files/${encodeURIComponent(hash)}`;
  }

  /** The address of a paper of a record. */
  paper(id: string, form: string): string {
    return `${this.client.base}/records/${encodeURIComponent(id)}/papers/${form}`;
  }

  /** The address under which everything about a case can be saved. */
  exported(no: string): string {
    return `${this.client.base}/cases/${encodeURIComponent(no)}/export`;
  }

  private get<T>(path: string, values: Query = {}): Asked<T> {
    return this.client.ask<T>("GET", path + query(values));
  }

  /** The same request sent again after no answer came has the same key, so that nothing is done twice. */
  private async post<T>(path: string, body: unknown, same: unknown = body): Asked<T> {
    const what = `${path} ${JSON.stringify(same)}`;
    const key = this.unanswered.get(what) ?? freshKey();
    this.unanswered.set(what, key);
    const answer = await this.client.ask<T>("POST", path, body, key);
    if (answer.ok || answer.problem.kind === "refused") this.unanswered.delete(what);
    return answer;
  }
}
