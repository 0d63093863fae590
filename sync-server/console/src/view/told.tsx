// Which rungs of the ladder were told while nobody answered.

import type { Incident } from "../api/types";
import { wordOf } from "../desk/reasons";
import { useWords } from "./context";

/** The last rung, in words. Duress has words of its own and stands elsewhere. */
export function Told(props: { incident: Incident }) {
  const { say } = useWords();
  const last = props.incident.told.filter((rung) => rung !== "duress").at(-1);
  if (last === undefined) return null;
  return <span class="told">{wordOf(say, "reason", last)}</span>;
}
