// Leaflet, kept in one file: areas, stations, crews and requests on a plain ground. No tiles unless
// the court supplies them from its own server; nothing is asked of anybody else.

import L from "leaflet";
import type { MapContent } from "../api/types";
import type { Place } from "../desk/places";
import { SHAPES } from "../desk/request";

/** More crews than this are dots with a label on pointing at them, so that the page stays quick. */
const MOST_LABELS = 40;

const SIDES: readonly [L.TooltipOptions, ...L.TooltipOptions[]] = [
  { direction: "bottom", offset: [0, 8] },
  { direction: "top", offset: [0, -8] },
  { direction: "left", offset: [-8, 0] },
];

/** Where to look before anything is known: Nanhai, as wide as the court's district. */
const FIRST_VIEW: L.LatLngTuple = [23.03, 113.05];

/** What the map shows of a place beside its point. */
export interface Shown {
  place: Place;
  label: string;
}

/** A map in an element. */
export class MapLayer {
  private readonly map: L.Map;
  private readonly areas: L.GeoJSON;
  private readonly dots = new Map<string, L.CircleMarker>();
  private readonly pins = new Map<string, L.Marker>();
  private readonly dotLayer = L.layerGroup();
  private readonly ink: { area: string; crew: string; old: string };
  private tiles: L.TileLayer | null = null;
  private fitted = false;
  private followed: string | null = null;

  /** `own`: the station whose area the first view shows; `null`: every area. */
  constructor(
    element: HTMLElement,
    private readonly own: string | null,
    private readonly onSelect: (id: string) => void,
  ) {
    this.map = L.map(element, {
      center: FIRST_VIEW,
      zoom: 10,
      zoomControl: false,
      attributionControl: false,
      preferCanvas: true,
      // Zooming by whole steps leaves a map without tiles too coarse.
      zoomSnap: 0.5,
      // The page may be asked to move nothing; a map that jumps is read sooner as well.
      zoomAnimation: false,
      fadeAnimation: false,
      markerZoomAnimation: false,
    });
    L.control.scale({ imperial: false }).addTo(this.map);
    const style = getComputedStyle(element);
    const token = (name: string) => style.getPropertyValue(name).trim();
    this.ink = { area: token("--map-line"), crew: token("--crew"), old: token("--muted") };
    this.areas = L.geoJSON(undefined, {
      interactive: false,
      style: { color: this.ink.area, weight: 1.5, fillOpacity: 0.06 },
    }).addTo(this.map);
    this.dotLayer.addTo(this.map);
  }

  remove(): void {
    this.map.remove();
  }

  /** The element changed its size. */
  resized(): void {
    this.map.invalidateSize({ animate: false });
  }

  zoom(by: number): void {
    this.map.setZoom(this.map.getZoom() + by);
  }

  /** Puts areas and tiles of new content on the map. */
  content(content: MapContent): void {
    this.areas.clearLayers();
    // A collection that cannot be drawn leaves the rest of the map as it is.
    if (!Array.isArray(content.areas?.features)) return;
    this.areas.addData(content.areas as unknown as Parameters<L.GeoJSON["addData"]>[0]);
    if (content.tiles !== undefined && this.tiles === null) {
      this.tiles = L.tileLayer(content.tiles, { maxZoom: 19 }).addTo(this.map);
    }
  }

  /** Puts the places on the map; those that are no longer there go. */
  places(shown: readonly Shown[], selected: string | null): void {
    const crews = shown.filter(({ place }) => place.kind === "crew");
    this.crews(crews, crews.length <= MOST_LABELS);
    const rest = shown.filter(({ place }) => place.kind !== "crew");
    const keys = new Set(rest.map(({ place }) => key(place)));
    for (const [id, pin] of this.pins) {
      if (keys.has(id)) continue;
      pin.remove();
      this.pins.delete(id);
    }
    for (const each of rest) this.pin(each, each.place.id === selected);
    if (!this.fitted) this.first();
    this.follow(shown, selected);
  }

  /** Shows everything. */
  fit(): void {
    const bounds = L.latLngBounds([]);
    for (const pin of this.pins.values()) bounds.extend(pin.getLatLng());
    for (const dot of this.dots.values()) bounds.extend(dot.getLatLng());
    if (this.areas.getLayers().length > 0) bounds.extend(this.areas.getBounds());
    this.show(bounds);
  }

  /** The first view: the requests there are, else the station's own area, else everything. */
  private first(): void {
    const bounds = L.latLngBounds([]);
    for (const [id, pin] of this.pins) {
      if (id.startsWith("request ")) bounds.extend(pin.getLatLng());
    }
    const known = this.areas.getLayers().length > 0;
    if (!bounds.isValid() && known) {
      this.areas.eachLayer((area) => {
        if (!(area instanceof L.Polygon)) return;
        const feature = area.feature as { properties: { code?: string } | null } | undefined;
        const code = feature?.properties?.code;
        if (this.own === null || code === this.own) bounds.extend(area.getBounds());
      });
    }
    if (bounds.isValid()) this.show(bounds);
    this.fitted = known;
  }

  /** A request that was just selected comes into sight. */
  private follow(shown: readonly Shown[], selected: string | null): void {
    if (selected === this.followed) return;
    this.followed = selected;
    const point = shown.find(({ place }) => place.id === selected)?.place.point;
    if (point === undefined || !this.fitted) return;
    const at: L.LatLngTuple = [point.lat, point.lon];
    if (!this.map.getBounds().pad(-0.1).contains(at)) this.map.panTo(at, { animate: false });
  }

  private show(bounds: L.LatLngBounds): void {
    if (!bounds.isValid()) return;
    // Labels stand to the right of their points.
    this.map.fitBounds(bounds, {
      paddingTopLeft: [40, 40],
      paddingBottomRight: [250, 40],
      maxZoom: 15,
      animate: false,
    });
  }

  private crews(crews: readonly Shown[], labelled: boolean): void {
    const named = new Set(crews.map(({ place }) => place.id));
    for (const [id, dot] of this.dots) {
      if (named.has(id)) continue;
      this.dotLayer.removeLayer(dot);
      this.dots.delete(id);
    }
    for (const { place, label } of crews) {
      const at: L.LatLngTuple = [place.point.lat, place.point.lon];
      let dot = this.dots.get(place.id);
      if (dot === undefined) {
        dot = L.circleMarker(at, { radius: 6, weight: 2, color: this.ink.crew, fillOpacity: 0.9 });
        // Crews stand together: their labels go to different sides.
        const side = SIDES[this.dots.size % SIDES.length] ?? SIDES[0];
        dot.bindTooltip(label, { permanent: labelled, ...side });
        this.dots.set(place.id, dot);
        this.dotLayer.addLayer(dot);
      }
      dot.setLatLng(at);
      dot.setTooltipContent(label);
    }
  }

  private pin({ place, label }: Shown, selected: boolean): void {
    const at: L.LatLngTuple = [place.point.lat, place.point.lon];
    const id = key(place);
    let pin = this.pins.get(id);
    if (pin === undefined) {
      const request = place.kind === "request";
      pin = L.marker(at, { icon: blank(), keyboard: request, interactive: request });
      if (request) pin.on("click keypress", () => this.onSelect(place.id));
      pin.addTo(this.map);
      this.pins.set(id, pin);
    }
    pin.setLatLng(at);
    pin.setZIndexOffset(place.mark === "ringing" ? 1_000 : selected ? 500 : 0);
    draw(pin.getElement(), place, label, selected);
  }
}

function key(place: Place): string {
  return `${place.kind} ${place.id}`;
}

function blank(): L.DivIcon {
  return L.divIcon({ className: "pin", iconSize: [0, 0] });
}

/** Draws a pin with elements, not markup: a place's name is somebody's text. */
function draw(
  element: HTMLElement | undefined,
  place: Place,
  label: string,
  selected: boolean,
): void {
  if (element === undefined) return;
  const shape = place.mark === null ? "■" : SHAPES[place.mark];
  const state = `${place.kind} ${place.mark ?? ""} ${selected} ${label}`;
  if (element.dataset["state"] === state) return;
  element.dataset["state"] = state;
  element.title = label;
  element.setAttribute("aria-label", label);
  for (const name of ["request", "station", "ringing", "open", "there", "ended", "selected"]) {
    element.classList.toggle(
      name,
      name === place.kind || name === place.mark || (name === "selected" && selected),
    );
  }
  const mark = document.createElement("span");
  mark.className = "pin-mark";
  mark.textContent = shape;
  const text = document.createElement("span");
  text.className = "pin-text";
  text.textContent = label;
  element.replaceChildren(mark, text);
}
