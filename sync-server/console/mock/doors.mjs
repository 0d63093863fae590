// The addresses of the workspaces beside the desk at the mock server: who may ask what, pages, and
// answers that fail where a test wants them to.

import { NAMES, PACKS, WORDS } from "./office.mjs";
import { STATIONS } from "./nanhai.mjs";
import { THUMBNAIL } from "./story.mjs";

/** Rows of a page; the real server takes 50, a small number shows the button in tests. */
const PAGE = 20;

function page(items, after) {
  const from = Number(after ?? 0);
  const more = from + PAGE < items.length;
  return { items: items.slice(from, from + PAGE), ...(more ? { next: String(from + PAGE) } : {}) };
}

const READ = ["command", "president"];
/** Who reads cases, all or their own; the mock shows both the same. */
const CASE = [...READ, "officer", "clerk", "judicial_police"];
const ADMIN = ["admin"];

const CALLS = ["command", "dispatcher"];

/** [method, path, roles, answer]. An answer of `null` is 404. */
const ROUTES = [
  ["GET", /^\/words$/, CASE, () => WORDS],
  ["GET", /^\/names$/, CASE, () => ({ names: NAMES })],
  ["GET", /^\/acts$/, READ, ({ office, after }) => page(office.acts(), after)],
  ["GET", /^\/evening$/, READ, ({ office }) => office.evening()],
  ["GET", /^\/devices$/, [...READ, ...ADMIN], ({ office, after }) => page(office.devices, after)],
  ["GET", /^\/conflicts$/, CASE, ({ office, after }) => page(office.conflicts(), after)],
  [
    "GET",
    /^\/(held|quarantine|rejected)$/,
    READ,
    ({ office, after, found }) => page(office[found[1]], after),
  ],
  [
    "POST",
    /^\/quarantine\/([0-9a-f]{64})\/decision$/,
    READ,
    ({ office, found, body }) =>
      office.decide(found[1], body) ?? {
        refused: ["not_waiting", 409, "该改动已不在待核之列", "The change no longer waits."],
      },
  ],
  ["GET", /^\/cases$/, CASE, ({ office, after, search }) => page(office.cases(search), after)],
  [
    "GET",
    /^\/cases\/([^/]+)$/,
    CASE,
    ({ office, found }) => office.case(decodeURIComponent(found[1])),
  ],
  [
    "GET",
    /^\/cases\/([^/]+)\/records$/,
    CASE,
    ({ office, after, found }) => {
      const no = decodeURIComponent(found[1]);
      const own = [...office.records.values()].filter((record) => record.case_no === no);
      return page(
        own.map(({ facts, conflicts, files, changes, heads, ...row }) => row),
        after,
      );
    },
  ],
  [
    "GET",
    /^\/records\/([0-9a-f]{32})$/,
    CASE,
    ({ office, found }) => office.records.get(found[1]) ?? null,
  ],
  [
    "POST",
    /^\/records\/([0-9a-f]{32})\/settlements$/,
    CASE,
    ({ office, found, body, session }) =>
      office.settle(session, found[1], body) ?? {
        refused: [
          "conflict_gone",
          409,
          "该分歧已变化，未作改动",
          "The conflict has changed; nothing was done.",
        ],
      },
  ],
  [
    "POST",
    /^\/records\/([0-9a-f]{32})\/finalisations$/,
    CASE,
    ({ world, office, found, body, session }) =>
      office.finalise(session, found[1], body, world.person(session.person).password),
  ],
  ["GET", /^\/texts$/, CALLS, ({ world }) => world.textsNow()],
  ["GET", /^\/watches$/, ["command"], ({ world }) => world.watchesNow()],
  ["GET", /^\/people$/, ADMIN, ({ office, after }) => page(office.people(), after)],
  ["POST", /^\/enrolments$/, ADMIN, ({ office, body }) => office.enrol(body)],
  [
    "POST",
    /^\/devices\/([0-9a-f]{64})\/withdrawal$/,
    ADMIN,
    ({ office, found, body }) => office.withdraw(found[1], body),
  ],
  ["GET", /^\/packs$/, ADMIN, ({ after }) => page(PACKS, after)],
];

/** Answers a request, or gives `false` for addresses of the desk. `reply` is how the server answers. */
export function answerDoors({ world, session, method, path, query, body, response }, reply) {
  const { office } = world;
  if (office.broken.has(path))
    return reply.problem(
      response,
      503,
      "store_unavailable",
      "数据库暂时不可用",
      "The database cannot be used now.",
    );
  const picture = method === "GET" && /^\/files\/[0-9a-f]{64}$/.test(path);
  const paper =
    method === "GET" &&
    /^\/(records\/[0-9a-f]{32}\/papers\/F-\d\d|cases\/[^/]+\/export)$/.test(path);
  if (picture) return reply.send(response, 200, THUMBNAIL, { "content-type": "image/svg+xml" });
  if (paper) return reply.send(response, 200, "%PDF-1.7", { "content-type": "application/pdf" });
  for (const [verb, pattern, roles, answer] of ROUTES) {
    const found = verb === method ? pattern.exec(path) : null;
    if (!found) continue;
    if (!session.roles.some((role) => roles.includes(role)))
      return reply.problem(
        response,
        403,
        "not_your_role",
        "您的角色不能进行此项操作",
        "Your role does not allow this.",
      );
    const value = answer({
      world,
      office,
      found,
      body,
      session,
      after: query.get("after"),
      search: query.get("search"),
    });
    if (value === null)
      return reply.problem(response, 404, "not_found", "没有这项内容", "There is nothing here.");
    if (value.refused) {
      const [code, status, zh, en] = value.refused;
      return reply.problem(response, status, code, zh, en);
    }
    if (method === "POST") world.tell("acts", () => ({}));
    return reply.json(response, 200, value);
  }
  return false;
}

/** Stations as the map's answer has them, with their telephones. */
export function stationPoints() {
  return STATIONS.map(({ code, name, position, duty_phone }) => ({
    code,
    name,
    position,
    duty_phone,
  }));
}
