import type { ActorRef } from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { closeCodes } from "../../shared/protocol/mod.ts";
import type { ClientSocket } from "../signaling/client_socket.ts";
import { BoundedPort } from "./bounded_port.ts";
import { openDenoPort } from "./deno_port.ts";
import type { Handshake, HandshakeAnswer } from "./handshake.ts";
import type { MeetingController, ShardInit } from "./meeting_controller_protocol.ts";
import type { SignalingPort } from "./signaling_port.ts";

const tooBusy: HandshakeAnswer = {
  kind: "refused",
  status: 503,
  code: "UNAVAILABLE",
  message: "This shard is too busy.",
};

/**
 * Opens a shard's signaling port. The shard's actor decides each handshake, and gets each accepted client. `now` is in
 * milliseconds.
 *
 * @throws {StartError} if the port is taken
 */
export async function openSignalingPort(
  shard: ActorRef<typeof MeetingController>,
  init: ShardInit,
  now: () => number,
): Promise<SignalingPort> {
  const { host: hostname, port, socket, tls, trustedProxies, portLimits: limits, socketLimits } = init;
  const options = {
    hostname,
    port,
    tls,
    trustedProxies,
    limits,
    socketLimits,
    now,
    async knock(handshake: Handshake): Promise<HandshakeAnswer> {
      // The work behind it has its own time limits. A timeout here would leave the handshake's place taken.
      const answer = await shard.ask("knock", handshake, { timeoutMs: Infinity });
      return answer.ok ? answer.value : tooBusy;
    },
    enter(socket: ClientSocket, claims: MeetingTokenClaims) {
      if (shard.tell("enter", { socket, claims }) !== "accepted") turnAway(socket);
    },
  };
  return socket === "deno" ? openDenoPort(options) : await BoundedPort.listen(options);
}

/** Closes the socket of a client that the shard has no room for. */
export function turnAway(socket: ClientSocket): void {
  socket.close(closeCodes.movedAway, "too busy: ask for a ticket again");
}
