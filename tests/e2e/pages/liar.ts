import { Device, type types } from "mediasoup-client";
import { knownExtensions } from "../../../shared/client/media/device.ts";
import { connectSignaling, type Signaling } from "../../../shared/client/signaling.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";
import { rtpCapabilities, rtpParameters } from "../../../shared/protocol/rtp.ts";
import type {
  JoinAnswer,
  MediaSource,
  RequestData,
  RequestType,
  Transports,
} from "../../../shared/protocol/signaling.ts";
import { movingBar, tone } from "./made_tracks.ts";

/** A client that says of each of its sources that it is on, and goes on sending whatever it is told. */
export interface Liar {
  /** Joins over a new connection. `keep` and `fresh` resume what the last join gave, with these transports or new ones. */
  join(ticket: Ticket, how: "anew" | "keep" | "fresh"): Promise<Joined>;
  /** Makes a producer of a source, which is said to be on; answers `ok` or the refusal's code. It sends in both cases. */
  produce(source: MediaSource): Promise<string>;
  /** Asks for a change of its newest producer of a source; answers `ok` or the refusal's code. */
  ask(type: "media.resume" | "media.close", source: MediaSource): Promise<string>;
  /** Leaves, or loses its connection. */
  leave(): Promise<void>;
  cut(): void;
  /** How many packets it has sent over its newest transports. */
  sent(): Promise<{ audio: number; video: number }>;
  /** How often a handler's loss has moved it to other transports, over which it sends all of it again. */
  moves(): number;
}

type Joined = Pick<JoinAnswer, "participant_id" | "resumed" | "media_kept">;

declare global {
  var liar: Liar;
}

const sound = tone(523);
const image = movingBar({ width: 160, height: 90, framesPerSecond: 25 });
const usual = ["microphone", "camera"] as const;

let device: Device | undefined;
let signaling: Signaling | undefined;
let seat: JoinAnswer | undefined;
let sending: types.Transport | undefined;
let moved = 0;
/** The server's id of the newest producer of each source. */
const producers = new Map<MediaSource, string>();

async function request<T extends RequestType>(type: T, data: RequestData<T>) {
  if (signaling === undefined) throw new Error("There is no connection");
  return await signaling.request(type, data);
}

async function codeOf<T extends RequestType>(type: T, data: RequestData<T>): Promise<string> {
  const answer = await request(type, data);
  return answer.ok ? "ok" : answer.error.code;
}

/** Makes the sending transport; what is received nobody plays here. */
function openTransport({ send }: Transports): void {
  if (device === undefined) throw new Error("There is no device");
  sending?.close();
  const transport = device.createSendTransport(send);
  sending = transport;
  transport.on("connect", async ({ dtlsParameters: dtls_parameters }, callback) => {
    await request("media.connect", { transport_id: transport.id, dtls_parameters });
    callback();
  });
  transport.on("produce", async ({ kind, rtpParameters: given, appData }, callback) => {
    const source = appData["source"] as MediaSource;
    const answer = await request("media.produce", {
      transport_id: transport.id,
      kind,
      rtp_parameters: rtpParameters.parse(given),
      source,
      paused: false,
    });
    if (answer.ok) producers.set(source, answer.value.producer_id);
    appData["outcome"] = answer.ok ? "ok" : answer.error.code;
    // Also after a refusal: its packets go out all the same.
    callback({ id: crypto.randomUUID() });
  });
}

async function produce(source: MediaSource): Promise<string> {
  if (sending === undefined) throw new Error("There is no transport");
  const track = source === "camera" || source === "screen" ? image : sound;
  const appData: Record<string, unknown> = { source };
  await sending.produce({ track, stopTracks: false, appData, disableTrackOnPause: false });
  return String(appData["outcome"]);
}

async function sendAll(transports: Transports): Promise<void> {
  openTransport(transports);
  for (const source of usual) await produce(source);
}

globalThis.liar = {
  async join(ticket, how) {
    if (device === undefined) {
      const { rtp_capabilities } = ticket;
      device = await Device.factory();
      await device.load({
        routerRtpCapabilities: {
          ...rtp_capabilities,
          headerExtensions: knownExtensions(rtp_capabilities.headerExtensions),
        },
      });
    }
    signaling?.close();
    signaling = connectSignaling({
      url: ticket.signaling_url,
      token: ticket.token,
      onNotification({ type, data }) {
        if (type === "session.bound" && seat) seat = { ...seat, binding_token: data.binding_token };
        if (type === "media.moved") void sendAll(data.transports).then(() => void moved++);
      },
      onEnd() {},
    });
    const resume = how !== "anew" && seat
      ? {
        resume: {
          correlation_id: seat.correlation_id,
          binding_token: seat.binding_token,
          keep_media: how === "keep",
          sources: usual.map((source) => ({ source, paused: false })),
        },
      }
      : {};
    const answer = await request("join", {
      rtp_capabilities: rtpCapabilities.parse(device.recvRtpCapabilities),
      ...resume,
    });
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    seat = answer.value;
    if (seat.transports) await sendAll(seat.transports);
    const { participant_id, resumed, media_kept = false } = seat;
    return { participant_id, resumed, media_kept };
  },
  produce,
  async ask(type, source) {
    const producer_id = producers.get(source);
    if (producer_id === undefined) return "nothing of it was produced";
    return await codeOf(type, { producer_id });
  },
  async leave() {
    await request("leave", {});
    signaling?.close();
  },
  cut() {
    signaling?.close();
  },
  async sent() {
    const sum = { audio: 0, video: 0 };
    for (const report of (await sending?.getStats())?.values() ?? []) {
      if (report.type !== "outbound-rtp") continue;
      sum[report.kind === "audio" ? "audio" : "video"] += report.packetsSent;
    }
    return sum;
  },
  moves: () => moved,
};
