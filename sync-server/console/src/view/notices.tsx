// What is said above the page: that its data is old, that the alarm cannot be heard, that nobody is
// at a console, and what happened lately.

import { useEffect, useState } from "preact/hooks";
import { clockSeconds, clockTime, serverNow } from "../desk/clock";
import { isStale } from "../desk/link";
import { isCommand, signedIn, unattended, type News } from "../desk/state";
import { span } from "../desk/span";
import { now } from "../control/time";
import { pick } from "../words/words";
import { useDesk, useNow, usePage, useWords } from "./context";

/** Says that the data is old, since when, and what that means. */
export function StaleBar() {
  const desk = useDesk();
  const { say } = useWords();
  useNow();
  // The first connection gets its time before anybody is alarmed.
  const [opened] = useState(now);
  const at = now();
  const stale = desk.heard === null ? isStale(opened, at) : isStale(desk.heard, at);
  const as_of =
    desk.heard === null
      ? null
      : clockSeconds(serverNow(desk.clock, desk.heard.pageMs, desk.heard.wallMs));
  return (
    <div role="alert">
      {stale && (
        <div class="bar stale">
          <strong>{as_of === null ? say("stale_never") : say("stale", { time: as_of })}</strong>
          <span>{say("stale_advice")}</span>
          <span>{say("stale_retrying")}</span>
        </div>
      )}
    </div>
  );
}

/** Says that the alarm cannot be heard. */
export function SoundBar() {
  const page = usePage();
  const { say } = useWords();
  useNow();
  const state = page.sound.state();
  if (state === "running") return null;
  return (
    <div class="bar sound" role="alert">
      <strong>{say(state === "none" ? "no_audio" : "muted")}</strong>
      <button type="button" onClick={() => page.sound.unlock()}>
        {say("unmute")}
      </button>
    </div>
  );
}

/** Below this nobody missed anything worth saying. */
const SHORT_ABSENCE_MS = 10_000;

/** Says that the page was in the background. */
export function HiddenBar() {
  const { say } = useWords();
  const [away, setAway] = useState<number | null>(null);
  useEffect(() => {
    let since: number | null = document.hidden ? Date.now() : null;
    const look = () => {
      if (document.hidden) since ??= Date.now();
      else if (since !== null) {
        const spent = Date.now() - since;
        since = null;
        if (spent >= SHORT_ABSENCE_MS) setAway(spent);
      }
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  if (away === null) return null;
  return (
    <div class="bar hidden-page" role="status">
      <span>{say("was_hidden", { time: span(say, away) })}</span>
      <button type="button" onClick={() => setAway(null)}>
        {say("understood")}
      </button>
    </div>
  );
}

/** Tells the command centre which stations nobody looks after. */
export function PresenceBar() {
  const desk = useDesk();
  const { say } = useWords();
  const session = signedIn(desk);
  if (session === null || !isCommand(session)) return null;
  const off = unattended(desk);
  const on = desk.presence.filter((station) => station.online);
  if (off.length === 0) return null;
  const names = (stations: typeof off) => stations.map((station) => station.name).join("、");
  return (
    <div class="bar presence" role="status">
      <strong>{say("unmanned", { station: names(off) })}</strong>
      <span>{say("unmanned_call")}</span>
      {on.length > 0 && <span>{say("manned", { stations: names(on) })}</span>}
    </div>
  );
}

/** News goes by itself: everything stands in the timelines as well. */
const NEWS_MS = 120_000;

/** What others did meanwhile, and who was faster. */
export function NewsBar() {
  const desk = useDesk();
  const page = usePage();
  const { say } = useWords();
  const time = useNow();
  const recent = desk.news.filter((news) => time - news.at < NEWS_MS);
  return (
    <div class="news" role="status" aria-label={say("news")}>
      {recent.map((news) => (
        <div key={news.id} class="news-line">
          <NewsText news={news} />
          <button type="button" class="plain" onClick={() => page.console.dismiss(news.id)}>
            {say("dismiss")}
          </button>
        </div>
      ))}
    </div>
  );
}

function NewsText(props: { news: News }) {
  const { say, language } = useWords();
  const time_now = useNow();
  const { kind, name, place, at, detail } = props.news;
  const time = clockTime(at, time_now);
  switch (kind) {
    case "answered":
      return <span>{say("answered_by_other", { name, time, place })}</span>;
    case "faster":
      return <span>{say("was_faster", { name, time, why: pick(language, detail) })}</span>;
    case "moved":
      return (
        <span>
          {name === ""
            ? say("moved_away_elsewhere", { place })
            : say("moved_away", { place, station: name })}
        </span>
      );
    case "done":
      return <span>{pick(language, detail)}</span>;
  }
}
