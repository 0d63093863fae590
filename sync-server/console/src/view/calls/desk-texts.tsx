// The texts at the desk: a line above the list while some have to be looked at, and the list itself in
// the right column.

import { useLayoutEffect, useRef } from "preact/hooks";
import { nowOnServer } from "../../control/time";
import { unread } from "../../desk/texts";
import { useDesk, usePage, useWords } from "../context";
import { Texts } from "./texts";

/** The line; nothing while there is nothing to look at. */
export function TextsLine() {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const { value, problem } = desk.texts;
  const n = unread(value?.items ?? [], desk.seenTexts, nowOnServer(desk)).length;
  // While the connection is cut the page says so elsewhere.
  const failed = problem !== null && desk.link === "live";
  return (
    <div role="status">
      {(n > 0 || failed) && (
        <button
          type="button"
          class="texts-line"
          aria-expanded={desk.showsTexts}
          onClick={() => page.console.showTexts(!desk.showsTexts)}
        >
          {n > 0 ? say("texts_waiting", { n }) : say("texts_not_read")}
        </button>
      )}
    </div>
  );
}

/** The list in the right column. It takes the focus, and gives it back. */
export function TextsPanel() {
  const page = usePage();
  const { say } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    heading.current?.focus();
    return () => {
      // The line goes once everything was looked at.
      const back = opener?.isConnected ? opener : document.querySelector("[role=listbox]");
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);
  const close = () => page.console.showTexts(false);
  return (
    <aside
      class="texts-panel"
      aria-label={say("texts_panel")}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <header class="dialog-head">
        <h2 ref={heading} tabIndex={-1}>
          {say("texts_panel")}
        </h2>
        <button type="button" class="plain" onClick={close}>
          {say("texts_close")} <kbd>Esc</kbd>
        </button>
      </header>
      <Texts />
    </aside>
  );
}
