import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { Video, Voice } from "../video.tsx";
import type { TileView } from "./tiles.ts";

/** For measuring: when the first picture of somebody else was on the screen. */
function markFirstRemoteFrame() {
  if (performance.getEntriesByName("dt:first-remote-frame").length > 0) return;
  performance.mark("dt:first-remote-frame");
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map((word) => Array.from(word)[0] ?? "").join("").toUpperCase();
}

/** The same person has the same colour everywhere. */
function hue(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 8;
  return sum;
}

export function Tile({ tile }: { tile: TileView }) {
  const [isSilenced, setIsSilenced] = useState(false);
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
          <span class={`avatar hue-${hue(tile.participantId)}`} aria-hidden="true">
            {initials(tile.name)}
          </span>
        )}
      {tile.audio ? <Voice track={tile.audio} onSilenced={setIsSilenced} /> : null}
      <figcaption>
        {tile.isMuted
          ? (
            <span class="muted-mark" title="Microphone off">
              <Icon name="microphoneOff" />
            </span>
          )
          : null}
        <span class="name">{label}</span>
        {tile.isMuted ? <span class="visually-hidden">, microphone off</span> : null}
        {tile.isAway ? <span class="away-word">reconnecting…</span> : null}
      </figcaption>
      {isSilenced ? <p class="silenced">Click anywhere to hear.</p> : null}
    </figure>
  );
}
