import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";
import { type BareRouter, describeTransport, openBareRouter } from "../../e2e/bare_router.ts";
import { bundlePage } from "../../e2e/bundle_page.ts";
import type { BareConsumer, BareFrame, BareRequests, Direction } from "../../e2e/pages/bare_call.ts";

/** The floor of a join: one router, one WebSocket for each person, and no identity. */
export interface BareServer extends AsyncDisposable {
  /** Where its page is. */
  readonly origin: string;
}

type Request = {
  [T in keyof BareRequests]: {
    readonly id: number;
    readonly type: T;
    readonly data: BareRequests[T]["ask"];
  };
}[keyof BareRequests];

export async function startBareServer(): Promise<BareServer> {
  const script = await bundlePage("bare_call.ts");
  const page = `<!DOCTYPE html><title>bare call</title><body><script type="module" src="/page.js"></script>`;
  const bare = await openBareRouter();
  const people = new Set<BarePerson>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/capabilities") return Response.json(bare.router.rtpCapabilities);
    if (pathname === "/page.js") {
      return new Response(script, { headers: { "content-type": "text/javascript" } });
    }
    if (pathname !== "/socket") return new Response(page, { headers: { "content-type": "text/html" } });
    const { socket, response } = Deno.upgradeWebSocket(request);
    const person = new BarePerson(socket, { bare, people });
    people.add(person);
    socket.addEventListener("close", () => {
      people.delete(person);
      person.close();
    });
    return response;
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await bare[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

interface Call {
  readonly bare: BareRouter;
  readonly people: ReadonlySet<BarePerson>;
}

class BarePerson {
  readonly #socket: WebSocket;
  readonly #call: Call;
  readonly #transports = new Map<Direction, WebRtcTransport>();
  readonly #producers: Producer[] = [];
  readonly #consumers = new Map<string, Consumer>();
  #receives: BareRequests["join"]["ask"] | undefined;

  constructor(socket: WebSocket, call: Call) {
    this.#socket = socket;
    this.#call = call;
    socket.addEventListener("message", async ({ data }) => {
      const request: Request = JSON.parse(data);
      try {
        this.#send({ re: request.id, answer: await this.#answer(request) });
      } catch (cause) {
        // Whoever has left meanwhile needs no answer.
        if (this.#socket.readyState === WebSocket.OPEN) throw cause;
      }
    });
  }

  close(): void {
    for (const transport of this.#transports.values()) transport.close();
  }

  async #answer({ type, data }: Request): Promise<object> {
    switch (type) {
      case "join":
        return await this.#join(data);
      case "connect":
        await this.#transport(data.direction).connect(data);
        return {};
      case "produce": {
        const transport = this.#transport("send");
        const producer = await transport.produce(data);
        // A producer of somebody who left meanwhile has ended with their transport, and doesn't know.
        if (transport.closed) return {};
        this.#producers.push(producer);
        for (const other of this.#call.people) if (other !== this) void other.#tellOf(producer);
        return { id: producer.id };
      }
      case "resume":
        // Whoever sent it may have left meanwhile.
        await Promise.allSettled(data.consumerIds.map((id) => this.#consumers.get(id)?.resume()));
        return {};
    }
  }

  async #join(receives: BareRequests["join"]["ask"]) {
    this.#receives = receives;
    const { bare, people } = this.#call;
    const open = async (direction: Direction) => {
      const transport = await bare.openTransport();
      this.#transports.set(direction, transport);
      return describeTransport(transport);
    };
    const [send, recv] = await Promise.all([open("send"), open("recv")]);
    const there = [...people].filter((other) => other !== this).flatMap((other) => other.#producers);
    const consumers = await Promise.all(there.map((producer) => this.#consumeIfThere(producer)));
    return { send, recv, consumers: consumers.flat() };
  }

  async #tellOf(producer: Producer): Promise<void> {
    if (!this.#transports.has("recv")) return;
    const consumers = await this.#consumeIfThere(producer);
    if (consumers.length > 0) this.#send({ consumers });
  }

  /** Nothing where its owner, or who would receive it, leaves meanwhile. */
  async #consumeIfThere(producer: Producer): Promise<BareConsumer[]> {
    try {
      return [await this.#consume(producer)];
    } catch (cause) {
      if (!producer.closed && this.#socket.readyState === WebSocket.OPEN) throw cause;
      return [];
    }
  }

  async #consume({ id: producerId }: Producer): Promise<BareConsumer> {
    if (this.#receives === undefined) throw new Error("Nobody has joined here");
    const { rtpCapabilities } = this.#receives;
    const consumer = await this.#transport("recv").consume({ producerId, rtpCapabilities, paused: true });
    const { id, kind, rtpParameters } = consumer;
    this.#consumers.set(id, consumer);
    consumer.on("producerclose", () => {
      this.#consumers.delete(id);
      this.#send({ closed: id });
    });
    // mediasoup-client doesn't know all header extensions by their types.
    return { id, producerId, kind, rtpParameters: rtpParameters as BareConsumer["rtpParameters"] };
  }

  #transport(direction: Direction): WebRtcTransport {
    const transport = this.#transports.get(direction);
    if (transport === undefined) throw new Error("There is no transport before the join");
    return transport;
  }

  #send(frame: BareFrame): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}
