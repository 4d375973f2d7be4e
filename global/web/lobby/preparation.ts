import type { Api } from "../../../shared/client/api.ts";
import type { ApiResult } from "../../../shared/client/http.ts";
import { loadDevice } from "../../../shared/client/media/device.ts";
import { createMediaEngine } from "../../../shared/client/media/engine.ts";
import type { MediaEngine } from "../../../shared/client/media/media_transports.ts";
import { warmUpTransports } from "../../../shared/client/media/warm_up.ts";
import { keepTicket, type TicketKeeper } from "../../../shared/client/ticket_keeper.ts";
import { meetingClaims, type Ticket } from "../../../shared/protocol/rest.ts";

const holderClaims = meetingClaims.pick({ display_name: true, role: true });

/** All that the click on Join needs, made ready before it. */
export interface Prepared {
  ticket(): Ticket;
  /** Left out when this browser can't do media. */
  engine?: MediaEngine;
  /** Why there is no engine, in words. */
  problem?: string;
}

export interface Preparation {
  /** Gets a ticket and loads the device, once; a ticket that is refused, or renewed no more, may be asked for again. */
  start(getTicket: () => Promise<ApiResult<Ticket>>): Promise<ApiResult<Prepared>>;
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

export function createPreparation(api: Pick<Api, "renewTicket">, code: string): Preparation {
  let keeper: TicketKeeper | undefined;
  let prepared: Prepared | undefined;
  let underWay: Promise<ApiResult<Prepared>> | undefined;
  let stopped = false;
  let coolDown: (() => void) | undefined;

  async function prepare(getTicket: () => Promise<ApiResult<Ticket>>): Promise<ApiResult<Prepared>> {
    const answer = await getTicket();
    if (!answer.ok) {
      underWay = undefined;
      return answer;
    }
    if (stopped) return { ok: true, value: { ticket: () => answer.value } };
    const kept = keepTicket(answer.value, (token) => api.renewTicket(code, token));
    keeper = kept;
    coolDown?.();
    coolDown = warmUp();
    const device = await loadDevice(answer.value.rtp_capabilities);
    prepared = {
      ticket: kept.current,
      ...(device.ok ? { engine: createMediaEngine(device.value) } : { problem: device.error.message }),
    };
    return { ok: true, value: prepared };
  }

  return {
    start(getTicket) {
      if (keeper?.isRefused()) keeper = prepared = underWay = undefined;
      return underWay ??= prepare(getTicket);
    },
    ready: () => keeper?.isRefused() ? undefined : prepared,
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
    const payload = ticket.token.split(".")[1] ?? "";
    const bytes = Uint8Array.from(
      atob(payload.replaceAll("-", "+").replaceAll("_", "/")),
      (character) => character.charCodeAt(0),
    );
    const { display_name, role } = holderClaims.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return { name: display_name, isManager: role === "host" };
  } catch {
    return { name: "", isManager: false };
  }
}
