// What the person signed in may do now: one button for each step the server offers, the usual next
// one first.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Incident, StepOffer } from "../api/types";
import { actWords } from "../desk/act";
import { atOnce, buttons } from "../desk/step-form";
import { ringsAgain } from "../desk/urgency";
import { useStale, useWords } from "./context";
import { StepButton, StepForm } from "./step-form";

/** The buttons, or the form of the one that was pressed. */
export function Actions(props: { incident: Incident }) {
  const { say, language } = useWords();
  const stale = useStale();
  const [chosen, setChosen] = useState<StepOffer | null>(null);
  const opener = useRef<HTMLButtonElement | null>(null);
  const { incident } = props;
  const offers = buttons(incident.steps, incident);

  // The form closed: the keyboard goes on where it was.
  useEffect(() => {
    if (chosen === null && opener.current?.isConnected) opener.current.focus();
  }, [chosen]);

  const label = (offer: StepOffer) =>
    offer.step === "acknowledged"
      ? say(ringsAgain(incident) ? "acknowledge_news" : "act_acknowledged")
      : actWords(say, language, offer);
  return (
    <section class="actions" aria-label={say("what_you_can_do")}>
      {stale && <p class="stale-why">{say("stale_no_action")}</p>}
      {offers.length === 0 && incident.merged_into === null && (
        <p class="hint">{say("nothing_to_do")}</p>
      )}
      <div class="buttons">
        {offers.map((offer, index) =>
          atOnce(offer) ? (
            <StepButton
              key={offer.step}
              incident={incident}
              body={{ step: offer.step }}
              label={label(offer)}
              primary={index === 0}
            />
          ) : (
            <button
              key={offer.step}
              type="button"
              class={index === 0 ? "primary" : ""}
              disabled={stale}
              aria-expanded={chosen?.step === offer.step}
              onClick={(event) => {
                opener.current = event.currentTarget;
                setChosen(chosen?.step === offer.step ? null : offer);
              }}
            >
              {label(offer)}
            </button>
          ),
        )}
      </div>
      {chosen && (
        <StepForm
          key={chosen.step}
          incident={incident}
          offer={chosen}
          onDone={() => setChosen(null)}
        />
      )}
    </section>
  );
}
