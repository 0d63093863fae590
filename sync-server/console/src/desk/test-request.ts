// A request for unit tests, and variations of it.

import type { Incident } from "../api/types";

/** A request at 09:07 that rings, changed by `change`. */
export function request(id: string, change: Partial<Incident> = {}): Incident {
  return {
    id,
    seq: 1,
    case_no: null,
    state: "received",
    station: { code: "440605121", name: "九江派出所", duty_phone: null, derived: true },
    holder: null,
    unit: null,
    lent_by: null,
    eta: null,
    t0: "2026-03-17T01:07:00Z",
    answered: null,
    sent: null,
    arrived: null,
    ringing_since: "2026-03-17T01:07:00Z",
    told: [],
    duress: false,
    cancel_asked: null,
    merged_into: null,
    merged: [],
    request: {
      channel: "app",
      place: `地点${id}`,
      position: null,
      situation: "blockade",
      situation_text: null,
      people: null,
      weapons: null,
      injured: null,
      callback: null,
      officers_on_site: null,
      needs: [],
    },
    conflicts: 0,
    pictures: 0,
    steps: [],
    ...change,
  };
}

/** Somebody who has a request. */
export const TAN = { person: "D1", name: "谭立衡", since: "2026-03-17T01:15:00Z" };
