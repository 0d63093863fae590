// What the map shows, as a table: the same places with their distance from the selected request.

import { degrees, readGeo } from "../desk/geo";
import { distanceWords, fixWords, type Place } from "../desk/places";
import { useDesk, usePage, useWords } from "./context";

/** The table. */
export function PlacesTable(props: { places: Place[] }) {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const selected = desk.selected === null ? undefined : desk.incidents.get(desk.selected);
  const from = readGeo(selected?.request.position);
  return (
    <div class="places" tabIndex={0} role="region" aria-label={say("map_label")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say("places_kind")}</th>
            <th scope="col">{say("places_name")}</th>
            <th scope="col">{say("places_distance")}</th>
            <th scope="col">{say("places_age")}</th>
            <th scope="col">{say("places_position")}</th>
          </tr>
        </thead>
        <tbody>
          {props.places.map((place) => (
            <tr key={`${place.kind} ${place.id}`} class={place.mark ?? ""}>
              <td>{say(`kind_${place.kind}`)}</td>
              <td>
                {place.kind === "request" ? (
                  <button type="button" class="plain" onClick={() => page.console.select(place.id)}>
                    {place.name}
                  </button>
                ) : (
                  place.name
                )}
              </td>
              <td class="figures">{from && distanceWords(say, from, place.point)}</td>
              <td class="figures">{fixWords(say, place)}</td>
              <td class="figures">
                {degrees(place.point.lat)}, {degrees(place.point.lon)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
