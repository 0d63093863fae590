// Photos of a record as thumbnails. Where the original is missing, lost or differs, the words stand on
// the photo itself: a thumbnail must not look like the original.

import { useState } from "preact/hooks";
import type { Picture } from "../../desk/paper";
import { valueWords, type Reading } from "../../desk/value";
import { clockTime, instant } from "../../desk/clock";
import { usePage, useWords } from "../context";
import { Dialog } from "../dialog";

/** What is said on a photo; empty where the court has the original. */
function stateKey(picture: Picture) {
  switch (picture.file?.state) {
    case "stored":
      return null;
    case "differs":
      return "photo_differs";
    case "lost":
      return "photo_lost";
    case "arriving":
      return "photo_arriving";
    case "absent":
    case undefined:
      return "photo_absent";
  }
}

/** Words of photos that have to be sent again: they stand out. */
const SENT_AGAIN: ReadonlySet<string> = new Set(["photo_differs", "photo_lost"]);

/** The thumbnails. `first`: beside a line, where an empty place says that there is none. */
export function Pictures(props: {
  pictures: readonly Picture[];
  reading: Reading;
  first?: boolean;
}) {
  const page = usePage();
  const { say } = useWords();
  const [large, setLarge] = useState<Picture | null>(null);
  const label = (picture: Picture) => {
    const { taken_at: taken, purpose, note } = picture.item as Record<string, unknown>;
    const words = (field: string, value: unknown) =>
      typeof value === "string" ? valueWords(props.reading, "photos", field, value) : "";
    const at =
      typeof taken === "string"
        ? say("photo_phone_time", { time: clockTime(instant(taken), props.reading.nowMs) })
        : "";
    return [words("purpose", purpose), words("note", note), at].filter(Boolean).join(" · ");
  };
  if (props.pictures.length === 0) {
    return props.first ? <div class="no-photo hint">{say("line_no_photo")}</div> : null;
  }
  return (
    <>
      <ul class={props.first ? "record-photos first" : "record-photos"}>
        {props.pictures.map((picture) => {
          const state = stateKey(picture);
          const small = picture.file?.thumbnail === true;
          const words = [label(picture), state === null ? "" : say(state)]
            .filter(Boolean)
            .join(" · ");
          return (
            <li key={picture.place} class={picture.item.struck === true ? "struck" : ""}>
              <button
                type="button"
                class="photo"
                aria-label={words || say("photo")}
                onClick={() => setLarge(picture)}
              >
                {small ? (
                  <img
                    src={page.office.picture(picture.hash, "thumbnail")}
                    alt=""
                    width="120"
                    height="90"
                    loading="lazy"
                  />
                ) : (
                  <span class="photo-blank">{state === null && say("no_thumbnail")}</span>
                )}
                {state !== null && (
                  <span class={SENT_AGAIN.has(state) ? "photo-state differs" : "photo-state"}>
                    {say(state)}
                  </span>
                )}
                {picture.item.struck === true && <span class="photo-state">{say("struck")}</span>}
              </button>
            </li>
          );
        })}
      </ul>
      {large && (
        <Dialog title={label(large) || say("photo")} wide onClose={() => setLarge(null)}>
          {large.file?.thumbnail === true ? (
            <img
              class="photo-large"
              src={page.office.picture(large.hash, large.file.preview ? "preview" : "thumbnail")}
              alt={label(large)}
            />
          ) : (
            <p>{say("photo_nothing_here")}</p>
          )}
          <p>{say(stateKey(large) ?? "photo_stored")}</p>
          {large.file?.state === "stored" && (
            <p>
              <a href={page.office.original(large.hash)} target="_blank" rel="noopener">
                {say("file_open")}
              </a>
            </p>
          )}
          <p class="hint figures break">SHA-256 {large.hash}</p>
        </Dialog>
      )}
    </>
  );
}
