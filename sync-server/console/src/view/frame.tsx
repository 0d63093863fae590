// What stands around every workspace: the alarm, the bars, the rail. A request that nobody answers
// interrupts whatever somebody reads.

import { useEffect, useState } from "preact/hooks";
import type { Incident, Session } from "../api/types";
import { doors, shown } from "../desk/doors";
import { address, opened, type Route } from "../desk/route";
import { hasDesk, isCommand } from "../desk/state";
import { ringingList } from "../desk/urgency";
import { Admin } from "./admin/admin";
import { Banner } from "./banner";
import { Command } from "./command/command";
import { useDesk, useStale, useWords } from "./context";
import { Desk } from "./desk";
import { Figures } from "./command/figures";
import { AlarmTestBar, UntestedBar } from "./alarm-test";
import { HiddenBar, NewsBar, PresenceBar, SoundBar, StaleBar } from "./notices";
import { OfficeFrame } from "./office/office";
import { PhoneCard } from "./phone-card";
import { Rail } from "./rail";
import { CasePage } from "./record/case";
import { Cases } from "./record/cases";
import { RecordPage } from "./record/record";
import { goTo, useHeadingFocus, useRoute } from "./route";

/** The page of somebody signed in. */
export function Frame(props: { session: Session }) {
  const { session } = props;
  const route = useRoute();
  const seen = shown(session, route);
  const page = seen.kind === "page" ? seen.route : null;
  const open = doors(session);
  useHeadingFocus(`${seen.kind} ${page === null ? "" : address(page).split("?")[0]}`);
  return (
    <>
      {hasDesk(session) && <Alarms session={session} where={address(route)} />}
      <div class="workspace">
        {open.length > 1 && <Rail doors={open} route={page} />}
        {/* What was begun at the desk stays there while somebody reads elsewhere. */}
        {hasDesk(session) && <Desk hidden={page?.page !== "desk"} />}
        {page === null ? (
          <NoPage session={session} seen={seen} />
        ) : (
          page.page !== "desk" && <Elsewhere key={page.page} route={page} />
        )}
      </div>
    </>
  );
}

/** Banner, bars and telephone numbers, for those who have a desk. */
function Alarms(props: { session: Session; where: string }) {
  const desk = useDesk();
  const [phone, setPhone] = useState<Incident | null>(null);
  const rings = ringingList(desk.incidents.values(), isCommand(props.session));
  const selected = desk.selected === null ? undefined : desk.incidents.get(desk.selected);
  const called = rings[0] ?? selected;
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== "F2" || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      if (called !== undefined) setPhone(called);
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [called]);
  return (
    <>
      <StaleBar />
      <Banner
        rings={rings}
        where={props.where}
        onPhone={setPhone}
        onShow={() => goTo({ page: "desk" })}
      />
      <SoundBar />
      <AlarmTestBar />
      <UntestedBar />
      <HiddenBar />
      <PresenceBar />
      <NewsBar />
      {phone && <PhoneCard incident={phone} onClose={() => setPhone(null)} />}
    </>
  );
}

function Elsewhere(props: { route: Route }) {
  const desk = useDesk();
  const stale = useStale();
  const { route } = props;
  const old = stale && desk.heard !== null;
  return (
    <main class={old ? "office dimmed" : "office"} id="content">
      <OfficeFrame>
        {route.page === "command" && <Command part={route.part} />}
        {route.page === "cases" && <Cases search={route.search} />}
        {route.page === "case" && <CasePage key={route.no} no={route.no} />}
        {route.page === "record" && <RecordPage key={route.id} id={route.id} />}
        {route.page === "figures" && <Figures />}
        {route.page === "admin" && <Admin part={route.part} />}
      </OfficeFrame>
    </main>
  );
}

function NoPage(props: { session: Session; seen: ReturnType<typeof shown> }) {
  const { say } = useWords();
  const { seen, session } = props;
  if (seen.kind === "no_door") {
    return (
      <main class="alone">
        <h2>{say("no_desk_title")}</h2>
        <p>{say("no_desk")}</p>
      </main>
    );
  }
  const first = doors(session)[0];
  return (
    <main class="alone" id="content">
      <h2 data-heading tabIndex={-1}>
        {say(seen.kind === "refused" ? "door_refused_title" : "page_unknown_title")}
      </h2>
      <p>
        {seen.kind === "refused"
          ? say("door_refused", { door: say(`door_${seen.door}`) })
          : say("page_unknown")}
      </p>
      {first && (
        <p>
          <a href={address(opened(first))}>{say("go_to_door", { door: say(`door_${first}`) })}</a>
        </p>
      )}
    </main>
  );
}
