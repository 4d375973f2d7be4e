import { forgetSeat, type KeptSeat, seatIn } from "./kept_seat.ts";
import { lockSeat, type SeatLock } from "./seat_lock.ts";

export interface TakenSeat {
  readonly seat: KeptSeat;
  readonly lock: SeatLock;
}

/** The page before this one gives its lock up as it goes, and is gone when this one has begun. */
const PATIENCE_MS = 1_500;

/** The seat that this tab has in a meeting, with its lock. One that another page uses is forgotten here. */
export async function takeSeat(code: string): Promise<TakenSeat | undefined> {
  const seat = seatIn(code, Date.now());
  if (!seat) return undefined;
  const { correlation_id: correlationId } = seat.binding;
  const lock = await lockSeat({ code, correlationId }, PATIENCE_MS);
  if (lock) return { seat, lock };
  forgetSeat();
  return undefined;
}
