import * as z from "zod";
import { bindingToken } from "../../../shared/protocol/signaling/join.ts";
import { id } from "../../../shared/protocol/text.ts";
import { keepInTab, keptInTab } from "../kept_values.ts";

const KEY = "dark-tower-seat";
/** The server expects nobody back for longer. */
const LIFE_MS = 30_000;

const keptSeat = z.strictObject({
  /** The meeting's. */
  code: z.string(),
  binding: z.strictObject({ correlation_id: id, binding_token: bindingToken }),
  /** The meeting token. */
  token: z.string(),
  isGuest: z.boolean(),
  /** As the others see it. */
  name: z.string(),
  /** What was on; the rest stays off. */
  on: z.strictObject({ microphone: z.boolean(), camera: z.boolean() }),
  /** The chat message that was seen last. */
  seenId: z.string().optional(),
  /** When the page was last known to live. */
  atMs: z.number(),
});

/** What this tab keeps of a participant, so that they are the same one after the page was loaded again. */
export type KeptSeat = z.infer<typeof keptSeat>;

/** The seat that this tab has in a meeting, unless nobody waits for it any more. */
export function seatIn(code: string, nowMs: number): KeptSeat | undefined {
  const seat = parsed(keptInTab(KEY));
  return seat?.code === code && Math.abs(nowMs - seat.atMs) < LIFE_MS ? seat : undefined;
}

/** When nobody waits for a seat any more. */
export function goodUntilMs({ atMs }: Pick<KeptSeat, "atMs">): number {
  return atMs + LIFE_MS;
}

/** Answers whether the browser keeps it. */
export function keepSeat(seat: KeptSeat): boolean {
  const text = JSON.stringify(seat);
  keepInTab(KEY, text);
  return keptInTab(KEY) === text;
}

export function forgetSeat(): void {
  keepInTab(KEY, null);
}

function parsed(text: string | null | undefined): KeptSeat | undefined {
  try {
    return text ? keptSeat.parse(JSON.parse(text)) : undefined;
  } catch {
    // It is of another version of the page, or of somebody who changed it.
    return undefined;
  }
}
