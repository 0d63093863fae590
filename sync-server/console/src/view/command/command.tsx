// The command centre: what needs a decision now, then the day's acts, what the evening has to go
// through, what waits or was sent back, the phones.

import { usePage, useToday, useWords } from "../context";
import { dayOf } from "../../desk/shown-time";
import { openList, ringing } from "../../desk/urgency";
import { hasDesk, signedIn } from "../../desk/state";
import { byQuiet, isQuiet } from "../../desk/devices";
import { unread } from "../../desk/texts";
import { isOver, urgency } from "../../desk/watches";
import type { Watch } from "../../api/calls";
import type { CommandPart } from "../../desk/route";
import { nowOnServer } from "../../control/time";
import { useDesk } from "../context";
import { Heading, Tabs } from "../office/parts";
import { useList, type List } from "../office/use-list";
import { Acts } from "./acts";
import { Approvals, EveningLists, useEvening } from "./evening";
import { Conflicts } from "./conflicts";
import { Devices } from "./devices";
import { Quarantine } from "./quarantine";
import { OpenRequests } from "./requests";
import { Waiting } from "./waiting";
import { Watches } from "./watches";
import { Texts } from "../calls/texts";

/** How many are known, `5`, or `50+` when there are more; empty until a list came. */
function known<T>(list: List<T>): string {
  return list.items === null ? "" : `${list.items.length}${list.more ? "+" : ""}`;
}

/** The workspace. */
export function Command(props: { part: CommandPart }) {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const { office } = page;
  const session = signedIn(desk);
  const day = dayOf(useToday());
  const quarantine = useList((after) => office.waiting("quarantine", after), "quarantine");
  const conflicts = useList((after) => office.conflicts(after), "conflicts");
  const acts = useList((after) => office.acts(day, after), `acts ${day}`);
  const held = useList((after) => office.waiting("held", after), "held");
  const rejected = useList((after) => office.waiting("rejected", after), "rejected");
  const devices = useList((after) => office.devices(after), "devices");
  const evening = useEvening();
  const requests = openList(desk.incidents.values());
  const nowMs = nowOnServer(desk);
  const quiet = (devices.items ?? []).filter((device) => isQuiet(device, nowMs)).length;
  const commands = session?.roles.includes("command") ?? false;
  const asks = (watch: Watch) =>
    !isOver(watch, desk.incidents) && urgency(watch, desk.incidents, nowMs) !== "calm";
  const decide =
    (quarantine.items?.length ?? 0) +
    (conflicts.items?.length ?? 0) +
    (evening.approvals.items?.length ?? 0) +
    requests.filter(ringing).length +
    (desk.watches.value?.items ?? []).filter(asks).length +
    unread(desk.texts.value?.items ?? [], desk.seenTexts, nowMs).length;
  const tab = (part: CommandPart, count: string, asks = false) => ({
    route: { page: "command" as const, part },
    label: say(`command_${part}`),
    here: props.part === part,
    count,
    asks,
  });
  return (
    <>
      <Heading>{say("command_title")}</Heading>
      <Tabs
        label={say("command_title")}
        tabs={[
          tab("now", quarantine.items === null ? "" : String(decide), decide > 0),
          tab("acts", known(acts)),
          tab("evening", evening.unfinished.items === null ? "" : String(evening.count)),
          tab("waiting", sum(known(held), known(rejected))),
          tab("devices", devices.items === null ? "" : say("devices_quiet_count", { n: quiet })),
        ]}
      />
      {props.part === "now" && (
        <>
          {session !== null && hasDesk(session) && (
            <OpenRequests requests={requests} loaded={desk.loaded} />
          )}
          {commands && <Watches />}
          {commands && <Texts />}
          <Quarantine list={quarantine} />
          <Conflicts list={conflicts} />
          <Approvals list={evening.approvals} />
        </>
      )}
      {props.part === "acts" && <Acts list={acts} day={day} />}
      {props.part === "evening" && <EveningLists evening={evening} />}
      {props.part === "waiting" && <Waiting held={held} rejected={rejected} />}
      {props.part === "devices" && (
        <Devices
          waiting={{ page: "command", part: "waiting" }}
          list={devices}
          order={(items) => byQuiet(items, nowMs)}
          nowMs={nowMs}
        />
      )}
    </>
  );
}

/** Two counts in one; either may say that there are more. */
function sum(a: string, b: string): string {
  if (a === "" || b === "") return "";
  const more = a.endsWith("+") || b.endsWith("+") ? "+" : "";
  return `${Number.parseInt(a, 10) + Number.parseInt(b, 10)}${more}`;
}
