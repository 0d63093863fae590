// Units of the own station that the command centre sent to another station's request: they are nobody's to send
// again until they are free. A station sees of that request no more than where it is.

import { useEffect, useState } from "preact/hooks";
import type { LentUnit } from "../api/units";
import { clockTime, instant } from "../desk/clock";
import { outWords } from "../desk/duty";
import { signedIn } from "../desk/state";
import { useDesk, useNow, usePage, useWords } from "./context";

/** Asked again so often. */
const AGAIN_MS = 15_000;

/** The list; nothing while all are at home. The command centre sees each at its request. */
export function Lent() {
  const session = signedIn(useDesk());
  return session === null || session.station === null ? null : <LentOf />;
}

function LentOf() {
  const { office } = usePage();
  const { say } = useWords();
  const now = useNow();
  const [lent, setLent] = useState<readonly LentUnit[]>([]);
  const turn = Math.floor(now / AGAIN_MS);
  useEffect(() => {
    let gone = false;
    void office.duty().then((answer) => {
      // While no answer comes the page says so elsewhere, and what was known stays.
      if (!gone && answer.ok) setLent(answer.value.lent);
    });
    return () => {
      gone = true;
    };
  }, [turn]);
  return (
    <div role="status">
      {lent.length > 0 && (
        <section class="lent" aria-label={say("lent")}>
          <h3>{say("lent")}</h3>
          <ul>
            {lent.map(({ station, unit, out }) => (
              <li key={`${station.code} ${unit}`}>
                <strong>{unit}</strong> → {outWords(out)}
                <div class="hint figures">
                  {say("lent_sent", { time: clockTime(instant(out.since), now) })}
                  {out.arrived && ` · ${say("lent_arrived")}`}
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
