import { createApi } from "../../../shared/client/api.ts";
import { loadDevice } from "../../../shared/client/media/device.ts";
import { createMediaEngine } from "../../../shared/client/media/engine.ts";
import { joinMeeting, type MeetingSession } from "../../../shared/client/session.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";
import { movingBar, tone } from "./made_tracks.ts";

/** How long nothing came of one source of somebody, at the longest since `mark`. */
export interface Gap {
  readonly of: string;
  readonly source: string;
  readonly longestMs: number;
}

/** What somebody sends. */
interface Looks {
  readonly toneHz: number;
  readonly framesPerSecond: number;
  /** Whether there is a microphone. */
  readonly speaks: boolean;
}

declare global {
  var mediaCrowd: {
    join(code: string, ticket: Ticket, looks: Looks): Promise<void>;
    leave(): Promise<void>;
    /** Measures anew from now on. */
    mark(): void;
    gaps(): Gap[];
    /** Whether each of these comes at the moment, of those that have to come `anew` over another track than at `mark`. */
    receives(sources: readonly { of: string; source: string; anew: boolean }[]): boolean;
    /** How many peer connections this page has made. */
    connections(): number;
    /** Resolves once this page has made more than `count` of them. */
    moreConnections(count: number): Promise<void>;
  };
}

/** What comes of one source. */
interface Flow {
  /** When the last frame of sound or picture was decoded and delivered, as the browser stamps it, in milliseconds. */
  stamp: number;
  /** When that was seen, by this page's clock. */
  grewMs: number;
  /** The longest time between two frames. */
  longestMs: number;
  /** The track of the last frame, and that of the last one before `mark`. */
  track: string;
  trackBefore: string;
}

/** Each look takes time of the cores that all pages share. */
const lookMs = 100;
const opened: RTCPeerConnection[] = [];
/** Those who wait for another connection. */
const waiting: (() => void)[] = [];
const flows = new Map<string, Flow>();
let session: MeetingSession | undefined;
/** The same at each join: contexts and canvases that nobody needs any more would go on working. */
let local: Map<"microphone" | "camera", MediaStreamTrack> | undefined;

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    opened.push(this);
    for (const tell of waiting.splice(0)) tell();
  }
};

/** Looks at what has come. A source that is received over other transports than before goes on as the same flow. */
function look(): void {
  if (session === undefined) return;
  const now = performance.now();
  const stamps = new Map<string, number>();
  for (const connection of opened) {
    if (connection.connectionState === "closed") continue;
    for (const receiver of connection.getReceivers()) {
      const [newest] = receiver.getSynchronizationSources();
      if (newest !== undefined) stamps.set(receiver.track.id, newest.timestamp);
    }
  }
  const { participants, streams } = session.state.get();
  const names = new Map(participants.map((one) => [one.participant_id, one.display_name]));
  for (const { participantId, source, track } of streams.values()) {
    const key = `${names.get(participantId)} ${source}`;
    const stamp = stamps.get(track.id) ?? 0;
    const flow = flows.get(key) ??
      { stamp: 0, grewMs: now, longestMs: 0, track: "", trackBefore: "" };
    flows.set(key, flow);
    if (stamp <= flow.stamp) continue;
    if (flow.stamp > 0) flow.longestMs = Math.max(flow.longestMs, stamp - flow.stamp);
    flow.stamp = stamp;
    flow.track = track.id;
    flow.grewMs = now;
  }
}

setInterval(look, lookMs);

globalThis.mediaCrowd = {
  async join(code, ticket, { toneHz, framesPerSecond, speaks }) {
    const device = await loadDevice(ticket.rtp_capabilities);
    if (!device.ok) throw new Error(device.error.message);
    local ??= new Map([
      ...(speaks ? [["microphone", tone(toneHz)] as const] : []),
      ["camera", movingBar({ width: 320, height: 180, framesPerSecond })],
    ]);
    const joined = joinMeeting({
      code,
      ticket,
      api: createApi({ baseUrl: "" }),
      layout: { mode: "grid", slots: 25, tile: { width: 64, height: 36 } },
      media: createMediaEngine(device.value),
      local,
    });
    session = joined;
    // A sound that nobody plays is not decoded, and so doesn't count as received. A picture does, and showing it takes cores.
    const players = new Map<string, HTMLMediaElement>();
    joined.state.subscribe(() => {
      const { streams } = joined.state.get();
      for (const [id, player] of players) {
        if (streams.has(id)) continue;
        player.srcObject = null;
        players.delete(id);
      }
      for (const [id, { track }] of streams) {
        if (players.has(id) || track.kind === "video") continue;
        const player = document.createElement("audio");
        player.volume = 0.01;
        player.srcObject = new MediaStream([track]);
        void player.play().catch(() => {});
        players.set(id, player);
      }
    });
  },
  async leave() {
    await session?.leave();
    session = undefined;
    flows.clear();
  },
  mark() {
    look();
    for (const flow of flows.values()) Object.assign(flow, { longestMs: 0, trackBefore: flow.track });
  },
  gaps() {
    look();
    const now = performance.now();
    return [...flows].map(([key, { longestMs, grewMs }]) => {
      const [of = "", source = ""] = key.split(" ");
      return { of, source, longestMs: Math.max(longestMs, now - grewMs) };
    });
  },
  receives(sources) {
    look();
    const now = performance.now();
    return sources.every(({ of, source, anew }) => {
      const flow = flows.get(`${of} ${source}`);
      if (flow === undefined || flow.stamp === 0 || now - flow.grewMs >= 600) return false;
      return !anew || flow.track !== flow.trackBefore;
    });
  },
  connections: () => opened.length,
  async moreConnections(count) {
    while (opened.length <= count) await new Promise<void>((resolve) => waiting.push(resolve));
  },
};
