// The control for one need of a step: a station, a unit, minutes until arrival, another request, a
// reason.

import type { Incident, Need } from "../api/types";
import { reasonsFor, wordOf } from "../desk/reasons";
import { placeWords, stateWords } from "../desk/request";
import { LONGEST_UNIT } from "../desk/step-form";
import { openList } from "../desk/urgency";
import { clockTime, instant } from "../desk/clock";
import { useDesk, useNow, useWords } from "./context";
import { Field, type FieldControl } from "./field";
import { NearUnits } from "./near";

/** What a need's control is given. */
export interface StepFieldProps {
  need: Need;
  optional: boolean;
  step: string;
  incident: Incident;
  value: string;
  problem: string | null;
  onChange: (text: string) => void;
  /** The station of a unit that was chosen from another's; empty: of the one that has the request. */
  lentBy: string;
  onUnit: (unit: string, station: string) => void;
}

/** The control of a need. */
export function StepField(props: StepFieldProps) {
  const { say } = useWords();
  const { need, optional, problem, step } = props;
  const label =
    need === "when" && optional
      ? say("field_when_optional")
      : need === "unit" && step === "handed_over"
        ? say("field_unit_handed")
        : say(`field_${need}`);
  const hint = need === "unit" ? { hint: say("field_unit_hint") } : {};
  return (
    <Field label={label} problem={problem} {...hint}>
      {(field) => <Control {...props} field={field} />}
    </Field>
  );
}

function Control(props: StepFieldProps & { field: FieldControl }) {
  switch (props.need) {
    case "station":
      return <StationSelect {...props} />;
    case "other":
      return <OtherSelect {...props} />;
    case "reason":
      return <ReasonSelect {...props} />;
    case "when":
      return <Minutes {...props} />;
    case "unit":
      return (
        <>
          {props.step === "unit_sent" && (
            <NearUnits
              incident={props.incident}
              value={props.value}
              lentBy={props.lentBy}
              onChoose={props.onUnit}
            />
          )}
          <input
            {...props.field}
            maxLength={LONGEST_UNIT}
            value={props.value}
            onInput={(event) => props.onChange(event.currentTarget.value)}
          />
        </>
      );
  }
}

function Select(
  props: StepFieldProps & { field: FieldControl; options: readonly (readonly [string, string])[] },
) {
  const { say } = useWords();
  return (
    <select
      {...props.field}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      <option value="">{say("choose")}</option>
      {props.options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

function StationSelect(props: StepFieldProps & { field: FieldControl }) {
  const desk = useDesk();
  const { say } = useWords();
  const options = desk.presence
    .filter((station) => station.code !== props.incident.station.code)
    .map(
      (station) =>
        [station.code, `${station.name} · ${say(station.online ? "online" : "offline")}`] as const,
    );
  return <Select {...props} options={options} />;
}

function OtherSelect(props: StepFieldProps & { field: FieldControl }) {
  const desk = useDesk();
  const { say } = useWords();
  const now = useNow();
  const options = openList(desk.incidents.values())
    .filter((other) => other.id !== props.incident.id)
    .map((other) => {
      const time = clockTime(instant(other.t0), now);
      return [other.id, `${time} ${placeWords(say, other)} · ${stateWords(say, other)}`] as const;
    });
  return options.length === 0 ? (
    <>
      <Select {...props} options={[]} />
      <span class="hint">{say("field_other_none")}</span>
    </>
  ) : (
    <Select {...props} options={options} />
  );
}

function ReasonSelect(props: StepFieldProps & { field: FieldControl }) {
  const { say } = useWords();
  const options = reasonsFor(props.step).map(
    (code) => [code, wordOf(say, "reason", code)] as const,
  );
  return <Select {...props} options={options} />;
}

const USUAL_MINUTES = [5, 10, 15, 20, 30];

function Minutes(props: StepFieldProps & { field: FieldControl }) {
  const { say } = useWords();
  return (
    <div class="minutes">
      {USUAL_MINUTES.map((n) => (
        <button
          key={n}
          type="button"
          aria-pressed={props.value === String(n)}
          onClick={() => props.onChange(String(n))}
        >
          {say("field_minutes", { n })}
        </button>
      ))}
      <input
        {...props.field}
        class="short figures"
        inputMode="numeric"
        maxLength={4}
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
      <span class="hint">{say("field_minutes_own")}</span>
    </div>
  );
}
