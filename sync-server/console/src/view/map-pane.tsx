// The middle column: the map, or the same places as a table for keyboard and screen reader.

import { useEffect, useRef, useState } from "preact/hooks";
import { fixWords, places, type Place } from "../desk/places";
import { signedIn } from "../desk/state";
import { openList } from "../desk/urgency";
import { now } from "../control/time";
import { useDesk, useNow, usePage, useWords } from "./context";
import { MapLayer } from "./map-layer";
import { PlacesTable } from "./places-table";

/** The pane. */
export function MapPane() {
  const desk = useDesk();
  const { say } = useWords();
  const [asList, setAsList] = useState(false);
  useNow();
  const elapsedS = desk.map === null ? 0 : (now().pageMs - desk.map.pageMs) / 1_000;
  const all = places(say, openList(desk.incidents.values()), desk.map?.content ?? null, elapsedS);
  const layer = useRef<MapLayer | null>(null);
  return (
    <section class="map-pane" aria-label={say("map")}>
      <div class="map-head">
        <div class="tabs">
          <button type="button" aria-pressed={!asList} onClick={() => setAsList(false)}>
            {say("map")}
          </button>
          <button type="button" aria-pressed={asList} onClick={() => setAsList(true)}>
            {say("map_as_list")}
          </button>
        </div>
        {!asList && (
          <div class="tabs" role="group" aria-label={say("map")}>
            <button
              type="button"
              aria-label={say("map_zoom_in")}
              onClick={() => layer.current?.zoom(1)}
            >
              +
            </button>
            <button
              type="button"
              aria-label={say("map_zoom_out")}
              onClick={() => layer.current?.zoom(-1)}
            >
              −
            </button>
            <button type="button" onClick={() => layer.current?.fit()}>
              {say("map_fit")}
            </button>
          </div>
        )}
        <span class="hint">{desk.map === null ? say("map_none") : say("map_datum")}</span>
      </div>
      {asList ? <PlacesTable places={all} /> : <MapView places={all} layer={layer} />}
    </section>
  );
}

function MapView(props: { places: Place[]; layer: { current: MapLayer | null } }) {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const { theme } = page.preferences;
  const element = useRef<HTMLDivElement>(null);
  const { layer } = props;
  const own = signedIn(desk)?.station?.code ?? null;
  const content = desk.map?.content ?? null;

  useEffect(() => {
    if (element.current === null) return;
    const map = new MapLayer(element.current, own, (id) => page.console.select(id));
    layer.current = map;
    if (content !== null) map.content(content);
    const observer = new ResizeObserver(() => map.resized());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      map.remove();
      layer.current = null;
    };
    // The colours of the canvas are read once: another light makes another map.
  }, [theme, own]);
  useEffect(() => {
    if (content !== null) layer.current?.content(content);
  }, [content]);
  useEffect(() => {
    const shown = props.places.map((place) => ({ place, label: labelOf(say, place) }));
    layer.current?.places(shown, desk.selected);
  });

  return (
    <div class="map-frame">
      <div ref={element} class="map" role="application" aria-label={say("map_label")} />
    </div>
  );
}

function labelOf(say: Parameters<typeof fixWords>[0], place: Place): string {
  return place.kind === "crew" ? `${place.name} ${fixWords(say, place)}` : place.name;
}
