import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { testLines, type TestState } from "../../../shared/client/test_connection.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";
import { Dialog } from "../dialog.tsx";
import { focusHeading, isFocusLost } from "../focus.ts";
import { Icon, type IconName } from "../icons.tsx";
import { useCopy } from "../use_copy.ts";
import { useStore } from "../use_store.ts";
import { createTestRounds, type TestMeans, type TestRound } from "./test_rounds.ts";
import { lineNames, lineWords, reportText, summary } from "./test_words.ts";

interface TestDialogProps {
  /** For each round; says itself why it answers nothing. */
  prepare(): Promise<TestMeans | undefined>;
  onClosed(): void;
}

/** Tests how the meeting's servers are reached from here, and says it in words. */
export function TestDialog({ prepare, onClosed }: TestDialogProps) {
  const rounds = useMemo(() => createTestRounds({ prepare }), []);
  const round = rounds.latest.value;
  const begin = async (close: () => void) => await rounds.begin() || close();
  useEffect(() => {
    void begin(onClosed);
    return rounds.end;
  }, []);
  return (
    <Dialog title="Your connection" testId="test-dialog" onClosed={onClosed}>
      {(close) =>
        round
          ? <Lines key={round.number} {...round} onAgain={() => void begin(close)} onClose={close} />
          : null}
    </Dialog>
  );
}

interface LinesProps extends Pick<TestRound, "ticket" | "running"> {
  onAgain(): void;
  onClose(): void;
}

function Lines({ ticket, running, onAgain, onClose }: LinesProps) {
  const state = useStore(running.state);
  const [wasEnded, setEnded] = useState(false);
  const actions = useRef<HTMLDivElement>(null);

  // The button that had the focus is gone when a test is over, and when another one begins.
  useLayoutEffect(() => {
    const heading = actions.current?.closest("dialog[open]")?.querySelector("h2");
    if (heading && isFocusLost()) focusHeading(heading);
  }, [state.isOver]);

  return (
    <>
      <p role="status" data-testid="test-summary" data-over={state.isOver}>{summary(state, wasEnded)}</p>
      <ul class="test-lines">
        {testLines.map((line) => (
          <li key={line} data-testid={`test-${line}`} data-outcome={state.lines[line].outcome}>
            <Mark outcome={state.lines[line].outcome} />
            <span>
              <strong>{lineNames[line]}</strong>
              <span>{lineWords(line, state)}</span>
            </span>
          </li>
        ))}
      </ul>
      {state.isOver ? <Report ticket={ticket} state={state} /> : null}
      <div class="actions" ref={actions}>
        {state.isOver
          ? (
            <>
              <button type="button" class="quiet" data-testid="test-again" onClick={onAgain}>
                Test again
              </button>
              <button type="button" class="primary" data-testid="close-test" onClick={onClose}>Close</button>
            </>
          )
          : (
            <button
              type="button"
              class="quiet"
              data-testid="cancel-test"
              onClick={() => {
                setEnded(true);
                running.cancel();
              }}
            >
              End the test
            </button>
          )}
      </div>
    </>
  );
}

type Outcome = TestState["lines"]["server"]["outcome"];

const marks: Partial<Record<Outcome, IconName>> = { works: "check", fails: "close" };

function Mark({ outcome }: { outcome: Outcome }) {
  if (outcome === "testing") return <span class="mark spinner" aria-hidden="true" />;
  const icon = marks[outcome];
  return <span class={`mark ${outcome}`}>{icon ? <Icon name={icon} /> : "–"}</span>;
}

/** The result as a text for whoever runs the server. */
function Report({ ticket, state }: { ticket: Ticket; state: TestState }) {
  const [context] = useState(() => ({
    at: new Date().toISOString(),
    page: location.origin,
    server: new URL(ticket.signaling_url).origin,
    browser: navigator.userAgent,
  }));
  const text = reportText(state, context);
  const { outcome, copy } = useCopy(text);
  return (
    <details class="test-report">
      <summary>For whoever runs this server</summary>
      <pre data-testid="test-report" tabIndex={0}>{text}</pre>
      <button type="button" class="quiet" data-testid="copy-report" onClick={copy}>
        <span aria-live="polite">
          {outcome === "copied"
            ? "Copied"
            : outcome === "refused"
            ? "Select it and copy it by hand"
            : "Copy the result"}
        </span>
      </button>
    </details>
  );
}
