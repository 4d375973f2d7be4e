import type { MediaInventory } from "../../../../shared/protocol/media/inventory.ts";
import type { MediaStep, StepOutcome } from "../../../../shared/protocol/media/steps.ts";
import { rtpParameters } from "./samples.ts";

type PipeStep = Extract<MediaStep, { peer_router_id: string }>;

/** One end of a pipe. Its port says which end it is. */
interface FakePipe {
  readonly port: number;
  readonly isEncrypted: boolean;
  connectedTo: number | null;
  /** Whether each producer is paused here. */
  readonly sent: Map<string, boolean>;
  /** The same of those that come out here. */
  readonly received: Map<string, boolean>;
}

const ends = Symbol("ends");

/** The pipes of a handler without media, by the router that they are in and the router at the other end. */
export class FakePipes {
  readonly #pipes = new Map<string, Map<string, FakePipe>>();
  #lastPort: number;

  constructor(firstPort: number) {
    this.#lastPort = firstPort;
  }

  /** Whether a producer comes to a router through a pipe that is connected at both ends and sends it. */
  isReceived(routerId: string, producerId: string): boolean {
    const pipes = [...this.#pipes.get(routerId)?.values() ?? []];
    return pipes.some(({ received }) => received.has(producerId));
  }

  receivedFrom(routerId: string, peerRouterId: string): string[] {
    return [...this.#pipes.get(routerId)?.get(peerRouterId)?.received.keys() ?? []];
  }

  /** Every producer that comes out of a pipe, with the router and whether it is paused there. */
  received(): { readonly producerId: string; readonly routerId: string; readonly paused: boolean }[] {
    return [...this.#pipes].flatMap(([routerId, ends]) =>
      [...ends.values()].flatMap(({ received }) =>
        [...received].map(([producerId, paused]) => ({ producerId, routerId, paused }))
      )
    );
  }

  /** Pauses a producer where it comes out. Answers whether it does in this router. */
  setPaused(routerId: string, producerId: string, paused: boolean): boolean {
    const there = [...this.#pipes.get(routerId)?.values() ?? []].filter((one) =>
      one.received.has(producerId)
    );
    for (const { received } of there) received.set(producerId, paused);
    return there.length > 0;
  }

  /** All producers that go through pipes, each with the router that receives it, or that it is sent to. */
  all(): { readonly producerId: string; readonly to: string }[] {
    return [...this.#pipes].flatMap(([routerId, ends]) =>
      [...ends].flatMap(([peer, { sent, received }]) => [
        ...[...sent.keys()].map((producerId) => ({ producerId, to: peer })),
        ...[...received.keys()].map((producerId) => ({ producerId, to: routerId })),
      ])
    );
  }

  /** Whether packets of a producer reach a router of these pipes. The other ends may be at another handler. */
  flows(routerId: string, producerId: string, all: readonly FakePipes[]): boolean {
    for (const [peer, pipe] of this.#pipes.get(routerId) ?? []) {
      for (const { [ends]: theirs } of all) {
        const other = theirs.get(peer)?.get(routerId);
        if (!pipe.received.has(producerId) || other === undefined) continue;
        const isConnected = pipe.connectedTo === other.port && other.connectedTo === pipe.port;
        const isAlike = pipe.isEncrypted === other.isEncrypted;
        if (isConnected && isAlike && other.sent.get(producerId) === false) return true;
      }
    }
    return false;
  }

  /** Which routers of these pipes are joined to which without encryption. */
  unencrypted(): { readonly routerId: string; readonly peer: string }[] {
    return [...this.#pipes].flatMap(([routerId, theirs]) =>
      [...theirs].filter(([, { isEncrypted }]) => !isEncrypted).map(([peer]) => ({ routerId, peer }))
    );
  }

  get [ends](): ReadonlyMap<string, ReadonlyMap<string, FakePipe>> {
    return this.#pipes;
  }

  take(step: PipeStep, isAtHome: boolean): StepOutcome {
    const pipes = this.#pipes.get(step.router_id) ?? new Map<string, FakePipe>();
    this.#pipes.set(step.router_id, pipes);
    if (step.step === "pipe.open") {
      const pipe = pipes.get(step.peer_router_id) ??
        {
          port: ++this.#lastPort,
          isEncrypted: step.is_encrypted,
          connectedTo: null,
          sent: new Map(),
          received: new Map(),
        };
      pipes.set(step.peer_router_id, pipe);
      return { ok: true, step: step.step, ip: "127.0.0.1", port: pipe.port };
    }
    const pipe = pipes.get(step.peer_router_id);
    if (step.step === "pipe.end") {
      pipe?.sent.delete(step.producer_id);
      pipe?.received.delete(step.producer_id);
      return { ok: true, step: step.step };
    }
    if (step.step === "pipe.close") {
      pipes.delete(step.peer_router_id);
      return { ok: true, step: step.step };
    }
    if (pipe === undefined) return gone;
    switch (step.step) {
      case "pipe.connect":
        if (pipe.connectedTo !== null && pipe.connectedTo !== step.port) {
          return { ok: false, code: "rejected", message: "The pipe is connected to another end" };
        }
        pipe.connectedTo = step.port;
        return { ok: true, step: step.step };
      case "pipe.send":
        if (!isAtHome) return gone;
        pipe.sent.set(step.producer_id, step.paused);
        return { ok: true, step: step.step, rtp_parameters: rtpParameters };
      case "pipe.set":
        if (!pipe.sent.has(step.producer_id)) return gone;
        pipe.sent.set(step.producer_id, step.paused);
        return { ok: true, step: step.step };
      case "pipe.receive":
        pipe.received.set(step.producer_id, step.paused ?? false);
        return { ok: true, step: step.step };
    }
  }

  inventoryOf(routerId: string): MediaInventory["routers"][number]["pipes"] {
    return [...this.#pipes.get(routerId) ?? []].map((
      [peer_router_id, { port, connectedTo, sent, received }],
    ) => ({
      peer_router_id,
      is_connected: connectedTo !== null,
      address: { ip: "127.0.0.1", port },
      ...(connectedTo === null ? {} : { connected_to: { ip: "127.0.0.1", port: connectedTo } }),
      sent: [...sent].map(([producer_id, paused]) => ({ producer_id, paused })),
      received: [...received].map(([producer_id, paused]) => ({ producer_id, paused })),
    }));
  }

  /** A producer's end: mediasoup ends its sending ends, and leaves the receiving ends to their steps. */
  dropSent(producerId: string): void {
    for (const pipes of this.#pipes.values()) for (const { sent } of pipes.values()) sent.delete(producerId);
  }

  /** Everything in a router ends with it. */
  dropRouter(routerId: string): void {
    this.#pipes.delete(routerId);
  }

  /** Has each end been closed and opened again, as by a batch whose answer nobody got. */
  reopen(): void {
    for (const pipes of this.#pipes.values()) {
      for (const [peer, { isEncrypted }] of pipes) {
        pipes.set(peer, {
          port: ++this.#lastPort,
          isEncrypted,
          connectedTo: null,
          sent: new Map(),
          received: new Map(),
        });
      }
    }
  }

  clear(): void {
    this.#pipes.clear();
  }
}

const gone: StepOutcome = { ok: false, code: "not_found", message: "There is no such pipe" };
