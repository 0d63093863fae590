// The doors to the workspaces, on the left. One who has a single workspace sees no rail.

import { address, doorOf, opened, type Door, type Route } from "../desk/route";
import { useWords } from "./context";

/** The rail. `route`: the page that is open. */
export function Rail(props: { doors: Door[]; route: Route | null }) {
  const { say } = useWords();
  const here = props.route === null ? null : doorOf(props.route);
  return (
    <nav class="rail" aria-label={say("workspaces")}>
      <ul>
        {props.doors.map((door) => (
          <li key={door}>
            <a href={address(opened(door))} {...(door === here ? { "aria-current": "page" } : {})}>
              {say(`door_${door}`)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
