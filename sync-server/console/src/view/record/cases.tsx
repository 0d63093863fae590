// The cases: searched at the server by number or party, newest work within.

import { useState } from "preact/hooks";
import type { Case } from "../../api/office";
import { readsAll } from "../../desk/doors";
import { wordOf } from "../../desk/reasons";
import { signedIn } from "../../desk/state";
import { useDesk, usePage, useWords } from "../context";
import { Field } from "../field";
import { ListFrame } from "../office/list-frame";
import { useName } from "../office/office";
import { CaseLink, Heading } from "../office/parts";
import { useList } from "../office/use-list";
import { replaceRoute } from "../route";

/** The list. `search`: what the address asks for. */
export function Cases(props: { search: string }) {
  const page = usePage();
  const { say } = useWords();
  const name = useName();
  const session = signedIn(useDesk());
  const reads = session !== null && readsAll(session);
  const all = reads ? "cases_all" : "cases_own";
  const noneWhy = reads ? "cases_none_why" : "cases_own_none_why";
  const [typed, setTyped] = useState(props.search);
  const list = useList<Case>(
    (after) => page.office.cases(props.search, after),
    `cases ${props.search}`,
  );
  return (
    <>
      <Heading>{say("cases_title")}</Heading>
      <form
        class="search"
        role="search"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          replaceRoute({ page: "cases", search: typed.trim() });
        }}
      >
        <Field label={say("cases_search")} hint={say("cases_search_hint")} problem={null}>
          {(field) => (
            <input
              {...field}
              type="search"
              maxLength={60}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit" class="primary">
          {say("search")}
        </button>
      </form>
      <ListFrame
        title={props.search === "" ? say(all) : say("cases_found", { text: props.search })}
        list={list}
        empty={say(props.search === "" ? "cases_none" : "cases_none_found")}
        emptyWhy={say(props.search === "" ? noneWhy : "cases_none_found_why")}
        sheet={{
          head: [
            say("col_case"),
            say("col_cause"),
            say("col_handler"),
            say("col_people"),
            say("col_state"),
            say("col_version"),
          ],
          row: (each) => [
            each.case_no,
            each.cause,
            name(each.handler),
            each.team.map(name).join(" "),
            wordOf(say, "case_state", each.state),
            String(each.version),
          ],
        }}
      >
        {(items) => (
          <table>
            <thead>
              <tr>
                <th scope="col">{say("col_case")}</th>
                <th scope="col">{say("col_cause")}</th>
                <th scope="col">{say("col_handler")}</th>
                <th scope="col">{say("col_people")}</th>
                <th scope="col">{say("col_state")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((each) => (
                <tr key={each.case_no}>
                  <td>
                    <CaseLink no={each.case_no} />
                  </td>
                  <td>{each.cause}</td>
                  <td>{name(each.handler)}</td>
                  <td>{each.team.map(name).join(" ")}</td>
                  <td>{wordOf(say, "case_state", each.state)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListFrame>
    </>
  );
}
