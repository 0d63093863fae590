// What can be made to happen at the mock server, by one word each: from the terminal of `npm run
// dev`, by `POST /control {"do": word, "with": text}`, and from tests.

import { APP, ELSEWHERE, LISHUI, VOICE } from "./story.mjs";

/** The words, bound to a running mock. */
export function controls(mock) {
  const { world } = mock;
  return {
    voice: () => world.raise(VOICE),
    app: () => world.raise(APP),
    sms: () => world.raise(ELSEWHERE),
    lishui: () => world.raise(LISHUI),
    cut: () => mock.cut(),
    heal: () => mock.heal(),
    restart: () => mock.restart(),
    expire: () => world.sessions.clear(),
    clock: (time) => world.setClock(`2026-03-17T${time}:00+08:00`),
    acts: () => world.tell("acts", () => ({})),
    away: (station) => world.presence(station, false),
    back: (station) => world.presence(station, true),
  };
}
