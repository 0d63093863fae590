// The requests: open ones by urgency, below them what ended today. Arrows choose; Enter answers the
// banner's.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Incident } from "../api/types";
import { isCommand, signedIn } from "../desk/state";
import { closedList, openList } from "../desk/urgency";
import { useDesk, usePage, useWords } from "./context";
import { Row, rowId } from "./row";

/** The left column. */
export function Lists() {
  const desk = useDesk();
  const { say } = useWords();
  const session = signedIn(desk);
  const command = session !== null && isCommand(session);
  const [station, setStation] = useState("");
  const [showsClosed, setShowsClosed] = useState(false);
  const here = (incident: Incident) => station === "" || incident.station.code === station;
  const open = openList(desk.incidents.values()).filter(here);
  const closed = closedList(desk.incidents.values()).filter(here);
  return (
    <nav class="lists" aria-label={say("requests")} data-heading tabIndex={-1}>
      {command && <StationFilter value={station} onChange={setStation} />}
      <h2>{say("open", { n: open.length })}</h2>
      {open.length > 0 ? (
        <List label={say("open", { n: open.length })} incidents={open} command={command} />
      ) : (
        <NothingOpen filtered={station !== ""} command={command} />
      )}
      <h2>
        <button
          type="button"
          class="plain fold"
          aria-expanded={showsClosed}
          onClick={() => setShowsClosed(!showsClosed)}
        >
          {showsClosed ? "▾" : "▸"} {say("closed_today", { n: closed.length })}
        </button>
      </h2>
      {showsClosed && closed.length > 0 && (
        <List
          label={say("closed_today", { n: closed.length })}
          incidents={closed}
          command={command}
        />
      )}
      {showsClosed && closed.length === 0 && (
        <div class="empty">
          <strong>{say("closed_none")}</strong>
          <p>{say("closed_none_why")}</p>
        </div>
      )}
      <p class="hint keys">{say("list_keys")}</p>
    </nav>
  );
}

function NothingOpen(props: { filtered: boolean; command: boolean }) {
  const desk = useDesk();
  const { say } = useWords();
  if (!desk.loaded) return <p class="empty">{say("open_loading")}</p>;
  if (props.filtered) return <p class="empty">{say("none_of_station")}</p>;
  return (
    <div class="empty">
      <strong>{say("open_none")}</strong>
      <p>{say(props.command ? "open_none_all" : "open_none_why")}</p>
    </div>
  );
}

function StationFilter(props: { value: string; onChange: (code: string) => void }) {
  const desk = useDesk();
  const { say } = useWords();
  return (
    <select
      aria-label={say("filter_station")}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      <option value="">{say("all_stations")}</option>
      {desk.presence.map((station) => (
        <option key={station.code} value={station.code}>
          {station.name} · {say(station.online ? "online" : "offline")}
        </option>
      ))}
    </select>
  );
}

function List(props: { label: string; incidents: Incident[]; command: boolean }) {
  const page = usePage();
  const desk = useDesk();
  const list = useRef<HTMLUListElement>(null);
  const at = props.incidents.findIndex((incident) => incident.id === desk.selected);
  const selected = props.incidents[at];

  const move = (event: KeyboardEvent) => {
    const last = props.incidents.length - 1;
    const targets: Record<string, number> = {
      ArrowDown: Math.min(last, at + 1),
      ArrowUp: Math.max(0, at - 1),
      Home: 0,
      End: last,
    };
    const next = props.incidents[targets[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    page.console.select(next.id);
  };
  useEffect(() => {
    if (selected === undefined || !list.current?.contains(document.activeElement)) return;
    document.getElementById(rowId(selected.id))?.scrollIntoView({ block: "nearest" });
  }, [selected?.id]);

  return (
    <ul
      ref={list}
      class="list"
      role="listbox"
      tabIndex={0}
      aria-label={props.label}
      {...(selected === undefined ? {} : { "aria-activedescendant": rowId(selected.id) })}
      onKeyDown={move}
    >
      {props.incidents.map((incident) => (
        <Row
          key={incident.id}
          incident={incident}
          selected={incident.id === desk.selected}
          command={props.command}
          onSelect={() => page.console.select(incident.id)}
        />
      ))}
    </ul>
  );
}
