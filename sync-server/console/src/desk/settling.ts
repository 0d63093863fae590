// How an open conflict may be settled at the console, and what a person has to say for it. Nothing
// here says who is right.

import type { Conflict, Settlement, Side, Value } from "../api/office";
import type { Session } from "../api/types";
import { readYuan } from "./money";

/** How values of a contested field are typed. */
export type Typed = "money" | "number" | "flag" | "text";

/**
 * Whether the console can settle it at all: a duplicate is corrected in the record, two finalisations by
 * a new one.
 */
export function settleable(conflict: Conflict): boolean {
  return conflict.kind === "field" || conflict.kind === "struck_or_edited";
}

/** Whether a value beside the sides may be given: a field has values, a strike has none. */
export function takesOther(conflict: Conflict): boolean {
  return conflict.kind === "field";
}

/**
 * Whether this person may settle it. Where the server does not tell, it is offered and the server decides;
 * `false` only for what is known to be somebody else's.
 */
export function maySettle(session: Session, conflict: Conflict): boolean {
  const { must_decide: must } = conflict;
  if (must === undefined || must === null) return true;
  return (
    must.handler?.person === session.person ||
    must.roles.some((role) => session.roles.includes(role))
  );
}

/** How its values are typed, by what the sides have. */
export function typed(conflict: Conflict, field: string): Typed {
  const values = conflict.sides.map((side) => side.value);
  if (values.some((value) => typeof value === "boolean")) return "flag";
  if (!values.some((value) => typeof value === "number")) return "text";
  return field.endsWith("_fen") ? "money" : "number";
}

/** What was typed as a value; `undefined` when it is none. */
export function readValue(kind: Typed, text: string): Value | undefined {
  const plain = text.trim();
  switch (kind) {
    case "money":
      return readYuan(plain) ?? undefined;
    case "number": {
      const digits = plain.normalize("NFKC").replaceAll(",", "");
      const number = Number(digits);
      return /^-?\d+$/.test(digits) && Number.isSafeInteger(number) ? number : undefined;
    }
    case "flag":
      return plain === "yes" ? true : plain === "no" ? false : undefined;
    case "text":
      return plain === "" ? undefined : plain;
  }
}

/** What somebody chose: a side by its place, another value, or no value for now. */
export type Choice = { side: Side } | { other: string } | { nothing: true };

/** What is wrong with a settlement before it is sent. */
export type Fault = "reason_missing" | "value_bad";

/** The settlement as it is sent, or what is wrong with it. */
export function settlement(
  conflict: Conflict,
  field: string,
  choice: Choice,
  reason: string,
): Settlement | Fault {
  const base = {
    conflict: {
      kind: conflict.kind,
      target: conflict.target,
      sides: conflict.sides.map(({ op }) => op),
    },
    keep: "side" in choice ? choice.side.op : null,
    leave_out: "nothing" in choice,
    reason: reason.trim(),
  };
  const value = "other" in choice ? readValue(typed(conflict, field), choice.other) : null;
  if (value === undefined) return "value_bad";
  if (base.reason === "") return "reason_missing";
  return { ...base, value };
}
