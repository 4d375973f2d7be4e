import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { newBindingToken } from "./binding.ts";
import { rebind, tellBinding } from "./commands/join.ts";
import type { Conduct } from "./conduct.ts";
import type { Meeting } from "./meeting.ts";
import type { Rebinding } from "./meeting_state_protocol.ts";

export interface HandBinding {
  readonly context: Pick<ActorContext<Protocol>, "pipe">;
  readonly meeting: Meeting;
  readonly conduct: Conduct;
}

/**
 * Gives a participant a fresh binding token, and tells their client, with a fresh meeting token, once it is stored: a client
 * that shows it after the loss of this controller is known to the next one.
 */
export function handBinding(
  { context, meeting, conduct }: HandBinding,
  { participantId, token, expires_in }: Rebinding,
): void {
  const binding_token = newBindingToken();
  const stored = conduct.carryOut(rebind(meeting, participantId, binding_token));
  if (stored === null) return;
  void context.pipe(conduct.withinPatience(stored), () => {
    void conduct.carryOut(tellBinding(meeting, participantId, { binding_token, token, expires_in }));
  });
}
