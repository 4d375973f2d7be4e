import type { PacketCount, RequestAnswer } from "../../shared/protocol/mod.ts";
import type { ShardMetrics } from "../metrics.ts";

export interface ReceivingWatchInit {
  readonly metrics: Pick<ShardMetrics, "mediaRepairs">;
  /** A participant's receiving path is dead, and an ICE restart has not helped. */
  readonly onDead: (participantId: string) => void;
}

interface Watched {
  /** What had arrived at the last report, by consumer. */
  received: ReadonlyMap<string, number>;
  /** What had been sent when nothing arrived for the first time, by consumer; null while something arrives. */
  sent: ReadonlyMap<string, number> | null;
  hasRestarted: boolean;
}

/** Fewer packets than this in the time between two reports are no proof: a silent voice is sent hardly any. */
const provingPackets = 10;

/**
 * Compares what clients say has arrived with what the handler has sent. A path over which nothing arrives although
 * something is sent is mended by an ICE restart, and if that doesn't help by fresh transports.
 */
export class ReceivingWatch {
  readonly #init: ReceivingWatchInit;
  readonly #watched = new Map<string, Watched>();

  constructor(init: ReceivingWatchInit) {
    this.#init = init;
  }

  /** Notes a report. Answers whether it has to be found out what was sent: nothing came of what should. */
  isSuspect(participantId: string, received: readonly PacketCount[], flowing: readonly string[]): boolean {
    const before = this.#watched.get(participantId);
    const now = countsOf(received);
    const grew = flowing.some((id) => (now.get(id) ?? 0) > (before?.received.get(id) ?? 0));
    const isFine = before === undefined || flowing.length === 0 || grew;
    const { sent = null, hasRestarted = false } = isFine ? {} : before;
    this.#watched.set(participantId, { received: now, sent, hasRestarted });
    return !isFine;
  }

  /** Notes what was sent to a suspect's consumers; null if the handler doesn't say. Answers the client's report. */
  repair(participantId: string, sent: readonly PacketCount[] | null): RequestAnswer<"media.report"> {
    const watched = this.#watched.get(participantId);
    if (watched === undefined || sent === null) return {};
    const now = countsOf(sent);
    const { sent: before } = watched;
    watched.sent = now;
    if (before === null) return {};
    const more = [...now].reduce((sum, [id, packets]) => sum + packets - (before.get(id) ?? packets), 0);
    if (more < provingPackets) return {};
    if (watched.hasRestarted) {
      this.#watched.delete(participantId);
      this.#init.onDead(participantId);
      return {};
    }
    watched.hasRestarted = true;
    this.#init.metrics.mediaRepairs.add({ cause: "ice_restart" });
    return { restart_ice: true };
  }

  forget(participantId: string): void {
    this.#watched.delete(participantId);
  }
}

function countsOf(counts: readonly PacketCount[]): Map<string, number> {
  return new Map(counts.map(({ consumer_id, packets }) => [consumer_id, packets]));
}
