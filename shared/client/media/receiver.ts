import type { Consumer, PacketCount } from "../../protocol/signaling.ts";
import { knownExtensions } from "./device.ts";
import { deferRounds } from "./late_rounds.ts";
import { pacedRounds } from "./paced_rounds.ts";
import type { ClientConsumer, ClientTransport, MediaTransportsOptions } from "./media_transports.ts";

export interface Receiver {
  /** Resolves when the batch can play, or part of it, or none. */
  receive(consumers: readonly Consumer[]): Promise<void>;
  drop(consumerIds: readonly string[]): void;
  /** Goes on with these consumers alone, and says again that those that play are ready. */
  goOn(consumers: readonly Consumer[]): Promise<void>;
  /** Resolves once a batch has been set up. */
  readonly isSetUp: Promise<void>;
  /** How many packets of each consumer have arrived. */
  received(): Promise<PacketCount[]>;
}

type Received = { consumer: Consumer; received: ClientConsumer };

/** The receiving half of the transports. */
export function createReceiver(
  transport: ClientTransport,
  options: Pick<MediaTransportsOptions, "ask" | "clock" | "onTracks" | "onBroken">,
): Receiver {
  const live = new Map<string, ClientConsumer>();
  /** Asked for and not removed since; one removed while its SDP was under way must not come to life. */
  const wanted = new Set<string>();
  const { calm } = deferRounds(transport, options.clock);
  const setUpPaced = pacedRounds(receiveBatch, options.clock);
  const { promise: isSetUp, resolve: setUp } = Promise.withResolvers<void>();

  async function consume(consumer: Consumer): Promise<Received | undefined> {
    const { consumer_id, producer_id, kind, rtp_parameters, participant_id, source } = consumer;
    try {
      const received = await transport.consume({
        id: consumer_id,
        producerId: producer_id,
        kind,
        rtpParameters: {
          ...rtp_parameters,
          headerExtensions: knownExtensions(rtp_parameters.headerExtensions),
        },
        // One stream a person and purpose: the browser keeps lips and voice together within a stream.
        streamId: `${participant_id}-${source.startsWith("screen") ? "screen" : "person"}`,
      });
      return { consumer, received };
    } catch {
      return undefined;
    }
  }

  async function receiveBatch(consumers: readonly Consumer[]): Promise<void> {
    // Some may have been removed before their round.
    const due = consumers.filter(({ consumer_id }) => wanted.has(consumer_id));
    const results = await Promise.all(due.map(consume));
    if (transport.closed || due.length === 0) return;
    const arrived: Received[] = [];
    for (const result of results) {
      if (!result) continue;
      const { consumer, received } = result;
      if (!wanted.has(consumer.consumer_id)) {
        received.close();
        continue;
      }
      arrived.push(result);
      live.set(consumer.consumer_id, received);
    }
    // One that this browser can't play is left out; when none can be, the transport is at fault.
    if (results.every((result) => result === undefined)) options.onBroken();
    if (arrived.length === 0) return;
    options.ask("media.ready", { consumer_ids: arrived.map(({ consumer }) => consumer.consumer_id) });
    setUp();
    for (const { received: { track } } of arrived) {
      if (track.kind === "video") track.addEventListener("unmute", calm, { once: true });
    }
    options.onTracks(arrived.map(({ consumer, received }) => ({ consumer, track: received.track })));
  }

  function receive(consumers: readonly Consumer[]): Promise<void> {
    const fresh = consumers.filter(({ consumer_id }) => !wanted.has(consumer_id));
    for (const { consumer_id } of fresh) wanted.add(consumer_id);
    return fresh.length > 0 ? setUpPaced(fresh) : Promise.resolve();
  }

  function drop(consumerIds: readonly string[]): void {
    for (const id of consumerIds) {
      wanted.delete(id);
      live.get(id)?.close();
      live.delete(id);
    }
  }

  async function received(): Promise<PacketCount[]> {
    const packets = new Map<string, number>();
    for (const report of (await transport.getStats()).values()) {
      if (report.type === "inbound-rtp") packets.set(report.trackIdentifier, report.packetsReceived);
    }
    return [...live].map(([consumer_id, { track }]) => ({
      consumer_id,
      packets: packets.get(track.id) ?? 0,
    }));
  }

  return {
    isSetUp,
    received,
    receive,
    drop,
    goOn(consumers) {
      const there = new Set(consumers.map(({ consumer_id }) => consumer_id));
      drop([...wanted].filter((id) => !there.has(id)));
      const playing = [...live.keys()];
      if (playing.length > 0) options.ask("media.ready", { consumer_ids: playing });
      return receive(consumers);
    },
  };
}
