import { z } from "zod";
import { ask, local, protocol } from "../../shared/actor/mod.ts";
import {
  type Consumer,
  dtlsParameters,
  mediaKind,
  mediaSource,
  rtpCapabilities,
  rtpParameters,
  transports,
} from "../../shared/protocol/mod.ts";
import { ReportTaker } from "../routing/neighbours.ts";

const refusals = [
  /** The test has no such transport or consumer. */
  "not_found",
  /** The media handler refused the parameters. */
  "rejected",
  /** No media handler can be reached, or none takes more. */
  "unavailable",
  /** This test has had all that a test gets. */
  "exhausted",
] as const;

/** One client's test of its connection: its own media comes back to it, over a router that nobody else is on. */
export const ConnectionTest = protocol({
  ...ReportTaker,
  /** Fresh transports, in place of those before. */
  open: ask(
    z.object({ rtpCapabilities }),
    z.object({ transports, seconds_left: z.int() }),
    refusals,
  ),
  connect: ask(z.object({ transportId: z.string(), dtlsParameters }), z.void(), refusals),
  /** Answers the producer and the consumer in which it comes back, paused. */
  produce: ask(
    z.object({ transportId: z.string(), kind: mediaKind, source: mediaSource, rtpParameters }),
    local<{ readonly producerId: string; readonly consumer: Consumer }>(),
    refusals,
  ),
  /** What was produced begins to come back. */
  ready: ask(z.void(), z.void(), refusals),
});
