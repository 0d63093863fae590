// The line on top: where and who, the time, whether the link stands, handover, language, light,
// sign-out.

import { useState } from "preact/hooks";
import { clockSeconds } from "../desk/clock";
import { isStale, silence } from "../desk/link";
import { hasDesk, isCommand, signedIn } from "../desk/state";
import { now } from "../control/time";
import { THEMES } from "../control/preferences";
import type { Session } from "../api/types";
import { useDesk, useNow, usePage, useWords } from "./context";
import { SignOut } from "./sign-out";
import { SoundTest } from "./sound-test";

/** The header. */
export function Header(props: { onHandover: () => void; onDuty: () => void }) {
  const desk = useDesk();
  const { say } = useWords();
  const [leaving, setLeaving] = useState(false);
  const session = signedIn(desk);
  const atDesk = session !== null && hasDesk(session);
  return (
    <header class="top">
      <h1>{session === null ? say("product") : <Place session={session} />}</h1>
      {session !== null && <Now />}
      <span class="grow" />
      {atDesk && <LinkState />}
      {atDesk && (
        <>
          <SoundTest />
          {session.station !== null && !isCommand(session) && (
            <button type="button" onClick={props.onDuty}>
              {say("duty")}
            </button>
          )}
          <button type="button" onClick={props.onHandover}>
            {say("handover")}
          </button>
        </>
      )}
      <Choices />
      {session !== null && (
        <button type="button" onClick={() => setLeaving(true)}>
          {say("sign_out")}
        </button>
      )}
      {leaving && <SignOut onClose={() => setLeaving(false)} />}
    </header>
  );
}

function Place(props: { session: Session }) {
  const { say } = useWords();
  const { session } = props;
  const place = isCommand(session) ? say("command_centre") : (session.station?.name ?? "");
  return <>{place === "" ? session.name : say("on_duty", { place, name: session.name })}</>;
}

function Now() {
  return <span class="clock now">{clockSeconds(useNow())}</span>;
}

function LinkState() {
  const desk = useDesk();
  const { say } = useWords();
  useNow();
  const at = now();
  const lost = desk.heard !== null && isStale(desk.heard, at);
  if (lost || desk.link === "lost") return <span class="link lost">{say("link_lost")}</span>;
  if (desk.heard === null || desk.link !== "live") {
    return <span class="link">{say("link_connecting")}</span>;
  }
  const seconds = Math.floor(silence(desk.heard, at) / 1_000);
  return <span class="link live figures">{say("link_live", { n: seconds })}</span>;
}

function Choices() {
  const page = usePage();
  const { say, language } = useWords();
  const { theme } = page.preferences;
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  return (
    <>
      <button type="button" onClick={() => page.prefer({ theme: next })}>
        {say(`theme_${theme}`)}
      </button>
      <button
        type="button"
        lang={language === "zh" ? "en" : "zh-CN"}
        title={say("switch_language_to")}
        onClick={() => page.prefer({ language: language === "zh" ? "en" : "zh" })}
      >
        {say("switch_language")}
      </button>
    </>
  );
}
