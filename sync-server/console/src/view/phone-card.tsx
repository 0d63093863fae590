// The telephone numbers of a request, large enough to be read across a room while dialling.

import type { Incident } from "../api/types";
import { placeWords } from "../desk/request";
import { useWords } from "./context";
import { Dialog } from "./dialog";

/** The card. */
export function PhoneCard(props: { incident: Incident; onClose: () => void }) {
  const { say } = useWords();
  const { request, station, duress } = props.incident;
  return (
    <Dialog title={placeWords(say, props.incident)} onClose={props.onClose}>
      {duress && <p class="duress">{say("duress_more")}</p>}
      <dl class="phone">
        <dt>{say("callback")}</dt>
        <dd>{request.callback ?? say("callback_none")}</dd>
        <dt>{say("duty_phone", { station: station.name })}</dt>
        <dd>{station.duty_phone ?? say("duty_phone_none")}</dd>
      </dl>
    </Dialog>
  );
}
