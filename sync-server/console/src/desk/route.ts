// Which page an address names, and the address of a page. The part after `#` is all there is: the
// server hands out one page, and the back button works by itself.

/** The workspaces, in the order of the rail. */
export const DOORS = ["desk", "command", "cases", "figures", "admin"] as const;

/** A workspace. */
export type Door = (typeof DOORS)[number];

/** Parts of the command centre; the first opens when none is named. */
export const COMMAND_PARTS = ["now", "acts", "evening", "waiting", "devices"] as const;

/** Parts of the administration. */
export const ADMIN_PARTS = ["people", "devices", "stations", "packs"] as const;

/** A part of the command centre. */
export type CommandPart = (typeof COMMAND_PARTS)[number];

/** A part of the administration. */
export type AdminPart = (typeof ADMIN_PARTS)[number];

/** A page. */
export type Route =
  | { page: "desk" }
  | { page: "command"; part: CommandPart }
  | { page: "cases"; search: string }
  | { page: "case"; no: string }
  | { page: "record"; id: string }
  | { page: "figures" }
  | { page: "admin"; part: AdminPart }
  /** Nothing is named: the first door of whoever is signed in. */
  | { page: "home" }
  | { page: "unknown" };

/** Reads what stands after `#`, with or without the sign. Whatever it is, it gives a page. */
export function readRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const segments = path.split("/").filter((segment) => segment !== "");
  const [door, ...rest] = segments.map(decoded);
  if (door === undefined) return { page: "home" };
  const [first, ...more] = rest;
  if (door === null || first === null || more.length > 0) return { page: "unknown" };
  switch (door) {
    case "desk":
    case "figures":
      return first === undefined ? { page: door } : { page: "unknown" };
    case "command": {
      const part = COMMAND_PARTS.find((each) => each === (first ?? "now"));
      return part === undefined ? { page: "unknown" } : { page: "command", part };
    }
    case "admin": {
      const part = ADMIN_PARTS.find((each) => each === (first ?? "people"));
      return part === undefined ? { page: "unknown" } : { page: "admin", part };
    }
    case "cases": {
      if (first !== undefined) return { page: "case", no: first };
      const search = new URLSearchParams(query).get("search") ?? "";
      return { page: "cases", search };
    }
    case "records": {
      const known = first !== undefined && /^[0-9a-f]{32}$/.test(first);
      return known ? { page: "record", id: first } : { page: "unknown" };
    }
    default:
      return { page: "unknown" };
  }
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** The address of a page, with the sign. */
export function address(route: Route): string {
  switch (route.page) {
    case "command":
      return route.part === "now" ? "#/command" : `#/command/${route.part}`;
    case "admin":
      return route.part === "people" ? "#/admin" : `#/admin/${route.part}`;
    case "cases":
      return route.search === ""
        ? "#/cases"
        : `#/cases?${new URLSearchParams({ search: route.search })}`;
    case "case":
      return `#/cases/${encodeURIComponent(route.no)}`;
    case "record":
      return `#/records/${route.id}`;
    case "home":
    case "unknown":
      return "#/";
    default:
      return `#/${route.page}`;
  }
}

/** Through which door a page is reached; `null` where none is named. */
export function doorOf(route: Route): Door | null {
  switch (route.page) {
    case "case":
    case "record":
      return "cases";
    case "home":
    case "unknown":
      return null;
    default:
      return route.page;
  }
}

/** The page behind a door. */
export function opened(door: Door): Route {
  switch (door) {
    case "command":
      return { page: "command", part: "now" };
    case "cases":
      return { page: "cases", search: "" };
    case "admin":
      return { page: "admin", part: "people" };
    default:
      return { page: door };
  }
}
