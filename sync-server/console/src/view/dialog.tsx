// A dialog: modal, closed by Escape, takes the focus and gives it back. The alarm stays in sight
// and within reach above whatever it asks.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { AlarmLine } from "./alarm-line";
import { useWords } from "./context";

/** A modal dialog that is open as long as it is there. */
export function Dialog(props: {
  title: string;
  /** Absent: it cannot be closed without an answer. */
  onClose?: () => void;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const { say } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    // Not the alarm's button, which the browser would take: Enter must not answer what nobody aimed at.
    const first =
      element?.querySelector<HTMLElement>(".dialog-body :is(input:not([readonly]), textarea)") ??
      element?.querySelector<HTMLElement>(".dialog-head button, .dialog-body button");
    first?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const { onClose } = props;
  return (
    <dialog
      ref={dialog}
      class={props.wide ? "dialog wide" : "dialog"}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onKeyDown={(event) => {
        // A second Escape would close what cannot be closed, whatever `cancel` says.
        if (event.key === "Escape") {
          event.preventDefault();
          onClose?.();
        }
      }}
    >
      <AlarmLine />
      <header class="dialog-head">
        <h2 id={title}>{props.title}</h2>
        {onClose && (
          <button type="button" class="plain" onClick={onClose}>
            {say("close")} <kbd>Esc</kbd>
          </button>
        )}
      </header>
      <div class="dialog-body">{props.children}</div>
    </dialog>
  );
}
