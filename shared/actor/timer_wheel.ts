import type { Clock } from "./clock.ts";

const tickMs = 8;
const slotCount = 512;
/** States of an entry: not on the wheel, and taken off to be fired in this turn. */
const off = -1;
const due = -2;

/** A timer's entry. The wheel's links are fields of it, so that adding and removing allocate no memory. */
export abstract class WheelEntry {
  dueMs = 0;
  previous: WheelEntry | null = null;
  next: WheelEntry | null = null;
  slot = off;
  abstract fire(): void;
}

/**
 * One hashed timing wheel for all deadlines and timers of an isolate (Varghese and Lauck, 1987, scheme 6): adding and
 * removing cost constant time, and one real timer sleeps until the next slot in use.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots: (WheelEntry | null)[] = new Array(slotCount).fill(null);
  #size = 0;
  #cancel: (() => void) | undefined;
  #wakeMs = Infinity;
  #doneTick: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#doneTick = Math.floor(clock.now() / tickMs);
  }

  get size(): number {
    return this.#size;
  }

  add(entry: WheelEntry, dueMs: number): void {
    entry.dueMs = dueMs;
    if (this.#size === 0) this.#doneTick = Math.floor(this.#clock.now() / tickMs) - 1;
    const tick = Math.max(Math.ceil(dueMs / tickMs), this.#doneTick + 1);
    const slot = tick & (slotCount - 1);
    const head = this.#slots[slot] ?? null;
    entry.slot = slot;
    entry.previous = null;
    entry.next = head;
    if (head !== null) head.previous = entry;
    this.#slots[slot] = entry;
    this.#size++;
    if (tick * tickMs < this.#wakeMs) this.#arm(tick * tickMs);
  }

  remove(entry: WheelEntry): void {
    if (entry.slot === due) entry.slot = off;
    if (entry.slot < 0) return;
    if (entry.previous !== null) entry.previous.next = entry.next;
    else this.#slots[entry.slot] = entry.next;
    if (entry.next !== null) entry.next.previous = entry.previous;
    entry.slot = off;
    entry.previous = null;
    entry.next = null;
    this.#size--;
  }

  /** Cancels the real timer when no entry is left. Not at every removal, since setting it again costs more than an ask. */
  rest(): void {
    if (this.#size > 0 || this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#wakeMs = Infinity;
  }

  #arm(wakeMs: number): void {
    this.#cancel?.();
    this.#wakeMs = wakeMs;
    this.#cancel = this.#clock.set(() => this.#turn(), Math.max(0, wakeMs - this.#clock.now()));
  }

  #turn(): void {
    this.#cancel = undefined;
    this.#wakeMs = Infinity;
    const nowTick = Math.floor(this.#clock.now() / tickMs);
    const ready: WheelEntry[] = [];
    // After a long sleep one round over all slots finds every entry that is due.
    const ticks = Math.min(nowTick - this.#doneTick, slotCount);
    for (let i = 0; i < ticks; i++) {
      let entry = this.#slots[(nowTick - i) & (slotCount - 1)] ?? null;
      while (entry !== null) {
        const next: WheelEntry | null = entry.next;
        if (entry.dueMs <= nowTick * tickMs) {
          this.remove(entry);
          entry.slot = due;
          ready.push(entry);
        }
        entry = next;
      }
    }
    this.#doneTick = Math.max(this.#doneTick, nowTick);
    ready.sort((a, b) => a.dueMs - b.dueMs);
    for (const entry of ready) {
      // An entry that fired earlier in this loop may have cancelled it.
      if (entry.slot !== due) continue;
      entry.slot = off;
      entry.fire();
    }
    if (this.#size === 0) return;
    // What fired may have set a timer, and with it the real one, that is later than others on the wheel.
    const nextMs = this.#nextWakeMs();
    if (nextMs < this.#wakeMs) this.#arm(nextMs);
  }

  #nextWakeMs(): number {
    for (let i = 1; i <= slotCount; i++) {
      const tick = this.#doneTick + i;
      if (this.#slots[tick & (slotCount - 1)] !== null) return tick * tickMs;
    }
    return (this.#doneTick + slotCount) * tickMs;
  }
}
