// What is gone through in the evening: acts without an end, rules that were set aside, records that
// were sent back, approvals that wait.

import type { Act, Evening } from "../../api/office";
import type { Answer } from "../../api/problem";
import { sheetTime } from "../../desk/shown-time";
import { pick } from "../../words/words";
import { usePage, useWords } from "../context";
import { ListFrame } from "../office/list-frame";
import { At, CaseLink, RecordLink } from "../office/parts";
import { useList, type List } from "../office/use-list";
import { ActCards, actSheet } from "./act-card";

/** The lists of the evening, of one answer. */
export interface EveningParts {
  unfinished: List<Act>;
  overrides: List<Evening["overrides"][number]>;
  returned: List<Evening["returned"][number]>;
  approvals: List<Evening["approvals"][number]>;
  /** How many things lie in them, approvals left out: those are decided, not gone through. */
  count: number;
}

/** Asks for the evening once and gives it as four lists. */
export function useEvening(): EveningParts {
  const { office } = usePage();
  const whole = useList<Evening>(async () => {
    const answer = await office.evening();
    return answer.ok ? { ok: true, value: { items: [answer.value] } } : answer;
  }, "evening");
  const part = <T,>(of: (evening: Evening) => T[]): List<T> => {
    const first = whole.items?.[0];
    return {
      ...whole,
      items: first === undefined ? null : of(first),
      all: async (): Promise<Answer<T[]>> => {
        const answer = await office.evening();
        return answer.ok ? { ok: true, value: of(answer.value) } : answer;
      },
    };
  };
  const lists = {
    unfinished: part((evening) => evening.unfinished),
    overrides: part((evening) => evening.overrides),
    returned: part((evening) => evening.returned),
    approvals: part((evening) => evening.approvals),
  };
  const length = (list: List<unknown>) => list.items?.length ?? 0;
  return {
    ...lists,
    count: length(lists.unfinished) + length(lists.overrides) + length(lists.returned),
  };
}

/** Approvals that wait for somebody. */
export function Approvals(props: { list: EveningParts["approvals"] }) {
  const { say, language } = useWords();
  return (
    <ListFrame
      title={say("approvals_title")}
      list={props.list}
      empty={say("approvals_none")}
      emptyWhy={say("approvals_none_why")}
      lead={<p class="hint">{say("approvals_lead")}</p>}
      sheet={{
        head: [
          say("col_asked_at"),
          say("col_what"),
          say("col_person"),
          say("col_case"),
          say("col_record"),
        ],
        row: (each) => [
          sheetTime(each.at),
          pick(language, each.what),
          each.asked_by.name,
          each.case_no,
          each.record,
        ],
      }}
    >
      {(items) => (
        <table>
          <thead>
            <tr>
              <th scope="col">{say("col_asked_at")}</th>
              <th scope="col">{say("col_what")}</th>
              <th scope="col">{say("col_person")}</th>
              <th scope="col">{say("col_case")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => (
              <tr key={`${each.record} ${each.what.zh} ${each.at}`}>
                <td>
                  <At moment={each.at} />
                </td>
                <td>
                  <RecordLink id={each.record}>{pick(language, each.what)}</RecordLink>
                </td>
                <td>{each.asked_by.name}</td>
                <td>
                  <CaseLink no={each.case_no} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ListFrame>
  );
}

/** Everything of the evening. */
export function EveningLists(props: { evening: EveningParts }) {
  const { say, language } = useWords();
  const { evening } = props;
  return (
    <>
      <ListFrame
        title={say("unfinished_title")}
        list={evening.unfinished}
        empty={say("unfinished_none")}
        emptyWhy={say("unfinished_none_why")}
        sheet={actSheet(say, language)}
      >
        {(items) => <ActCards acts={items} />}
      </ListFrame>
      <Overrides list={evening.overrides} />
      <Returned list={evening.returned} />
      <Approvals list={evening.approvals} />
    </>
  );
}

function Overrides(props: { list: EveningParts["overrides"] }) {
  const { say, language } = useWords();
  return (
    <ListFrame
      title={say("overrides_title")}
      list={props.list}
      empty={say("overrides_none")}
      emptyWhy={say("overrides_none_why")}
      sheet={{
        head: [
          say("col_at"),
          say("col_rule"),
          say("col_article"),
          say("col_reason"),
          say("col_person"),
          say("col_case"),
          say("col_record"),
        ],
        row: (each) => [
          sheetTime(each.at),
          `${each.rule.code} ${pick(language, each.rule)}`,
          each.rule.article ?? "",
          each.reason,
          each.by.name,
          each.case_no,
          each.record,
        ],
      }}
    >
      {(items) => (
        <table>
          <thead>
            <tr>
              <th scope="col">{say("col_at")}</th>
              <th scope="col">{say("col_rule")}</th>
              <th scope="col">{say("col_reason")}</th>
              <th scope="col">{say("col_person")}</th>
              <th scope="col">{say("col_case")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => (
              <tr key={`${each.record} ${each.rule.code} ${each.at}`}>
                <td>
                  <At moment={each.at} />
                </td>
                <td>
                  <RecordLink id={each.record}>{pick(language, each.rule)}</RecordLink>
                  <div class="hint">
                    {each.rule.code} {each.rule.article}
                  </div>
                </td>
                <td>{each.reason}</td>
                <td>{each.by.name}</td>
                <td>
                  <CaseLink no={each.case_no} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ListFrame>
  );
}

function Returned(props: { list: EveningParts["returned"] }) {
  const { say } = useWords();
  return (
    <ListFrame
      title={say("returned_title")}
      list={props.list}
      empty={say("returned_none")}
      emptyWhy={say("returned_none_why")}
      sheet={{
        head: [
          say("col_at"),
          say("col_title"),
          say("col_reason"),
          say("col_case"),
          say("col_record"),
        ],
        row: (each) => [sheetTime(each.at), each.title, each.reason, each.case_no, each.record],
      }}
    >
      {(items) => (
        <table>
          <thead>
            <tr>
              <th scope="col">{say("col_at")}</th>
              <th scope="col">{say("col_title")}</th>
              <th scope="col">{say("col_reason")}</th>
              <th scope="col">{say("col_case")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => (
              <tr key={`${each.record} ${each.at}`}>
                <td>
                  <At moment={each.at} />
                </td>
                <td>
                  <RecordLink id={each.record}>{each.title}</RecordLink>
                </td>
                <td>{each.reason}</td>
                <td>
                  <CaseLink no={each.case_no} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ListFrame>
  );
}
