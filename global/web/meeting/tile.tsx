import { useMemo, useRef } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { Video } from "../video.tsx";
import { initials } from "./initials.ts";
import type { MeetingView } from "./meeting_view.ts";
import { QualityBars } from "./quality_bars.tsx";
import type { TileView } from "./tiles.ts";

/** Opens somebody's menu beside the button that was pressed for it. */
export type OpenMenu = (participantId: string, button: HTMLElement) => void;

interface TileProps {
  view: MeetingView;
  id: string;
  onMenu: OpenMenu;
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

export function Tile({ view, id, onMenu }: TileProps) {
  const figure = useRef<HTMLElement>(null);
  const tile = useMemo(() => view.tile(id), [view, id]).value;
  if (!tile) return null;
  /** By an attribute, for it is told twice a second. A screen may stand still for as long as it likes. */
  const showHeld = (isHeld: boolean) => figure.current?.toggleAttribute("data-held", isHeld);
  const label = tile.isScreen ? `Screen of ${tile.name}` : `${tile.name}${tile.isSelf ? " (you)" : ""}`;
  const testId = tile.isScreen ? "screen-tile" : tile.isSelf ? "self-tile" : "tile";
  const classes = ["tile", tile.isScreen && "screen", tile.isSpeaking && "speaking", tile.isAway && "away"];
  return (
    <figure
      ref={figure}
      class={classes.filter(Boolean).join(" ")}
      data-testid={testId}
      data-participant-id={tile.participantId}
      data-name={tile.name}
      data-muted={tile.isMuted}
      data-starved={tile.isStarved || undefined}
    >
      {tile.video && tile.isScreen
        ? null
        : (
          <span class={`avatar hue-${hue(tile.participantId)}`} aria-hidden="true" dir="auto">
            {initials(tile.name)}
          </span>
        )}
      {tile.video
        ? (
          <Video
            track={tile.video}
            label={label}
            mirrored={tile.isSelf && !tile.isScreen}
            {...(tile.isSelf ? {} : { onFirstFrame: markFirstRemoteFrame })}
            {...(tile.isSelf || tile.isScreen ? {} : { onHeld: showHeld })}
          />
        )
        : null}
      <p class="held-words" data-testid="held">The connection is too slow for a picture.</p>
      <Caption tile={tile} />
      {tile.isSelf ? null : (
        <button
          type="button"
          class="round small tile-menu"
          data-testid="tile-menu"
          aria-label={`More about ${tile.name}`}
          aria-haspopup="true"
          onClick={({ currentTarget }) => onMenu(tile.participantId, currentTarget)}
        >
          <Icon name="more" />
        </button>
      )}
    </figure>
  );
}

function Caption({ tile }: { tile: TileView }) {
  return (
    <figcaption>
      {tile.hasHandRaised
        ? (
          <span class="hand-mark" title="Hand raised">
            <Icon name="hand" />
            <span class="visually-hidden">hand raised,</span>
          </span>
        )
        : null}
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
      {tile.quality && !tile.isAway ? <QualityBars level={tile.quality} /> : null}
      {tile.isAway ? <span class="away-word">reconnecting…</span> : null}
    </figcaption>
  );
}
