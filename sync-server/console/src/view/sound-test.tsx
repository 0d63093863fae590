// The button that sounds the alarm once, so that a person knows it can be heard.

import { useEffect, useState } from "preact/hooks";
import { usePage, useWords } from "./context";

/** Sounds the alarm once. */
export function SoundTest() {
  const page = usePage();
  const { say } = useWords();
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => setLeft(0), left * 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <>
      <button type="button" onClick={() => setLeft(page.sound.test())}>
        {say(left > 0 ? "sounding" : "test_sound")}
      </button>
      {page.sound.state() === "none" && <span class="problem">{say("no_audio")}</span>}
    </>
  );
}
