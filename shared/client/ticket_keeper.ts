import type { Ticket } from "../protocol/rest.ts";
import { endingOfTicket } from "./endings.ts";
import type { ApiResult } from "./http.ts";
import { type Clock, wallClock } from "../actor/clock.ts";

export interface TicketKeeper {
  /** With the life that it has left: whoever is handed it may keep it on. */
  current(): Ticket;
  /**
   * Whether the ticket can't be used any more: its renewal was refused for good, or its life is over. Timers stand still
   * while a machine sleeps, so that it isn't renewed then.
   */
  hasRunOut(): boolean;
  /** Goes on with a ticket that came by another way. */
  take(ticket: Ticket): void;
  stop(): void;
}

const RETRY_MS = 5_000;
/** Renewed when this part of its life is over. */
const RENEW_AT = 0.75;

/** The token's life, or that of the credentials for TURN where it is shorter. */
function lifeMs({ expires_in, ice_expires_in = Infinity }: Ticket): number {
  return Math.min(expires_in, ice_expires_in) * 1_000;
}

/** The ticket as it is that much later. */
function aged(ticket: Ticket, ageMs: number): Ticket {
  const ageSeconds = ageMs / 1_000;
  const { expires_in, ice_expires_in } = ticket;
  return {
    ...ticket,
    expires_in: expires_in - ageSeconds,
    ...(ice_expires_in === undefined ? {} : { ice_expires_in: ice_expires_in - ageSeconds }),
  };
}

/** Keeps a ticket fresh while somebody takes their time in the lobby, so that the click needs no request. */
export function keepTicket(
  ticket: Ticket,
  renew: (token: string) => Promise<ApiResult<Ticket>>,
  clock: Clock = wallClock(),
): TicketKeeper {
  let current = ticket;
  let takenAtMs = 0;
  let goodUntilMs = 0;
  /** Rises with each ticket and at the end. The renewal of an earlier ticket doesn't count any more. */
  let epoch = 0;
  let cancel = () => {};

  function take(newer: Ticket): void {
    cancel();
    epoch++;
    current = newer;
    takenAtMs = clock.now();
    goodUntilMs = takenAtMs + lifeMs(newer);
    renewIn(lifeMs(newer) * RENEW_AT);
  }

  function renewIn(delayMs: number): void {
    const mine = epoch;
    cancel = clock.set(async () => {
      const answer = await renew(current.token);
      if (mine !== epoch) return;
      if (answer.ok) take(answer.value);
      else if (endingOfTicket(answer.error) === undefined) renewIn(RETRY_MS);
      else goodUntilMs = -Infinity;
    }, delayMs);
  }

  take(ticket);

  return {
    current: () => aged(current, clock.now() - takenAtMs),
    hasRunOut: () => clock.now() >= goodUntilMs,
    take,
    stop() {
      epoch++;
      cancel();
    },
  };
}
