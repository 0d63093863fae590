// Everything that was done about a request: when, who, what, with which words. What had no effect
// stays, with why.

import type { TimelineEntry } from "../api/types";
import { wordOf } from "../desk/reasons";
import { pick } from "../words/words";
import { Time } from "./clock";
import { useWords } from "./context";

/** The timeline, the first entry first. */
export function Timeline(props: { entries: TimelineEntry[] | undefined }) {
  const { say } = useWords();
  const { entries } = props;
  return (
    <section aria-label={say("timeline")}>
      <h3>{say("timeline")}</h3>
      {entries === undefined ? (
        <p class="hint">{say("timeline_none")}</p>
      ) : (
        <ol class="timeline">
          {entries.map((entry, index) => (
            <Entry key={index} entry={entry} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Entry(props: { entry: TimelineEntry }) {
  const { say, language } = useWords();
  const { entry } = props;
  return (
    <li class={entry.unfit === null ? "" : "unfit"}>
      <Time at={entry.at} />
      <div>
        <strong>{pick(language, entry.label)}</strong> · {entry.by?.name ?? say("by_rule")}
        {entry.station && ` · ${entry.station.name}`}
        {entry.unit && ` · ${entry.unit}`}
        {entry.when && (
          <>
            {" · "}
            <Time at={entry.when} />
          </>
        )}
        {entry.reason && <div>{wordOf(say, "reason", entry.reason)}</div>}
        {entry.note && <div class="note">“{entry.note}”</div>}
        {entry.unfit && (
          <div class="unfit-why">{say("unfit", { why: pick(language, entry.unfit) })}</div>
        )}
      </div>
    </li>
  );
}
