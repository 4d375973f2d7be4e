import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { limits } from "../../../shared/protocol/text.ts";
import { isComposing } from "../is_composing.ts";
import { isolated } from "../isolated.ts";
import { limitText } from "../limit_text.ts";
import { Problem } from "../parts.tsx";
import type { MeetingView } from "./meeting_view.ts";
import { nameOf } from "./name_of.ts";
import type { ScreenState } from "./screen_state.ts";
import { sendDraft } from "./send_chat.ts";

interface ChatFormProps {
  session: Pick<MeetingSession, "sendChat">;
  view: MeetingView;
  screen: Pick<ScreenState, "recipient" | "draft" | "chatProblem" | "unsent">;
}

const INPUT_ID = "chat-input";
const CLOSED_ID = "chat-closed";

/** Has the next message written to somebody alone. */
export function writeTo({ recipient, panel }: Pick<ScreenState, "recipient" | "panel">, id: string): void {
  recipient.value = id;
  panel.value = "chat";
  // A form that isn't there yet takes the focus as it comes.
  document.getElementById(INPUT_ID)?.focus();
}

function hintFor(name = "one person"): string {
  return `Write to ${isolated(name)} alone`;
}

export function ChatForm({ session, view, screen }: ChatFormProps) {
  const { recipient, draft, chatProblem } = screen;
  const input = useRef<HTMLTextAreaElement>(null);
  const to = recipient.value;
  const name = useComputed(() => {
    const id = recipient.value;
    return id === undefined ? undefined : nameOf(view.state.value, id);
  }).value;
  // What is meant for one must not go to everybody when they have left.
  const isGone = to !== undefined && name === undefined;

  const isClosed = useComputed(() => {
    const { role, meeting } = view.state.value;
    return role !== "host" && meeting?.permissions.chat === false;
  }).value;

  useLayoutEffect(() => input.current?.focus(), []);

  function send() {
    if (!draft.value.trim() || isGone || isClosed) return;
    void sendDraft(session, screen);
    // The button has nothing more to send, and would lose the focus.
    input.current?.focus();
  }

  return (
    <form
      class="chat-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {isClosed
        ? <p id={CLOSED_ID} class="muted" data-testid="chat-closed">Only hosts may write now.</p>
        : null}
      <Problem>{isGone ? "They have left. Choose whom you write to." : chatProblem.value}</Problem>
      {isClosed ? null : <Recipients view={view} recipient={recipient} isGone={isGone} />}
      <textarea
        ref={input}
        id={INPUT_ID}
        rows={2}
        dir="auto"
        // A disabled field would lose the focus, and with it the place in what is being written.
        readOnly={isClosed}
        aria-describedby={isClosed ? CLOSED_ID : undefined}
        value={draft.value}
        placeholder={isClosed ? "" : to === undefined ? "Write to everybody" : hintFor(name)}
        aria-label="Your message"
        data-testid="chat-input"
        {...limitText(limits.chatCharacters, (text) => draft.value = text)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
          event.preventDefault();
          send();
        }}
      />
      <button
        type="submit"
        class="primary"
        data-testid="chat-send"
        disabled={!draft.value.trim() || isGone || isClosed}
      >
        Send
      </button>
    </form>
  );
}

interface RecipientsProps extends Pick<ChatFormProps, "view">, Pick<ScreenState, "recipient"> {
  isGone: boolean;
}

function Recipients({ view, recipient, isGone }: RecipientsProps) {
  const participants = useComputed(() => view.state.value.participants).value;
  const selfId = useComputed(() => view.state.value.selfId).value;
  const others = participants.filter(({ participant_id }) => participant_id !== selfId);
  if (others.length === 0 && !isGone) return null;
  return (
    <label class="recipient">
      <span>To</span>
      <select
        data-testid="chat-to"
        value={recipient.value ?? ""}
        onChange={({ currentTarget }) => {
          recipient.value = currentTarget.value === "" ? undefined : currentTarget.value;
        }}
      >
        <option value="">Everybody</option>
        {isGone ? <option value={recipient.value}>Somebody who has left</option> : null}
        {others.map(({ participant_id, display_name }) => (
          <option key={participant_id} value={participant_id} dir="auto">{display_name}</option>
        ))}
      </select>
    </label>
  );
}
