import type { ActorRef } from "../../shared/actor/mod.ts";
import type { ClientSocket } from "../signaling/client_socket.ts";
import type { Caller } from "../state/meeting_client.ts";
import type { MeetingState } from "../state/meeting_state_protocol.ts";
import { turnAway } from "./open_signaling_port.ts";

/**
 * Passes a client's socket to a meeting, which opens a connection for it, or refuses it. A meeting that has no room, or
 * that ends before it takes the client in, leaves the socket here: the client is turned away.
 */
export function passSocket(
  socket: ClientSocket,
  meeting: ActorRef<typeof MeetingState>,
  open: Caller["open"],
): void {
  const forget = meeting.watch(() => turnAway(socket));
  const told = meeting.tell("connect", {
    open(spawn, routing) {
      forget();
      return open(spawn, routing);
    },
    refuse(code, reason) {
      forget();
      socket.close(code, reason);
    },
  });
  if (told === "accepted") return;
  // Without this the meeting would keep the socket for as long as it runs.
  forget();
  turnAway(socket);
}
