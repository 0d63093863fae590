// The court's phones: which has not been heard of, what of its work is not accepted here, how much
// it has not fetched. What can be done with one stands with the administrator.

import { Fragment, type ComponentChildren } from "preact";
import type { Device } from "../../api/office";
import { ageWords, isQuiet, silenceOf } from "../../desk/devices";
import { address, type Route } from "../../desk/route";
import { sheetTime } from "../../desk/shown-time";
import type { Say } from "../../words/words";
import { useWords } from "../context";
import { ListFrame, type Sheet } from "../office/list-frame";
import { At } from "../office/parts";
import type { List } from "../office/use-list";
import { roleKey } from "./conflicts";

/** The columns of devices as a file. */
function deviceSheet(say: Say, nowMs: number): Sheet<Device> {
  return {
    head: [
      say("col_device"),
      say("col_person"),
      say("col_roles"),
      say("col_last_contact"),
      say("col_age"),
      say("col_waiting"),
      say("col_behind"),
      say("col_app"),
      say("col_valid_until"),
      say("col_withdrawn"),
      say("col_certificate"),
    ],
    row: (device) => [
      device.device_name,
      device.person.name,
      device.roles.map((role) => say(roleKey(role))).join(" "),
      sheetTime(device.last_contact),
      ageWords(say, silenceOf(device, nowMs)),
      String(device.waiting),
      device.behind === null ? say("figure_unknown") : String(device.behind),
      device.app_version ?? "",
      sheetTime(device.valid_until),
      sheetTime(device.withdrawn),
      device.certificate,
    ],
  };
}

/** The list. `act` is what may be done with a device, `below` what was opened for one. */
export function Devices(props: {
  list: List<Device>;
  order: (devices: readonly Device[]) => Device[];
  nowMs: number;
  act?: (device: Device) => ComponentChildren;
  below?: (device: Device) => ComponentChildren;
  lead?: ComponentChildren;
  /** Where the changes that wait are listed, for those who may read them. */
  waiting?: Route;
}) {
  const { say } = useWords();
  const { nowMs, act, below } = props;
  return (
    <ListFrame
      title={say("devices_title")}
      list={props.list}
      empty={say("devices_none")}
      emptyWhy={say("devices_none_why")}
      sheet={deviceSheet(say, nowMs)}
      lead={
        <>
          <p class="hint">{say("devices_lead")}</p>
          {props.lead}
        </>
      }
    >
      {(items) => (
        <table>
          <thead>
            <tr>
              <th scope="col">{say("col_last_contact")}</th>
              <th scope="col">{say("col_device")}</th>
              <th scope="col">{say("col_person")}</th>
              <th scope="col">{say("col_waiting")}</th>
              <th scope="col">{say("col_behind")}</th>
              <th scope="col">{say("col_app")}</th>
              <th scope="col">{say("col_valid_until")}</th>
              {act && <th scope="col">{say("col_act")}</th>}
            </tr>
          </thead>
          <tbody>
            {props.order(items).map((device) => {
              const opened = below?.(device);
              return (
                <Fragment key={device.certificate}>
                  <tr class={isQuiet(device, nowMs) ? "quiet" : ""}>
                    <td>
                      <strong>{ageWords(say, silenceOf(device, nowMs))}</strong>
                      <div class="hint">
                        <At moment={device.last_contact} />
                      </div>
                    </td>
                    <td>
                      {device.device_name}
                      {device.withdrawn !== null && (
                        <div class="withdrawn">
                          {say("withdrawn_since")} <At moment={device.withdrawn} />
                        </div>
                      )}
                    </td>
                    <td>
                      {device.person.name}
                      <div class="hint">
                        {device.roles.map((role) => say(roleKey(role))).join(" · ")}
                      </div>
                    </td>
                    <td class="figures">
                      {props.waiting && device.waiting > 0 ? (
                        <a href={address(props.waiting)}>{device.waiting}</a>
                      ) : (
                        device.waiting
                      )}
                    </td>
                    <td class="figures">{device.behind ?? say("figure_unknown")}</td>
                    <td class="figures">{device.app_version ?? say("not_told")}</td>
                    <td class="figures">{sheetTime(device.valid_until).slice(0, 10)}</td>
                    {act && <td>{act(device)}</td>}
                  </tr>
                  {opened && (
                    <tr>
                      <td colSpan={8}>{opened}</td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      )}
    </ListFrame>
  );
}
