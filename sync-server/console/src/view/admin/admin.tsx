// The administrator's workspace: people, their phones, stations, packs. No case, no record.

import { useState } from "preact/hooks";
import type { Device, Pack, StationPoint } from "../../api/office";
import { nowOnServer } from "../../control/time";
import { byQuiet } from "../../desk/devices";
import type { AdminPart } from "../../desk/route";
import { wordOf } from "../../desk/reasons";
import { sheetTime } from "../../desk/shown-time";
import { Devices } from "../command/devices";
import { useDesk, usePage, useWords } from "../context";
import { ListFrame } from "../office/list-frame";
import { At, Done, Heading, Tabs } from "../office/parts";
import { useList } from "../office/use-list";
import { People } from "./people";
import { Withdrawal } from "./withdrawal";

/** The workspace. */
export function Admin(props: { part: AdminPart }) {
  const { say } = useWords();
  const tab = (part: AdminPart) => ({
    route: { page: "admin" as const, part },
    label: say(`admin_${part}`),
    here: props.part === part,
  });
  return (
    <>
      <Heading>{say("admin_title")}</Heading>
      <p class="hint">{say("admin_lead")}</p>
      <Tabs
        label={say("admin_title")}
        tabs={[tab("people"), tab("devices"), tab("stations"), tab("packs")]}
      />
      {props.part === "people" && <People />}
      {props.part === "devices" && <AdminDevices />}
      {props.part === "stations" && <Stations />}
      {props.part === "packs" && <Packs />}
    </>
  );
}

function AdminDevices() {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const list = useList<Device>((after) => page.office.devices(after), "devices");
  const [open, setOpen] = useState<string | null>(null);
  const [done, setDone] = useState<Device | null>(null);
  const nowMs = nowOnServer(desk);
  return (
    <Devices
      list={list}
      nowMs={nowMs}
      order={(items) => byQuiet(items, nowMs)}
      lead={
        done && (
          <Done key={done.certificate}>
            {say("withdrawn_now", { device: done.device_name, name: done.person.name })}
          </Done>
        )
      }
      act={(device) =>
        device.withdrawn === null && (
          <button
            type="button"
            aria-expanded={open === device.certificate}
            aria-label={say("withdraw_device", {
              device: device.device_name,
              name: device.person.name,
            })}
            onClick={() => setOpen(open === device.certificate ? null : device.certificate)}
          >
            {say("withdraw")}
          </button>
        )
      }
      below={(device) =>
        open === device.certificate && (
          <Withdrawal
            device={device}
            onDone={(withdrawn) => {
              setOpen(null);
              setDone(withdrawn);
              list.again?.();
            }}
          />
        )
      }
    />
  );
}

function Stations() {
  const page = usePage();
  const { say } = useWords();
  const list = useList<StationPoint>(() => page.office.stations(), "stations");
  const phone = (station: StationPoint) =>
    station.duty_phone === undefined
      ? say("not_told")
      : (station.duty_phone ?? say("duty_phone_none"));
  return (
    <ListFrame
      title={say("stations_title")}
      list={list}
      empty={say("stations_none")}
      emptyWhy={say("stations_none_why")}
      lead={<p class="hint">{say("stations_lead")}</p>}
      sheet={{
        head: [say("col_code"), say("col_name"), say("col_phone")],
        row: (each) => [each.code, each.name, phone(each)],
      }}
    >
      {(items) => (
        <table>
          <thead>
            <tr>
              <th scope="col">{say("col_name")}</th>
              <th scope="col">{say("col_phone")}</th>
              <th scope="col">{say("col_code")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => (
              <tr key={each.code}>
                <td>{each.name}</td>
                <td class="figures">{phone(each)}</td>
                <td class="figures">{each.code}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ListFrame>
  );
}

function Packs() {
  const page = usePage();
  const { say } = useWords();
  const list = useList<Pack>((after) => page.office.packs(after), "packs");
  return (
    <ListFrame
      title={say("packs_title")}
      list={list}
      empty={say("packs_none")}
      emptyWhy={say("packs_none_why")}
      sheet={{
        head: [
          say("col_kind"),
          say("col_name"),
          say("col_version"),
          say("col_published"),
          say("col_sha256"),
        ],
        row: (each) => [
          wordOf(say, "pack", each.kind),
          each.name,
          String(each.version),
          sheetTime(each.published_at),
          each.sha256,
        ],
      }}
    >
      {(items) => (
        <table>
          <thead>
            <tr>
              <th scope="col">{say("col_kind")}</th>
              <th scope="col">{say("col_name")}</th>
              <th scope="col">{say("col_version")}</th>
              <th scope="col">{say("col_published")}</th>
              <th scope="col">{say("col_sha256")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => (
              <tr key={`${each.kind} ${each.name} ${each.version}`}>
                <td>{wordOf(say, "pack", each.kind)}</td>
                <td>{each.name}</td>
                <td class="figures">{each.version}</td>
                <td>
                  <At moment={each.published_at} />
                </td>
                <td class="figures" title={each.sha256}>
                  {each.sha256.slice(0, 8)}…
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ListFrame>
  );
}
