import type { Producer } from "./scene.ts";

/** How much of one picture is wanted. A layer of null means: nothing. */
export interface Demand {
  /** The layer that each receiver wants, by participant. */
  readonly wanted: Map<string, number>;
  /** The highest layer that the sender is asked for. */
  inForce: number | null;
  /** When the demand falls; null while somebody wants as much. */
  fallsAtMs: number | null;
  isTold: boolean;
}

/** The spatial layer of each producer that a participant wants; null where there is none to choose. */
export type WantedLayers = ReadonlyMap<string, { readonly spatialLayer: number | null }>;

export interface Demands {
  /** By producer. */
  readonly pictures: Map<string, Demand>;
  /** The pictures that each participant was noted to want, to forget them by. */
  readonly noted: Map<string, Set<string>>;
  /** Producers of which more or less may be wanted than before. */
  readonly changed: Set<string>;
  /** In the order in which they fall. */
  readonly falling: { readonly producerId: string; readonly untilMs: number }[];
}

export function newDemands(): Demands {
  return { pictures: new Map(), noted: new Map(), changed: new Set(), falling: [] };
}

/**
 * Begins with a producer, unless it is sound: sound is always sent. A client begins with all layers. One that goes on
 * after another controller's run is asked at once for what its receivers have.
 */
export function addDemand({ pictures, changed }: Demands, producer: Producer, isAdopted = false): void {
  const { producerId, kind, layers } = producer;
  if (kind === "audio") return;
  const inForce = isAdopted ? null : layers - 1;
  pictures.set(producerId, { wanted: new Map(), inForce, fallsAtMs: null, isTold: false });
  changed.add(producerId);
}

/** Has the demand in force told once more. */
export function tellAgain({ pictures, changed }: Demands, producerId: string): void {
  const demand = pictures.get(producerId);
  if (demand === undefined) return;
  demand.isTold = false;
  changed.add(producerId);
}

export function dropDemand({ pictures, changed }: Demands, producerId: string): void {
  pictures.delete(producerId);
  changed.delete(producerId);
}

/** Marks the producers as changed whose demand falls now. */
export function endFalling({ changed, falling }: Demands, nowMs: number): void {
  const first = falling.findIndex(({ untilMs }) => untilMs > nowMs);
  for (const { producerId } of falling.splice(0, first < 0 ? falling.length : first)) changed.add(producerId);
}
