// What every list has around it: how many, as of when, reading again, a file for a spreadsheet, and
// words for when it is empty, loading or could not be read.

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { sentence, type Problem } from "../../api/problem";
import { saveText } from "../../control/download";
import { nowOnServer } from "../../control/time";
import { clockSeconds } from "../../desk/clock";
import { csv, fileName } from "../../desk/csv";
import { usePage, useWords } from "../context";
import type { List } from "./use-list";

/** A list as a file: what stands over its columns, and the cells of a row. */
export interface Sheet<T> {
  head: string[];
  row: (item: T) => string[];
}

/** The frame. `children` draws the rows; it is called only when there are any. */
export function ListFrame<T>(props: {
  title: string;
  list: List<T>;
  empty: string;
  emptyWhy: string;
  sheet: Sheet<T>;
  /** What stands before the rows, such as what they mean. */
  lead?: ComponentChildren;
  children: (items: readonly T[]) => ComponentChildren;
}) {
  const { say } = useWords();
  const { list, title } = props;
  const { items } = list;
  const count = items === null ? "" : `${items.length}${list.more ? "+" : ""}`;
  return (
    <section class="list-frame" aria-label={title} aria-busy={list.loading}>
      <header class="list-head">
        <h3>
          {title} {count !== "" && <span class="count figures">{count}</span>}
        </h3>
        <span class="grow" />
        <span class="hint figures" role="status">
          {list.loading
            ? say("list_loading")
            : list.atMs !== null && say("list_as_of", { time: clockSeconds(list.atMs) })}
        </span>
        {list.again && (
          <button type="button" class="plain" onClick={list.again}>
            {say("list_again")}
          </button>
        )}
        {items !== null && items.length > 0 && <Export {...props} />}
      </header>
      {props.lead}
      <div role="alert">
        {list.problem && list.again && <ListProblem problem={list.problem} onAgain={list.again} />}
      </div>
      {items !== null && items.length > 0 && props.children(items)}
      {items !== null && items.length === 0 && list.problem === null && (
        <div class="empty">
          <strong>{props.empty}</strong>
          <p>{props.emptyWhy}</p>
        </div>
      )}
      {list.more && (
        <button type="button" disabled={list.loading} onClick={list.next}>
          {say("list_more")}
        </button>
      )}
    </section>
  );
}

/** Why a list could not be read, and another try. */
export function ListProblem(props: { problem: Problem; onAgain: () => void }) {
  const { say, language } = useWords();
  return (
    <div class="list-problem">
      <strong>{say("list_failed")}</strong> <span>{sentence(language, props.problem)}</span>{" "}
      <button type="button" onClick={props.onAgain}>
        {say("try_again")}
      </button>
    </div>
  );
}

function Export<T>(props: { title: string; list: List<T>; sheet: Sheet<T> }) {
  const page = usePage();
  const { say, language } = useWords();
  const [rows, setRows] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const going = useRef(false);
  const run = async () => {
    if (going.current) {
      going.current = false;
      setRows(null);
      return;
    }
    going.current = true;
    setProblem(null);
    setRows(0);
    const answer = await props.list.all(setRows, () => going.current);
    const cancelled = !going.current;
    going.current = false;
    setRows(null);
    if (cancelled) return;
    if (!answer.ok) return setProblem(answer.problem);
    const { head, row } = props.sheet;
    const name = fileName(props.title, nowOnServer(page.store.get()));
    saveText(name, csv([head, ...answer.value.map(row)]));
  };
  return (
    <>
      <button
        type="button"
        class="plain"
        aria-label={rows === null ? say("export_of", { list: props.title }) : undefined}
        onClick={() => void run()}
      >
        {rows === null ? say("export_csv") : say("exporting", { n: rows })}
      </button>
      {problem && <span class="problem">{sentence(language, problem)}</span>}
    </>
  );
}
