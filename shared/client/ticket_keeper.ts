import type { Ticket } from "../protocol/rest.ts";
import type { ApiResult } from "./http.ts";
import { type Clock, wallClock } from "../actor/clock.ts";

export interface TicketKeeper {
  current(): Ticket;
  stop(): void;
}

const RETRY_MS = 5_000;
/** Renewed when this part of its life is over. */
const RENEW_AT = 0.75;

/** Keeps a ticket fresh while somebody takes their time in the lobby, so that the click needs no request. */
export function keepTicket(
  ticket: Ticket,
  renew: (token: string) => Promise<ApiResult<Ticket>>,
  clock: Clock = wallClock(),
): TicketKeeper {
  let current = ticket;
  let stopped = false;
  let cancel = schedule(ticket.expires_in * 1_000 * RENEW_AT);

  function schedule(delayMs: number): () => void {
    return clock.set(async () => {
      const answer = await renew(current.token);
      if (stopped) return;
      if (answer.ok) current = answer.value;
      cancel = schedule(answer.ok ? current.expires_in * 1_000 * RENEW_AT : RETRY_MS);
    }, delayMs);
  }

  return {
    current: () => current,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
