import type { Present, View } from "./roster.ts";

export interface Counts {
  readonly ready: number;
  /** Ready, but its heartbeats are late. */
  readonly degraded: number;
  readonly draining: number;
  /** Silent, but not gone yet. */
  readonly silent: number;
  readonly gone: number;
}

/** How many controllers and handlers there are, by state. */
export function censusOf({ controllers, handlers }: View): { controllers: Counts; handlers: Counts } {
  return { controllers: countsOf(controllers), handlers: countsOf(handlers) };
}

function countsOf({ heard, late, present, all }: Present<{ readonly state: "ready" | "draining" }>): Counts {
  const ready = heard.filter(({ state }) => state === "ready").length;
  const degraded = late.filter(({ state }) => state === "ready").length;
  return {
    ready: ready - degraded,
    degraded,
    draining: heard.length - ready,
    silent: present.length - heard.length,
    gone: all.length - present.length,
  };
}
