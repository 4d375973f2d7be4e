import { createApi } from "../../../shared/client/api.ts";
import { loadDevice } from "../../../shared/client/media/device.ts";
import { createMediaEngine } from "../../../shared/client/media/engine.ts";
import { joinMeeting, type MeetingSession } from "../../../shared/client/session.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";

/** How long nothing came of one source of somebody, at the longest since `mark`. */
export interface Gap {
  readonly of: string;
  readonly source: string;
  readonly longestMs: number;
}

declare global {
  var mediaCrowd: {
    join(code: string, ticket: Ticket, toneHz: number): Promise<void>;
    leave(): Promise<void>;
    /** Measures anew from now on. */
    mark(): void;
    gaps(): Gap[];
    /** Whether sound and picture of each of these come at the moment. */
    receives(names: readonly string[]): boolean;
    /** How many peer connections this page has made. */
    connections(): number;
  };
}

/** What comes of one source: the time of its last packet, by this page's clock, and the longest time without one. */
interface Flow {
  stamp: number;
  grewMs: number;
  longestMs: number;
}

const lookMs = 50;
const opened: RTCPeerConnection[] = [];
const flows = new Map<string, Flow>();
let session: MeetingSession | undefined;

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    opened.push(this);
  }
};

/** A picture of a few points that changes five times a second. */
function smallPicture(): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 64, height: 36 });
  const context = canvas.getContext("2d");
  let frame = 0;
  setInterval(() => {
    if (context === null) return;
    context.fillStyle = `hsl(${frame++ * 7 % 360} 80% 50%)`;
    context.fillRect(frame % 48, 0, 16, 36);
  }, 200);
  const [track] = canvas.captureStream(5).getVideoTracks();
  if (!track) throw new Error("The canvas gives no picture");
  return track;
}

function tone(hz: number): MediaStreamTrack {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency: hz });
  const destination = context.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  if (!track) throw new Error("The oscillator gives no sound");
  return track;
}

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
    const flow = flows.get(key) ?? { stamp: 0, grewMs: now, longestMs: 0 };
    flows.set(key, flow);
    if (stamp <= flow.stamp) continue;
    flow.longestMs = Math.max(flow.longestMs, now - flow.grewMs);
    flow.stamp = stamp;
    flow.grewMs = now;
  }
}

setInterval(look, lookMs);

globalThis.mediaCrowd = {
  async join(code, ticket, toneHz) {
    const device = await loadDevice(ticket.rtp_capabilities);
    if (!device.ok) throw new Error(device.error.message);
    const joined = joinMeeting({
      code,
      ticket,
      api: createApi({ baseUrl: "" }),
      layout: { mode: "grid", slots: 25, tile: { width: 64, height: 36 } },
      media: createMediaEngine(device.value),
      local: new Map([["microphone", tone(toneHz)], ["camera", smallPicture()]]),
    });
    session = joined;
    // A sound that nobody plays is not decoded, and so doesn't count as received.
    const players = new Map<string, HTMLMediaElement>();
    joined.state.subscribe(() => {
      const { streams } = joined.state.get();
      for (const [id, player] of players) {
        if (streams.has(id)) continue;
        player.srcObject = null;
        players.delete(id);
      }
      for (const [id, { track }] of streams) {
        if (players.has(id)) continue;
        const player = document.createElement(track.kind === "audio" ? "audio" : "video");
        player.muted = track.kind === "video";
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
    const now = performance.now();
    for (const flow of flows.values()) Object.assign(flow, { grewMs: now, longestMs: 0 });
  },
  gaps() {
    look();
    const now = performance.now();
    return [...flows].map(([key, { longestMs, grewMs }]) => {
      const [of = "", source = ""] = key.split(" ");
      return { of, source, longestMs: Math.max(longestMs, now - grewMs) };
    });
  },
  receives(names) {
    look();
    const now = performance.now();
    return names.every((name) =>
      ["microphone", "camera"].every((source) => now - (flows.get(`${name} ${source}`)?.grewMs ?? 0) < 600)
    );
  },
  connections: () => opened.length,
};
