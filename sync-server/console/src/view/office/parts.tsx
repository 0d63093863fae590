// Small pieces of the workspaces: a page with its heading, tabs of its parts, links to cases and
// records, instants.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Moment } from "../../api/office";
import { clockTime, instant, isDate } from "../../desk/clock";
import { address, type Route } from "../../desk/route";
import { useToday, useWords } from "../context";

/** The heading of a page; it takes the focus when the page is shown. */
export function Heading(props: { children: ComponentChildren }) {
  return (
    <h2 data-heading tabIndex={-1}>
      {props.children}
    </h2>
  );
}

/** A part of a workspace: where it is, its name, how many things lie in it. */
export interface Tab {
  route: Route;
  label: string;
  here: boolean;
  count?: string;
  /** Somebody has to decide about what lies in it. */
  asks?: boolean;
}

/** The parts of a workspace. */
export function Tabs(props: { label: string; tabs: Tab[] }) {
  return (
    <nav class="part-tabs" aria-label={props.label}>
      <ul>
        {props.tabs.map((tab) => (
          <li key={tab.label}>
            <a href={address(tab.route)} {...(tab.here ? { "aria-current": "page" } : {})}>
              {tab.label}
              {tab.count !== undefined && tab.count !== "" && (
                <>
                  {" "}
                  <span class={tab.asks ? "count asks figures" : "count figures"}>{tab.count}</span>
                </>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What was just done; it takes the focus, since what had it is gone. */
export function Done(props: { children: ComponentChildren }) {
  const told = useRef<HTMLParagraphElement>(null);
  useEffect(() => told.current?.focus(), []);
  return (
    <p class="done" role="status" ref={told} tabIndex={-1}>
      {props.children}
    </p>
  );
}

/** A case by its number. */
export function CaseLink(props: { no: string | null | undefined }) {
  const { say } = useWords();
  if (!props.no) return <span class="hint">{say("case_not_told")}</span>;
  return (
    <a class="figures case-no" href={address({ page: "case", no: props.no })}>
      {props.no}
    </a>
  );
}

/** A record by its title. */
export function RecordLink(props: { id: string; children: ComponentChildren }) {
  return <a href={address({ page: "record", id: props.id })}>{props.children}</a>;
}

/** An instant of the server's or a phone's; China's time. */
export function At(props: { moment: Moment | string | null | undefined }) {
  const today = useToday();
  const { moment } = props;
  const ms = typeof moment === "object" ? moment?.ms : instant(moment);
  if (!isDate(ms)) return <span>–</span>;
  return (
    <time class="figures" dateTime={new Date(ms).toISOString()}>
      {clockTime(ms, today)}
    </time>
  );
}
