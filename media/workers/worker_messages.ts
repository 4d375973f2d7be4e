import type { Router, RouterRtpCodecCapability, WebRtcServer } from "mediasoup/types";
import { z } from "zod";
import { type ActorRef, ask, local, nothing, protocol, tell } from "../../shared/actor/mod.ts";

/** A router, and the ports that its transports are reached at. */
export interface RouterPlace {
  readonly router: Router;
  readonly webRtcServer: WebRtcServer;
}

export const SfuWorker = protocol({
  /** A router on this worker; it lives until it is closed or the worker dies. */
  createRouter: ask(
    local<{ readonly meeting_id: string; readonly mediaCodecs: readonly RouterRtpCodecCapability[] }>(),
    local<RouterPlace>(),
    ["unavailable"],
  ),
  /** The process; answered once it runs. */
  describe: ask(nothing, z.object({ pid: z.number(), port: z.number() })),
});

/** What an SFU worker says of itself, to whoever places routers. */
export const WorkerEvents = protocol({
  workerRunning: tell(local<{ readonly index: number; readonly worker: ActorRef<typeof SfuWorker> }>()),
  workerLost: tell(z.object({ index: z.int(), reason: z.string() })),
});
