// One labelled field of a form with its problem said beside it and to screen readers.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** What the control inside has to carry. */
export interface FieldControl {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string;
}

/** A label, the control that `children` draws, a hint and a problem. */
export function Field(props: {
  label: string;
  problem: string | null;
  hint?: string;
  children: (control: FieldControl) => ComponentChildren;
}) {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children({ id, "aria-invalid": props.problem !== null, "aria-describedby": about })}
      <div id={about} class={props.problem === null ? "hint" : "problem"}>
        {props.problem ?? props.hint ?? ""}
      </div>
    </div>
  );
}
