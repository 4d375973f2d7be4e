import { useComputed, useSignal } from "@preact/signals";
import type { MeetingView } from "./meeting_view.ts";
import { nameOf } from "./name_of.ts";

/** What the page offers; others that an independent client sends are shown, too. */
export const REACTIONS = [
  { reaction: "👍", words: "thumbs up" },
  { reaction: "❤️", words: "heart" },
  { reaction: "👏", words: "applause" },
  { reaction: "😂", words: "laughing" },
  { reaction: "😮", words: "surprised" },
  { reaction: "🎉", words: "party" },
] as const;

/** The latest reactions, each until it has risen and faded. */
export function Reactions({ view }: { view: MeetingView }) {
  const reactions = useComputed(() => view.state.value.reactions).value;
  /** What came before this screen, or has faded: all up to this number. */
  const faded = useSignal(reactions.at(-1)?.number ?? 0);
  return (
    <ul class="reactions" aria-live="polite" aria-label="Reactions" data-testid="reactions">
      {reactions.filter(({ number }) => number > faded.value).map(({ number, participantId, reaction }) => (
        <li
          key={number}
          onAnimationEnd={() => faded.value = Math.max(faded.value, number)}
        >
          <span dir="auto">{reaction}</span>
          <bdi>{nameOf(view.state.value, participantId)}</bdi>
        </li>
      ))}
    </ul>
  );
}
