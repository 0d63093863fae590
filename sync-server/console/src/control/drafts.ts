// What somebody has begun to write, kept while another page is shown, until it was taken or the page
// is closed. In memory only, and each person's own.

const kept = new Map<string, string>();

function key(person: string, name: string): string {
  return `${person}\n${name}`;
}

/** What was written under a name. */
export function readDraft(person: string, name: string): string {
  return kept.get(key(person, name)) ?? "";
}

/** Keeps it; an empty one is forgotten. */
export function keepDraft(person: string, name: string, text: string): void {
  if (text === "") kept.delete(key(person, name));
  else kept.set(key(person, name), text);
}
