// What somebody else saved while a plan was typed: line by line, each with whether it is in one's own, to be
// taken over by a press. Nothing is taken over or thrown away by itself.

import { nowOnServer } from "../control/time";
import { known, MOST_SHIFTS, type DutyLine } from "../desk/duty";
import { useDesk, useWords } from "./context";

/** The plan that stands, beside the one that is typed. */
export function DutyOther(props: {
  saved: readonly DutyLine[];
  typed: readonly DutyLine[];
  onAdd: (line: DutyLine) => void;
}) {
  const desk = useDesk();
  const { say } = useWords();
  const { saved, typed, onAdd } = props;
  const mine = known(saved, typed, nowOnServer(desk));
  return (
    <section class="duty-other" aria-label={say("duty_other")}>
      <h3>{say("duty_other")}</h3>
      <p class="hint">{say("duty_other_lead")}</p>
      {saved.length === 0 && <p class="empty">{say("duty_other_none")}</p>}
      <ul class="duty">
        {saved.map((line, index) => (
          <li key={index}>
            <strong>{line.unit}</strong>
            <span class="figures">
              {line.day.slice(5)} {line.from}–{line.until}
            </span>
            {mine[index] ? (
              <span class="hint">{say("duty_other_known")}</span>
            ) : (
              <button
                type="button"
                aria-label={say("duty_other_add_unit", { unit: line.unit })}
                disabled={typed.length >= MOST_SHIFTS}
                onClick={() => onAdd(line)}
              >
                {say("duty_other_add")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
