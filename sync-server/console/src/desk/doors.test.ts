// Addresses and doors: every page has one address that leads back to it, whatever is typed gives a
// page, and nobody gets a door the role does not open.

import { describe, expect, it } from "vitest";
import type { Session } from "../api/types";
import { doors, shown } from "./doors";
import { address, doorOf, readRoute, type Route } from "./route";

const K1 = "(2026)粤0605执1101号";

function session(roles: string[], station: string | null = null): Session {
  return {
    person: "P",
    name: "某",
    roles,
    station: station === null ? null : { code: station, name: station },
    csrf: "",
    expires_at: "",
    arrival_target_s: 1_200,
  };
}

describe("addresses", () => {
  const pages: Route[] = [
    { page: "desk" },
    { page: "command", part: "now" },
    { page: "command", part: "devices" },
    { page: "cases", search: "" },
    { page: "cases", search: "执1101 & 测试?#/" },
    { page: "case", no: K1 },
    { page: "case", no: "a/b?c#d" },
    { page: "record", id: "5e12f0a9c3d44b7e8f60112233445501" },
    { page: "figures" },
    { page: "admin", part: "people" },
    { page: "admin", part: "packs" },
  ];

  it.each(pages)("lead back to their page: $page", (page) => {
    expect(readRoute(address(page))).toEqual(page);
  });

  it("give a page whatever is typed", () => {
    expect(readRoute("")).toEqual({ page: "home" });
    expect(readRoute("#/")).toEqual({ page: "home" });
    for (const strange of [
      "#/nowhere",
      "#/desk/more",
      "#/command/none",
      "#/records/xyz",
      "#/records",
      "#/records/5e12f0a9c3d44b7e8f60112233445501/x",
      "#/cases/%E4%",
      "#/__proto__",
      "#/admin/constructor",
    ]) {
      expect(readRoute(strange), strange).toEqual({ page: "unknown" });
    }
  });

  it("stand behind one door each", () => {
    expect(doorOf({ page: "record", id: "x" })).toBe("cases");
    expect(doorOf({ page: "case", no: K1 })).toBe("cases");
    expect(doorOf({ page: "home" })).toBeNull();
  });
});

describe("doors", () => {
  it("open by role", () => {
    expect(doors(session(["dispatcher"], "S"))).toEqual(["desk"]);
    expect(doors(session(["command"]))).toEqual(["desk", "command", "cases", "figures"]);
    expect(doors(session(["president"]))).toEqual(["command", "cases", "figures"]);
    expect(doors(session(["admin"]))).toEqual(["admin"]);
    expect(doors(session(["officer", "clerk"]))).toEqual(["cases"]);
    expect(doors(session(["judicial_police"]))).toEqual(["cases"]);
    expect(doors(session(["liaison"]))).toEqual([]);
    expect(doors(session(["dispatcher"]))).toEqual([]);
    expect(doors(session(["command", "admin"]))).toContain("admin");
  });

  it("show the first page where none is named, and say why one does not open", () => {
    const duty = session(["dispatcher"], "S");
    expect(shown(duty, { page: "home" })).toEqual({ kind: "page", route: { page: "desk" } });
    expect(shown(duty, { page: "command", part: "now" })).toEqual({
      kind: "refused",
      door: "command",
    });
    expect(shown(duty, { page: "record", id: "x" })).toEqual({ kind: "refused", door: "cases" });
    expect(shown(duty, { page: "unknown" })).toEqual({ kind: "unknown" });
    expect(shown(session(["liaison"]), { page: "desk" })).toEqual({ kind: "no_door" });
    const officer = session(["officer"]);
    expect(shown(officer, { page: "home" })).toMatchObject({ route: { page: "cases" } });
    expect(shown(officer, { page: "figures" })).toEqual({ kind: "refused", door: "figures" });
    const admin = session(["admin"]);
    expect(shown(admin, { page: "cases", search: "" })).toEqual({ kind: "refused", door: "cases" });
    expect(shown(admin, { page: "home" })).toMatchObject({ route: { page: "admin" } });
  });
});
