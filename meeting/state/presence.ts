import {
  type ActorContext,
  type ActorRef,
  fail,
  Failure,
  type Later,
  later,
  type MessageContext,
  type TellOutcome,
  type Value,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  closeCodes,
  type JoinAnswer,
  type JoinRequest,
  type MediaSource,
  type Meeting as WireMeeting,
  type NotificationData,
  notificationFrame,
} from "../../shared/protocol/mod.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import { admissionOf, identityOf, type Media, withoutMedia } from "./admission.ts";
import type { Audience, Client } from "./audience.ts";
import { catchUp } from "./catch_up.ts";
import { enter, type JoinVerdict } from "./commands/join.ts";
import { left, loseConnection } from "./commands/participant.ts";
import type { Conduct } from "./conduct.ts";
import type { Decision } from "./decision.ts";
import { Departures } from "./departures.ts";
import type { Meeting } from "./meeting.ts";
import { rightsOf } from "./rights.ts";
import type { JoinOrder, MeetingState } from "./meeting_state_protocol.ts";

export type LeavingReason = NotificationData<"participant.left">["reason"];
/** Why the meeting takes nobody in any more. One that has moved goes on elsewhere. */
export type MeetingGone = Failure<"over" | "moved">;
type JoinFailure = MeetingGone | Failure<"unavailable" | "removed">;

/** A participant's media. `pending`: why there is none yet, in words. */
type Attached = Media & Pick<Value<typeof MediaRouting, "attach">, "pending">;

/** A client's join request, and the region of its token. */
type Device = JoinRequest & { readonly region: string | null };

export interface PresenceInit {
  readonly context: Pick<ActorContext<typeof MeetingState>, "self" | "ask" | "after" | "pipe" | "watch">;
  readonly meeting: Meeting;
  readonly audience: Audience;
  readonly conduct: Conduct;
  readonly routing: ActorRef<typeof MediaRouting>;
  /** The meeting as clients are told of it. */
  readonly facts: () => WireMeeting;
  /** How long after the loss of a connection the participant's media is paused. */
  readonly hushMs: number;
  /** How long a lost connection may be resumed. */
  readonly awayMs: number;
  /** Called when a participant has come in, or is back over a newer connection. */
  readonly onEntered: (participantId: string) => void;
  /** Called when a participant comes, and when the last one has left. */
  readonly onOccupancy: () => void;
}

/** A detach that the routing did not take is asked for again. */
const detachRetryMs = 1_000;
/** Rights that the routing did not take are told again. */
const rightsRetryMs = 100;

/** Lets participants come and go, with their connections, their media, and the notices. Part of the meeting's state. */
export class Presence {
  readonly #init: PresenceInit;
  readonly #departures: Departures;
  /** Each client's join request, by participant: it says what media to attach when a host admits the client. */
  readonly #devices = new Map<string, Device>();
  /** The connections whose join waits for its media, by participant. Without media these participants are not in. */
  readonly #entering = new Map<string, Client>();
  /** Participants whose media is being detached, and who then leave. */
  readonly #leaving = new Set<string>();
  #meetingGone: MeetingGone | null = null;

  constructor(init: PresenceInit) {
    this.#init = init;
    const { context, meeting, hushMs, awayMs } = init;
    this.#departures = new Departures({
      context,
      hushMs,
      awayMs,
      onHushed: (participantId) => {
        // Whoever waits sends nothing, and is unknown where media is routed.
        if (meeting.attendees.get(participantId)?.state !== "waiting") this.#setAway(participantId, true);
      },
      onDeparted: (participantId, hasSaid) => this.remove(participantId, hasSaid ? "left" : "lost"),
    });
  }

  /** Starts the away timer of every participant from the snapshot. */
  expectEverybody(): void {
    for (const { participantId, state } of this.#init.meeting.attendees.values()) {
      if (state === "away") {
        this.holdRights(participantId);
        this.#present(participantId);
      }
      this.#departures.expectBack(participantId);
    }
  }

  /** The meeting is over, or not here any more. */
  end(gone: MeetingGone): void {
    this.#meetingGone = gone;
  }

  /** Answers a join that was accepted once there is media and the join is stored. The others are told once there is media. */
  join(
    { request, client, claims }: JoinOrder,
    decided: Decision<JoinVerdict>,
    message: MessageContext,
  ): Later<JoinAnswer | JoinFailure> {
    const { context, audience, conduct } = this.#init;
    const verdict = decided.answer;
    const { participantId } = verdict.attendee;
    const older = audience.of(participantId);
    if (older !== undefined && older.id !== client.id) {
      audience.end(older, closeCodes.replaced, "continued on a newer connection");
    }
    const stored = conduct.carryOut(decided);
    const device = keptDevice(request, this.#devices.get(participantId));
    this.#devices.set(participantId, { ...device, region: claims.region ?? null });
    this.#bind(participantId, client);
    if (verdict.outcome === "enters") {
      this.#entering.set(participantId, client);
      this.holdRights(participantId, [], verdict.startMuted);
    }
    const attached = verdict.outcome === "waits" ? Promise.resolve(withoutMedia) : this.#attach(
      participantId,
      client,
      message,
      verdict.outcome === "resumes" ? request.resume : undefined,
    );
    const entered = context.pipe(attached, (media) => this.#entered(verdict, client, media));
    return later(entered.then(async (answer) => {
      if (answer instanceof Failure || stored === null) return answer;
      return await conduct.withinPatience(stored) ? answer : { ...answer, durable: false as const };
    }));
  }

  /** Lets in a participant whom a host admitted: attaches media, then tells everybody. Without media they are in as well. */
  admit(participantId: string, startMuted: readonly MediaSource[]): void {
    const { context, audience, meeting, facts } = this.#init;
    const client = audience.of(participantId);
    this.holdRights(participantId, [], startMuted);
    if (client === undefined) return this.#present(participantId);
    void context.pipe(this.#attach(participantId, client, context), (media) => {
      if (this.#isOver || !audience.has(participantId, client)) return;
      const attendee = this.#enter(participantId);
      if (attendee === undefined) return;
      const given = givenMedia(media);
      const { pending } = media;
      if (pending !== undefined) logger("meeting").warn("admitted without media", { reason: pending });
      const data = {
        state: "joined" as const,
        ...admissionOf(meeting, facts(), attendee),
        ...given,
        ...muted(startMuted),
      };
      audience.admit(client, notificationFrame("admitted", data));
      audience.notify(client, ...catchUp(meeting, "in"));
    });
  }

  /** At the participant's own wish: for good, or with the seat kept for a while after the connection's end. */
  leave(participantId: string, backWithinMs: number | undefined): void {
    if (backWithinMs === undefined) this.remove(participantId, "left");
    else this.#departures.announce(participantId, backWithinMs);
  }

  /** Removes a participant. Media is detached first, so that clients hear of its end before they hear `participant.left`. */
  remove(participantId: string, reason: LeavingReason): void {
    const { meeting, audience } = this.#init;
    const state = meeting.attendees.get(participantId)?.state;
    if (state === undefined || this.#isOver || this.#leaving.has(participantId)) return;
    audience.leave(participantId);
    this.#departures.settle(participantId);
    this.#devices.delete(participantId);
    if (state === "waiting") return this.#gone(participantId, reason);
    this.#leaving.add(participantId);
    this.#detach(participantId, reason);
  }

  /**
   * Has a participant's rights of now hold for their media. `silenced` have to be switched on again by the participant,
   * the first producers of `startMuted` are born paused.
   */
  holdRights(
    participantId: string,
    silenced: readonly MediaSource[] = [],
    startMuted: readonly MediaSource[] = [],
  ): void {
    const { context, meeting, facts, routing } = this.#init;
    const attendee = meeting.attendees.get(participantId);
    if (attendee === undefined || this.#isOver) return;
    const change = { participantId, ...rightsOf(meeting, facts(), attendee), silenced, startMuted };
    if (routing.tell("rights", change) !== "overloaded") return;
    context.after(rightsRetryMs, () => this.holdRights(participantId, silenced, startMuted));
  }

  /** On the way out: whoever comes back now is a new participant. */
  isLeaving(participantId: string): boolean {
    return this.#leaving.has(participantId);
  }

  /** Whether a participant's join waits for its media. Whoever a host has admitted is in, and waits for it as well. */
  isEntering(participantId: string): boolean {
    return this.#entering.has(participantId);
  }

  get #isOver(): boolean {
    return this.#meetingGone !== null;
  }

  #detach(participantId: string, reason: LeavingReason): void {
    const { context, routing } = this.#init;
    void context.pipe(context.ask(routing, "detach", { participantId }), (detached) => {
      if (this.#isOver) return;
      if (!detached.ok) {
        logger("meeting").warn("media goes on, detaching it again", { code: detached.error.code });
        return void context.after(detachRetryMs, () => this.#detach(participantId, reason));
      }
      this.#leaving.delete(participantId);
      this.#gone(participantId, reason);
    });
  }

  /** Attaches a participant's media, in one batch. A client without RTP capabilities gets none. */
  async #attach(
    participantId: string,
    client: Client,
    asker: Pick<MessageContext, "ask">,
    resume: JoinRequest["resume"] = undefined,
  ): Promise<Attached> {
    const device = this.#devices.get(participantId);
    if (device?.rtp_capabilities === undefined) return withoutMedia;
    const { rtp_capabilities: rtpCapabilities, layout, region } = device;
    const { keep_media: keep = false, sources = [] } = resume ?? {};
    const order = {
      participantId,
      rtpCapabilities,
      region,
      ...(layout === undefined ? {} : { layout }),
      client,
      keep,
      sources,
    };
    const attached = await asker.ask(this.#init.routing, "attach", order);
    await this.#takenIn();
    return attached.ok ? attached.value : { ...withoutMedia, pending: attached.error.message };
  }

  /** Resolves once the meeting has taken in what the routing had told it. An answer of the routing overtakes that. */
  #takenIn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#init.context.self.tell("inTurn", resolve) !== "accepted") resolve();
    return promise;
  }

  /** Ends a join: announces the participant to the others, or gives their seat up. */
  #entered(verdict: JoinVerdict, client: Client, media: Attached): JoinAnswer | JoinFailure {
    const { meeting, audience, facts } = this.#init;
    const { attendee: { participantId }, bindingToken, outcome, startMuted } = verdict;
    if (this.#entering.get(participantId) === client) this.#entering.delete(participantId);
    if (this.#meetingGone !== null) return this.#meetingGone;
    if (!audience.has(participantId, client)) {
      return fail("removed", "You are not in this meeting any more.");
    }
    if (media.pending !== undefined && outcome === "enters") {
      this.remove(participantId, "left");
      return fail("unavailable", media.pending);
    }
    const now = outcome === "waits" ? meeting.attendees.get(participantId) : this.#enter(participantId);
    if (now === undefined) return isOver();
    // Where a host has admitted them since, `admitted` follows the answer.
    const attendee = outcome === "waits" ? { ...now, state: "waiting" as const } : now;
    audience.answered(client);
    // The client's connection holds it back until the answer is sent.
    if (outcome !== "waits") {
      audience.notify(client, ...catchUp(meeting, outcome === "resumes" ? "back" : "in"));
    }
    return {
      ...identityOf(attendee, bindingToken, verdict.isResume),
      ...admissionOf(meeting, facts(), attendee),
      ...givenMedia(media),
      ...muted(startMuted),
    };
  }

  #enter(participantId: string) {
    const { meeting, conduct, onEntered } = this.#init;
    void conduct.carryOut(enter(meeting, participantId));
    onEntered(participantId);
    this.#present(participantId);
    return meeting.attendees.get(participantId);
  }

  /** Makes a connection the participant's own. When it ends, the participant is away. */
  #bind(participantId: string, client: Client): void {
    const { context, meeting, audience, conduct, onOccupancy } = this.#init;
    audience.enter(participantId, client);
    if (this.#departures.settle(participantId)) this.#setAway(participantId, false);
    onOccupancy();
    context.watch(client, () => {
      if (this.#isOver || !audience.has(participantId, client)) return;
      audience.leave(participantId);
      if (meeting.attendees.get(participantId)?.state === "joining") {
        // The join was not answered yet, so the others were not told of the participant.
        if (this.#entering.delete(participantId)) return this.remove(participantId, "lost");
        // A host has let the participant in: they are in, and away.
        this.#enter(participantId);
      }
      void conduct.carryOut(loseConnection(meeting, participantId));
      this.#departures.expectBack(participantId);
    });
  }

  #gone(participantId: string, reason: LeavingReason): void {
    const { meeting, conduct, onOccupancy } = this.#init;
    if (this.#isOver) return;
    void conduct.carryOut(left(meeting, participantId, reason));
    if (meeting.attendees.size === 0) onOccupancy();
  }

  #present(participantId: string): void {
    this.#noteTold(this.#init.routing.tell("present", { participantId }));
  }

  #setAway(participantId: string, away: boolean): void {
    this.#noteTold(this.#init.routing.tell("setAway", { participantId, away }));
  }

  #noteTold(outcome: TellOutcome): void {
    if (outcome === "overloaded") logger("meeting").error("the mailbox of the meeting's routing is full", {});
  }
}

/** A client that keeps its media need not say again what it can receive. What it shows may have changed since its join. */
function keptDevice(request: JoinRequest, before: JoinRequest | undefined): JoinRequest {
  if (!request.resume?.keep_media || before === undefined) return request;
  const { layout: _, ...kept } = before;
  return { ...kept, ...request };
}

/** Whoever has a seat is in without media, too; `media.moved` brings it. */
function givenMedia({ pending, ...media }: Attached): Media {
  return pending === undefined ? media : { ...media, media_pending: true };
}

function muted(startMuted: readonly MediaSource[]) {
  return startMuted.length === 0 ? {} : { start_muted: [...startMuted] };
}

export function isOver(): Failure<"over"> {
  return fail("over", "This meeting is over, or not here any more.");
}

export function hasMoved(): Failure<"moved"> {
  return fail("moved", "The meeting has moved to another server. Try again there.");
}
