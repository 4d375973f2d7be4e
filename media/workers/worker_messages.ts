import type { Router, RouterRtpCodecCapability, WebRtcServer } from "mediasoup/types";
import { z } from "zod";
import { type ActorRef, ask, local, nothing, protocol, tell } from "../../shared/actor/mod.ts";
import type { WorkerUse } from "./worker_use.ts";

/** A router, and the server whose ports its transports share. */
export interface RouterPlace {
  readonly router: Router;
  readonly webRtcServer: WebRtcServer;
}

export const SfuWorker = protocol({
  /** Creates a router on this worker. It lives until it is closed or the worker dies. */
  createRouter: ask(
    local<{ readonly meeting_id: string; readonly mediaCodecs: readonly RouterRtpCodecCapability[] }>(),
    local<RouterPlace>(),
    ["unavailable"],
  ),
  /** Answers once the process runs. */
  describe: ask(nothing, z.object({ pid: z.number(), port: z.number() })),
});

/** Messages of an SFU worker to the routing table. */
export const WorkerEvents = protocol({
  workerRunning: tell(local<{ readonly index: number; readonly worker: ActorRef<typeof SfuWorker> }>()),
  workerLost: tell(z.object({ index: z.int(), reason: z.string() })),
  workerUsed: tell(local<{ readonly index: number; readonly use: WorkerUse }>()),
});
