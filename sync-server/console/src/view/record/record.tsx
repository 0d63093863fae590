// A record, read like a paper file: what is contested on top, the content left, on the right who did
// what and when; papers, the whole case and how to check it at the end.

import type { RecordDetail } from "../../api/office";
import { kindLabel } from "../../desk/labels";
import { contestedOf, forms, head, loosePictures, parts, pictures } from "../../desk/paper";
import { address } from "../../desk/route";
import { itemsOf, type Reading } from "../../desk/value";
import { pick } from "../../words/words";
import { usePage, useToday, useWords } from "../context";
import { ListProblem } from "../office/list-frame";
import { useName, useReference } from "../office/office";
import { At, CaseLink, Heading } from "../office/parts";
import { useOne } from "../office/use-one";
import { TakeAway } from "./case";
import { ContestedHere, Fields, PartView } from "./content";
import { Disputes } from "./disputes";
import { Finalise } from "./finalise";
import { History } from "./history";
import { Lock } from "./lock";
import { Pictures } from "./pictures";
import { Settled } from "./settled";

/** The page of record `id`. */
export function RecordPage(props: { id: string }) {
  const page = usePage();
  const { say, language } = useWords();
  const { words } = useReference();
  const { id } = props;
  const one = useOne(() => page.office.record(id), id);
  const record = one.value;
  // One heading from the beginning: it has the focus while the record travels.
  const title =
    record === null
      ? say("record_heading")
      : `${pick(language, kindLabel(words, record.kind))} · ${record.title}`;
  return (
    <>
      <Heading>{title}</Heading>
      <div role="alert">
        {one.problem && <ListProblem problem={one.problem} onAgain={one.again} />}
      </div>
      {record === null && one.problem === null && <p class="hint">{say("list_loading")}</p>}
      {record && <Whole record={record} onChange={one.put} onAgain={one.again} />}
    </>
  );
}

/** What the words of this record's values depend on; the case's parties by their ids. */
function useReading(record: RecordDetail): Reading {
  const page = usePage();
  const { language } = useWords();
  const { words, names } = useReference();
  const nowMs = useToday();
  const of = useOne(() => page.office.case(record.case_no), record.case_no);
  const parties = (of.value?.parties ?? []).map(({ id, name }) => [id, name] as const);
  const all = new Map([...names, ...parties]);
  return { language, words, kind: record.kind, names: all, facts: record.facts, nowMs };
}

function Whole(props: {
  record: RecordDetail;
  onChange: (record: RecordDetail) => void;
  onAgain: () => void;
}) {
  const page = usePage();
  const { say } = useWords();
  const { record } = props;
  const reading = useReading(record);
  const shown = pictures(record.facts, record.files);
  const read = parts(record.facts, reading.words, shown);
  const loose = loosePictures(shown, read);
  const papers = forms(record.kind);
  return (
    <>
      <Standing record={record} />
      <Disputes
        record={record}
        reading={reading}
        onChange={props.onChange}
        onAgain={props.onAgain}
      />
      <Finalise record={record} onChange={props.onChange} onAgain={props.onAgain} />
      <div class="file">
        <div class="content">
          <section aria-label={say("record_head")}>
            <h3>{say("record_head")}</h3>
            <ContestedHere
              reading={reading}
              collection="head"
              fields={contestedOf(record.facts, "head")}
            />
            <Fields
              reading={reading}
              collection="head"
              fields={head(record.facts, reading.words)}
            />
          </section>
          {read.map((part) => (
            <PartView key={part.collection} part={part} reading={reading} />
          ))}
          {loose.length > 0 && (
            <section aria-label={say("photos_other")}>
              <h3>{say("photos_other")}</h3>
              <Pictures pictures={loose} reading={reading} />
            </section>
          )}
          <Settled resolutions={itemsOf(record.facts, "resolutions")} reading={reading} />
          {papers.length > 0 && (
            <section class="papers" aria-label={say("papers")}>
              <h3>{say("papers")}</h3>
              <ul>
                {papers.map((form) => (
                  <li key={form}>
                    <a href={page.office.paper(record.id, form)} target="_blank" rel="noopener">
                      {form} {say(`form_${form.replace("-", "") as "F01"}`)}
                      {!record.finalised && ` ${say("paper_draft")}`}
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <TakeAway no={record.case_no} />
          <p class="hint">
            <a href={address({ page: "case", no: record.case_no })}>{say("to_case")}</a>
          </p>
        </div>
        <History record={record} reading={reading} />
      </div>
    </>
  );
}

/** Where the record stands: handled by whom, finalised or not, what came late, its digest. */
function Standing(props: { record: RecordDetail }) {
  const { say } = useWords();
  const name = useName();
  const { record } = props;
  return (
    <div class="standing">
      <CaseLink no={record.case_no} />
      {record.finalised ? (
        <strong class="state">
          <Lock /> {say("finalised")}{" "}
          <span class="figures" title={record.content_digest}>
            {record.content_digest.slice(0, 8)}
          </span>
        </strong>
      ) : (
        <strong class="state">{say("not_finalised")}</strong>
      )}
      <span>{say("handled_by", { name: name(record.handler) })}</span>
      <span>{say("record_changes", { n: record.change_count })}</span>
      <span>
        {say("last_received")} <At moment={record.last_received} />
      </span>
      {record.late_changes > 0 && (
        <span class="attention">{say("late_changes", { n: record.late_changes })}</span>
      )}
    </div>
  );
}
