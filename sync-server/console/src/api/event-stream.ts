// The text format of server-sent events, read piece by piece. The browser's own EventSource cannot
// send `Last-Event-ID` on a connection opened anew and hides why one failed, so the console reads
// the stream itself.

import type { LiveEvent } from "./types";

/** One message of the stream. */
export interface Message {
  event: string;
  data: string;
  /** The last id named so far. */
  id: string | null;
}

/** More than any event has; a stream that goes on without an end of line is cut. */
const LONGEST_LINE = 4_000_000;

/** Reads a stream that comes in pieces. */
export class EventReader {
  private rest = "";
  private event = "";
  private data: string[] = [];
  private id: string | null = null;

  /** Takes the next piece and gives the messages it completed. Throws `RangeError` on a line without end. */
  take(piece: string): Message[] {
    const messages: Message[] = [];
    this.rest += piece;
    // A lone CR at the end may be half of CRLF: it waits for the next piece.
    for (;;) {
      const match = /\r\n|\n|\r(?!$)/.exec(this.rest);
      if (match === null) break;
      const line = this.rest.slice(0, match.index);
      this.rest = this.rest.slice(match.index + match[0].length);
      const message = this.line(line);
      if (message !== null) messages.push(message);
    }
    if (this.rest.length > LONGEST_LINE) throw new RangeError("a line of the stream has no end");
    return messages;
  }

  private line(line: string): Message | null {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return null;
  }

  private dispatch(): Message | null {
    const { event, data, id } = this;
    this.event = "";
    this.data = [];
    return data.length === 0 ? null : { event: event || "message", data: data.join("\n"), id };
  }
}

const TYPES: ReadonlySet<string> = new Set([
  "hello",
  "beat",
  "incident",
  "gone",
  "presence",
  "acts",
  "reset",
]);

/** The event of a message; `null` for one of a later version, or one that cannot be read. */
export function liveEvent(message: Message): LiveEvent | null {
  if (!TYPES.has(message.event)) return null;
  try {
    const body: unknown = JSON.parse(message.data);
    if (typeof body !== "object" || body === null) return null;
    return { ...body, type: message.event } as LiveEvent;
  } catch {
    return null;
  }
}
