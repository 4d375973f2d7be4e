import type { MediaKind } from "../../shared/protocol/rtp.ts";
import type { WorkerUse } from "../workers/worker_use.ts";

/** Numbers of mediasoup objects: of one router, or of the whole handler. */
export interface Load {
  readonly transports: number;
  readonly producers: Readonly<Record<MediaKind, number>>;
  readonly consumers: Readonly<Record<MediaKind, number>>;
}

/** One running SFU worker: its use of the machine, and whether it takes nobody new. */
export interface WorkerState extends WorkerUse {
  readonly index: number;
  readonly isFull: boolean;
}

export const noLoad: Load = {
  transports: 0,
  producers: { audio: 0, video: 0 },
  consumers: { audio: 0, video: 0 },
};

/** The sum after one of its parts changed from `before` to `now`. */
export function changedLoad(sum: Load, before: Load, now: Load): Load {
  const change = (read: (load: Load) => number) => read(sum) - read(before) + read(now);
  return {
    transports: change(({ transports }) => transports),
    producers: {
      audio: change(({ producers }) => producers.audio),
      video: change(({ producers }) => producers.video),
    },
    consumers: {
      audio: change(({ consumers }) => consumers.audio),
      video: change(({ consumers }) => consumers.video),
    },
  };
}
