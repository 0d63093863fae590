// The people of the court with their roles, and the invitation of a phone for one of them.

import { useState } from "preact/hooks";
import type { Enrolment, Member } from "../../api/office";
import { sentence, type Problem } from "../../api/problem";
import { address } from "../../desk/route";
import { roleKey } from "../command/conflicts";
import { usePage, useWords } from "../context";
import { Dialog } from "../dialog";
import { Field } from "../field";
import { ListFrame } from "../office/list-frame";
import { At } from "../office/parts";
import { useList } from "../office/use-list";

/** The list. */
export function People() {
  const page = usePage();
  const { say } = useWords();
  const list = useList<Member>((after) => page.office.people(after), "people");
  const [open, setOpen] = useState<Member | null>(null);
  const [told, setTold] = useState<{ member: Member; enrolment: Enrolment } | null>(null);
  const roles = (member: Member) => member.roles.map((role) => say(roleKey(role))).join(" · ");
  const account = (member: Member) =>
    member.account ? say(member.totp ? "account_totp" : "account_plain") : say("account_none");
  return (
    <>
      <ListFrame
        title={say("people_title")}
        list={list}
        empty={say("people_none")}
        emptyWhy={say("people_none_why")}
        sheet={{
          head: [
            say("col_person"),
            say("person"),
            say("col_roles"),
            say("col_devices"),
            say("col_account"),
          ],
          row: (each) => [each.name, each.person, roles(each), String(each.devices), account(each)],
        }}
      >
        {(items) => (
          <table>
            <thead>
              <tr>
                <th scope="col">{say("col_person")}</th>
                <th scope="col">{say("col_roles")}</th>
                <th scope="col">{say("col_devices")}</th>
                <th scope="col">{say("col_account")}</th>
                <th scope="col">{say("col_act")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((each) => (
                <tr key={each.person}>
                  <td>
                    <strong>{each.name}</strong> <span class="hint figures">{each.person}</span>
                  </td>
                  <td>{roles(each)}</td>
                  <td class="figures">
                    {each.devices > 0 ? (
                      <a href={address({ page: "admin", part: "devices" })}>{each.devices}</a>
                    ) : (
                      "0"
                    )}
                  </td>
                  <td>{account(each)}</td>
                  <td>
                    <button
                      type="button"
                      aria-label={say("enrol_for", { name: each.name })}
                      onClick={() => setOpen(each)}
                    >
                      {say("enrol")}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListFrame>
      {open && (
        <Dialog title={say("enrol_for", { name: open.name })} onClose={() => setOpen(null)}>
          <EnrolForm
            member={open}
            onDone={(enrolment) => {
              setTold({ member: open, enrolment });
              setOpen(null);
            }}
          />
        </Dialog>
      )}
      {told && <Invitation {...told} onClose={() => setTold(null)} />}
    </>
  );
}

function EnrolForm(props: { member: Member; onDone: (enrolment: Enrolment) => void }) {
  const page = usePage();
  const { say, language } = useWords();
  const { member } = props;
  const [device, setDevice] = useState("");
  const [roles, setRoles] = useState<readonly string[]>(member.roles);
  const [lacks, setLacks] = useState<"device" | "roles" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending) return;
    const lack = device.trim() === "" ? "device" : roles.length === 0 ? "roles" : null;
    setLacks(lack);
    if (lack !== null) return;
    setSending(true);
    const answer = await page.office.enrol(member.person, [...roles], device.trim());
    setSending(false);
    if (answer.ok) props.onDone(answer.value);
    else setProblem(answer.problem);
  };
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <p>{say("enrol_lead")}</p>
      <Field
        label={say("device_name")}
        hint={say("device_name_hint")}
        problem={lacks === "device" ? say("device_name_needed") : null}
      >
        {(field) => (
          <input
            {...field}
            autocomplete="off"
            maxLength={60}
            value={device}
            onInput={(event) => setDevice(event.currentTarget.value)}
          />
        )}
      </Field>
      <fieldset>
        <legend>{say("col_roles")}</legend>
        {member.roles.length === 0 && <p class="hint">{say("no_roles")}</p>}
        {member.roles.map((role) => (
          <label key={role} class="choice">
            <input
              type="checkbox"
              checked={roles.includes(role)}
              onChange={() =>
                setRoles(
                  roles.includes(role) ? roles.filter((each) => each !== role) : [...roles, role],
                )
              }
            />
            <span>{say(roleKey(role))}</span>
          </label>
        ))}
        {lacks === "roles" && (
          <div class="problem" role="alert">
            {say("roles_needed")}
          </div>
        )}
      </fieldset>
      <div role="alert" class="problem">
        {problem && sentence(language, problem)}
      </div>
      <div class="buttons">
        <button type="submit" class="primary" disabled={sending}>
          {say(sending ? "sending" : "enrol_make")}
        </button>
      </div>
    </form>
  );
}

/** The invitation, once: the code to type, or the picture to scan. */
function Invitation(props: { member: Member; enrolment: Enrolment; onClose: () => void }) {
  const { say } = useWords();
  const { member, enrolment } = props;
  // As a picture: what it contains can neither run nor ask for anything.
  const picture = `data:image/svg+xml,${encodeURIComponent(enrolment.qr_svg)}`;
  return (
    <Dialog title={say("enrolment_title", { name: member.name })} onClose={props.onClose}>
      <p>
        <strong>{say("enrolment_once")}</strong>
      </p>
      <img class="qr" src={picture} width="240" height="240" alt={say("enrolment_qr")} />
      <p class="enrolment-code figures">{enrolment.code}</p>
      <p>
        {say("enrolment_until")} <At moment={enrolment.expires_at} />
      </p>
      {enrolment.approvals_needed > 0 && (
        <p class="attention">{say("enrolment_approvals", { n: enrolment.approvals_needed })}</p>
      )}
    </Dialog>
  );
}
