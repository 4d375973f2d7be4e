import type { Measured } from "./measure.ts";

type Direction = "in" | "out";
type PerDirection = Readonly<Record<Direction, number>>;

/** Traffic `in` from participants and `out` to them. Packets count RTP; bytes count everything on the wire. */
export interface Traffic {
  readonly packets: PerDirection;
  readonly lost: PerDirection;
  readonly bytes: PerDirection;
}

const none: PerDirection = { in: 0, out: 0 };
export const noTraffic: Traffic = { packets: none, lost: none, bytes: none };
const nothingMeasured: Measured = {
  transports: new Map(),
  producers: new Map(),
  piped: new Map(),
  consumers: new Map(),
};

/** The traffic between two rounds. */
export function trafficSince(now: Measured, before: Measured = nothingMeasured): Traffic {
  return {
    packets: {
      in: growthOf(now.producers, before.producers, ({ packets }) => packets),
      out: growthOf(now.consumers, before.consumers, ({ packets }) => packets),
    },
    lost: {
      in: growthOf(now.producers, before.producers, ({ lost }) => lost),
      out: growthOf(now.consumers, before.consumers, ({ lost }) => lost),
    },
    bytes: {
      in: growthOf(now.transports, before.transports, ({ bytesIn }) => bytesIn),
      out: growthOf(now.transports, before.transports, ({ bytesOut }) => bytesOut),
    },
  };
}

export function addTraffic(one: Traffic, other: Traffic): Traffic {
  const add = (first: PerDirection, second: PerDirection) => ({
    in: first.in + second.in,
    out: first.out + second.out,
  });
  return {
    packets: add(one.packets, other.packets),
    lost: add(one.lost, other.lost),
    bytes: add(one.bytes, other.bytes),
  };
}

function growthOf<T, S>(
  now: ReadonlyMap<T, S>,
  before: ReadonlyMap<T, S>,
  read: (sample: S) => number,
): number {
  let sum = 0;
  for (const [object, sample] of now) {
    const former = before.get(object);
    const [from, to] = [former === undefined ? 0 : read(former), read(sample)];
    // mediasoup starts a stream's count anew when its sender changes the SSRC; a late packet lowers the lost ones.
    sum += to >= from ? to - from : former === undefined ? to : 0;
  }
  return sum;
}
