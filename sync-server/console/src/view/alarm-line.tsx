// The alarm in one line, for the top of a dialog: what lies over the page must not hide that
// somebody calls.

import { isCommand, signedIn } from "../desk/state";
import { ringingList } from "../desk/urgency";
import { Acknowledge } from "./acknowledge";
import { Clock } from "./clock";
import { useDesk, useWords } from "./context";

/** The most urgent request that rings, if one does. */
export function AlarmLine() {
  const desk = useDesk();
  const { say } = useWords();
  const session = signedIn(desk);
  if (session === null || desk.expired) return null;
  const first = ringingList(desk.incidents.values(), isCommand(session))[0];
  if (first === undefined) return null;
  return (
    <div class="alarm-line">
      <strong>
        {say("assistance")} {first.request.place || say("place_unknown")}
      </strong>
      <Clock since={first.t0} />
      <Acknowledge incident={first} />
    </div>
  );
}
