// The tab's title and icon, which a person sees while another tab or window is in front.

/** Navy at rest; red with the count while something rings, in turn with its reverse. */
export function icon(count: number, beat: number): string {
  const lit = beat % 2 === 0;
  const [ground, ink] =
    count === 0 ? ["#12305c", "#ffffff"] : lit ? ["#c8102e", "#ffffff"] : ["#ffffff", "#c8102e"];
  const text = count === 0 ? "值" : count > 9 ? "9+" : String(count);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="${ground}"/>` +
    `<text x="16" y="23" font-size="19" font-weight="700" text-anchor="middle" font-family="sans-serif" fill="${ink}">${text}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Puts title and icon on the tab. */
export function showTab(title: string, count: number, beat: number): void {
  if (document.title !== title) document.title = title;
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const href = icon(count, beat);
  if (link !== null && link.getAttribute("href") !== href) link.setAttribute("href", href);
}
