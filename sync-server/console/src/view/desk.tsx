// The dispatch workspace: banner, requests, map, details; the voice report and what it resembles
// take the place of the details. The command centre works with the same parts over all stations.

import { useEffect, useState } from "preact/hooks";
import type { Incident, Proposal } from "../api/types";
import { isCommand, signedIn } from "../desk/state";
import { ringingList } from "../desk/urgency";
import { Banner } from "./banner";
import { useDesk, useStale, useWords } from "./context";
import { Detail } from "./detail";
import { JoinOffer } from "./join-offer";
import { Lists } from "./list";
import { MapPane } from "./map-pane";
import { HiddenBar, NewsBar, PresenceBar, SoundBar, StaleBar } from "./notices";
import { PhoneCard } from "./phone-card";
import { VoiceForm } from "./voice-form";

/** The workspace. */
export function Desk() {
  const desk = useDesk();
  const { say } = useWords();
  const stale = useStale();
  const session = signedIn(desk);
  const rings = ringingList(desk.incidents.values(), session !== null && isCommand(session));
  const [phone, setPhone] = useState<Incident | null>(null);
  const [writes, setWrites] = useState(false);
  const [offer, setOffer] = useState<{ incident: Incident; proposed: Proposal[] } | null>(null);
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
      <Banner rings={rings} onPhone={setPhone} />
      <SoundBar />
      <HiddenBar />
      <PresenceBar />
      <NewsBar />
      <main class={stale && desk.heard !== null ? "desk dimmed" : "desk"}>
        <div class="left">
          <Lists />
          <button type="button" class="voice-open" onClick={() => setWrites(true)}>
            {say("voice")}
          </button>
        </div>
        <MapPane />
        <div class="right">
          {writes && (
            <VoiceForm
              onClose={() => setWrites(false)}
              onTaken={(incident, proposed) => {
                setWrites(false);
                setOffer({ incident, proposed });
              }}
            />
          )}
          {offer && <JoinOffer {...offer} onClose={() => setOffer(null)} />}
          {!writes && <Detail />}
        </div>
      </main>
      {phone && <PhoneCard incident={phone} onClose={() => setPhone(null)} />}
    </>
  );
}
