import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { isOutdated } from "./is_outdated.ts";
import type { MediaControls } from "./media_controls.ts";
import type { MeetingView } from "./meeting_view.ts";
import { moderationWords } from "./moderation_words.ts";
import { nameOf } from "./name_of.ts";
import { type ScreenState, showProblem } from "./screen_state.ts";

interface ModerationBannerProps {
  session: Pick<MeetingSession, "dismissModeration">;
  view: MeetingView;
  screen: ScreenState;
  media: Pick<MediaControls, "switchOn">;
}

const switchOn = { microphone: "Unmute", camera: "Switch the camera on" } as const;

/**
 * What a host did to oneself or asks for, in words. It takes no focus: somebody who types would otherwise switch their
 * microphone on with a blank.
 */
export function ModerationBanner({ session, view, screen, media }: ModerationBannerProps) {
  const notice = useComputed(() => {
    const { moderation } = view.state.value;
    return moderation && isOutdated(view.state.value, moderation) ? undefined : moderation;
  }).value;
  const by = useComputed(() => {
    const { moderation } = view.state.value;
    return moderation?.by === undefined ? undefined : nameOf(view.state.value, moderation.by);
  }).value;
  const told = useRef({ notice, number: 0 });
  if (told.current.notice !== notice) told.current = { notice, number: told.current.number + 1 };
  if (!notice) return null;
  const { source, kind, mayUnmute } = notice;
  const { isOfSomebody, words } = moderationWords(notice);
  const device = source === "microphone" || source === "camera" ? source : undefined;

  function open(kind: "microphone" | "camera") {
    session.dismissModeration();
    void showProblem(screen, () => media.switchOn(kind));
  }
  return (
    <div class="banner" role="alert" data-testid="moderation" data-kind={kind} data-source={source}>
      {/* The same words once more are an element of their own: they are read again. The buttons keep the focus. */}
      <span key={told.current.number} class="banner-words">
        {isOfSomebody ? <>{by === undefined ? "A host" : <bdi>{by}</bdi>} {words}</> : words}
      </span>
      {device && mayUnmute
        ? (
          <button type="button" class="primary" data-testid="moderation-accept" onClick={() => open(device)}>
            {switchOn[device]}
          </button>
        )
        : null}
      <button
        type="button"
        class="quiet"
        data-testid="moderation-dismiss"
        onClick={session.dismissModeration}
      >
        {kind === "asked" ? "Not now" : "Dismiss"}
      </button>
    </div>
  );
}
