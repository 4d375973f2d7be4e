import { useState } from "preact/hooks";
import { errorWords } from "../../../shared/client/error_words.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import { Problem } from "../parts.tsx";

interface WaitingPanelProps {
  session: MeetingSession;
  waiting: readonly Participant[];
  /** Every new guest waits, since somebody was banned. */
  doGuestsWait: boolean;
}

/** For hosts: who waits to be let in. */
export function WaitingPanel({ session, waiting, doGuestsWait }: WaitingPanelProps) {
  const [problem, setProblem] = useState("");
  async function decide(verdict: "admit" | "deny", people: readonly Participant[]) {
    const answer = await session[verdict](people.map(({ participant_id }) => participant_id));
    setProblem(answer.ok ? "" : errorWords(answer.error));
  }
  return (
    <section class="waiting-panel" data-testid="waiting-panel" aria-labelledby="waiting-title">
      <header>
        <div role="status">
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
              onClick={() => decide("admit", waiting)}
            >
              Let everybody in
            </button>
          )
          : null}
      </header>
      <ul>
        {waiting.map((person) => (
          <li key={person.participant_id} data-name={person.display_name}>
            <span>
              <bdi>{person.display_name}</bdi>
            </span>
            <button
              type="button"
              class="primary"
              data-testid="admit"
              aria-label={`Let ${person.display_name} in`}
              onClick={() => decide("admit", [person])}
            >
              Let in
            </button>
            <button
              type="button"
              class="quiet"
              data-testid="deny"
              aria-label={`Turn ${person.display_name} away`}
              onClick={() => decide("deny", [person])}
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
