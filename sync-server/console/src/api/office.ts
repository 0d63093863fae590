// What the server tells the workspaces beside the desk: cases, records, what waits, devices, people.
// As the server's description has it; members with `?` may be missing in its answers.

import type { Label, Person } from "./types";

/** A point in time; `at` is missing when a clock said something beyond all years. */
export interface Moment {
  at?: string | null;
  ms: number;
}

/** A page of a list. `next` begins the one after it. */
export interface ListPage<T> {
  items: T[];
  next?: string | null;
}

/** A case. */
export interface Case {
  case_no: string;
  version: number;
  cause: string;
  handler: string;
  team: string[];
  state: string;
}

/** A case with its parties. */
export interface CaseDetail extends Case {
  parties: { id: string; role: string; name: string }[];
  records: number;
  open_conflicts: number;
}

/** A record. */
export interface RecordRow {
  id: string;
  kind: string;
  case_no: string;
  handler: string;
  title: string;
  station?: string | null;
  change_count: number;
  finalised: boolean;
  open_conflicts: number;
  late_changes: number;
  state_digest: string;
  content_digest: string;
  first_received: Moment;
  last_received: Moment;
}

/** A change of a record. */
export interface Change {
  envelope: string;
  change: string;
  verb: string;
  person: string;
  /** Name of the author's device, where the server tells it. */
  device_name?: string | null;
  device: Moment;
  monotonic_ms: number;
  boot: string;
  not_before?: Moment | null;
  not_after?: Moment | null;
  /** How far the phone's clock lies outside what is proven; 0 within. */
  skew_ms: number;
  received: Moment;
  late: boolean;
  author_withdrawn?: Moment | null;
  author_expired?: Moment | null;
}

/** Where a file stands that a record names; `lost`: the court had it and has to be sent it again. */
export type FileState = "absent" | "arriving" | "stored" | "differs" | "lost";

/** Where originals are counted: what the court lost counts as `differs`, since both are sent again. */
export type CountedState = Exclude<FileState, "lost">;

/** A file of evidence that a record names. */
export interface RecordFile {
  hash: string;
  item: string;
  person: string;
  state: FileState;
  bytes?: number | null;
  arrived: number;
  media_type?: string | null;
  thumbnail: boolean;
  preview: boolean;
  stored?: Moment | null;
}

/** A value of a record. */
export type Value = string | number | boolean | null;

/** One side of a conflict: who, when, and what it claims. */
export interface Side {
  person?: string | null;
  device?: Moment | null;
  change?: string | null;
  op: string;
  value?: Value;
  struck?: string;
  edited?: string;
  item?: string;
  finalised?: string;
}

/** An open conflict. */
export interface Conflict {
  record: string;
  case_no: string;
  kind: string;
  target: string;
  sides: Side[];
  /** What the record is and what the contested item is called, where the server tells it. */
  record_kind?: string | null;
  title?: string | null;
  item_name?: string | null;
  /** Who may settle it: role codes, and the handling officer when it is theirs. */
  must_decide?: { roles: string[]; handler: Person | null } | null;
}

/** An item of a record as rules see it. */
export interface Item {
  id: string;
  struck?: boolean;
  [field: string]: unknown;
}

/** A record's content as rules see it. */
export interface Facts {
  kind: string;
  head: { [field: string]: Value };
  [collection: string]: unknown;
}

/** A record with everything known about it. */
export interface RecordDetail extends RecordRow {
  heads: string[];
  facts: Facts;
  conflicts: Conflict[];
  files: RecordFile[];
  changes: Change[];
}

/**
 * How a conflict is settled: by a side (its place), by another value, or by leaving the field out for now. `sides`
 * are those that were on the screen.
 */
export interface Settlement {
  conflict: { kind: string; target: string; sides: string[] };
  keep: string | null;
  value: Value;
  leave_out: boolean;
  reason: string;
}

/** A change that is not part of its record. */
export interface WaitingChange {
  envelope: string;
  record: string;
  case_no?: string | null;
  state: string;
  reason: string;
  person: string;
  device_name: string;
  verb?: string | null;
  device?: Moment | null;
  received: Moment;
}

/** What became of a change somebody decided about. */
export interface Decided {
  envelope: string;
  state: string;
  reason: string;
}

/** Something the law asks for that an act does not have yet. */
export interface Missing extends Label {
  code: string;
  article: string | null;
}

/** An act of a day. */
export interface Act {
  record: string;
  case_no: string;
  kind: string;
  kind_label: Label;
  title: string;
  handler: Person;
  people: Person[];
  started_at: string | null;
  last_received: string;
  finalised: boolean;
  open_conflicts: number;
  missing: Missing[];
  files: { [state in CountedState]: number };
}

/** What is to be gone through in the evening. */
export interface Evening {
  unfinished: Act[];
  overrides: {
    record: string;
    case_no: string;
    rule: Missing;
    by: Person;
    at: string | null;
    reason: string;
  }[];
  returned: { record: string; case_no: string; title: string; reason: string; at: string }[];
  approvals: { record: string; case_no: string; what: Label; asked_by: Person; at: string }[];
}

/** A device of somebody's. */
export interface Device {
  certificate: string;
  device: string;
  device_name: string;
  person: Person;
  roles: string[];
  valid_until: string;
  withdrawn: string | null;
  last_contact: string | null;
  app_version: string | null;
  /** Changes of it that are not accepted here yet. */
  waiting: number;
  /** Entries that it has not fetched; `null` while the court does not keep how far a phone has read. */
  behind: number | null;
}

/** Somebody of the court's roster. */
export interface Member extends Person {
  roles: string[];
  devices: number;
  account: boolean;
  totp: boolean;
}

/** An invitation for one device. It is told once. */
export interface Enrolment {
  code: string;
  qr_svg: string;
  expires_at: string;
  approvals_needed: number;
}

/** Why a device is withdrawn. */
export const WITHDRAWALS = ["lost", "left", "replaced", "compromised"] as const;

/** A pack of reference data. */
export interface Pack {
  kind: string;
  name: string;
  version: number | string;
  published_at: string;
  sha256: string;
}

/** A station as the administrator sees it; the telephone where the server tells it. */
export interface StationPoint {
  code: string;
  name: string;
  position?: string | null;
  duty_phone?: string | null;
}

/**
 * What fields, codes and verbs are called. A field's key is `collection/field`, or the field alone for
 * the head; a verb's is `kind/verb`, or the verb alone where all kinds say the same.
 */
export interface WordList {
  kinds: {
    [kind: string]: {
      label: Label;
      collections?: { [collection: string]: Label };
      fields: { [field: string]: Label };
      choices: { [field: string]: { [code: string]: Label } };
    };
  };
  verbs: { [verb: string]: Label };
}
