// What a person chose for this browser: language and light. Kept here and nowhere else; a browser
// that keeps nothing gets the defaults.

import { LANGUAGES, type Language } from "../words/words";

/** Light or dark, or as the system says. */
export const THEMES = ["auto", "light", "dark"] as const;

/** A choice of light. */
export type Theme = (typeof THEMES)[number];

/** The choices. */
export interface Preferences {
  language: Language;
  theme: Theme;
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(`lastmile.${name}`);
  } catch {
    return null;
  }
}

/** The choices made before. */
export function readPreferences(): Preferences {
  const language = LANGUAGES.find((each) => each === read("language")) ?? "zh";
  const theme = THEMES.find((each) => each === read("theme")) ?? "auto";
  return { language, theme };
}

/** Whether the system wants it dark; changes while the page is open. */
export function systemIsDark(): MediaQueryList {
  return matchMedia("(prefers-color-scheme: dark)");
}

/** Keeps the choices and puts them on the page. */
export function applyPreferences({ language, theme }: Preferences): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  const dark = theme === "dark" || (theme === "auto" && systemIsDark().matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  try {
    localStorage.setItem("lastmile.language", language);
    localStorage.setItem("lastmile.theme", theme);
  } catch {
    // The choice holds until the page is closed.
  }
}
