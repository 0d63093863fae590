// A small server that speaks the console's protocol, for `npm run dev` and the browser tests. It
// holds the same policy against foreign content as the real one, so that a page that would break
// there breaks here.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { controls } from "./control.mjs";
import { answerDoors } from "./doors.mjs";
import { Stream } from "./stream.mjs";
import { THUMBNAIL } from "./story.mjs";
import { World } from "./world.mjs";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const COURT = "0605";
const BASE = `/v1/courts/${COURT}`;
const POLICY =
  "default-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };

/** Starts a server; `port` 0 takes a free one. Gives the world, the address, and how to cut and stop it. */
export async function startMock({ port = 0, world = new World() } = {}) {
  const sockets = new Set();
  const state = { cut: false };
  let words = {};
  const server = createServer((request, response) => {
    answer(world, words, request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });
  server.on("connection", (socket) => {
    if (state.cut) return void socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  const seconds = setInterval(() => world.ladder(), 1_000);
  const drop = () => sockets.forEach((socket) => socket.destroy());
  const mock = {
    world,
    address: `http://127.0.0.1:${server.address().port}`,
    /** The cable is out: every connection breaks and none is taken. */
    cut() {
      state.cut = true;
      drop();
    },
    heal() {
      state.cut = false;
    },
    /** The server restarts and no longer knows the numbers of its events. */
    restart() {
      world.events.length = 0;
      world.epoch = randomUUID();
      drop();
    },
    async stop() {
      clearInterval(seconds);
      drop();
      await new Promise((closed) => server.close(closed));
    },
  };
  words = controls(mock);
  return mock;
}

async function answer(world, words, request, response) {
  const url = new URL(request.url, "http://mock");
  if (url.pathname === "/control") {
    const told = await read(request);
    words[told.do]?.(told.with);
    return send(response, words[told.do] ? 204 : 400, "");
  }
  if (url.pathname === "/mock/photo.svg")
    return send(response, 200, THUMBNAIL, { "content-type": "image/svg+xml" });
  if (!url.pathname.startsWith(BASE)) return file(url.pathname, response);
  const body = await read(request);
  const path = url.pathname.slice(BASE.length);
  const route = `${request.method} ${path}`;
  if (route === "POST /session") return signIn(world, body, response);
  const token = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
  const session = world.sessions.get(token);
  if (!session)
    return problem(
      response,
      401,
      "session_expired",
      "登录已过期，请重新登录。",
      "The session has expired; sign in again.",
    );
  if (request.method !== "GET" && request.headers["x-csrf"] !== session.csrf) {
    return problem(
      response,
      403,
      "csrf",
      "页面已失效，请刷新。",
      "The page is out of date; reload it.",
    );
  }
  if (route === "GET /session")
    return json(response, 200, { ...session, server_time: world.now() });
  if (route === "DELETE /session") {
    world.sessions.delete(token);
    return send(response, 204, "");
  }
  if (route === "POST /alarm-tests") {
    world.alarmTested(session.station?.code ?? "command", body.heard);
    return send(response, 204, "");
  }
  if (route === "POST /presence") return json(response, 200, world.heard(session));
  if (route === "GET /live") return new Stream(world, session, request, response);
  if (route === "GET /map") return json(response, 200, world.map());
  if (route === "GET /incidents")
    return json(response, 200, world.list(session, url.searchParams.get("state")));
  if (route === "POST /incidents")
    return once(world, request, response, () => voice(world, session, body));
  if (route === "POST /handover")
    return once(world, request, response, () => handover(world, session, body));
  const asked = { world, session, method: request.method, path, query: url.searchParams, body };
  if (answerDoors({ ...asked, response }, { problem, json, send }) !== false) return undefined;
  if (path === "/duty") {
    if (request.method === "PUT") {
      const seen = request.headers["if-match"];
      if (seen !== `"${world.dutyVersion(session)}"`) return planMoved(world, session, seen, response);
      world.setDuty(session, body.shifts);
    }
    return json(response, 200, world.duty(session));
  }
  const match = /^\/incidents\/(\w+)(\/steps|\/nearest)?$/.exec(path);
  const incident = world.incidents.get(match?.[1]);
  if (!incident || !world.sees(session, incident)) {
    return problem(response, 404, "unknown_incident", "没有该求助。", "There is no such request.");
  }
  if (match[2] === "/nearest") return json(response, 200, world.nearest(session, incident));
  if (request.method === "GET") return json(response, 200, world.view(incident, true));
  return step(world, session, incident, body, request, response);
}

function planMoved(world, session, seen, response) {
  if (seen === undefined) {
    return problem(response, 428, "duty_plan_unread", "未注明版本。", "No version is named.");
  }
  const zh = "值班警力刚被他人改过,未保存;请核对后再保存";
  const en = "Somebody else has saved the duty plan meanwhile; nothing was saved.";
  return problem(response, 412, "duty_plan_moved", zh, en, { plan: world.duty(session) });
}

function signIn(world, body, response) {
  const person = world.person(body.person);
  if (world.failures >= 5) {
    world.failures = 0;
    return problem(
      response,
      429,
      "sign_in_throttled",
      "尝试过多，请稍后再试。",
      "Too many attempts; wait.",
      {},
      { "retry-after": "3" },
    );
  }
  if (!person || person.password !== body.password) {
    world.failures += 1;
    return problem(
      response,
      401,
      "sign_in_refused",
      "工号或密码不正确。",
      "Staff number or password is wrong.",
    );
  }
  if (person.totp && person.totp !== body.totp) {
    const code = body.totp ? "sign_in_refused" : "totp_needed";
    return problem(response, 401, code, "动态口令不正确。", "The one-time code is wrong.");
  }
  world.failures = 0;
  const token = randomUUID();
  const station = world.map().stations.find((each) => each.code === person.station);
  const session = {
    person: person.person,
    name: person.name,
    roles: person.roles,
    station: station ? { code: station.code, name: station.name } : null,
    csrf: randomUUID(),
    expires_at: "2026-03-17T12:00:00Z",
    arrival_target_s: 1_200,
    server_time: world.now(),
  };
  world.sessions.set(token, session);
  const cookie = `session=${token}; HttpOnly; SameSite=Strict; Path=/`;
  return json(response, 200, session, { "set-cookie": cookie });
}

function step(world, session, incident, body, request, response) {
  const key = request.headers["idempotency-key"];
  if (world.taken.has(key)) return json(response, 200, world.view(incident, true));
  const fault = world.step(incident, body, session);
  if (fault === null && key) world.taken.set(key, true);
  if (fault === null) return json(response, 200, world.view(incident, true));
  const { code, zh, en } = fault;
  return problem(
    response,
    409,
    "step_unfit",
    "该求助的状态已有变化，未作改动",
    "The request has moved on; nothing was changed.",
    { reason: code, detail: zh, detail_en: en, incident: world.view(incident, true) },
  );
}

function voice(world, session, body) {
  const { case_no, called_at, ...request } = body;
  const report = {
    case_no: case_no ?? null,
    station: session.station?.code,
    request: { ...request, channel: "voice" },
  };
  const incident = world.raise(report, session, called_at);
  return { incident: world.view(incident, true), proposed: world.proposals(incident) };
}

function handover(world, session, body) {
  const incidents = body.incidents.map((id) => world.incidents.get(id)).filter(Boolean);
  for (const incident of incidents)
    world.step(incident, { step: "taken_over", note: body.note || undefined }, session);
  return { incidents: incidents.map((incident) => world.view(incident, true)) };
}

/** The same key gets the same answer and does nothing twice. */
function once(world, request, response, act) {
  const key = request.headers["idempotency-key"];
  const value = world.taken.get(key) ?? act();
  if (key) world.taken.set(key, value);
  return json(response, 200, value);
}

async function read(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return pieces.length === 0 ? {} : JSON.parse(Buffer.concat(pieces).toString("utf8"));
}

async function file(path, response) {
  const name =
    path === "/" || path === "/console/" ? "/index.html" : path.replace(/^\/console/, "");
  try {
    const bytes = await readFile(join(DIST, normalize(name)));
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    const filled =
      name === "/index.html" ? bytes.toString("utf8").replace("__COURT__", COURT) : bytes;
    send(response, 200, filled, { "content-type": type, "content-security-policy": POLICY });
  } catch {
    send(response, 404, "");
  }
}

function problem(response, status, code, zh, en, more = {}, headers = {}) {
  json(
    response,
    status,
    { type: `urn:lastmile:problem:${code}`, title: zh, title_en: en, status, code, ...more },
    {
      ...headers,
      "content-type": "application/problem+json",
    },
  );
}

function json(response, status, value, headers = {}) {
  send(response, status, JSON.stringify(value), { "content-type": "application/json", ...headers });
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(body);
}
