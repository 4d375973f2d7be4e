import { type Clock, wallClock } from "../../../shared/actor/clock.ts";
import type { Api } from "../../../shared/client/api.ts";
import type { ApiResult } from "../../../shared/client/http.ts";
import { loadDevice } from "../../../shared/client/media/device.ts";
import { createMediaEngine } from "../../../shared/client/media/engine.ts";
import type { MediaEngine } from "../../../shared/client/media/media_transports.ts";
import { warmUpTransports } from "../../../shared/client/media/warm_up.ts";
import { keepTicket, type TicketKeeper } from "../../../shared/client/ticket_keeper.ts";
import { tokenPayload } from "../../../shared/client/token_payload.ts";
import { meetingClaims, type Ticket } from "../../../shared/protocol/rest.ts";

const holderClaims = meetingClaims.pick({ display_name: true, role: true });

/** All that the click on Join needs, made ready before it. */
export interface Prepared {
  ticket(): Ticket;
  /** The name that a guest's ticket is for; undefined for somebody who has an account, or comes back. */
  name: string | undefined;
  /** Left out when this browser can't do media. */
  engine?: MediaEngine;
  /** Why there is no engine, in words. */
  problem?: string;
}

export interface Preparation {
  /**
   * Gets a ticket and loads the device, once a name; a ticket that is refused, or has run out, may be asked for again.
   * Whoever asked for another name before gets what is made ready for the newest one.
   */
  start(getTicket: () => Promise<ApiResult<Ticket>>, name?: string): Promise<ApiResult<Prepared>>;
  ready(): Prepared | undefined;
  stop(): void;
}

/** By then the transports of a meeting that was joined are there. */
const COOL_DOWN_MS = 3_000;

/** Returns the function that ends it; undefined where it fails, and there `loadDevice` says why. */
function warmUp(): (() => void) | undefined {
  try {
    return warmUpTransports();
  } catch {
    return undefined;
  }
}

export function createPreparation(
  api: Pick<Api, "renewTicket">,
  code: string,
  clock: Clock = wallClock(),
): Preparation {
  let keeper: TicketKeeper | undefined;
  let prepared: Prepared | undefined;
  let underWay: { name: string | undefined; result: Promise<ApiResult<Prepared>> } | undefined;
  let stopped = false;
  let coolDown: (() => void) | undefined;

  async function prepare(
    getTicket: () => Promise<ApiResult<Ticket>>,
    name: string | undefined,
  ): Promise<ApiResult<Prepared>> {
    const answer = await getTicket();
    if (stopped) return answer.ok ? { ok: true, value: { ticket: () => answer.value, name } } : answer;
    if (underWay && underWay.name !== name) return await underWay.result;
    if (!answer.ok) {
      underWay = undefined;
      return answer;
    }
    keeper?.stop();
    const kept = keepTicket(answer.value, (token) => api.renewTicket(code, token), clock);
    keeper = kept;
    coolDown?.();
    coolDown = warmUp();
    const device = await loadDevice(answer.value.rtp_capabilities);
    if (underWay && underWay.name !== name) return await underWay.result;
    prepared = {
      ticket: kept.current,
      name,
      ...(device.ok ? { engine: createMediaEngine(device.value) } : { problem: device.error.message }),
    };
    return { ok: true, value: prepared };
  }

  return {
    start(getTicket, name) {
      if (keeper?.hasRunOut()) {
        keeper.stop();
        keeper = prepared = underWay = undefined;
      }
      if (!underWay || underWay.name !== name) underWay = { name, result: prepare(getTicket, name) };
      return underWay.result;
    },
    ready: () => !stopped && keeper?.hasRunOut() ? undefined : prepared,
    stop() {
      stopped = true;
      keeper?.stop();
      if (coolDown) setTimeout(coolDown, COOL_DOWN_MS);
    },
  };
}

/** What a ticket says of its holder, to show it; nothing is decided by it. */
export interface TicketHolder {
  name: string;
  /** Whether they may change the meeting's settings: its creator, or an admin. */
  isManager: boolean;
}

export function holderOf(ticket: Ticket): TicketHolder {
  try {
    const { display_name, role } = holderClaims.parse(tokenPayload(ticket.token));
    return { name: display_name, isManager: role === "host" };
  } catch {
    return { name: "", isManager: false };
  }
}
