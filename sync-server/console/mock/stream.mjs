// One console's event stream of the mock server: what it missed, then what happens, and a beat.

const BEAT_MS = 5_000;

/** A stream, open until the console goes. */
export class Stream {
  constructor(world, session, request, response) {
    Object.assign(this, {
      world,
      session,
      response,
      seen: new Set(world.list(session, "open").items.map((i) => i.id)),
    });
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    this.write("hello", { server_time: world.now() });
    const last = request.headers["last-event-id"];
    const [epoch, number] = (last ?? "").split(".");
    if (last !== undefined && epoch !== this.epoch()) this.write("reset", {}, world.events.length);
    else if (last !== undefined)
      world.events.slice(Number(number)).forEach((event) => this.send(event));
    this.sayPresence();
    world.streams.add(this);
    const beat = setInterval(() => {
      if (this.silent) return;
      this.write("beat", { server_time: world.now() });
      this.sayPresence();
    }, BEAT_MS);
    response.on("close", () => {
      clearInterval(beat);
      world.streams.delete(this);
    });
  }

  /** Who is at a console, when that has changed since it was said last. */
  sayPresence() {
    const stations = this.world.presenceNow();
    const said = JSON.stringify(stations);
    if (said === this.said) return;
    this.said = said;
    this.write("presence", stations, this.world.events.length);
  }

  epoch() {
    return this.world.epoch ?? "first";
  }

  /** Sends a numbered event, as far as this session may see it. */
  send({ id, event, data, incident }) {
    if (incident === null) return this.write(event, data, id);
    if (this.world.sees(this.session, incident)) {
      this.seen.add(incident.id);
      return this.write(event, data, id);
    }
    if (!this.seen.delete(incident.id)) return undefined;
    const { code, name } = incident.station;
    return this.write("gone", { id: incident.id, seq: incident.seq, station: { code, name } }, id);
  }

  write(event, data, id) {
    if (this.silent) return;
    const number = id === undefined ? "" : `id: ${this.epoch()}.${id}\n`;
    this.response.write(`event: ${event}\n${number}data: ${JSON.stringify(data)}\n\n`);
  }
}
