import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { SessionState } from "../../../shared/client/session_state.ts";
import { signalOf } from "../signal_of.ts";
import { tilesOf, type TileView } from "./tiles.ts";
import { initialChoice, slotsFor, type ViewChoice, withoutPin } from "./view_choice.ts";
import { voicesOf, type VoiceView } from "./voices.ts";

/** Which tiles there are, in their order, without what they show. */
export interface TileOrder {
  keys: readonly string[];
  /** The first one has the stage. */
  hasStage: boolean;
  hiddenCount: number;
}

/** A meeting cut into signals, each of which changes only with what it is named after. */
export interface MeetingView {
  /** All of it; `useComputed` takes a part. */
  state: ReadonlySignal<SessionState>;
  order: ReadonlySignal<TileOrder>;
  /** How the meeting is to be seen; the page's own matter. */
  choice: Signal<ViewChoice>;
  /** The choice as it counts: a pin of somebody who has left is none. */
  effectiveChoice: ReadonlySignal<ViewChoice>;
  /** Undefined when it is gone. */
  tile(key: string): ReadonlySignal<TileView | undefined>;
  voices: ReadonlySignal<readonly VoiceView[]>;
}

type Fields = Readonly<Record<string, unknown>>;

function sameFields(a: Fields, b: Fields): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
}

/** Things with keys, each of which stays the same object for as long as its fields do. */
function steady<T extends { key: string }>(
  compute: () => readonly T[],
): ReadonlySignal<ReadonlyMap<string, T>> {
  let before: ReadonlyMap<string, T> = new Map();
  return computed(() => {
    const next = compute().map((item): [string, T] => {
      const known = before.get(item.key);
      return [item.key, known && sameFields({ ...known }, { ...item }) ? known : item];
    });
    const after = new Map(next);
    if (!sameList([...before.values()], [...after.values()])) before = after;
    return before;
  });
}

/** `soundSlots`: how many of those who are only heard get a tile. `chosen`: how the meeting is seen at first. */
export function createMeetingView(
  session: Pick<MeetingSession, "state">,
  soundSlots = slotsFor(Infinity),
  chosen = initialChoice,
): MeetingView {
  const state = signalOf(session.state);
  const choice = signal(chosen);
  const isPinThere = computed(() =>
    state.value.participants.some(({ participant_id }) => participant_id === choice.value.pinned)
  );
  const effectiveChoice = computed(() => isPinThere.value ? choice.value : withoutPin(choice.value));
  const set = computed(() => tilesOf(state.value, effectiveChoice.value, soundSlots));
  const tiles = steady(() => set.value.tiles);
  const voices = steady(() => voicesOf(state.value));
  let order: TileOrder = { keys: [], hasStage: false, hiddenCount: 0 };
  return {
    state,
    choice,
    effectiveChoice,
    order: computed(() => {
      const all = [...tiles.value.values()];
      const next = {
        keys: all.map(({ key }) => key),
        hasStage: set.value.hasStage,
        hiddenCount: set.value.hiddenCount,
      };
      const isSame = sameList(order.keys, next.keys) && order.hasStage === next.hasStage &&
        order.hiddenCount === next.hiddenCount;
      return order = isSame ? order : next;
    }),
    tile: (key) => computed(() => tiles.value.get(key)),
    voices: computed(() => [...voices.value.values()]),
  };
}
