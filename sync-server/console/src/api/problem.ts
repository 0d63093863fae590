// Refusals as values: what the server says (RFC 9457, Chinese and English), and what happened on
// the way to it. A person always gets a sentence; a program gets the code.

import type { Incident } from "./types";
import type { DutyPlan } from "./units";
import { pick, say, type Language } from "../words/words";

/** Why a request did not do what it was for. */
export type Problem =
  | {
      kind: "refused";
      status: number;
      code: string;
      detail: { zh: string; en: string };
      /** Who was faster: the request as it stands now. */
      incident: Incident | null;
      /** Who saved another plan: the plan as it stands now. */
      plan: DutyPlan | null;
      /** Seconds to wait, if the server said so. */
      retryAfterS: number | null;
    }
  /** The server was not reached: nothing was taken. */
  | { kind: "unreachable" }
  /** It did not answer in time: it may have been taken. */
  | { kind: "timeout" }
  /** Something else answered, such as a proxy or a captive portal. */
  | { kind: "unreadable"; status: number };

/** A request's answer. */
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** Reads the body of a refusal. */
export function readProblem(status: number, body: unknown, retryAfter: string | null): Problem {
  if (typeof body !== "object" || body === null) return { kind: "unreadable", status };
  const fields = body as Record<string, unknown>;
  const text = (name: string) => (typeof fields[name] === "string" ? (fields[name] as string) : "");
  const code = text("code");
  // What is said of this case counts only when it is said in both languages.
  const own = text("detail") !== "" && text("detail_en") !== "";
  const zh = own ? text("detail") : text("title");
  const en = own ? text("detail_en") : text("title_en");
  if (code === "" || zh === "" || en === "") return { kind: "unreadable", status };
  const object = <T>(name: string) => {
    const value = fields[name];
    return typeof value === "object" && value !== null ? (value as T) : null;
  };
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  return {
    kind: "refused",
    status,
    code,
    detail: { zh, en },
    incident: object<Incident>("incident"),
    plan: object<DutyPlan>("plan"),
    retryAfterS: Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : null,
  };
}

/** The sentence for a person. */
export function sentence(language: Language, problem: Problem): string {
  switch (problem.kind) {
    case "refused":
      return pick(language, problem.detail);
    case "unreachable":
      return say(language, "not_reached");
    case "timeout":
      return say(language, "no_answer");
    case "unreadable":
      return say(language, "bad_answer", { status: problem.status });
  }
}
