// When a key belongs to the page and not to what has the focus.

const OWN_ENTER = "input, textarea, select, button, a[href], summary, [contenteditable]";

/** Whether the page may take this key: no dialog is open, nothing that uses Enter itself has the focus. */
export function hears(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (document.querySelector("dialog[open]") !== null) return false;
  const { target } = event;
  return !(target instanceof Element) || target.closest(OWN_ENTER) === null;
}
