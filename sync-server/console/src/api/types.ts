// What the server and the console say to each other, as types. Nothing here decides anything; every
// instant is RFC 3339 in UTC by the server's clock, every code is stable.

/** A pair of words as the server labels its own steps and reasons. */
export interface Label {
  zh: string;
  en: string;
}

/** Somebody on the staff: the id and the name to show. */
export interface Person {
  person: string;
  name: string;
}

/** A police station as named in lists. */
export interface StationName {
  code: string;
  name: string;
}

/** Where a request stands. */
export type State =
  | "not_delivered"
  | "received"
  | "alerted"
  | "declined"
  | "acknowledged"
  | "unit_sent"
  | "arrived"
  | "closed"
  | "false_alarm"
  | "cancelled";

/** What a step must bring along. */
export type Need = "station" | "unit" | "when" | "other" | "reason";

/** A step the person signed in may take now. */
export interface StepOffer {
  step: string;
  label: Label;
  needs: Need[];
}

/** A step that was taken, or that was sent and did not fit. */
export interface TimelineEntry {
  at: string;
  /** `null`: the server, by a rule. */
  by: Person | null;
  step: string;
  label: Label;
  station: StationName | null;
  unit: string | null;
  when: string | null;
  other: string | null;
  reason: string | null;
  note: string | null;
  /** Why it changed nothing; `null`: it fitted. */
  unfit: ({ code: string } & Label) | null;
}

/** A picture of the scene; `thumbnail` is an address on this server, `null` while it has not come. */
export interface Photo {
  hash: string;
  thumbnail: string | null;
  taken_at: string | null;
}

/** What was asked, as far as it is known. */
export interface Request {
  channel: string;
  place: string;
  /** `geo:lat,lon;crs=wgs84;u=metres`. */
  position: string | null;
  situation: string | null;
  situation_text: string | null;
  people: number | null;
  weapons: boolean | null;
  injured: boolean | null;
  callback: string | null;
  officers_on_site: number | null;
  needs: string[];
}

/** One request for assistance and where it stands. */
export interface Incident {
  id: string;
  /** Grows with every change of this incident, so that a late answer never replaces a newer one. */
  seq: number;
  case_no: string | null;
  state: State;
  station: StationName & { duty_phone: string | null; derived: boolean };
  holder: (Person & { since: string }) | null;
  unit: string | null;
  /** The station of that unit, where the command centre sent another station's. */
  lent_by: StationName | null;
  eta: string | null;
  /** Received, or when the voice call was. Every clock runs from here. */
  t0: string;
  answered: string | null;
  sent: string | null;
  arrived: string | null;
  /** The alarm sounds since then; `null`: somebody acted. */
  ringing_since: string | null;
  /** Rungs of the ladder told since the alarm began, by code: the command centre's alarm begins with one. */
  told: string[];
  duress: boolean;
  cancel_asked: string | null;
  merged_into: string | null;
  merged: string[];
  request: Request;
  /** Open conflicts of the record behind it. */
  conflicts: number;
  /** Small pictures of the scene that are here. */
  pictures: number;
  steps: StepOffer[];
  timeline?: TimelineEntry[];
  photos?: Photo[];
}

/** Who is signed in. */
export interface Session extends Person {
  roles: string[];
  /** `null`: the command centre, or nobody's desk. */
  station: StationName | null;
  csrf: string;
  expires_at: string;
  /** The server's clock; those without a desk hear no other. */
  server_time?: string;
  /** Seconds from T0 within which somebody is to be there; the court sets it. */
  arrival_target_s: number;
}

/** What signs a person in. */
export interface Credentials {
  person: string;
  password: string;
  totp?: string;
}

/** A step as it is sent. */
export interface StepBody {
  step: string;
  station?: string;
  unit?: string;
  when?: string;
  other?: string;
  reason?: string;
  note?: string;
}

/** A report that came by telephone or radio, as the dispatcher wrote it down. */
export interface VoiceReport {
  place: string;
  position?: string;
  situation: string;
  situation_text?: string;
  people?: number;
  weapons?: boolean;
  injured?: boolean;
  callback: string;
  case_no?: string;
  called_at: string;
}

/** An open incident that may be the same event; `why` are codes, never empty. */
export interface Proposal {
  id: string;
  why: string[];
}

/** Whether somebody looks at a console of the station. */
export interface Presence extends StationName {
  online: boolean;
  /** Today's last test of the alarm there; `null`: not tried. */
  alarm_test: { at: string; heard: boolean } | null;
}

/** Where a crew was last seen. */
export interface CrewFix extends Person {
  position: string;
  accuracy_m: number;
  age_s: number;
}

/** One area of a station: a polygon or several, WGS-84, longitude first. */
export interface AreaFeature {
  type: "Feature";
  properties: { code?: string; name?: string; derived?: boolean } | null;
  geometry:
    | { type: "Polygon"; coordinates: number[][][] }
    | { type: "MultiPolygon"; coordinates: number[][][][] };
}

/** What the map shows beside the incidents. */
export interface MapContent {
  stations: (StationName & { position: string })[];
  areas: { type: "FeatureCollection"; features: AreaFeature[] };
  crews: CrewFix[];
  /** A tile address on this server with {z}, {x}, {y}, where the court supplies tiles. */
  tiles?: string;
}

/** The answer to a list of incidents. */
export interface IncidentList {
  server_time: string;
  items: Incident[];
}

/** What the live stream tells. */
export type LiveEvent =
  | { type: "hello"; server_time: string }
  | { type: "beat"; server_time: string }
  | { type: "incident"; incident: Incident }
  /** This session may no longer see it, as of version `seq`; `station` has it now. */
  | { type: "gone"; id: string; seq: number; station: StationName | null }
  | { type: "presence"; stations: Presence[] }
  /** Records, devices or what waits may have changed: who shows them asks again. */
  | { type: "acts" }
  | { type: "reset" };
