import { useMemo } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { Video } from "../video.tsx";
import { initials } from "./initials.ts";
import type { MeetingView } from "./meeting_view.ts";

interface TileProps {
  view: MeetingView;
  id: string;
}

/** For measuring: when the first picture of somebody else was on the screen. */
function markFirstRemoteFrame() {
  if (performance.getEntriesByName("dt:first-remote-frame").length > 0) return;
  performance.mark("dt:first-remote-frame");
}

/** The same person has the same colour everywhere. */
function hue(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 8;
  return sum;
}

export function Tile({ view, id }: TileProps) {
  const tile = useMemo(() => view.tile(id), [view, id]).value;
  if (!tile) return null;
  const label = tile.isScreen ? `Screen of ${tile.name}` : `${tile.name}${tile.isSelf ? " (you)" : ""}`;
  const testId = tile.isScreen ? "screen-tile" : tile.isSelf ? "self-tile" : "tile";
  const classes = ["tile", tile.isScreen && "screen", tile.isSpeaking && "speaking", tile.isAway && "away"];
  return (
    <figure
      class={classes.filter(Boolean).join(" ")}
      data-testid={testId}
      data-participant-id={tile.participantId}
      data-name={tile.name}
      data-muted={tile.isMuted}
    >
      {tile.video
        ? (
          <Video
            track={tile.video}
            label={label}
            mirrored={tile.isSelf && !tile.isScreen}
            {...(tile.isSelf ? {} : { onFirstFrame: markFirstRemoteFrame })}
          />
        )
        : (
          <span class={`avatar hue-${hue(tile.participantId)}`} aria-hidden="true" dir="auto">
            {initials(tile.name)}
          </span>
        )}
      <figcaption>
        {tile.isMuted
          ? (
            <span class="muted-mark" title="Microphone off">
              <Icon name="microphoneOff" />
            </span>
          )
          : null}
        <span class="name">
          {tile.isScreen ? "Screen of " : null}
          <bdi>{tile.name}</bdi>
          {tile.isSelf && !tile.isScreen ? " (you)" : null}
        </span>
        {tile.isMuted ? <span class="visually-hidden">, microphone off</span> : null}
        {tile.isAway ? <span class="away-word">reconnecting…</span> : null}
      </figcaption>
    </figure>
  );
}
