import type { Ticket } from "../protocol/rest.ts";
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
import { type Again, outcomeOfEnd, type Over } from "./connection_outcome.ts";
import { lossForGood, type LossReason } from "./loss_words.ts";
import { randomId } from "./random_id.ts";
import { retrySchedule } from "./retry_schedule.ts";
import { revisionStep } from "./revision.ts";
import { connectSignaling, type OpenSocket, type RequestCode, type Signaling } from "./signaling.ts";
import { type Ending, ending, endingOfFault, endingOfJoin, endingOfTicket } from "./endings.ts";
import { keepTicket } from "./ticket_keeper.ts";

type Resume = NonNullable<JoinRequest["resume"]>;

/** What a resume shows to prove that it is from the same client. */
export type Binding = Pick<Resume, "correlation_id" | "binding_token">;

export interface ConnectionOptions {
  code: string;
  ticket: Ticket;
  api: Pick<Api, "renewTicket" | "reportUnreachable">;
  /** Of an earlier connection, to come back as the same participant. */
  binding?: Binding;
  /** What to join with; asked anew at each attempt. `resume` and `attempt_id` are added here. */
  joinRequest(): Omit<JoinRequest, "resume" | "attempt_id">;
  /** What a resume says of the client's media. */
  mediaToResume(): Omit<Resume, keyof Binding>;
  /** Joined, or joined again after a loss. */
  onEntry(answer: JoinAnswer): void;
  onNotification(notification: Notification): void;
  /** The connection was lost and is being restored, or a try to join has failed and is followed by another one. */
  onLoss(why: LossReason): void;
  /** It is over; called once. */
  onEnding(ending: Ending): void;
  clock?: Clock;
  /** 0 to 1, spreads the attempts of many clients. */
  random?: () => number;
  openSocket?: OpenSocket;
  /** How long it is tried to restore a lost connection. */
  resumeWindowMs?: number;
}

/** A place in a meeting that survives the loss of its WebSocket. */
export interface Connection {
  request<T extends RequestType>(
    type: T,
    data: RequestData<T>,
  ): Promise<Result<RequestAnswer<T>, RequestCode>>;
  /** Drops the socket and resumes. */
  restart(why: LossReason): void;
  /** Tells the server, then closes. With `backWithinSeconds` the place is kept for so long. */
  leave(backWithinSeconds?: number): Promise<void>;
  /** By which a later connection may resume; undefined before the join. */
  binding(): Binding | undefined;
  /** The ticket in use: its token may have been renewed by the server. */
  ticket(): Ticket;
  /** How often a missed notification made the client resume. */
  resyncs(): number;
}

type Outcome = { kind: "joined" } | Over | Again;

/** A pause that ends so much late was slept through. */
const ASLEEP_MS = 5_000;
const LEAVE_PATIENCE_MS = 500;
/** A missed notification makes the client resume, at most this often: a server that counts wrongly is borne. */
const RESYNC_INTERVAL_MS = 30_000;

export function createConnection(options: ConnectionOptions): Connection {
  const clock = options.clock ?? wallClock();
  const random = options.random ?? Math.random;
  const windowMs = options.resumeWindowMs ?? 30_000;
  let ticket = options.ticket;
  let signaling: Signaling | undefined;
  let resume = options.binding;
  let isWaiting = false;
  let isOver = false;
  /**
   * Left for good: an entry that is under way is followed by a `leave`. Not when left for a moment: a frame after the
   * answer would end the binding of before, which is the one that the page has kept.
   */
  let hasLeft = false;
  /** The meeting's revision that the client knows; undefined until it is in. */
  let revision: number | undefined;
  let resyncs = 0;
  let resyncedAt = -Infinity;
  /** Names this join to the server, so that a try replaces the one before, whose answer was lost. */
  const attemptId = randomId();
  /** Rises with each socket; what an older one says doesn't count any more. */
  let epoch = 0;

  /** Credentials for TURN live for minutes. Media that moves later needs fresh ones. */
  const iceKeeper = ticket.ice_expires_in === undefined
    ? undefined
    : keepTicket(ticket, () => options.api.renewTicket(options.code, ticket.token), clock);

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => clock.set(resolve, ms));
  }

  async function sayFarewell(over: Signaling, data: RequestData<"leave">): Promise<void> {
    await Promise.race([over.request("leave", data), pause(LEAVE_PATIENCE_MS)]);
    over.close();
  }

  function end(how: Ending): void {
    if (isOver) return;
    isOver = true;
    iceKeeper?.stop();
    options.onEnding(how);
  }

  /** Whether a notification may be used; one that doesn't follow on what came before makes the client resume. */
  function follows(rev: number | undefined): boolean {
    const step = revisionStep(revision, rev);
    if (step === "known") return false;
    const now = clock.now();
    if (step === "broken" && now - resyncedAt >= RESYNC_INTERVAL_MS) {
      resyncs++;
      resyncedAt = now;
      restart("outOfStep");
      return false;
    }
    if (revision !== undefined) revision = rev ?? revision;
    return true;
  }

  function hear(notification: Notification): void {
    const { type, data } = notification;
    if (type === "meeting.ended") return end(ending("ended"));
    if (type === "admitted") revision = data.rev;
    else if ("rev" in data && !follows(data.rev)) return;
    if (type === "session.bound") {
      if (resume) resume = { ...resume, binding_token: data.binding_token };
      if (data.token !== undefined) {
        ticket = { ...ticket, token: data.token, expires_in: data.expires_in ?? ticket.expires_in };
      }
    }
    if (type === "admitted") isWaiting = false;
    if (type === "session.migrate") {
      ticket = { ...ticket, signaling_url: data.signaling_url };
      return restart("migrating");
    }
    options.onNotification(notification);
  }

  /** One socket and one `join`. */
  function attempt(): Promise<Outcome> {
    const mine = ++epoch;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const { traceparent } = ticket;
    const request = {
      ...options.joinRequest(),
      ...(traceparent ? { traceparent } : {}),
      attempt_id: attemptId,
      ...(resume ? { resume: { ...resume, ...options.mediaToResume() } } : {}),
    };
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
    connection.request("join", request).then((answer) => {
      if (hasLeft && answer.ok) return sayFarewell(connection, {});
      if (mine !== epoch || isOver) return connection.close();
      if (!answer.ok) {
        if (answer.error.code === "CLOSED") return;
        const over = endingOfJoin(answer.error);
        resolve(over ? { kind: "over", ending: over } : { kind: "again", where: "same", why: "notNow" });
        return connection.close();
      }
      const { correlation_id, binding_token, state } = answer.value;
      resume = { correlation_id, binding_token };
      isWaiting = state === "waiting";
      revision = isWaiting ? undefined : answer.value.rev;
      signaling = connection;
      resolve({ kind: "joined" });
      options.onEntry(answer.value);
    }).catch((cause) => {
      end(endingOfFault(cause));
      connection.close();
    });
    return promise;
  }

  /**
   * Asks the Global Controller for the meeting's present shard. Answers how long to wait before asking again, in
   * milliseconds, if it said so.
   */
  async function askForPlace(where: "ticket" | "unreachable"): Promise<number | undefined> {
    const answer = where === "ticket"
      ? await options.api.renewTicket(options.code, ticket.token)
      : await options.api.reportUnreachable(options.code, ticket.token);
    if (isOver) return undefined;
    if (answer.ok) {
      ticket = answer.value;
      iceKeeper?.take(ticket);
      return undefined;
    }
    const over = endingOfTicket(answer.error, resume !== undefined);
    if (over) end(over);
    const { retryAfterSeconds } = answer.error;
    return retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000;
  }

  /** Whoever waits for a connection that can't be made is told so, whatever was thrown. */
  function establish(first?: Again): void {
    tryToEnter(first).catch((cause) => end(endingOfFault(cause)));
  }

  /** Tries until joined, over, or out of time. */
  async function tryToEnter(first: Again | undefined): Promise<void> {
    let retries = retrySchedule(clock.now(), windowMs, random);
    let last = first;
    let retryAfterMs: number | undefined;
    while (!isOver) {
      const now = clock.now();
      const waitMs = retryAfterMs === undefined ? retries.next(now) : retries.after(retryAfterMs, now);
      if (waitMs === undefined) return end(unrestored());
      if (waitMs > 0) await pause(waitMs);
      if (isOver) return;
      const lateMs = clock.now() - now - waitMs;
      if (lateMs > ASLEEP_MS) {
        // The machine's network may come back a while after the machine. The first of these attempts is this one.
        retries = retrySchedule(clock.now(), windowMs, random);
        retries.next(clock.now());
      }
      const where = last?.where ?? "same";
      retryAfterMs = undefined;
      if (where !== "same") retryAfterMs = await askForPlace(where);
      // The machine slept for too long. Media needs fresh credentials; the place is tried without them, too.
      else if (iceKeeper?.hasRunOut()) await askForPlace("ticket");
      if (isOver) return;
      if (retryAfterMs !== undefined) continue;
      const outcome = await attempt();
      if (outcome.kind === "joined" || isOver) return;
      if (outcome.kind === "over") return end(outcome.ending);
      if (!first) options.onLoss(outcome.why);
      last = outcome;
    }

    function unrestored(): Ending {
      return ending(first ? "lost" : "failed", last && lossForGood(last.why));
    }
  }

  function recover(outcome: Again): void {
    options.onLoss(outcome.why);
    establish(outcome);
  }

  function restart(why: LossReason): void {
    const old = signaling;
    if (!old || isOver) return;
    signaling = undefined;
    epoch++;
    old.close();
    recover({ kind: "again", where: "same", why });
  }

  establish();

  return {
    request(type, data) {
      if (signaling) return signaling.request(type, data);
      const message = "The connection to the meeting is being restored. Try again then.";
      return Promise.resolve({ ok: false, error: fail("CLOSED", message) });
    },
    restart,
    ticket: () => iceKeeper ? { ...ticket, ice_servers: iceKeeper.current().ice_servers } : ticket,
    resyncs: () => resyncs,
    binding: () => resume,
    async leave(backWithinSeconds) {
      const current = signaling;
      end(ending("left"));
      epoch++;
      hasLeft = backWithinSeconds === undefined;
      const data = backWithinSeconds === undefined ? {} : { back_within_seconds: backWithinSeconds };
      if (current) await sayFarewell(current, data);
    },
  };
}
