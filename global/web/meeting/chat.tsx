import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { ChatMessage } from "../../../shared/protocol/signaling.ts";
import { ChatForm } from "./chat_form.tsx";
import { linkParts } from "./link_parts.ts";
import type { MeetingView } from "./meeting_view.ts";
import { nameOf } from "./name_of.ts";
import type { ScreenState } from "./screen_state.ts";
import { SidePanel } from "./side_panel.tsx";
import { unreadCount } from "./unread.ts";
import { UnsentMessages } from "./unsent_messages.tsx";

interface ChatProps {
  session: Pick<MeetingSession, "sendChat">;
  view: MeetingView;
  screen: ScreenState;
  onClose(): void;
}

/** As far from the end as this, somebody still reads the end. */
const END_PX = 24;

export function Chat({ session, view, screen, onClose }: ChatProps) {
  return (
    <SidePanel title="Chat" onClose={onClose}>
      <ChatLog session={session} view={view} screen={screen} />
      <ChatForm session={session} view={view} screen={screen} />
    </SidePanel>
  );
}

/** Follows new messages while its end is on the screen; elsewhere it says that there are some. */
function ChatLog({ session, view, screen }: Omit<ChatProps, "onClose">) {
  const { seenId, unsent } = screen;
  const chat = useComputed(() => view.state.value.chat).value;
  const selfId = useComputed(() => view.state.value.selfId).value;
  const log = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  /** Until it is looked at in another size, what scrolls it is the change of its size, and nobody who reads. */
  const knownSize = useRef("");
  const last = chat.at(-1);

  function goToEnd(): void {
    log.current?.scrollTo(0, log.current.scrollHeight);
    isAtEnd.current = true;
    seenId.value = last?.message_id;
  }

  function watch(): void {
    if (!log.current || sizeOf(log.current) !== knownSize.current) return;
    const { scrollHeight, scrollTop, clientHeight } = log.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < END_PX;
    if (isAtEnd.current) seenId.value = last?.message_id;
  }

  // A window that shrinks, or a form that grows, must not push the end out of sight.
  useLayoutEffect(() => {
    const element = log.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      knownSize.current = sizeOf(element);
      if (isAtEnd.current) element.scrollTo(0, element.scrollHeight);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    // What oneself wrote is looked at where it appears.
    if (isAtEnd.current || last?.from === selfId) goToEnd();
  }, [last?.message_id]);

  // What was not sent stands at the end, too.
  useLayoutEffect(() => {
    if (unsent.value.length > 0) goToEnd();
  }, [unsent.value]);

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
            <Message
              key={message.message_id}
              message={message}
              isOwn={message.from === selfId}
              view={view}
            />
          ))}
        </ol>
        <UnsentMessages session={session} view={view} screen={screen} />
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

function sizeOf({ clientWidth, clientHeight }: Element): string {
  return `${clientWidth} × ${clientHeight}`;
}

function timeOf(instant: string): string {
  return new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

interface MessageProps {
  message: ChatMessage;
  isOwn: boolean;
  view: MeetingView;
}

function Message({ message, isOwn, view }: MessageProps) {
  return (
    <li data-testid="chat-message" data-from={message.display_name}>
      <small>
        <strong>{isOwn ? "You" : <bdi>{message.display_name}</bdi>}</strong>{" "}
        <time dateTime={message.sent_at}>{timeOf(message.sent_at)}</time>{" "}
        {message.to === undefined ? null : <PrivateMark to={message.to} isOwn={isOwn} view={view} />}
      </small>
      <p dir="auto">
        {linkParts(message.text).map(({ text, href }, index) =>
          href === undefined
            ? text
            : <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow">{text}</a>
        )}
      </p>
    </li>
  );
}

function PrivateMark({ to, isOwn, view }: { to: string; isOwn: boolean; view: MeetingView }) {
  const name = useComputed(() => nameOf(view.state.value, to)).value;
  return (
    <span class="private" data-testid="private">
      {isOwn ? <>to {name === undefined ? "somebody who has left" : <bdi>{name}</bdi>}</> : "to you"} alone
    </span>
  );
}
