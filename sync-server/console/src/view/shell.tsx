// The whole page: sign-in, the header, and the workspace of whoever is signed in. A session that
// runs out is renewed over the page, which stays as it was.

import { useState } from "preact/hooks";
import { signedIn } from "../desk/state";
import { useDesk, usePage, useWords } from "./context";
import { Dialog } from "./dialog";
import { Duty } from "./duty";
import { Frame } from "./frame";
import { Handover } from "./handover";
import { Header } from "./header";
import { SignInForm } from "./sign-in";

/** The page. */
export function Shell() {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const [handover, setHandover] = useState(false);
  const [duty, setDuty] = useState(false);
  const session = signedIn(desk);
  if (desk.session === "unknown") return null;
  if (session === null) {
    return (
      <>
        <Header onHandover={() => undefined} onDuty={() => undefined} />
        <main class="alone">
          <h2>{say("sign_in_title")}</h2>
          {page.court === "" ? <p class="problem">{say("no_court")}</p> : <SignInForm />}
        </main>
      </>
    );
  }
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          // The part after `#` is the page's address.
          event.preventDefault();
          document.querySelector<HTMLElement>("main:not([hidden]) [data-heading]")?.focus();
        }}
      >
        {say("skip")}
      </a>
      <Header onHandover={() => setHandover(true)} onDuty={() => setDuty(true)} />
      <Frame session={session} />
      {duty && <Duty onClose={() => setDuty(false)} />}
      {handover && <Handover onClose={() => setHandover(false)} />}
      {desk.expired && (
        <Dialog title={say("sign_in_again")}>
          <SignInForm again={session} />
        </Dialog>
      )}
    </>
  );
}
