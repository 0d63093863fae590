// Everything that has a place, as one list for the map and for those who use no mouse. Crews come
// with the age of their fix, which goes on growing while nothing new is heard.

import type { Incident, MapContent } from "../api/types";
import type { Say } from "../words/words";
import { distanceM, OLD_FIX_S, readGeo, type Point } from "./geo";
import { mark, placeWords, stateWords, type Mark } from "./request";
import { span } from "./span";

/** Something with a place. */
export interface Place {
  kind: "request" | "station" | "crew";
  id: string;
  name: string;
  point: Point;
  /** Requests only. */
  mark: Mark | null;
  /** Crews only: seconds since the fix, as of now. */
  ageS: number | null;
}

/** All places; requests first, most urgent first. `elapsedS`: since the map's content was asked for. */
export function places(
  say: Say,
  open: readonly Incident[],
  content: MapContent | null,
  elapsedS: number,
): Place[] {
  const found: Place[] = [];
  for (const incident of open) {
    const point = readGeo(incident.request.position);
    if (point === null) continue;
    const name = `${stateWords(say, incident)} · ${placeWords(say, incident)}`;
    found.push({ kind: "request", id: incident.id, name, point, mark: mark(incident), ageS: null });
  }
  for (const station of content?.stations ?? []) {
    const point = readGeo(station.position);
    if (point === null) continue;
    found.push({
      kind: "station",
      id: station.code,
      name: station.name,
      point,
      mark: null,
      ageS: null,
    });
  }
  for (const crew of content?.crews ?? []) {
    const point = readGeo(crew.position);
    if (point === null) continue;
    const ageS = Math.round(Math.max(0, crew.age_s) + Math.max(0, elapsedS));
    const fix = { ...point, accuracyM: crew.accuracy_m };
    found.push({ kind: "crew", id: crew.person, name: crew.name, point: fix, mark: null, ageS });
  }
  return found;
}

/** Accuracy and age of a crew's fix; an old one says so. */
export function fixWords(say: Say, place: Place): string {
  if (place.ageS === null) return "";
  const values = {
    u: place.point.accuracyM === null ? "?" : Math.round(place.point.accuracyM),
    age: span(say, place.ageS * 1_000),
  };
  return say(place.ageS > OLD_FIX_S ? "fix_old" : "fix", values);
}

/** A distance in words, with no more digits than it deserves. */
export function distanceWords(say: Say, from: Point, to: Point): string {
  const metres = distanceM(from, to);
  return metres < 1_000
    ? say("distance_m", { n: Math.round(metres / 10) * 10 })
    : say("distance_km", { n: (metres / 1_000).toFixed(1) });
}
