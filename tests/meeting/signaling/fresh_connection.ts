import { fail } from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import type { MeetingTokenClaims } from "../../../shared/auth/mod.ts";
import { requestFrame } from "../../../shared/protocol/mod.ts";
import { shardMetrics } from "../../../meeting/metrics.ts";
import { Upstream } from "../../../meeting/platform/upstream.ts";
import { MediaRouting } from "../../../meeting/routing/media_routing_protocol.ts";
import type { ClientListener, ClientSocket } from "../../../meeting/signaling/client_socket.ts";
import { ConnectionActor } from "../../../meeting/signaling/connection.ts";
import { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";
import { joinAnswer } from "../../client/samples.ts";
import { claimsOf } from "../state/meeting_world.ts";

export interface FreshConnection {
  /** When its meeting token ends, in seconds since the test's start. */
  readonly exp?: number;
  readonly silenceMs?: number;
  /** The pong to the socket's ping; without it the socket can't ping. */
  readonly pong?: Promise<void>;
}

/** A connection that has not joined, over a socket that the test holds. */
export async function freshConnection({ exp = 900, silenceMs = 12_000, pong }: FreshConnection = {}) {
  const kit = createTestKit(9);
  const scope = kit.createScope();
  const meeting = createProbe(scope, MeetingState, "meeting");
  meeting.answer("join", () => joinAnswer());
  meeting.answer("react", () => undefined);
  const sent: string[] = [];
  let listener: ClientListener | undefined;
  let isClosed = false;
  const socket: ClientSocket = {
    address: "127.0.0.1",
    listen: (given) => void (listener = given),
    handled() {},
    send: (...texts) => void sent.push(...texts),
    sendSoon: (...texts) => void sent.push(...texts),
    ping() {
      if (pong === undefined) return null;
      sent.push(JSON.stringify({ type: "ping" }));
      return pong;
    },
    settle() {},
    close(code) {
      if (!isClosed) sent.push(JSON.stringify({ type: `closed ${code}` }));
      isClosed = true;
    },
  };
  const metrics = shardMetrics();
  const claims: MeetingTokenClaims = { ...claimsOf("ada"), exp };
  const upstream = createProbe(scope, Upstream, "upstream");
  const connection = scope.spawn(ConnectionActor, {
    socket,
    claims,
    meeting: meeting.ref,
    routing: createProbe(scope, MediaRouting, "routing").ref,
    upstream: upstream.ref,
    limits: { joinTimeoutMs: 5_000, silenceMs },
    metrics,
    now: () => kit.clock.now(),
    tests: { start: () => fail("overloaded", "Nobody tests here.") },
  });
  await kit.settle();
  const ask = async (frame: string) => {
    listener?.frame(frame);
    await kit.settle();
  };
  const react = (id: number) => ask(requestFrame(id, "reaction.send", { reaction: "👍" }));
  const reactions = () => meeting.received.filter(({ name }) => name === "react").length;
  /** What the client got, in order: notifications by type, answers by id and error, the close by its code. */
  const codes = () =>
    sent.map((text) => JSON.parse(text)).map(({ re, error, type }) => type ?? [re, error?.code]);
  /** How often answers were counted, by type and result. */
  const counted = async () =>
    [...(await metrics.registry.metrics()).matchAll(
      /^mc_messages_total\{type="(.+)",result="(.+)"\} (\d+)$/gm,
    )]
      .map(([, type, result, count]) => `${type} ${result} ${count}`).toSorted();
  const refuse = (type: string | null) => listener?.refused?.(type);
  const forget = () => void (sent.length = 0);
  return { kit, scope, meeting, upstream, connection, ask, react, reactions, codes, counted, refuse, forget };
}
