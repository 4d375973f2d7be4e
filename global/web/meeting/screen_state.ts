import { type Signal, signal } from "@preact/signals";

/** What is open beside the stage. */
export type Panel = "people" | "chat";

/** What somebody has open, chosen and typed on the meeting's screen. It lasts as long as the visit. */
export interface ScreenState {
  panel: Signal<Panel | undefined>;
  /** The id of the last chat message that was on the screen. */
  seenId: Signal<string | undefined>;
  /** Whom the next chat message is for; undefined for everybody. */
  recipient: Signal<string | undefined>;
  /** Whose menu was opened last. */
  person: Signal<string | undefined>;
  /** How loud single people are played, 0 to 1; whoever isn't named is played as they are. */
  volumes: Signal<ReadonlyMap<string, number>>;
  /** What was refused or failed last, in words. */
  problem: Signal<string>;
}

export function createScreenState(): ScreenState {
  return {
    panel: signal<Panel | undefined>(undefined),
    seenId: signal<string | undefined>(undefined),
    recipient: signal<string | undefined>(undefined),
    person: signal<string | undefined>(undefined),
    volumes: signal<ReadonlyMap<string, number>>(new Map()),
    problem: signal(""),
  };
}

/** Opens a panel, or closes it when it is the open one. */
export function togglePanel({ panel }: ScreenState, wanted: Panel): void {
  panel.value = panel.value === wanted ? undefined : wanted;
}
