import { useComputed } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { CopyLink } from "../copy_link.tsx";
import { arrange } from "./arrangement.ts";
import type { MeetingView } from "./meeting_view.ts";
import { type OpenMenu, Tile } from "./tile.tsx";
import { layoutOf, type Room, slotsFor } from "./view_choice.ts";

interface GridProps {
  session: Pick<MeetingSession, "setLayout" | "layout">;
  view: MeetingView;
  onMenu: OpenMenu;
}

/** A layout is told to the server when the window has come to rest. */
const RESIZE_PAUSE_MS = 500;

export function Grid({ session, view, onMenu }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ widthPx: innerWidth, heightPx: innerHeight });
  const { keys, hasStage, hiddenCount } = view.order.value;
  const isWaitedFor = useComputed(() => view.state.value.waiting.length > 0);
  const count = keys.length + (hiddenCount > 0 ? 1 : 0) - (hasStage ? 1 : 0);
  const { stage, lastRowOffset, lastRowLength, tile, stageBox, ...tracks } = arrange({
    count,
    hasStage,
    ...size,
  });
  const lastRowStart = (hasStage ? 1 : 0) + count - lastRowLength;
  /** Half tiles that are left free before the last row. */
  const gap = lastRowOffset > 0
    ? <i aria-hidden="true" style={{ gridColumn: `span ${lastRowOffset}` }} />
    : null;

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ widthPx: entry.contentRect.width, heightPx: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayout(session, view, {
    slots: slotsFor(innerWidth),
    tile,
    stage: stageBox,
    density: devicePixelRatio,
  });

  return (
    <div ref={box} class={`grid stage-${stage}`} style={tracks} data-testid="grid">
      {keys.map((key, index) => (
        <Fragment key={key}>
          {index === lastRowStart ? gap : null}
          <Tile id={key} view={view} onMenu={onMenu} />
        </Fragment>
      ))}
      {keys.length === lastRowStart ? gap : null}
      {hiddenCount > 0 ? <p class="tile more">and {hiddenCount} more</p> : null}
      {keys.length === 1 && hiddenCount === 0 && !isWaitedFor.value ? <Alone view={view} /> : null}
    </div>
  );
}

/** Said to whoever is the only one, with what brings others. */
function Alone({ view }: { view: MeetingView }) {
  const link = useComputed(() => view.state.value.meeting?.join_url).value;
  return (
    <div class="alone" data-testid="alone">
      <p>You are the only one here. Send others the link.</p>
      {link === undefined ? null : <CopyLink link={link} testId="copy-link-alone" />}
    </div>
  );
}

/** Tells the server what the window has room for, and what is chosen to be seen. */
function useLayout(session: GridProps["session"], view: MeetingView, room: Room): void {
  const choice = view.effectiveChoice.value;
  const layout = layoutOf(choice, room);
  const wanted = JSON.stringify(layout);
  const before = useRef(choice);

  useEffect(() => {
    // What is chosen is told at once; what the window gives, when it has come to rest.
    const isChosen = before.current !== choice;
    before.current = choice;
    // The join carried a layout already; only what is different is worth a message.
    if (wanted === JSON.stringify(session.layout())) return;
    const timer = setTimeout(() => session.setLayout(layout), isChosen ? 0 : RESIZE_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted, choice]);
}
