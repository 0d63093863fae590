// Conflicts of a record that were settled, with the reason: nothing of it disappears.

import type { Item } from "../../api/office";
import { fieldLabel, readTarget } from "../../desk/labels";
import { wordOf } from "../../desk/reasons";
import { itemWords, type Reading } from "../../desk/value";
import { pick } from "../../words/words";
import { useWords } from "../context";

/** The list; nothing where none was settled. */
export function Settled(props: { resolutions: Item[]; reading: Reading }) {
  const { say, language } = useWords();
  const { resolutions, reading } = props;
  if (resolutions.length === 0) return null;
  const text = (item: Item, field: string) =>
    typeof item[field] === "string" ? (item[field] as string) : "";
  return (
    <section aria-label={say("settled_title")}>
      <h3>
        {say("settled_title")} <span class="count figures">{resolutions.length}</span>
      </h3>
      <ol class="entries">
        {resolutions.map((resolution) => {
          const target = text(resolution, "target");
          const { collection, item, field } = readTarget(target);
          const what = [
            item === "" ? "" : itemWords(reading, `${collection}/${item}`),
            field === ""
              ? ""
              : pick(language, fieldLabel(reading.words, reading.kind, collection, field)),
          ];
          return (
            <li key={resolution.id} class="entry">
              <div>
                <strong>{what.filter(Boolean).join(" · ") || target}</strong>
                <div>{wordOf(say, "choice", text(resolution, "choice"))}</div>
                <div>{say("settled_because", { reason: text(resolution, "reason") })}</div>
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
