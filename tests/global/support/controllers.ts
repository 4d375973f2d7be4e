import { ports } from "../../../shared/dev/plan.ts";
import type {
  ControllerRegistration,
  HandlerRegistration,
  MeetingOfferAnswer,
  MeetingRoster,
} from "../../../shared/protocol/mod.ts";
import { client } from "./client.ts";
import type { Deployment } from "./deployment.ts";

/** A program that registers as a meeting controller does, with listeners that GC can probe. */
export interface Controller extends AsyncDisposable {
  readonly registration: ControllerRegistration;
  /** Requests that GC made of the shards, but for probes. */
  readonly asked: readonly string[];
  register(instance?: string): Promise<number>;
  heartbeat(body?: object): Promise<{ status: number; body: unknown }>;
  drain(): Promise<number>;
  unregister(): Promise<number>;
  /** How often GC probed each shard. */
  readonly probes: readonly number[];
  /** The listener of a shard dies. */
  crash(shard: number): Promise<void>;
  /** A shard's listener takes connections and answers nothing until what this returns is called. */
  stall(shard: number): () => void;
  /** How often it was asked whether it takes a meeting. */
  readonly offered: number;
  /** It takes no meeting from now on, for this reason; without one it does again. */
  refuse(reason: MeetingOfferAnswer["reason"]): void;
  /** Whether the shards take what GC tells them; they do until it is said. */
  take(doTake: boolean): void;
  /** The shards say from now on that this is in their meetings; nothing: they run none. */
  tellRoster(roster: MeetingRoster | undefined): void;
  /** The control port says of every shard whether it is alive; it says nothing until then. */
  tellLiveness(alive: boolean, instance?: string): void;
}

export async function controller(
  d: Deployment,
  index = 0,
  onAsked?: (request: string) => void,
): Promise<Controller> {
  const { send } = client(d);
  const token = await d.serviceToken("meeting", "service.register-controller.gc");
  const asked: string[] = [];
  const probes: number[] = ports.shards(d.plan, index).map(() => 0);
  let roster: MeetingRoster | undefined;
  let refusal: MeetingOfferAnswer["reason"];
  let offered = 0;
  let isTaking = true;
  const stalls = new Map<number, Promise<void>>();
  const servers = ports.shards(d.plan, index).map((port, shard) =>
    Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
      const { pathname } = new URL(request.url);
      await request.body?.cancel();
      if (pathname === "/health") {
        probes[shard] = (probes[shard] ?? 0) + 1;
        await stalls.get(shard);
        return new Response("alive");
      }
      if (request.method === "GET" && /^\/api\/v1\/internal\/meetings\/[^/]+\/participants$/.test(pathname)) {
        return roster === undefined ? new Response(null, { status: 404 }) : Response.json(roster);
      }
      if (request.method === "POST" && pathname.endsWith("/offer")) {
        offered++;
        return Response.json(
          refusal === undefined ? { accepted: true } : { accepted: false, reason: refusal },
        );
      }
      asked.push(`${request.method} ${pathname}`);
      onAsked?.(`${request.method} ${pathname}`);
      return new Response(null, { status: isTaking ? 204 : 503 });
    })
  );
  let liveness: object | undefined;
  const controlPort = ports.meeting(d.plan, index);
  const control = Deno.serve({ hostname: "127.0.0.1", port: controlPort, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    const isShard = /^\/api\/v1\/internal\/shards\/[01]$/.test(pathname);
    const isService = request.headers.get("authorization")?.startsWith("Bearer ey") === true;
    return isShard && isService && liveness !== undefined
      ? Response.json(liveness)
      : new Response(null, { status: 404 });
  });
  const id = `mc-${index + 1}`;
  const registration = (instance_id: string): ControllerRegistration => ({
    id,
    instance_id,
    region: "",
    zone: "",
    endpoints: {
      control_url: `http://127.0.0.1:${controlPort}`,
      shards: ports.shards(d.plan, index).map((port, shard) => ({
        shard: String(shard),
        signaling_url: `ws://127.0.0.1:${port}/signaling`,
        internal_url: `http://127.0.0.1:${port}`,
      })),
    },
    capacity: { meetings: 100, participants: 1_000 },
  });
  const path = "/api/v1/internal/meeting-controllers";
  let instance = "first";
  return {
    registration: registration(instance),
    asked,
    probes,
    stall(shard) {
      const { promise, resolve } = Promise.withResolvers<void>();
      stalls.set(shard, promise);
      return () => {
        stalls.delete(shard);
        resolve();
      };
    },
    get offered() {
      return offered;
    },
    refuse(reason) {
      refusal = reason;
    },
    take(doTake) {
      isTaking = doTake;
    },
    tellRoster(given) {
      roster = given;
    },
    tellLiveness(alive, instance_id = instance) {
      liveness = { alive, instance_id };
    },
    async register(given = instance) {
      instance = given;
      return (await send("POST", path, { token, body: registration(instance) })).status;
    },
    heartbeat: (body = {}) =>
      send("PUT", `${path}/${id}/heartbeat`, {
        token,
        body: { instance_id: instance, state: "ready", load: { meetings: 0, participants: 0 }, ...body },
      }),
    drain: async () => (await send("POST", `${path}/${id}/drain`, { token, body: {} })).status,
    unregister: async () => (await send("DELETE", `${path}/${id}`, { token })).status,
    async crash(shard) {
      await servers[shard]?.shutdown();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([control, ...servers].map((server) => server.shutdown().catch(() => {})));
    },
  };
}

export const handlerRegistration: HandlerRegistration = {
  id: "mh-1",
  instance_id: "first",
  region: "",
  zone: "",
  endpoints: { control_url: "http://127.0.0.1:1", link_url: "ws://127.0.0.1:1/link" },
  capacity: { workers: 1, transports: 100 },
  rtp_capabilities: {
    codecs: [{
      kind: "audio",
      mimeType: "audio/opus",
      clockRate: 48_000,
      channels: 2,
      preferredPayloadType: 100,
    }],
  },
};

/** Registers a media handler. */
export async function registerHandler(
  d: Deployment,
  change: Partial<HandlerRegistration> = {},
): Promise<number> {
  const token = await d.serviceToken("media", "service.register-handler.gc");
  const body = { ...handlerRegistration, ...change };
  return (await client(d).send("POST", "/api/v1/internal/media-handlers", { token, body })).status;
}
