// Puts the page together: the court from the page itself, the server's client, the state, the
// sound, the tab.

import { render } from "preact";
import { useState } from "preact/hooks";
import { Client } from "./api/client";
import { Office } from "./api/office-client";
import { startAlarm } from "./control/alarm";
import { Console } from "./control/console";
import {
  applyPreferences,
  readPreferences,
  systemIsDark,
  type Preferences,
} from "./control/preferences";
import { Store } from "./control/store";
import { doorOf, readRoute } from "./desk/route";
import { Sound } from "./signal/sound";
import { PageContext, type Page } from "./view/context";
import { Shell } from "./view/shell";
import { sayer } from "./words/words";
import "leaflet/dist/leaflet.css";
import "./style/tokens.css";
import "./style/parts.css";
import "./style/forms.css";
import "./style/top.css";
import "./style/detail.css";
import "./style/desk.css";
import "./style/map.css";
import "./style/office.css";
import "./style/cards.css";
import "./style/record.css";

/** A court's code, letters of any script and digits (粤0605); what the server did not fill in is no court. */
function court(): string {
  const content = document.querySelector<HTMLMetaElement>("meta[name=court]")?.content ?? "";
  return /^[\p{L}\p{N}-]{1,32}$/u.test(content) ? content : "";
}

let preferences = readPreferences();
applyPreferences(preferences);
systemIsDark().addEventListener("change", () => applyPreferences(preferences));

const code = court();
const store = new Store();
const sound = new Sound(() => undefined);
const client = new Client(`/v1/courts/${encodeURIComponent(code)}`, () => console_.expired());
const office = new Office(client);
const console_ = new Console(store, client);
startAlarm(
  store,
  sound,
  () => sayer(preferences.language),
  () => {
    const door = doorOf(readRoute(location.hash));
    return door === "desk" ? null : door;
  },
);

// Any act of a person lets the alarm sound, should the browser have held it back.
for (const act of ["pointerdown", "keydown"] as const) {
  document.addEventListener(act, () => sound.state() !== "running" && sound.unlock(), true);
}

function Root() {
  const [chosen, setChosen] = useState<Preferences>(preferences);
  const page: Page = {
    store,
    console: console_,
    office,
    sound,
    court: code,
    preferences: chosen,
    prefer: (change) => {
      preferences = { ...preferences, ...change };
      applyPreferences(preferences);
      setChosen(preferences);
    },
  };
  return (
    <PageContext.Provider value={page}>
      <Shell />
    </PageContext.Provider>
  );
}

const root = document.getElementById("console");
if (root !== null) render(<Root />, root);
if (code === "") store.send({ type: "session", session: null });
else void console_.begin();
