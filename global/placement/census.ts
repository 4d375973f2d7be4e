import type { Present, View } from "./roster.ts";

export interface Counts {
  readonly ready: number;
  readonly draining: number;
  /** Silent, but not gone yet. */
  readonly silent: number;
  readonly gone: number;
}

/** How many controllers and handlers there are, by state. */
export function censusOf({ controllers, handlers }: View): { controllers: Counts; handlers: Counts } {
  return { controllers: countsOf(controllers), handlers: countsOf(handlers) };
}

function countsOf({ heard, present, all }: Present<{ readonly state: "ready" | "draining" }>): Counts {
  const ready = heard.filter(({ state }) => state === "ready").length;
  return {
    ready,
    draining: heard.length - ready,
    silent: present.length - heard.length,
    gone: all.length - present.length,
  };
}
