// Keeps sound, title and icon in step with what rings. It looks at the state only; to stop it takes
// a change of the state, which takes a person.

import { alarm, tabTitle } from "../desk/alarm";
import { isStale } from "../desk/link";
import { hasDesk, isCommand, signedIn } from "../desk/state";
import { ringingList } from "../desk/urgency";
import type { Door } from "../desk/route";
import type { Sound } from "../signal/sound";
import { showTab } from "../signal/tab";
import type { Say } from "../words/words";
import { everySecond, now } from "./time";
import type { Store } from "./store";

/**
 * Starts it. `words` gives the words of the language chosen now, `door` the workspace that is open, if it is
 * not the desk.
 */
export function startAlarm(
  store: Store,
  sound: Sound,
  words: () => Say,
  door: () => Exclude<Door, "desk"> | null,
): void {
  let beat = 0;
  const show = () => {
    const desk = store.get();
    const session = signedIn(desk);
    const rings =
      session === null ? 0 : ringingList(desk.incidents.values(), isCommand(session)).length;
    const { hidden } = document;
    const now_ = alarm(rings, { sound: sound.state(), hidden });
    sound.play(now_.sound);
    const say = words();
    const place = session === null ? "" : (session.station?.name ?? say("command_centre"));
    const parts = place === "" ? [say("product")] : [place, say("product")];
    const open = session === null ? null : door();
    if (open !== null) parts.unshift(say(`door_${open}`));
    const cut = session !== null && hasDesk(session) && isStale(desk.heard, now());
    if (cut) parts.unshift(say("link_lost"));
    if (hidden) parts.push(say("hidden_title"));
    const text = say("alarm_title", { n: now_.count });
    showTab(tabTitle(parts.join(" · "), text, now_.count, beat), now_.count, beat);
  };
  store.listen(show);
  document.addEventListener("visibilitychange", show);
  window.addEventListener("hashchange", show);
  everySecond(() => {
    beat += 1;
    show();
  });
}
