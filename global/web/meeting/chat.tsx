import { type Signal, useComputed } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { ChatMessage } from "../../../shared/protocol/signaling.ts";
import { limits } from "../../../shared/protocol/text.ts";
import { limitText } from "../limit_text.ts";
import { Problem } from "../parts.tsx";
import type { MeetingView } from "./meeting_view.ts";
import { SidePanel } from "./side_panel.tsx";
import { unreadCount } from "./unread.ts";

interface ChatProps {
  session: Pick<MeetingSession, "sendChat">;
  view: MeetingView;
  /** The id of the last message that was on the screen. */
  seenId: Signal<string | undefined>;
  onClose(): void;
}

/** As far from the end as this, somebody still reads the end. */
const END_PX = 24;

export function Chat({ session, view, seenId, onClose }: ChatProps) {
  return (
    <SidePanel title="Chat" onClose={onClose}>
      <ChatLog view={view} seenId={seenId} />
      <ChatForm session={session} />
    </SidePanel>
  );
}

/** Follows new messages while its end is on the screen; elsewhere it says that there are some. */
function ChatLog({ view, seenId }: Pick<ChatProps, "view" | "seenId">) {
  const chat = useComputed(() => view.state.value.chat).value;
  const selfId = useComputed(() => view.state.value.selfId).value;
  const log = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const last = chat.at(-1);

  function goToEnd(): void {
    log.current?.scrollTo(0, log.current.scrollHeight);
    isAtEnd.current = true;
    seenId.value = last?.message_id;
  }

  function watch(): void {
    if (!log.current) return;
    const { scrollHeight, scrollTop, clientHeight } = log.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < END_PX;
    if (isAtEnd.current) seenId.value = last?.message_id;
  }

  useLayoutEffect(() => {
    // What oneself wrote is looked at where it appears.
    if (isAtEnd.current || last?.from === selfId) goToEnd();
  }, [last?.message_id]);

  const unread = unreadCount(chat, seenId.value, selfId);
  return (
    <>
      <div
        class="chat-log"
        ref={log}
        role="log"
        aria-live="polite"
        aria-label="Messages"
        tabIndex={0}
        onScroll={watch}
      >
        <ol>
          {chat.length === 0 ? <li class="muted">No messages yet.</li> : null}
          {chat.map((message) => (
            <Message key={message.message_id} message={message} isOwn={message.from === selfId} />
          ))}
        </ol>
      </div>
      {unread > 0
        ? (
          <button type="button" class="chat-new" data-testid="new-messages" onClick={goToEnd}>
            {unread === 1 ? "1 new message" : `${unread} new messages`}
          </button>
        )
        : null}
    </>
  );
}

function timeOf(instant: string): string {
  return new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function Message({ message, isOwn }: { message: ChatMessage; isOwn: boolean }) {
  return (
    <li data-testid="chat-message" data-from={message.display_name}>
      <small>
        <strong>{isOwn ? "You" : <bdi>{message.display_name}</bdi>}</strong>{" "}
        <time dateTime={message.sent_at}>{timeOf(message.sent_at)}</time>
      </small>
      <p dir="auto">{message.text}</p>
    </li>
  );
}

function ChatForm({ session }: Pick<ChatProps, "session">) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const input = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => input.current?.focus(), []);

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
        dir="auto"
        value={text}
        placeholder="Write to everybody"
        aria-label="Your message"
        data-testid="chat-input"
        {...limitText(limits.chatCharacters, setText)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="primary" data-testid="chat-send" disabled={!text.trim()}>Send</button>
    </form>
  );
}
