// Positions as the server sends them, and distances between them. Everything is WGS-84: no map of
// other coordinates lies below it.

/** A point with its accuracy in metres, if known. */
export interface Point {
  lat: number;
  lon: number;
  accuracyM: number | null;
}

/** Reads `geo:lat,lon;crs=wgs84;u=8`; `null` for anything else, other datums included. */
export function readGeo(text: string | null | undefined): Point | null {
  if (!text?.startsWith("geo:")) return null;
  const [place = "", ...parameters] = text.slice(4).split(";");
  const numbers = place.split(",").map(Number);
  const [lat, lon] = numbers;
  if (lat === undefined || lon === undefined || !inRange(lat, 90) || !inRange(lon, 180))
    return null;
  const named = new Map(
    parameters.map((text) => text.toLowerCase().split("=") as [string, string]),
  );
  if ((named.get("crs") ?? "wgs84") !== "wgs84") return null;
  const accuracy = Number(named.get("u"));
  return { lat, lon, accuracyM: named.has("u") && accuracy >= 0 ? accuracy : null };
}

function inRange(degrees: number, most: number): boolean {
  return Number.isFinite(degrees) && Math.abs(degrees) <= most;
}

/** Writes what a person typed as `lat, lon` as a geo URI; `null` when it is not a place in China. */
export function writeGeo(typed: string): string | null {
  const match = /^\s*(\d{1,2}(?:\.\d+)?)\s*[,， ]\s*(\d{1,3}(?:\.\d+)?)\s*$/.exec(typed);
  if (match === null) return null;
  const [lat, lon] = [Number(match[1]), Number(match[2])];
  if (lat < 3 || lat > 54 || lon < 73 || lon > 136) return null;
  return `geo:${lat},${lon};crs=wgs84`;
}

/** Degrees as shown: four decimals are eleven metres. */
export function degrees(value: number): string {
  return value.toFixed(4);
}

const EARTH_M = 6_371_008.8;

/** Metres between two points along the sphere. */
export function distanceM(a: Point, b: Point): number {
  const radians = (value: number) => (value * Math.PI) / 180;
  const across = radians(b.lat - a.lat) / 2;
  const along = radians(b.lon - a.lon) / 2;
  const half =
    Math.sin(across) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(along) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** No fix older than this says where somebody is, seconds. */
export const OLD_FIX_S = 30 * 60;
