// The desk after what can happen, above all in the wrong order.

import { describe, expect, it } from "vitest";
import type { Session } from "../api/types";
import { reduce } from "./reduce";
import { EMPTY, unattended, type Desk, type Event } from "./state";
import { request, TAN } from "./test-request";

const SESSION: Session = {
  person: "D2",
  name: "岑秀仪",
  roles: ["dispatcher"],
  station: { code: "440605121", name: "九江派出所" },
  csrf: "x",
  expires_at: "2026-03-17T12:00:00Z",
  arrival_target_s: 1_200,
};

const at = 1_000;
const after = (...events: Event[]): Desk =>
  events.reduce(reduce, reduce(EMPTY, { type: "session", session: SESSION }));
const came = (id: string, change = {}): Event => ({
  type: "incident",
  incident: request(id, change),
  own: false,
  at,
});

describe("versions of a request", () => {
  it("takes the newer one, whatever comes last", () => {
    const newer = came("a", { seq: 5, state: "arrived" });
    const older = came("a", { seq: 4, state: "unit_sent" });
    for (const order of [
      [newer, older],
      [older, newer],
    ]) {
      expect(after(...order).incidents.get("a")?.state).toBe("arrived");
    }
  });

  it("keeps timeline and photos that a short version leaves out", () => {
    const desk = after(came("a", { timeline: [], photos: [] }), came("a", { seq: 2 }));
    expect(desk.incidents.get("a")).toMatchObject({ seq: 2, timeline: [], photos: [] });
  });
});

describe("lists", () => {
  it("do not remove what came while they travelled", () => {
    const before = after(came("a"));
    const known = before.incidents;
    const meanwhile = reduce(before, came("b"));
    const desk = reduce(meanwhile, { type: "list", state: "open", items: [request("a")], known });
    expect([...desk.incidents.keys()]).toEqual(["a", "b"]);
  });

  it("remove what was known and is no longer named", () => {
    const before = after(came("a"), came("b"), came("c", { state: "closed" }));
    const { incidents: known } = before;
    const desk = reduce(before, { type: "list", state: "open", items: [request("b")], known });
    expect([...desk.incidents.keys()]).toEqual(["b", "c"]);
    expect(desk.selected).toBe("b");
    expect(desk.loaded).toBe(true);
  });

  it("of closed ones alone do not make the desk loaded", () => {
    const desk = after({ type: "list", state: "closed", items: [], known: new Map() });
    expect(desk.loaded).toBe(false);
  });

  it("do not bring back what went elsewhere meanwhile", () => {
    const before = after(came("a", { seq: 3 }));
    const { incidents: known } = before;
    const gone = reduce(before, { type: "gone", id: "a", seq: 4, station: null, at });
    const items = [request("a", { seq: 3 })];
    // The answer to the transfer itself comes after the stream has told of it.
    expect(reduce(gone, came("a", { seq: 4 })).incidents.size).toBe(0);
    expect(reduce(gone, { type: "list", state: "open", items, known }).incidents.size).toBe(0);
    expect(reduce(gone, came("a", { seq: 5 })).incidents.size).toBe(1);
  });
});

describe("news", () => {
  const answered = { seq: 2, state: "acknowledged", holder: TAN, ringing_since: null } as const;

  it("says who else stopped an alarm", () => {
    const desk = after(came("a"), came("a", answered));
    expect(desk.news).toMatchObject([{ kind: "answered", name: "谭立衡", place: "地点a" }]);
  });

  it("says nothing of one's own act, nor of an alarm that goes on", () => {
    const own = { ...answered, holder: { ...TAN, person: "D2" } };
    expect(after(came("a"), came("a", own)).news).toEqual([]);
    expect(after(came("a"), came("a", { seq: 2 })).news).toEqual([]);
  });

  it("says who was faster and takes how it stands", () => {
    const desk = after(came("a"), {
      type: "faster",
      incident: request("a", answered),
      why: { zh: "已有人接警", en: "acknowledged" },
      at,
    });
    expect(desk.incidents.get("a")?.holder?.name).toBe("谭立衡");
    expect(desk.news).toMatchObject([{ kind: "faster", name: "谭立衡" }]);
  });

  it("is bounded and can be dismissed", () => {
    const done: Event = { type: "done", name: "", detail: { zh: "", en: "" }, at };
    const desk = after(done, done, done, done, done, done);
    expect(desk.news.map((news) => news.id)).toEqual([3, 4, 5, 6]);
    expect(reduce(desk, { type: "dismiss", id: 5 }).news).toHaveLength(3);
  });
});

describe("sessions", () => {
  it("that end leave the page and its alarm as they were", () => {
    const desk = after(came("a"), { type: "expired" });
    expect(desk.expired).toBe(true);
    expect(desk.incidents.size).toBe(1);
  });

  it("of the same person go on", () => {
    const session = { ...SESSION, csrf: "y" };
    const desk = after(came("a"), { type: "expired" }, { type: "session", session });
    expect(desk).toMatchObject({ expired: false, session: { csrf: "y" } });
    expect(desk.incidents.size).toBe(1);
  });

  it("of somebody else, or of another station, begin empty", () => {
    for (const change of [{ person: "D1" }, { station: { code: "1", name: "里水派出所" } }]) {
      const session = { ...SESSION, ...change };
      expect(after(came("a"), { type: "session", session }).incidents.size).toBe(0);
    }
  });

  it("that never were are no page to keep", () => {
    expect(reduce(EMPTY, { type: "expired" }).session).toBeNull();
  });
});

it("selects the most urgent until a person chooses, and keeps the choice", () => {
  const desk = after(
    came("a"),
    { type: "select", id: "a" },
    came("b", { t0: "2026-03-17T01:00:00Z" }),
  );
  expect(desk.selected).toBe("a");
  expect(reduce(desk, { type: "gone", id: "a", seq: 2, station: null, at }).selected).toBe("b");
});

describe("who is at the consoles", () => {
  const jiujiang = { code: "440605121", name: "九江派出所", online: false, alarm_test: null };
  const command = { code: "command", name: "执行指挥中心", online: false, alarm_test: null };
  const stations = [jiujiang, { ...jiujiang, code: "1", name: "里水派出所" }, command];
  const centre = { ...SESSION, roles: ["command"], station: null };
  const off = (desk: Desk) => unattended(desk).map(({ code }) => code);

  it("does not miss the own desk before the server can have heard of it", () => {
    const desk = after({ type: "session", session: centre }, { type: "presence", stations });
    expect(off(desk)).toEqual(["440605121", "1"]);
    const heard = reduce(desk, { type: "attended", desk: "command" });
    expect(off(heard)).toEqual(["440605121", "1"]);
    expect(off(reduce(heard, { type: "presence", stations }))).toContain("command");
    expect(off(after({ type: "presence", stations }))).toEqual(["1", "command"]);
  });

  it("begins anew with each connection", () => {
    const events: Event[] = [
      { type: "session", session: centre },
      { type: "attended", desk: "command" },
      { type: "link", link: "lost" },
      { type: "presence", stations },
    ];
    expect(off(after(...events))).not.toContain("command");
  });
});

it("hears by the server's clock", () => {
  const heard = { pageMs: 500, wallMs: 7 };
  const desk = after({ type: "heard", heard, serverTime: "2026-03-17T01:07:00Z" });
  expect(desk).toMatchObject({ link: "live", heard, clock: { pageMs: 500 } });
});

it("lets lists ask again when records moved, and when the same person came back", () => {
  const desk = after({ type: "acts" });
  expect(desk.acts).toBe(1);
  expect(reduce(desk, { type: "session", session: SESSION }).acts).toBe(2);
});

it("knows the server's clock without hearing its stream", () => {
  const desk = after({ type: "clock", serverTime: "2026-03-17T01:07:00Z", pageMs: 500 });
  expect(desk).toMatchObject({ heard: null, clock: { pageMs: 500 } });
});
