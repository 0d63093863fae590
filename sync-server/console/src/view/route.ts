// The address as components see it: read from after the `#`, told again whenever it changes.

import { useEffect, useRef, useState } from "preact/hooks";
import { address, readRoute, type Route } from "../desk/route";

/** The page the address names now. */
export function useRoute(): Route {
  const [hash, set] = useState(location.hash);
  useEffect(() => {
    const look = () => set(location.hash);
    look();
    window.addEventListener("hashchange", look);
    return () => window.removeEventListener("hashchange", look);
  }, []);
  return readRoute(hash);
}

/** Goes to a page; the back button leads back. */
export function goTo(route: Route): void {
  location.hash = address(route);
}

/** The same page under another address, which the back button skips. */
export function replaceRoute(route: Route): void {
  history.replaceState(null, "", address(route));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Gives the heading of a page the focus whenever another page is shown, not when the first one is. */
export function useHeadingFocus(page: string): void {
  const before = useRef<string | null>(null);
  useEffect(() => {
    const first = before.current === null;
    before.current = page;
    if (first) return;
    document.querySelector<HTMLElement>("main:not([hidden]) [data-heading]")?.focus();
  }, [page]);
}
