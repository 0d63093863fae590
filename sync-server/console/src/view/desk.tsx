// The dispatch workspace: requests, map, details. The voice report and what it resembles, and the texts
// that nobody has looked at, take the place of the details. The command centre works with the same parts
// over all stations.

import { useState } from "preact/hooks";
import type { Incident, Proposal } from "../api/types";
import { TextsLine, TextsPanel } from "./calls/desk-texts";
import { useDesk, useStale, useWords } from "./context";
import { Detail } from "./detail";
import { JoinOffer } from "./join-offer";
import { Lent } from "./lent";
import { Lists } from "./list";
import { MapPane } from "./map-pane";
import { VoiceForm } from "./voice-form";

/** The workspace. Hidden, it keeps what was begun. */
export function Desk(props: { hidden: boolean }) {
  const desk = useDesk();
  const { say } = useWords();
  const stale = useStale();
  const [writes, setWrites] = useState(false);
  const [offer, setOffer] = useState<{ incident: Incident; proposed: Proposal[] } | null>(null);

  return (
    <main
      class={stale && desk.heard !== null ? "desk dimmed" : "desk"}
      hidden={props.hidden}
      {...(props.hidden ? {} : { id: "content" })}
    >
      <div class="left">
        <TextsLine />
        <Lent />
        <Lists />
        <button type="button" class="voice-open" onClick={() => setWrites(true)}>
          {say("voice")}
        </button>
      </div>
      <MapPane />
      <div class="right">
        {desk.showsTexts && <TextsPanel />}
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
        {!writes && !desk.showsTexts && <Detail />}
      </div>
    </main>
  );
}
