import { type ActorRef, type Scope, valueOf } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { parseServerFrame, type ServerFrame } from "../../../shared/protocol/mod.ts";
import { Leases } from "../../../shared/store/live/mod.ts";
import { ConnectionTests } from "../../../meeting/connection_test/connection_tests.ts";
import { shardMetrics } from "../../../meeting/metrics.ts";
import { Upstream } from "../../../meeting/platform/upstream.ts";
import { HandlerLink, HandlerLinks } from "../../../meeting/routing/handler_links_protocol.ts";
import { MediaRouting } from "../../../meeting/routing/media_routing_protocol.ts";
import type { ClientListener, ClientSocket } from "../../../meeting/signaling/client_socket.ts";
import { Connection, ConnectionActor } from "../../../meeting/signaling/connection.ts";
import { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";
import { type Handler, startHandler } from "../../media/fixtures/handler.ts";
import { leaseOf } from "../routing/support/lease.ts";
import { claimsOf } from "../state/meeting_world.ts";

/** One connection of a client, with what it was told. */
export interface TestingClient {
  readonly ref: ActorRef<typeof Connection>;
  /** Sends a frame, and waits for the answer to its id. */
  ask(frame: { id: number; type: string; data: unknown }): Promise<ServerFrame>;
  readonly frames: readonly ServerFrame[];
  /** The code with which the connection was closed. */
  readonly closed: Promise<number>;
}

/** A media handler with a real SFU worker, and connections of clients that test. */
export interface TestingShard extends AsyncDisposable {
  readonly handler: Handler;
  connect(name: string): TestingClient;
  /** What has been asked of the meeting and of its media. */
  touched(): readonly string[];
}

export async function startTestingShard(): Promise<TestingShard> {
  const handler = await startHandler();
  const { scope } = handler;
  const { control } = handler.connect("shard");
  const link = createProbe(scope, HandlerLink, "link");
  link.answer("control", () => control);
  const links = createProbe(scope, HandlerLinks, "links");
  links.answer("link", () => link.ref);
  const leases = createProbe(scope, Leases, "leases");
  leases.answer("lease", () => leaseOf(["mh-1"]));
  const tests = new ConnectionTests({ leases: leases.ref, links: links.ref, now: () => performance.now() });
  const meeting = createProbe(scope, MeetingState, "meeting");
  const routing = createProbe(scope, MediaRouting, "routing");
  return {
    handler,
    connect: (name) => connect(scope, name, { tests, meeting: meeting.ref, routing: routing.ref }),
    touched: () => [...meeting.received, ...routing.received].map((one) => one.name),
    [Symbol.asyncDispose]: () => handler[Symbol.asyncDispose](),
  };
}

function connect(
  scope: Scope,
  name: string,
  parts: {
    tests: ConnectionTests;
    meeting: ActorRef<typeof MeetingState>;
    routing: ActorRef<typeof MediaRouting>;
  },
): TestingClient {
  const frames: ServerFrame[] = [];
  const closed = Promise.withResolvers<number>();
  let listener: ClientListener | undefined;
  let wake = () => {};
  const send = (...texts: readonly string[]) => {
    frames.push(...texts.map(parseServerFrame));
    wake();
  };
  const socket: ClientSocket = {
    address: "127.0.0.1",
    listen: (given) => void (listener = given),
    handled() {},
    send,
    sendSoon: send,
    ping: () => null,
    settle() {},
    close: (code) => closed.resolve(code),
  };
  const ref = scope.spawn(ConnectionActor, {
    socket,
    claims: claimsOf(name),
    upstream: createProbe(scope, Upstream, `upstream of ${name}`).ref,
    limits: { joinTimeoutMs: 5_000, silenceMs: 60_000 },
    metrics: shardMetrics(),
    now: () => 0,
    ...parts,
  });
  const answerTo = (id: number) =>
    frames.find((one) => (one.kind === "answer" || one.kind === "error") && one.re === id);
  return {
    ref,
    frames,
    closed: closed.promise,
    async ask(frame) {
      listener?.frame(JSON.stringify(frame));
      for (;;) {
        const answered = answerTo(frame.id);
        if (answered !== undefined) return answered;
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
    },
  };
}

/** Waits until the handler has nothing of any meeting. */
export async function emptied({ table }: Handler): Promise<void> {
  while (valueOf(await table.ask("status", undefined)).meetings > 0);
}
