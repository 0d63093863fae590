// A case: its parties, its records, everything about it as one file to take away.

import type { CaseDetail, RecordRow } from "../../api/office";
import { kindLabel } from "../../desk/labels";
import { readsAll } from "../../desk/doors";
import { wordOf } from "../../desk/reasons";
import { address } from "../../desk/route";
import { sheetTime } from "../../desk/shown-time";
import { signedIn } from "../../desk/state";
import { pick } from "../../words/words";
import { useDesk, usePage, useWords } from "../context";
import { ListFrame, ListProblem } from "../office/list-frame";
import { useName, useReference } from "../office/office";
import { At, Heading, RecordLink } from "../office/parts";
import { useList } from "../office/use-list";
import { useOne } from "../office/use-one";
import { Lock } from "./lock";

/** The page of case `no`. */
export function CasePage(props: { no: string }) {
  const page = usePage();
  const { say } = useWords();
  const { no } = props;
  const one = useOne(() => page.office.case(no), no);
  return (
    <>
      <a href={address({ page: "cases", search: "" })}>{say("back_to_cases")}</a>
      <Heading>{say("case_heading", { no })}</Heading>
      <div role="alert">
        {one.problem && <ListProblem problem={one.problem} onAgain={one.again} />}
      </div>
      {one.value === null && one.problem === null && <p class="hint">{say("list_loading")}</p>}
      {one.value && <CaseFacts detail={one.value} />}
      <Records no={no} />
      <TakeAway no={no} />
    </>
  );
}

function CaseFacts(props: { detail: CaseDetail }) {
  const { say } = useWords();
  const name = useName();
  const { detail } = props;
  return (
    <dl class="facts case-facts">
      <dt>{say("col_cause")}</dt>
      <dd>{detail.cause}</dd>
      <dt>{say("col_state")}</dt>
      <dd>{wordOf(say, "case_state", detail.state)}</dd>
      <dt>{say("col_handler")}</dt>
      <dd>{name(detail.handler)}</dd>
      <dt>{say("col_people")}</dt>
      <dd>{detail.team.map(name).join(" ") || "–"}</dd>
      <dt>{say("parties")}</dt>
      <dd>
        {detail.parties.map((party) => (
          <div key={party.id}>
            {wordOf(say, "party", party.role)} · {party.name}
          </div>
        ))}
      </dd>
      <dt>{say("col_conflicts")}</dt>
      <dd class={detail.open_conflicts > 0 ? "attention" : ""}>
        {detail.open_conflicts > 0
          ? say("act_conflicts", { n: detail.open_conflicts })
          : say("no_conflicts")}
      </dd>
      <dt>{say("pack_version")}</dt>
      <dd class="figures">{detail.version}</dd>
    </dl>
  );
}

function Records(props: { no: string }) {
  const page = usePage();
  const { say, language } = useWords();
  const { words } = useReference();
  const name = useName();
  const list = useList<RecordRow>((after) => page.office.records(props.no, after), props.no);
  const kind = (record: RecordRow) => pick(language, kindLabel(words, record.kind));
  const state = (record: RecordRow) => say(record.finalised ? "finalised" : "not_finalised");
  return (
    <ListFrame
      title={say("records_title")}
      list={list}
      empty={say("records_none")}
      emptyWhy={say("records_none_why")}
      sheet={{
        head: [
          say("col_kind"),
          say("col_title"),
          say("col_handler"),
          say("col_state"),
          say("col_conflicts"),
          say("col_late"),
          say("col_first_received"),
          say("col_received"),
          say("content_digest"),
          say("col_record"),
        ],
        row: (each) => [
          kind(each),
          each.title,
          name(each.handler),
          state(each),
          String(each.open_conflicts),
          String(each.late_changes),
          sheetTime(each.first_received),
          sheetTime(each.last_received),
          each.content_digest,
          each.id,
        ],
      }}
    >
      {(items) => (
        <table>
          <thead>
            <tr>
              <th scope="col">{say("col_record")}</th>
              <th scope="col">{say("col_handler")}</th>
              <th scope="col">{say("col_state")}</th>
              <th scope="col">{say("col_conflicts")}</th>
              <th scope="col">{say("col_first_received")}</th>
              <th scope="col">{say("col_received")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => (
              <tr key={each.id}>
                <td>
                  <RecordLink id={each.id}>
                    {kind(each)} · {each.title}
                  </RecordLink>
                  {each.late_changes > 0 && (
                    <div class="hint">{say("late_changes", { n: each.late_changes })}</div>
                  )}
                </td>
                <td>{name(each.handler)}</td>
                <td>
                  {each.finalised && <Lock />} {state(each)}
                  {each.finalised && (
                    <span class="hint figures"> {each.content_digest.slice(0, 8)}</span>
                  )}
                </td>
                <td class={each.open_conflicts > 0 ? "attention" : ""}>
                  {each.open_conflicts > 0 ? (
                    <RecordLink id={each.id}>
                      {say("act_conflicts", { n: each.open_conflicts })}
                    </RecordLink>
                  ) : (
                    say("no_conflicts")
                  )}
                </td>
                <td>
                  <At moment={each.first_received} />
                </td>
                <td>
                  <At moment={each.last_received} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ListFrame>
  );
}

/** Everything about a case as one file, and how whoever gets it checks it. */
export function TakeAway(props: { no: string }) {
  const page = usePage();
  const session = signedIn(useDesk());
  const { say } = useWords();
  if (session === null || !readsAll(session)) return null;
  return (
    <section class="take-away" aria-label={say("take_away")}>
      <h3>{say("take_away")}</h3>
      <p>
        <a href={page.office.exported(props.no)} download>
          {say("export_case")}
        </a>
      </p>
      <p class="hint">{say("export_case_what")}</p>
      <p class="hint">{say("verify_hint")}</p>
    </section>
  );
}
