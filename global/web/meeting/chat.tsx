import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { SessionState } from "../../../shared/client/session_state.ts";
import { limits } from "../../../shared/protocol/text.ts";
import { Problem } from "../parts.tsx";
import { SidePanel } from "./side_panel.tsx";

interface ChatProps {
  session: MeetingSession;
  state: SessionState;
  onClose(): void;
}

function timeOf(instant: string): string {
  return new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function Chat({ session, state, onClose }: ChatProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const log = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => input.current?.focus(), []);
  useLayoutEffect(() => {
    log.current?.scrollTo(0, log.current.scrollHeight);
  }, [state.chat.length]);

  async function send() {
    const message = text.trim();
    if (!message) return;
    setText("");
    const answer = await session.sendChat(message);
    setProblem(answer.ok ? "" : answer.error.message);
    // What was not sent is given back, unless something else was typed meanwhile.
    if (!answer.ok) setText((now) => now || message);
  }

  return (
    <SidePanel title="Chat" onClose={onClose}>
      <div class="chat-log" ref={log} role="log" aria-live="polite" aria-label="Messages" tabIndex={0}>
        <ol>
          {state.chat.length === 0 ? <li class="muted">No messages yet.</li> : null}
          {state.chat.map((message) => (
            <li key={message.message_id} data-testid="chat-message" data-from={message.display_name}>
              <small>
                <strong>{message.from === state.selfId ? "You" : message.display_name}</strong>{" "}
                <time dateTime={message.sent_at}>{timeOf(message.sent_at)}</time>
              </small>
              <p>{message.text}</p>
            </li>
          ))}
        </ol>
      </div>
      <form
        class="chat-form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Problem>{problem}</Problem>
        <textarea
          ref={input}
          rows={2}
          value={text}
          maxLength={limits.chatCharacters}
          placeholder="Write to everybody"
          aria-label="Your message"
          data-testid="chat-input"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="primary" data-testid="chat-send" disabled={!text.trim()}>Send</button>
      </form>
    </SidePanel>
  );
}
