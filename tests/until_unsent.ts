import { setImmediate } from "node:timers";

/** So many turns, and the kernel has taken what it takes. */
const TURNS = 100;

/** Sends until a socket holds back some of it: its peer doesn't read, and the kernel takes no more. */
export async function untilUnsent(unsentBytes: () => number, send: () => void): Promise<void> {
  while (unsentBytes() === 0) {
    send();
    for (let turn = 0; turn < TURNS && unsentBytes() > 0; turn++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}
