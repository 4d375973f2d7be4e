import type { ReadonlySignal } from "@preact/signals";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Devices } from "../devices.ts";
import { devicesOn } from "../devices_on.ts";
import { forgetSeat, keepSeat } from "./kept_seat.ts";
import { lockSeat, type SeatLock } from "./seat_lock.ts";

/** Keeps the seat of a session in this tab for as long as the session lives. */
export interface SeatKeeper {
  /** Before the page goes: keeps what there is and gives the lock up. Answers whether the next page finds it. */
  handOver(): boolean;
  /** The participant isn't coming back. */
  drop(): void;
}

export interface SeatKeeperOptions {
  session: Pick<MeetingSession, "state" | "seat">;
  devices: Pick<Devices, "state">;
  /** The chat message that was seen last. */
  seenId: ReadonlySignal<string | undefined>;
  code: string;
  isGuest: boolean;
  /** Theirs as they entered. Whoever waits is told of nobody, themselves included. */
  name: string;
  /** The lock of the seat that was taken; the first one is made when there is none. */
  lock?: SeatLock;
}

/** A page that is killed hands nothing over: what it wrote last counts for a while. */
const WRITE_MS = 5_000;

export function createSeatKeeper(
  { session, devices, seenId, code, isGuest, name: entered, lock: taken }: SeatKeeperOptions,
): SeatKeeper {
  let lock = taken;
  let asked = taken?.of;
  let isOver = false;

  function write(): boolean {
    const seat = session.seat();
    if (isOver || !seat || lock?.of !== seat.binding.correlation_id) return false;
    const { participants, selfId } = session.state.get();
    const self = participants.find(({ participant_id }) => participant_id === selfId);
    const name = self?.display_name ?? entered;
    const on = devicesOn(session, devices);
    return keepSeat({ ...seat, code, isGuest, name, on, seenId: seenId.value, atMs: Date.now() });
  }

  /** A seat is written only under its lock. */
  async function follow(): Promise<void> {
    const correlationId = session.seat()?.binding.correlation_id;
    if (isOver || correlationId === undefined) return;
    if (asked === correlationId) return void write();
    asked = correlationId;
    lock?.release();
    lock = undefined;
    const locked = await lockSeat({ code, correlationId }, WRITE_MS);
    if (isOver || asked !== correlationId) return locked?.release();
    lock = locked;
    write();
  }

  const stopWatching = session.state.subscribe(() => void follow());
  const timer = setInterval(() => void follow(), WRITE_MS);
  void follow();

  function end(): void {
    isOver = true;
    clearInterval(timer);
    stopWatching();
    lock?.release();
  }

  return {
    handOver() {
      const isKept = write();
      end();
      return isKept;
    },
    drop() {
      if (isOver) return;
      if (lock) forgetSeat();
      end();
    },
  };
}
