// What can be made to happen at the mock server, by one word each: from the terminal of `npm run
// dev`, by `POST /control {"do": word, "with": text}`, and from tests.

import { promise } from "./calls.mjs";
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
    text: (text = "求助") => {
      const from = "13900000102";
      const known = world.texts.items.find((each) => each.text === text);
      if (known) known.times += 1;
      else
        world.texts.items.unshift({
          at: world.now(),
          from,
          text,
          verdict: "sms_not_ours",
          times: 1,
        });
    },
    watch: (seconds = "120") => {
      const id = String(world.promises.length % 10);
      const crew = [["luqihang", "陆启航"]];
      world.promises.push(
        promise(id, "九江镇沙口地下车库", crew, world.now(), Number(seconds)),
      );
    },
    away: (station) => world.presence(station, false),
    back: (station) => world.presence(station, true),
  };
}
