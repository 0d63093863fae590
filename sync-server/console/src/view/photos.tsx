// Photographs of the scene as thumbnails; one opens larger.

import { useState } from "preact/hooks";
import type { Photo } from "../api/types";
import { clockTime, instant } from "../desk/clock";
import { useNow, useWords } from "./context";
import { Dialog } from "./dialog";

/** The thumbnails. */
export function Photos(props: { photos: Photo[] | undefined }) {
  const { say } = useWords();
  const now = useNow();
  const [large, setLarge] = useState<Photo | null>(null);
  const photos = props.photos ?? [];
  const label = (photo: Photo) => {
    const taken = instant(photo.taken_at);
    return taken === null ? say("photo") : say("photo_taken", { time: clockTime(taken, now) });
  };
  return (
    <section aria-label={say("photos")}>
      <h3>{say("photos")}</h3>
      {photos.length === 0 && <p class="hint">{say("photos_none")}</p>}
      <div class="photos">
        {photos.map((photo) =>
          photo.thumbnail === null ? (
            <p key={photo.hash} class="photo-blank">
              {say("photo_under_way")}
            </p>
          ) : (
            <button key={photo.hash} type="button" onClick={() => setLarge(photo)}>
              <img
                src={photo.thumbnail}
                alt={label(photo)}
                width="104"
                height="78"
                loading="lazy"
              />
            </button>
          ),
        )}
      </div>
      {large?.thumbnail && (
        <Dialog title={label(large)} wide onClose={() => setLarge(null)}>
          <img class="photo-large" src={large.thumbnail} alt={label(large)} />
          <p class="hint figures">SHA-256 {large.hash}</p>
        </Dialog>
      )}
    </section>
  );
}
