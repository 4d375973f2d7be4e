import { assert } from "@std/assert";
import type { Consumer, IceParameters, WebRtcTransport } from "mediasoup/types";
import { routerCapabilities } from "../../media/routing/router_capabilities.ts";
import type { RtpCapabilities } from "../../shared/protocol/rtp.ts";
import { valueOf } from "../../shared/actor/mod.ts";
import { startHandler } from "../media/fixtures/handler.ts";
import type { ReportLog } from "../media/fixtures/reports.ts";
import { openMeeting } from "../media/fixtures/open_meeting.ts";
import { describeTransport, openBareRouter } from "./bare_router.ts";

/** Requests of one sender and one receiver, as a page makes them: plain data in, plain data out. */
export interface Sfu extends AsyncDisposable {
  readonly port: number;
  readonly capabilities: unknown;
  /** Opens the sender's transport and the receiver's. */
  open(receives: RtpCapabilities): Promise<{ send: unknown; recv: unknown }>;
  connect(direction: "send" | "recv", dtlsParameters: never): Promise<void>;
  produce(kind: "audio" | "video", rtpParameters: never): Promise<string>;
  /** Answers what a client needs to receive the producer. It is paused. */
  consume(producerId: string): Promise<{ id: string; kind: string; rtpParameters: unknown }>;
  resume(producerId: string): Promise<void>;
}

/** Our handler, and what a test may look at. */
export interface OurSfu extends Sfu {
  /** The handler's reports to its controller. */
  readonly reports: ReportLog;
  /** Restarts ICE of the receiver's transport. */
  restartIce(): Promise<IceParameters>;
  /** ICE of the receiver's transport, as the handler has it, and the port to which it sends. */
  path(): Promise<{ readonly ice: IceParameters; readonly port: number | undefined }>;
}

/** Our media handler, by its steps. */
export async function ourSfu(): Promise<OurSfu> {
  const handler = await startHandler();
  const { control, reports } = handler.connect("one");
  const { done, steps, router_id } = await openMeeting(control);
  let ids = { send: "", recv: "" };
  const receiver = { router_id, participant_id: "receiver" };
  return {
    reports,
    port: handler.firstPort,
    capabilities: routerCapabilities(),
    async open(rtp_capabilities) {
      const { send } = await done({ ...steps.transports("sender"), rtp_capabilities });
      const { recv } = await done({ ...steps.transports("receiver"), rtp_capabilities });
      ids = { send: send.id, recv: recv.id };
      return { send, recv };
    },
    async connect(direction, dtls_parameters) {
      const participant_id = direction === "send" ? "sender" : "receiver";
      const transport_id = ids[direction];
      await done({ step: "transport.connect", router_id, participant_id, transport_id, dtls_parameters });
    },
    async produce(kind, rtp_parameters) {
      const step = kind === "audio" ? steps.audio("sender", ids.send) : steps.video("sender", ids.send);
      return (await done({ ...step, rtp_parameters })).producer_id;
    },
    async consume(producer_id) {
      const { consumer_id: id, kind, rtp_parameters: rtpParameters } = await done(
        steps.consume("receiver", producer_id),
      );
      return { id, kind, rtpParameters };
    },
    async resume(producer_id) {
      await done({ step: "consumer.set", router_id, participant_id: "receiver", producer_id, paused: false });
    },
    async restartIce() {
      const step = { step: "transport.restart_ice" as const, ...receiver, transport_id: ids.recv };
      return (await done(step)).ice_parameters;
    },
    async path() {
      const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
      const recv = live?.participants.find(({ participantId }) => participantId === "receiver")?.recv;
      assert(recv !== undefined);
      return { ice: recv.iceParameters, port: recv.iceSelectedTuple?.remotePort };
    },
    [Symbol.asyncDispose]: () => handler[Symbol.asyncDispose](),
  };
}

/** One router of mediasoup, and nothing else. */
export async function bareSfu(): Promise<Sfu> {
  const bare = await openBareRouter();
  const consumers = new Map<string, Consumer>();
  let transports: { send: WebRtcTransport; recv: WebRtcTransport } | undefined;
  let rtpCapabilities: RtpCapabilities | undefined;
  const opened = () => {
    assert(transports !== undefined && rtpCapabilities !== undefined, "The transports are not open");
    return { ...transports, rtpCapabilities };
  };
  return {
    port: bare.port,
    capabilities: bare.router.rtpCapabilities,
    async open(receives) {
      rtpCapabilities = receives;
      const [send, recv] = [await bare.openTransport(), await bare.openTransport()];
      transports = { send, recv };
      return { send: describeTransport(send), recv: describeTransport(recv) };
    },
    connect: (direction, dtlsParameters) => opened()[direction].connect({ dtlsParameters }),
    produce: async (kind, rtpParameters) => (await opened().send.produce({ kind, rtpParameters })).id,
    async consume(producerId) {
      const { recv, rtpCapabilities } = opened();
      const consumer = await recv.consume({ producerId, rtpCapabilities, paused: true });
      consumers.set(producerId, consumer);
      return { id: consumer.id, kind: consumer.kind, rtpParameters: consumer.rtpParameters };
    },
    resume: async (producerId) => await consumers.get(producerId)?.resume(),
    [Symbol.asyncDispose]: () => bare[Symbol.asyncDispose](),
  };
}
