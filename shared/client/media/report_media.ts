import type { Clock } from "../../actor/clock.ts";
import type { Ask, MediaTransports } from "./media_transports.ts";

export interface MediaReporting {
  /** A remote track is there. */
  arrived(track: MediaStreamTrack): void;
  stop(): void;
}

interface Options {
  readonly clock: Clock;
  readonly ask: Ask;
  /** The transports in use; undefined while the client is not in the meeting. */
  readonly transports: () => MediaTransports | undefined;
}

const REPORT_MS = 5_000;
/** The first sound or picture that takes longer is reported without the other. */
const LATENCY_MS = 15_000;

/**
 * Tells the server every five seconds what has arrived, so that it notices a receiving path that is dead, and once how
 * long the first sound and the first picture took from the click, which is when this is called.
 */
export function startReporting({ clock, ask, transports }: Options): MediaReporting {
  const startedMs = clock.now();
  const first: { audio?: number; video?: number } = {};
  let isStopped = false;
  let cancelReport = clock.set(report, REPORT_MS);
  let cancelLatency = clock.set(reportLatency, LATENCY_MS);

  async function report(): Promise<void> {
    const current = transports();
    // A browser may have no statistics of a connection that ends just then.
    const received = await current?.received().catch(() => []) ?? [];
    if (isStopped) return;
    cancelReport = clock.set(report, REPORT_MS);
    if (received.length === 0) return;
    const answer = await ask("media.report", { received });
    if (answer.ok && answer.value.restart_ice) current?.restartReceiving();
  }

  function reportLatency(): void {
    cancelLatency();
    cancelLatency = () => {};
    if (first.audio === undefined && first.video === undefined) return;
    void ask("latency.report", {
      ...(first.audio === undefined ? {} : { click_to_first_audio_ms: first.audio }),
      ...(first.video === undefined ? {} : { click_to_first_frame_ms: first.video }),
    });
  }

  function note(kind: string): void {
    if (isStopped || clock.now() - startedMs > LATENCY_MS) return;
    if (kind === "audio") first.audio ??= clock.now() - startedMs;
    else first.video ??= clock.now() - startedMs;
    if (first.audio !== undefined && first.video !== undefined) reportLatency();
  }

  return {
    arrived(track) {
      // A remote track is muted until its first packets come.
      if (!track.muted) note(track.kind);
      else track.addEventListener("unmute", () => note(track.kind), { once: true });
    },
    stop() {
      isStopped = true;
      cancelReport();
      cancelLatency();
    },
  };
}
