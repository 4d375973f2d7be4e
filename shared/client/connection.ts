import type { Ticket } from "../protocol/rest.ts";
import { backoffMs } from "../backoff.ts";
import type {
  JoinAnswer,
  JoinRequest,
  Notification,
  RequestAnswer,
  RequestData,
  RequestType,
} from "../protocol/signaling.ts";
import type { Api } from "./api.ts";
import { type Clock, wallClock } from "../actor/clock.ts";
import { fail, type Result } from "../actor/result.ts";
import {
  connectSignaling,
  type OpenSocket,
  type RequestCode,
  type Signaling,
  type SignalingEnd,
} from "./signaling.ts";
import { type Ending, ending, endingOfJoin, endingOfTicket } from "./words.ts";

export interface ConnectionOptions {
  code: string;
  ticket: Ticket;
  api: Pick<Api, "renewTicket" | "reportUnreachable">;
  /** What to join with; asked anew at each attempt. `resume` is added here. */
  joinRequest(): Omit<JoinRequest, "resume">;
  /** Joined, or joined again after a loss. */
  onEntry(answer: JoinAnswer): void;
  onNotification(notification: Notification): void;
  /** The connection was lost and is being restored. */
  onLoss(): void;
  /** It is over; called once. */
  onEnding(ending: Ending): void;
  clock?: Clock;
  /** 0 to 1, spreads the attempts of many clients. */
  random?: () => number;
  openSocket?: OpenSocket;
  /** How long a lost connection is tried to be restored. */
  resumeWindowMs?: number;
}

/** A place in a meeting that survives the loss of its WebSocket. */
export interface Connection {
  request<T extends RequestType>(
    type: T,
    data: RequestData<T>,
  ): Promise<Result<RequestAnswer<T>, RequestCode>>;
  /** Drops the socket and resumes, for fresh transports. */
  restart(): void;
  /** Tells the server, then closes. */
  leave(): Promise<void>;
  /** The ticket in use: its token may have been renewed by the server. */
  ticket(): Ticket;
}

/** Worth another attempt; `where` says what to ask before it. */
interface Again {
  kind: "again";
  where: "same" | "ticket" | "unreachable";
}

interface Over {
  kind: "over";
  ending: Ending;
}

type Outcome = { kind: "joined" } | Over | Again;

const LEAVE_PATIENCE_MS = 500;

function outcomeOfEnd(end: SignalingEnd, wasWaiting: boolean): Over | Again {
  switch (end.reason) {
    case "left":
      return { kind: "over", ending: ending("left") };
    case "removed":
      return { kind: "over", ending: ending(wasWaiting ? "denied" : "removed") };
    case "meetingEnded":
      return { kind: "over", ending: ending("ended") };
    case "replaced":
      return { kind: "over", ending: ending("replaced") };
    case "malformed":
    case "frameTooLarge":
      return { kind: "over", ending: ending("failed") };
    case "tokenRefused":
    case "noSuchMeeting":
    case "movedAway":
      return { kind: "again", where: "ticket" };
    case "unreachable":
      return { kind: "again", where: "unreachable" };
    case "lost":
    case "silent":
    case "noJoinInTime":
    case "tooManyMessages":
      return { kind: "again", where: "same" };
  }
}

export function createConnection(options: ConnectionOptions): Connection {
  const clock = options.clock ?? wallClock();
  const random = options.random ?? Math.random;
  const windowMs = options.resumeWindowMs ?? 30_000;
  let ticket = options.ticket;
  let signaling: Signaling | undefined;
  let resume: JoinRequest["resume"];
  let isWaiting = false;
  let isOver = false;
  /** Rises with each socket; what an older one says doesn't count any more. */
  let epoch = 0;

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => clock.set(resolve, ms));
  }

  function end(how: Ending): void {
    if (isOver) return;
    isOver = true;
    options.onEnding(how);
  }

  function hear(notification: Notification): void {
    const { type, data } = notification;
    if (type === "session.bound") {
      if (resume) resume = { ...resume, binding_token: data.binding_token };
      if (data.token !== undefined) {
        ticket = { ...ticket, token: data.token, expires_in: data.expires_in ?? ticket.expires_in };
      }
    }
    if (type === "admitted") isWaiting = false;
    if (type === "session.migrate") {
      ticket = { ...ticket, signaling_url: data.signaling_url };
      return restart();
    }
    if (type === "meeting.ended") end(ending("ended"));
    options.onNotification(notification);
  }

  /** One socket and one `join`. */
  function attempt(): Promise<Outcome> {
    const mine = ++epoch;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const connection = connectSignaling({
      url: ticket.signaling_url,
      token: ticket.token,
      clock,
      ...(options.openSocket ? { openSocket: options.openSocket } : {}),
      onNotification: (notification) => {
        if (mine === epoch && !isOver) hear(notification);
      },
      onEnd(reason) {
        const outcome = outcomeOfEnd(reason, isWaiting);
        resolve(outcome);
        if (mine !== epoch || signaling !== connection) return;
        signaling = undefined;
        if (outcome.kind === "over") end(outcome.ending);
        else recover(outcome);
      },
    });
    const { traceparent } = ticket;
    const request = {
      ...options.joinRequest(),
      ...(traceparent ? { traceparent } : {}),
      ...(resume ? { resume } : {}),
    };
    connection.request("join", request).then((answer) => {
      if (mine !== epoch || isOver) return connection.close();
      if (!answer.ok) {
        if (answer.error.code === "CLOSED") return;
        const over = endingOfJoin(answer.error);
        resolve(over ? { kind: "over", ending: over } : { kind: "again", where: "same" });
        return connection.close();
      }
      const { correlation_id, binding_token, state } = answer.value;
      resume = { correlation_id, binding_token };
      isWaiting = state === "waiting";
      signaling = connection;
      options.onEntry(answer.value);
      resolve({ kind: "joined" });
    });
    return promise;
  }

  /** Asks the Global Controller where the meeting now is; true when it is worth another attempt. */
  async function askForPlace(where: "ticket" | "unreachable"): Promise<boolean> {
    const answer = where === "ticket"
      ? await options.api.renewTicket(options.code, ticket.token)
      : await options.api.reportUnreachable(options.code, ticket.token);
    if (isOver) return false;
    if (answer.ok) {
      ticket = answer.value;
      return true;
    }
    const over = endingOfTicket(answer.error);
    if (over) end(over);
    return !over;
  }

  /** Tries until joined, over, or out of time. */
  async function establish(first?: Again): Promise<void> {
    const deadline = clock.now() + windowMs;
    let where = first?.where;
    for (let tries = 0; !isOver; tries++) {
      if (where !== undefined) {
        // At once after a loss, spread over a tenth of a second; later attempts back off to one a second.
        await pause(
          tries === 0 ? 100 * random() : backoffMs(tries, { firstMs: 250, longestMs: 1_000, random }),
        );
        if (isOver || (where !== "same" && !await askForPlace(where))) return;
      }
      const outcome = await attempt();
      if (outcome.kind === "joined" || isOver) return;
      if (outcome.kind === "over") return end(outcome.ending);
      if (clock.now() >= deadline) return end(ending(first ? "lost" : "failed"));
      where = outcome.where;
    }
  }

  function recover(outcome: Again): void {
    options.onLoss();
    establish(outcome);
  }

  function restart(): void {
    const old = signaling;
    if (!old || isOver) return;
    signaling = undefined;
    epoch++;
    recover({ kind: "again", where: "same" });
    old.close();
  }

  establish();

  return {
    request(type, data) {
      if (signaling) return signaling.request(type, data);
      const message = "The connection to the meeting is being restored. Try again then.";
      return Promise.resolve({ ok: false, error: fail("CLOSED", message) });
    },
    restart,
    ticket: () => ticket,
    async leave() {
      const current = signaling;
      end(ending("left"));
      epoch++;
      if (!current) return;
      await Promise.race([current.request("leave", {}), pause(LEAVE_PATIENCE_MS)]);
      current.close();
    },
  };
}
