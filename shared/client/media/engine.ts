import type { Device, types } from "mediasoup-client";
import type { IceServer } from "../../protocol/rest.ts";
import { rtpCapabilities } from "../../protocol/rtp.ts";
import { createLastingAsk } from "./lasting_ask.ts";
import type {
  ClientTransport,
  MediaEngine,
  MediaTransports,
  MediaTransportsOptions,
  TransportParameters,
} from "./media_transports.ts";
import { createReceiver } from "./receiver.ts";
import { createSender } from "./sender.ts";

/** So long a first path may take until it is said that there is none; it may still be found. */
const PATH_PATIENCE_MS = 10_000;

function rtcIceServers(servers: readonly IceServer[]): RTCIceServer[] {
  return servers.map((server) => ({ ...server }));
}

/**
 * Keeps a transport alive: its handshake is told to the server without waiting for the answer, a lost
 * path is repaired by an ICE restart over fresh TURN credentials. The transports are broken when the restart fails, and
 * when no path is found after it. Answers the restart, for whoever else finds that the path is lost.
 */
function tend(
  transport: ClientTransport,
  options: Pick<MediaTransportsOptions, "ask" | "clock" | "iceServers" | "onBroken" | "onPath">,
): { restartIce(): void } {
  let restarting = false;
  /** ICE was restarted, and no path has been found since. */
  let wasRestarted = false;

  transport.on("connect", async ({ dtlsParameters }, callback) => {
    callback();
    // Without a single address to try from, a browser looks for a path for ever.
    options.clock.set(() => {
      if (!transport.closed && transport.connectionState !== "connected") {
        options.onPath(transport.direction, false);
      }
    }, PATH_PATIENCE_MS);
    const answer = await options.ask("media.connect", {
      transport_id: transport.id,
      dtls_parameters: dtlsParameters,
    });
    if (!answer.ok && !transport.closed && answer.error.code !== "CLOSED") options.onBroken();
  });

  async function restartIce(): Promise<void> {
    if (restarting || transport.closed) return;
    restarting = true;
    const answer = await options.ask("media.restart_ice", { transport_id: transport.id });
    try {
      if (!answer.ok) throw new Error(answer.error.message);
      const iceServers = rtcIceServers(options.iceServers());
      // Firefox can't change them. There the former are tried, and fresh transports take the newest.
      await transport.updateIceServers({ iceServers }).catch(() => {});
      await transport.restartIce({ iceParameters: answer.value.ice_parameters });
      wasRestarted = true;
    } catch {
      // Without signaling the resume brings fresh transports; with it, the server has none to restart.
      if (!transport.closed && (answer.ok || answer.error.code !== "CLOSED")) options.onBroken();
    } finally {
      restarting = false;
    }
  }

  transport.on("connectionstatechange", (state) => {
    if (state === "connected" || state === "failed") {
      options.onPath(transport.direction, state === "connected");
    }
    if (state === "connected") wasRestarted = false;
    if (state === "failed" && wasRestarted) options.onBroken();
    else if (isLost(state)) restartIce();
  });
  return { restartIce };
}

/** An ICE restart takes as long as fresh transports, and these are sure to work. */
function isDead(state: types.ConnectionState): boolean {
  return state === "failed" || state === "closed";
}

function isLost(state: types.ConnectionState): boolean {
  return state === "failed" || state === "disconnected";
}

/** Resolves once a transport has found its path. */
function connected(transport: ClientTransport): Promise<void> {
  if (transport.connectionState === "connected") return Promise.resolve();
  return new Promise((resolve) =>
    transport.on("connectionstatechange", (state) => {
      if (state === "connected") resolve();
    })
  );
}

/** The media of a browser, over a device that `loadDevice` loaded. */
export function createMediaEngine(device: Device): MediaEngine {
  function open(given: MediaTransportsOptions): MediaTransports {
    const lasting = createLastingAsk(given.ask, given.clock);
    const options = { ...given, ask: lasting.ask, askChosen: lasting.askChosen };
    const parameters = (transport: TransportParameters): types.TransportOptions => ({
      ...transport,
      iceServers: rtcIceServers(options.iceServers()),
      ...(options.relayOnly ? { iceTransportPolicy: "relay" as const } : {}),
      // Ports are opened while the descriptions are still being made, not after them.
      additionalSettings: { iceCandidatePoolSize: 1 },
    });
    const recv = device.createRecvTransport(parameters(options.transports.recv));
    const send = device.createSendTransport(parameters(options.transports.send));
    const receiving = tend(recv, options);
    tend(send, options);
    const sender = createSender(send, options);
    const receiver = createReceiver(recv, options);
    return {
      ...sender,
      ...receiver,
      isUsable: () => [recv, send].every(({ connectionState }) => !isDead(connectionState)),
      restartReceiving: receiving.restartIce,
      goOn(consumers) {
        lasting.goOn();
        sender.tellAgain();
        return receiver.goOn(consumers);
      },
      async carries(direction, signal) {
        const isReady = direction === "send" ? sender.hasSent(signal) : receiver.isSetUp;
        await Promise.all([connected(direction === "send" ? send : recv), isReady]);
      },
      end: (direction) => (direction === "send" ? send : recv).close(),
      stats: (direction) => (direction === "send" ? send : recv).getStats(),
      close() {
        lasting.end();
        recv.close();
        send.close();
      },
    };
  }
  return { rtpCapabilities: rtpCapabilities.parse(device.recvRtpCapabilities), open };
}
