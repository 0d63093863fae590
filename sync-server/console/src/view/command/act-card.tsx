// One act of the day: what, who, since when, what is still missing and which article asks for it,
// where its originals stand.

import type { Act, CountedState } from "../../api/office";
import { sheetTime } from "../../desk/shown-time";
import { pick, type Language, type Say } from "../../words/words";
import { useWords } from "../context";
import type { Sheet } from "../office/list-frame";
import { At, CaseLink, RecordLink } from "../office/parts";
import { Lock } from "../record/lock";

/** States of files in the order in which they ask for something. */
const FILE_STATES: readonly CountedState[] = ["differs", "absent", "arriving", "stored"];

/** How many originals stand where; nothing for none. */
export function filesWords(say: Say, files: Act["files"]): string[] {
  return FILE_STATES.filter((state) => files[state] > 0).map((state) =>
    say(`files_${state}`, { n: files[state] }),
  );
}

/** The columns of acts as a file. */
export function actSheet(say: Say, language: Language): Sheet<Act> {
  return {
    head: [
      say("col_started"),
      say("col_case"),
      say("col_kind"),
      say("col_title"),
      say("col_handler"),
      say("col_people"),
      say("col_state"),
      say("col_conflicts"),
      say("col_missing"),
      say("col_files"),
      say("col_received"),
      say("col_record"),
    ],
    row: (act) => [
      sheetTime(act.started_at),
      act.case_no,
      pick(language, act.kind_label),
      act.title,
      act.handler.name,
      act.people.map((person) => person.name).join(" "),
      say(act.finalised ? "finalised" : "not_finalised"),
      String(act.open_conflicts),
      act.missing.map((each) => [pick(language, each), each.article ?? ""].join(" ")).join("; "),
      filesWords(say, act.files).join(" "),
      sheetTime(act.last_received),
      act.record,
    ],
  };
}

/** Acts as cards. */
export function ActCards(props: { acts: readonly Act[] }) {
  return (
    <ul class="cards">
      {props.acts.map((act) => (
        <li key={act.record} class="card act">
          <ActCard act={act} />
        </li>
      ))}
    </ul>
  );
}

function ActCard(props: { act: Act }) {
  const { say, language } = useWords();
  const { act } = props;
  const files = filesWords(say, act.files);
  const open = !act.finalised && act.missing.length > 0;
  return (
    <>
      <div class="card-row">
        <At moment={act.started_at} />
        <strong>
          <RecordLink id={act.record}>
            {pick(language, act.kind_label)} · {act.title}
          </RecordLink>
        </strong>
        <CaseLink no={act.case_no} />
        <span class="grow" />
        {act.finalised ? (
          <span class="state">
            <Lock /> {say("finalised")}
          </span>
        ) : (
          <span class="state">{say("not_finalised")}</span>
        )}
      </div>
      <div class="card-row hint">
        <span>
          {say("handled_by", { name: act.handler.name })}
          {act.people.length > 0 && ` · ${act.people.map((person) => person.name).join(" ")}`}
        </span>
        <span>
          {say("last_received")} <At moment={act.last_received} />
        </span>
        {files.map((words) => (
          <span key={words}>{words}</span>
        ))}
      </div>
      {act.open_conflicts > 0 && (
        <div class="attention">
          <RecordLink id={act.record}>{say("act_conflicts", { n: act.open_conflicts })}</RecordLink>
        </div>
      )}
      {open && (
        <div class="attention">
          {say("act_missing", { n: act.missing.length })}
          <ul class="missing">
            {act.missing.map((missing) => (
              <li key={missing.code}>
                {pick(language, missing)}
                {missing.article !== null && <span class="hint"> {missing.article}</span>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
