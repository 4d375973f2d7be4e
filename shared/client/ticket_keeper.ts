import type { Ticket } from "../protocol/rest.ts";
import { endingOfTicket } from "./endings.ts";
import type { ApiResult } from "./http.ts";
import { type Clock, wallClock } from "../actor/clock.ts";

export interface TicketKeeper {
  current(): Ticket;
  /** Whether the ticket can't be used any more, because its renewal was refused for good. */
  isRefused(): boolean;
  stop(): void;
}

const RETRY_MS = 5_000;
/** Renewed when this part of its life is over. */
const RENEW_AT = 0.75;

/** The token's life, or that of the credentials for TURN where it is shorter. */
function renewalMs({ expires_in, ice_expires_in = Infinity }: Ticket): number {
  return Math.min(expires_in, ice_expires_in) * 1_000 * RENEW_AT;
}

/** Keeps a ticket fresh while somebody takes their time in the lobby, so that the click needs no request. */
export function keepTicket(
  ticket: Ticket,
  renew: (token: string) => Promise<ApiResult<Ticket>>,
  clock: Clock = wallClock(),
): TicketKeeper {
  let current = ticket;
  let stopped = false;
  let refused = false;
  let cancel = schedule(renewalMs(ticket));

  function schedule(delayMs: number): () => void {
    return clock.set(async () => {
      const answer = await renew(current.token);
      if (stopped) return;
      if (answer.ok) current = answer.value;
      else refused = endingOfTicket(answer.error) !== undefined;
      if (refused) return;
      cancel = schedule(answer.ok ? renewalMs(current) : RETRY_MS);
    }, delayMs);
  }

  return {
    current: () => current,
    isRefused: () => refused,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
