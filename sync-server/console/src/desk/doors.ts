// Who may open which workspace. The server decides once more at each request; what stands here only
// keeps doors out of sight that would not open.

import type { Session } from "../api/types";
import { DOORS, doorOf, opened, type Door, type Route } from "./route";
import { hasDesk } from "./state";

/** The roles that read every case, as the server has it. */
const READERS = ["command", "president"];
/** The roles that read the cases they belong to. */
const TEAM = ["officer", "clerk", "judicial_police"];

/** Whether this person reads every case. */
export function readsAll(session: Session): boolean {
  return session.roles.some((role) => READERS.includes(role));
}

/** The doors of whoever is signed in, in the order of the rail. */
export function doors(session: Session): Door[] {
  const reads = readsAll(session);
  const own = session.roles.some((role) => TEAM.includes(role));
  return DOORS.filter((door) => {
    switch (door) {
      case "desk":
        return hasDesk(session);
      case "admin":
        return session.roles.includes("admin");
      case "cases":
        return reads || own;
      default:
        return reads;
    }
  });
}

/** What is shown for an address: its page, the first page there is, or why nothing opens. */
export type Shown =
  | { kind: "page"; route: Route }
  | { kind: "refused"; door: Door }
  | { kind: "unknown" }
  | { kind: "no_door" };

/** What `session` sees at `route`. */
export function shown(session: Session, route: Route): Shown {
  const open = doors(session);
  const [first] = open;
  if (first === undefined) return { kind: "no_door" };
  if (route.page === "home") return { kind: "page", route: opened(first) };
  const door = doorOf(route);
  if (door === null) return { kind: "unknown" };
  return open.includes(door) ? { kind: "page", route } : { kind: "refused", door };
}
