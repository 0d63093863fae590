// `npm run dev`: the mock server and Vite beside it. Events are told on the terminal in the words
// of `control.mjs`.

import { createServer } from "vite";
import { createInterface } from "node:readline";
import { controls } from "./control.mjs";
import { startMock } from "./server.mjs";

const mock = await startMock({ port: 8123 });
const vite = await createServer();
await vite.listen();
vite.printUrls();
console.log(
  "D1/duty-1, D2/duty-2 (九江), D3/duty-3 + 246810 (里水), C1/command-1, Y1/president-1, A1/admin-1",
);
console.log(
  "voice | app | sms | lishui | cut | heal | restart | expire | clock hh:mm | text WORDS | watch SECONDS | away CODE | back CODE",
);

const words = controls(mock);
createInterface({ input: process.stdin }).on("line", (line) => {
  const [word, ...rest] = line.trim().split(/\s+/);
  words[word]?.(...rest);
});
