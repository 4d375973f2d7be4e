import type { Quality } from "../../../shared/client/session_state.ts";

const levels = {
  good: { bars: 3, words: "good connection" },
  fair: { bars: 2, words: "fair connection" },
  poor: { bars: 1, words: "poor connection" },
} as const;

export function QualityBars({ level }: { level: Quality }) {
  const { bars, words } = levels[level];
  return (
    <span class={`quality ${level}`} data-testid="quality" data-level={level} title={words}>
      <svg class="icon" viewBox="0 0 16 16" width="1rem" height="1rem" aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <rect
            key={bar}
            class={bar <= bars ? "lit" : "unlit"}
            x={bar * 5 - 4}
            y={16 - bar * 5}
            width="4"
            height={bar * 5}
            rx="1"
          />
        ))}
      </svg>
      <span class="visually-hidden">, {words}</span>
    </span>
  );
}
