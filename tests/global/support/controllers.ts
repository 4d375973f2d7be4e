import { ports } from "../../../shared/dev/plan.ts";
import type { ControllerRegistration, HandlerRegistration } from "../../../shared/protocol/mod.ts";
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
  /** The listener of a shard dies. */
  crash(shard: number): Promise<void>;
}

export async function controller(d: Deployment, index = 0): Promise<Controller> {
  const { send } = client(d);
  const token = await d.serviceToken("meeting", "service.register-controller.gc");
  const asked: string[] = [];
  const listen = (port: number) =>
    Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
      const { pathname } = new URL(request.url);
      await request.body?.cancel();
      if (pathname === "/health") return new Response("alive");
      asked.push(`${request.method} ${pathname}`);
      return new Response(null, { status: 204 });
    });
  const servers = ports.shards(d.plan, index).map(listen);
  const id = `mc-${index + 1}`;
  const registration = (instance_id: string): ControllerRegistration => ({
    id,
    instance_id,
    region: "",
    zone: "",
    endpoints: {
      control_url: `http://127.0.0.1:${ports.meeting(d.plan, index)}`,
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
      await Promise.all(servers.map((server) => server.shutdown().catch(() => {})));
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
