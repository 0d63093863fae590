// The next state of a desk after something happened. Pure: the same events give the same desk,
// whatever the order in which late answers come in, since an older version of a request never
// replaces a newer one.

import type { Incident } from "../api/types";
import { readClock } from "./clock";
import { readAgain } from "./reading";
import { EMPTY, type Desk, type Event, type News } from "./state";
import { ended, openList, ringing } from "./urgency";

/** At most so many pieces of news are kept on the screen. */
const MOST_NEWS = 4;

/** The desk after `event`. */
export function reduce(desk: Desk, event: Event): Desk {
  switch (event.type) {
    case "session":
      return session(desk, event.session);
    case "expired":
      return desk.session === null || desk.session === "unknown"
        ? { ...desk, session: null }
        : { ...desk, expired: true, link: "lost" };
    case "link":
      return { ...desk, link: event.link, attended: false };
    case "heard": {
      const clock =
        event.serverTime === undefined
          ? desk.clock
          : readClock(desk.clock, event.serverTime, event.heard.pageMs);
      return { ...desk, link: "live", heard: event.heard, clock };
    }
    case "list":
      return list(desk, event);
    case "incident":
      return incident(desk, event);
    case "faster":
      return tell(take(desk, event.incident), {
        kind: "faster",
        name: event.incident.holder?.name ?? "",
        place: event.incident.request.place,
        at: event.at,
        detail: event.why,
      });
    case "gone":
      return gone(desk, event);
    case "presence":
      return { ...desk, presence: event.stations };
    case "attended": {
      const presence = desk.presence.map((each) =>
        each.code === event.desk ? { ...each, online: true } : each,
      );
      return { ...desk, attended: true, presence };
    }
    case "map":
      return { ...desk, map: { content: event.content, pageMs: event.pageMs } };
    case "clock":
      return { ...desk, clock: readClock(desk.clock, event.serverTime, event.pageMs) };
    case "acts":
      return { ...desk, acts: desk.acts + 1 };
    case "select":
      return { ...desk, selected: event.id, showsTexts: false };
    case "texts":
      return { ...desk, texts: readAgain(desk.texts, event.answer, event.at) };
    case "watches":
      return { ...desk, watches: readAgain(desk.watches, event.answer, event.at) };
    case "seen":
      return { ...desk, seenTexts: event.seen };
    case "shows_texts":
      return { ...desk, showsTexts: event.shown };
    case "done":
      return tell(desk, {
        kind: "done",
        name: event.name,
        place: "",
        at: event.at,
        detail: event.detail,
      });
    case "dismiss":
      return { ...desk, news: desk.news.filter((news) => news.id !== event.id) };
  }
}

/** The same person goes on where the page stood; anybody else begins with an empty one. */
function session(desk: Desk, next: Desk["session"]): Desk {
  const before = desk.session === "unknown" ? null : desk.session;
  const goesOn =
    next !== null &&
    next !== "unknown" &&
    before?.person === next.person &&
    before.station?.code === next.station?.code;
  return goesOn
    ? { ...desk, session: next, expired: false, acts: desk.acts + 1 }
    : { ...EMPTY, session: next };
}

/**
 * A list says what is there, and so what is not there any more. What came in while it travelled is
 * newer than the list and stays: a request must not vanish because an older answer does not name it.
 */
function list(desk: Desk, { items, state, known }: Extract<Event, { type: "list" }>): Desk {
  const named = new Set(items.map((item) => item.id));
  const incidents = new Map<string, Incident>();
  for (const [id, incident] of desk.incidents) {
    const ofThisList = ended(incident) === (state === "closed");
    const unchanged = known.get(id) === incident;
    if (!ofThisList || !unchanged || named.has(id)) incidents.set(id, incident);
  }
  const next = items.reduce(take, { ...desk, incidents });
  return settle({ ...next, loaded: desk.loaded || state === "open" });
}

function incident(desk: Desk, event: Extract<Event, { type: "incident" }>): Desk {
  const before = desk.incidents.get(event.incident.id);
  const next = settle(take(desk, event.incident));
  const now = next.incidents.get(event.incident.id);
  const stopped = before !== undefined && ringing(before) && now !== undefined && !ringing(now);
  const by = now?.holder;
  const byOther =
    !event.own &&
    by !== null &&
    by !== undefined &&
    desk.session !== "unknown" &&
    by.person !== desk.session?.person;
  if (!stopped || !byOther || now.merged_into !== null) return next;
  return tell(next, {
    kind: "answered",
    name: by.name,
    place: now.request.place,
    at: event.at,
    detail: { zh: "", en: "" },
  });
}

/** Takes a version of a request, unless a newer one is known; what a short version leaves out is kept. */
function take(desk: Desk, incoming: Incident): Desk {
  const known = desk.incidents.get(incoming.id);
  if (known !== undefined && known.seq > incoming.seq) return desk;
  if ((desk.gone.get(incoming.id) ?? -1) >= incoming.seq) return desk;
  const incidents = new Map(desk.incidents);
  const whole: Incident = { ...incoming };
  if (whole.timeline === undefined && known?.timeline !== undefined)
    whole.timeline = known.timeline;
  if (whole.photos === undefined && known?.photos !== undefined) whole.photos = known.photos;
  incidents.set(incoming.id, whole);
  return { ...desk, incidents };
}

function gone(desk: Desk, { id, seq, station, at }: Extract<Event, { type: "gone" }>): Desk {
  const left = new Map(desk.gone).set(id, seq);
  const known = desk.incidents.get(id);
  if (known === undefined) return { ...desk, gone: left };
  if (known.seq > seq) return desk;
  const incidents = new Map(desk.incidents);
  incidents.delete(id);
  return tell(settle({ ...desk, incidents, gone: left }), {
    kind: "moved",
    name: station?.name ?? "",
    place: known.request.place,
    at,
    detail: { zh: "", en: "" },
  });
}

/** Something is always selected while there is something: the most urgent one, until a person chooses. */
function settle(desk: Desk): Desk {
  if (desk.selected !== null && desk.incidents.has(desk.selected)) return desk;
  return { ...desk, selected: openList(desk.incidents.values())[0]?.id ?? null };
}

function tell(desk: Desk, news: Omit<News, "id">): Desk {
  const all = [...desk.news, { ...news, id: desk.nextNews }];
  return { ...desk, news: all.slice(-MOST_NEWS), nextNews: desk.nextNews + 1 };
}
