// The content of a record: fields with their labels, lines with the photo first, struck lines struck
// through with the reason.

import { Fragment } from "preact";
import type { Entry, Part } from "../../desk/paper";
import { collectionLabel, fieldLabel } from "../../desk/labels";
import { itemWords, valueWords, type Reading } from "../../desk/value";
import { pick } from "../../words/words";
import { useWords } from "../context";
import { Pictures } from "./pictures";

/** Labelled values. */
export function Fields(props: { reading: Reading; collection: string; fields: Entry["fields"] }) {
  const { say, language } = useWords();
  const { reading, collection, fields } = props;
  if (fields.length === 0) return <p class="hint">{say("nothing_filled_in")}</p>;
  return (
    <dl class="facts">
      {fields.map(([field, value]) => (
        <Fragment key={field}>
          <dt>{pick(language, fieldLabel(reading.words, reading.kind, collection, field))}</dt>
          <dd>{valueWords(reading, collection, field, value)}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** That something is contested and therefore absent here. */
export function ContestedHere(props: { reading: Reading; collection: string; fields: string[] }) {
  const { say, language } = useWords();
  const { reading, collection, fields } = props;
  if (fields.length === 0) return null;
  const names = fields.map((field) =>
    field === ""
      ? say("conflict_struck_or_edited")
      : pick(language, fieldLabel(reading.words, reading.kind, collection, field)),
  );
  return <div class="attention">{say("contested_here", { what: names.join(" · ") })}</div>;
}

/** One part of a record. */
export function PartView(props: { part: Part; reading: Reading }) {
  const { language } = useWords();
  const { part, reading } = props;
  const title = pick(language, collectionLabel(reading.words, reading.kind, part.collection));
  return (
    <section aria-label={title}>
      <h3>
        {title} <span class="count figures">{part.entries.length}</span>
      </h3>
      <ol class={part.list ? "lines" : "entries"}>
        {part.entries.map((entry) => (
          <EntryView key={entry.place} entry={entry} part={part} reading={reading} />
        ))}
      </ol>
    </section>
  );
}

/** Fields that stand in the first line of an entry. */
const IN_HEAD = new Set(["name", "line_no"]);

function EntryView(props: { entry: Entry; part: Part; reading: Reading }) {
  const { say } = useWords();
  const { entry, part, reading } = props;
  const fields = part.list ? entry.fields.filter(([field]) => !IN_HEAD.has(field)) : entry.fields;
  const number = entry.item["line_no"];
  const body = (
    <>
      {part.list && (
        <strong class="line-name">
          {typeof number === "number" && <span class="figures">{number}. </span>}
          {itemWords(reading, entry.place)}
        </strong>
      )}
      <Fields reading={reading} collection={part.collection} fields={fields} />
    </>
  );
  return (
    <li class={entry.struck ? "entry struck" : "entry"}>
      {part.list && <Pictures pictures={entry.pictures} reading={reading} first />}
      <div>
        {entry.struck && <strong class="struck-word">{say("struck")}</strong>}
        {entry.struck ? <del>{body}</del> : body}
        <ContestedHere reading={reading} collection={part.collection} fields={entry.contested} />
        {entry.signedBefore && <div class="attention">{say("signed_before")}</div>}
        {entry.reasons.map((reason) => (
          <div key={reason} class="struck-why">
            {say("struck_because", { reason })}
          </div>
        ))}
        {!part.list && entry.pictures.length > 0 && (
          <Pictures pictures={entry.pictures} reading={reading} />
        )}
      </div>
    </li>
  );
}
