import { useState } from "preact/hooks";
import { errorWords } from "../../../shared/client/error_words.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import { Problem } from "../parts.tsx";
import { showAnew } from "../show_anew.ts";
import { useAnsweredRows } from "./use_answered_rows.ts";

interface WaitingPanelProps {
  session: MeetingSession;
  waiting: readonly Participant[];
  /** Every new guest waits, since somebody was banned. */
  doGuestsWait: boolean;
}

/** For hosts: who waits to be let in. */
export function WaitingPanel({ session, waiting, doGuestsWait }: WaitingPanelProps) {
  const [problem, setProblem] = useState("");
  const { rows, answered, answer } = useAnsweredRows(waiting);
  function decide(verdict: "admit" | "deny", people: readonly Participant[], { detail }: MouseEvent) {
    const ids = people.map(({ participant_id }) => participant_id).filter((id) => !answered.has(id));
    // The second click of a double click is about nobody.
    if (detail > 1 || ids.length === 0) return;
    const request = session[verdict](ids);
    void answer(ids, request);
    void showAnew(setProblem, "", async () => {
      const result = await request;
      return result.ok ? "" : errorWords(result.error);
    });
  }
  return (
    <section
      class="waiting-panel"
      data-testid="waiting-panel"
      aria-labelledby="waiting-title"
      // A key that is held down answers one of them.
      onKeyDown={(event) => event.repeat && event.key === "Enter" && event.preventDefault()}
    >
      <header>
        <div>
          <h2 id="waiting-title">
            {waiting.length === 1
              ? "Somebody waits to be let in"
              : `${waiting.length} people wait to be let in`}
          </h2>
          {doGuestsWait
            ? <p data-testid="why-waiting">Every new guest waits, since somebody was removed for good.</p>
            : null}
        </div>
        {waiting.length > 1
          ? (
            <button
              type="button"
              class="quiet"
              data-testid="admit-all"
              onClick={(event) => decide("admit", waiting, event)}
            >
              Let everybody in
            </button>
          )
          : null}
      </header>
      <ul>
        {rows.map((person) => (
          <li key={person.participant_id} data-name={person.display_name}>
            <span>
              <bdi>{person.display_name}</bdi>
            </span>
            <button
              type="button"
              class="primary"
              data-testid="admit"
              aria-label={`Let ${person.display_name} in`}
              aria-disabled={answered.has(person.participant_id)}
              onClick={(event) => decide("admit", [person], event)}
            >
              Let in
            </button>
            <button
              type="button"
              class="quiet"
              data-testid="deny"
              aria-label={`Turn ${person.display_name} away`}
              aria-disabled={answered.has(person.participant_id)}
              onClick={(event) => decide("deny", [person], event)}
            >
              Turn away
            </button>
          </li>
        ))}
      </ul>
      <Problem>{problem}</Problem>
    </section>
  );
}
