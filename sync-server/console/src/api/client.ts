// The requests of a console to its court's server, each as one function with typed answers. Nothing
// throws; what went wrong is a `Problem`. Nothing here keeps state but the token against forged
// requests.

import type { Texts, Watches } from "./calls";
import { readProblem, type Answer } from "./problem";
import type {
  Credentials,
  Incident,
  IncidentList,
  MapContent,
  Proposal,
  Session,
  StepBody,
  VoiceReport,
} from "./types";

/** Longest wait for an answer. A dispatcher has to know soon that nothing came. */
const LONGEST_WAIT_MS = 10_000;

/** A number nobody else has, so that a report sent twice is entered once. */
export function freshKey(): string {
  // `crypto.randomUUID` is missing on plain HTTP, as some police networks have it.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The server as a console sees it. */
export class Client {
  private csrf = "";

  /** `base`: `/v1/courts/{court}`; `onExpired` is told whenever the session turns out to be over. */
  constructor(
    readonly base: string,
    private readonly onExpired: () => void,
  ) {}

  /** Whether somebody is signed in: the session, or `refused` with 401. */
  session(): Promise<Answer<Session>> {
    return this.keeping(this.ask<Session>("GET", "/session"));
  }

  signIn(credentials: Credentials): Promise<Answer<Session>> {
    return this.keeping(this.ask<Session>("POST", "/session", credentials));
  }

  async signOut(): Promise<Answer<null>> {
    const answer = await this.ask<null>("DELETE", "/session");
    if (answer.ok) this.csrf = "";
    return answer;
  }

  incidents(state: "open" | "closed"): Promise<Answer<IncidentList>> {
    return this.ask("GET", `/incidents?state=${state}`);
  }

  incident(id: string): Promise<Answer<Incident>> {
    return this.ask("GET", `/incidents/${encodeURIComponent(id)}`);
  }

  step(id: string, body: StepBody, key: string): Promise<Answer<Incident>> {
    return this.ask("POST", `/incidents/${encodeURIComponent(id)}/steps`, body, key);
  }

  report(
    body: VoiceReport,
    key: string,
  ): Promise<Answer<{ incident: Incident; proposed: Proposal[] }>> {
    return this.ask("POST", "/incidents", body, key);
  }

  handover(
    body: { note: string; incidents: string[] },
    key: string,
  ): Promise<Answer<{ incidents: Incident[] }>> {
    return this.ask("POST", "/handover", body, key);
  }

  /** Somebody is at this console, with these alarms on its screen; `desk`: the one attended by it. */
  presence(showing: string[]): Promise<Answer<{ desk: string | null }>> {
    return this.ask("POST", "/presence", { showing });
  }

  /** The alarm of this desk was tried. */
  alarmTested(heard: boolean): Promise<Answer<null>> {
    return this.ask("POST", "/alarm-tests", { heard });
  }

  map(): Promise<Answer<MapContent>> {
    return this.ask("GET", "/map");
  }

  /** Texts that no machine could carry out. */
  texts(): Promise<Answer<Texts>> {
    return this.ask("GET", "/texts");
  }

  /** Crews that have to be heard of. */
  watches(): Promise<Answer<Watches>> {
    return this.ask("GET", "/watches");
  }

  private async keeping(asked: Promise<Answer<Session>>): Promise<Answer<Session>> {
    const answer = await asked;
    if (answer.ok) this.csrf = answer.value.csrf;
    return answer;
  }

  /**
   * Sends one request. `path` follows the court's address; `key` makes it safe to send again; `seen` is the version
   * that a change was made from, so that nothing nobody saw is written over.
   */
  async ask<T>(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
    key?: string,
    seen?: string,
  ): Promise<Answer<T>> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (method !== "GET" && this.csrf !== "") headers["x-csrf"] = this.csrf;
    if (key !== undefined) headers["idempotency-key"] = key;
    if (seen !== undefined) headers["if-match"] = `"${seen}"`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.base + path, {
        method,
        headers,
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(LONGEST_WAIT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      const timeout = error instanceof DOMException && error.name === "TimeoutError";
      return { ok: false, problem: { kind: timeout ? "timeout" : "unreachable" } };
    }
    const value = readJson(text);
    const { status } = response;
    if (response.ok && status === 204) return { ok: true, value: null as T };
    if (response.ok && value !== undefined) return { ok: true, value: value as T };
    if (response.ok) return { ok: false, problem: { kind: "unreadable", status } };
    const problem = readProblem(status, value, response.headers.get("retry-after"));
    if (problem.kind === "refused" && problem.code === "session_expired") this.onExpired();
    return { ok: false, problem };
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
