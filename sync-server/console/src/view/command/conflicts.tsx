// Open conflicts: both values side by side, who and when, who has to decide. Settled in the record,
// where everything else that is known stands beside them.

import type { Conflict, Side } from "../../api/office";
import { fieldLabel, kindOfField, kindLabel, readTarget } from "../../desk/labels";
import { sheetTime } from "../../desk/shown-time";
import { valueWords, type Reading } from "../../desk/value";
import { pick, type Language, type Say } from "../../words/words";
import { useToday, useWords } from "../context";
import { ListFrame } from "../office/list-frame";
import { useName, useReference, type Reference } from "../office/office";
import { At, CaseLink, RecordLink } from "../office/parts";
import type { List } from "../office/use-list";

/** What is contested, in words. `reading` knows the record's kind, or what fits the field. */
export function contested(say: Say, reading: Reading, conflict: Conflict): string {
  const { collection, field } = readTarget(conflict.target);
  switch (conflict.kind) {
    case "field":
      return pick(reading.language, fieldLabel(reading.words, reading.kind, collection, field));
    case "struck_or_edited":
      return say("conflict_struck_or_edited");
    case "duplicate":
      return say("conflict_duplicate");
    case "finalised_twice":
      return say("conflict_finalised_twice");
    default:
      return conflict.target;
  }
}

/** What one side says, in words. */
export function claimed(say: Say, reading: Reading, conflict: Conflict, side: Side): string {
  const { collection, field } = readTarget(conflict.target);
  if (side.struck !== undefined) return say("side_struck", { reason: side.struck });
  if (side.edited !== undefined) {
    const what = pick(
      reading.language,
      fieldLabel(reading.words, reading.kind, collection, side.edited),
    );
    return say("side_edited", {
      field: what,
      value: valueWords(reading, collection, side.edited, side.value ?? null),
    });
  }
  if (side.finalised !== undefined)
    return say("side_finalised", { digest: side.finalised.slice(0, 8) });
  if (side.item !== undefined) return valueWords(reading, collection, field, side.item);
  return valueWords(reading, collection, field, side.value ?? null);
}

/** Words for values of a conflict that stands alone in a list. */
export function readingOf(
  { words, names }: Reference,
  language: Language,
  nowMs: number,
  conflict: Conflict,
): Reading {
  const { collection, field } = readTarget(conflict.target);
  const kind = conflict.record_kind ?? kindOfField(words, collection, field);
  return { language, words, kind, names, facts: null, nowMs };
}

/** Who has to decide, in words. */
export function whoDecides(say: Say, conflict: Conflict): string {
  const { must_decide: must } = conflict;
  if (!must) return say("decides_not_told");
  const roles = must.roles.map((role) => say(roleKey(role)));
  const who = must.handler
    ? [say("decides_handler", { name: must.handler.name }), ...roles]
    : roles;
  return say("decides", { who: who.join(say("or")) });
}

/** The key of a role's name. */
export function roleKey(role: string) {
  const known = [
    "officer",
    "clerk",
    "judicial_police",
    "command",
    "liaison",
    "dispatcher",
    "president",
    "contractor",
    "admin",
  ] as const;
  const found = known.find((each) => each === role);
  return found === undefined ? "role_other" : (`role_${found}` as const);
}

/** The list. */
export function Conflicts(props: { list: List<Conflict> }) {
  const { say, language } = useWords();
  const reference = useReference();
  const today = useToday();
  const name = useName();
  const reading = (conflict: Conflict) => readingOf(reference, language, today, conflict);
  const item = (conflict: Conflict) => conflict.item_name ?? "";
  return (
    <ListFrame
      title={say("conflicts_title")}
      list={props.list}
      empty={say("conflicts_none")}
      emptyWhy={say("conflicts_none_why")}
      sheet={{
        head: [
          say("col_case"),
          say("col_record"),
          say("col_contested"),
          say("col_side"),
          say("col_person"),
          say("col_phone_time"),
          say("col_decides"),
        ],
        row: (conflict) => [
          conflict.case_no,
          conflict.title ?? conflict.record,
          [item(conflict), contested(say, reading(conflict), conflict)].filter(Boolean).join(" "),
          conflict.sides.map((side) => claimed(say, reading(conflict), conflict, side)).join(" | "),
          conflict.sides.map((side) => name(side.person)).join(" | "),
          conflict.sides.map((side) => sheetTime(side.device)).join(" | "),
          whoDecides(say, conflict),
        ],
      }}
    >
      {(items) => (
        <ul class="cards">
          {items.map((conflict) => (
            <li
              key={`${conflict.record} ${conflict.kind} ${conflict.target}`}
              class="card contested"
            >
              <div class="card-row">
                <strong>
                  {item(conflict) !== "" && `${item(conflict)} · `}
                  {contested(say, reading(conflict), conflict)}
                </strong>
                <CaseLink no={conflict.case_no} />
                <span class="grow" />
                <RecordLink id={conflict.record}>{say("settle_in_record")}</RecordLink>
              </div>
              <div class="hint">
                {conflict.record_kind &&
                  `${pick(language, kindLabel(reference.words, conflict.record_kind))} · `}
                {conflict.title && `${conflict.title} · `}
                {whoDecides(say, conflict)}
              </div>
              <ol class="sides">
                {conflict.sides.map((side) => (
                  <li key={side.op} class="side">
                    <div class="side-value">{claimed(say, reading(conflict), conflict, side)}</div>
                    <div class="hint">
                      {name(side.person)} · {say("phone_said")} <At moment={side.device} />
                    </div>
                  </li>
                ))}
              </ol>
            </li>
          ))}
        </ul>
      )}
    </ListFrame>
  );
}
