import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { gridLayout } from "../lobby/enter_meeting.ts";
import type { MeetingView } from "./meeting_view.ts";
import { Tile } from "./tile.tsx";
import { columnsFor } from "./tiles.ts";

interface GridProps {
  session: Pick<MeetingSession, "setLayout">;
  view: MeetingView;
}

/** A layout is told to the server when the window has come to rest. */
const RESIZE_PAUSE_MS = 500;

export function Grid({ session, view }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: innerWidth, height: innerHeight });
  const { slots } = gridLayout(innerWidth);
  const { keys, hasStage, hiddenCount } = view.order.value;
  const isWaitedFor = useComputed(() => view.state.value.waiting.length > 0);
  const count = keys.length + (hiddenCount > 0 ? 1 : 0) - (hasStage ? 1 : 0);
  // Beside a shared screen the people get a quarter of the width.
  const width = hasStage ? size.width / 4 : size.width;
  const columns = columnsFor(count, width, size.height);
  const rows = Math.max(1, Math.ceil(count / columns));
  const tileWidth = Math.max(1, Math.round(width / columns * devicePixelRatio));
  const isFirst = useRef(true);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    box.current?.style.setProperty("--columns", String(columns));
    box.current?.style.setProperty("--rows", String(rows));
  }, [columns, rows]);

  useEffect(() => {
    const timer = setTimeout(() => {
      // The join carried a layout already; only what changed since is worth a message.
      if (isFirst.current) isFirst.current = false;
      else {session.setLayout({
          mode: "grid",
          slots,
          tile: { width: tileWidth, height: Math.round(tileWidth * 9 / 16) || 1 },
        });}
    }, RESIZE_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [slots, tileWidth]);

  return (
    <div ref={box} class={hasStage ? "grid with-screen" : "grid"} data-testid="grid">
      {keys.map((key) => <Tile key={key} id={key} view={view} />)}
      {hiddenCount > 0 ? <p class="tile more">and {hiddenCount} more</p> : null}
      {keys.length === 1 && hiddenCount === 0 && !isWaitedFor.value
        ? <p class="alone" role="status">Nobody else is here yet. Copy the invitation and send it.</p>
        : null}
    </div>
  );
}
