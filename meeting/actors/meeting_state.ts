import { z } from "zod";
import {
  type ActorContext,
  type ActorRef,
  ask,
  fail,
  later,
  local,
  protocol,
  tell,
  valueOf,
} from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  type ChatMessage,
  closeCodes,
  type JoinAnswer,
  type JoinRequest,
  notificationFrame,
  type ParticipantSource,
  participantSource,
} from "../../shared/protocol/mod.ts";
import type { Lease, LiveStore } from "../../shared/store/live/mod.ts";
import { bindingHash, newBindingToken } from "../domain/binding.ts";
import { chatFor, keep, type Meeting, newMeeting, present } from "../domain/meeting.ts";
import { type Attendee, newAttendee, toWire } from "../domain/participant.ts";
import { restore, toSnapshot } from "../domain/snapshot.ts";
import type { ShardMetrics } from "../metrics.ts";
import type { Wire } from "../wire.ts";
import { type Connection, ConnectionActor, type ConnectionLimits } from "./connection.ts";
import { LayoutManagerActor } from "./layout_manager.ts";
import { type MediaRouting, MediaRoutingActor } from "./media_routing.ts";
import type { MeetingController } from "./meeting_controller.ts";
import type { Upstream } from "./upstream.ts";

/** What somebody who is let in is told of the meeting, beside their media. */
export type Admission = Pick<JoinAnswer, "role" | "rev" | "meeting" | "participants" | "chat">;

/** What a join is answered with before there is media. */
export interface Joining {
  readonly identity: Pick<
    JoinAnswer,
    "participant_id" | "correlation_id" | "binding_token" | "state" | "resumed"
  >;
  readonly admission: Admission;
}

interface JoinOrder {
  readonly claims: MeetingTokenClaims;
  readonly request: JoinRequest;
  readonly connection: ActorRef<typeof Connection>;
}

const participant = { participantId: z.string() };
const byHost = { by: z.string() };

export const MeetingState = protocol({
  /** A client with a valid token for this meeting. */
  connect: tell(local<{ readonly wire: Wire; readonly claims: MeetingTokenClaims }>()),
  join: ask(local<JoinOrder>(), local<Joining>(), ["full", "locked"]),
  leave: tell(z.object(participant)),
  /** A fresh meeting token for the client of this connection, with a fresh binding. */
  rebind: tell(
    local<
      {
        readonly connection: ActorRef<typeof Connection>;
        readonly token: string;
        readonly expires_in: number;
      }
    >(),
  ),
  /** What a participant sends has changed. */
  sources: tell(z.object({ ...participant, sources: z.array(participantSource) })),
  speaker: tell(z.object({ participantId: z.string().nullable() })),
  update: ask(
    z.object({
      ...participant,
      change: z.object({
        display_name: z.string().exactOptional(),
        hand_raised: z.boolean().exactOptional(),
      }),
    }),
    z.void(),
  ),
  chat: ask(
    z.object({ ...participant, text: z.string(), to: z.string().exactOptional() }),
    z.object({ message_id: z.string(), sent_at: z.string() }),
    ["not_found"],
  ),
  react: ask(z.object({ ...participant, reaction: z.string() }), z.void()),
  admit: ask(z.object({ ...byHost, participantIds: z.array(z.string()) }), z.void(), ["forbidden"]),
  deny: ask(z.object({ ...byHost, participantIds: z.array(z.string()) }), z.void(), ["forbidden"]),
  lock: ask(z.object({ ...byHost, locked: z.boolean() }), z.void(), ["forbidden", "unavailable"]),
  /** Another controller has the meeting now. */
  fenced: tell(z.void()),
  /** How many are in it, for metrics and placement. */
  count: ask(z.void(), z.object({ joined: z.number(), waiting: z.number(), away: z.number() })),
});

export interface MeetingLimits {
  /** How long a lost connection may be resumed. */
  readonly awayMs: number;
  /** How long an empty meeting is kept. */
  readonly idleMs: number;
  /** Changes are gathered this long before they are stored. */
  readonly snapshotMs: number;
}

export interface MeetingStateInit {
  readonly meetingId: string;
  readonly place: { readonly controller_id: string; readonly instance_id: string; readonly shard: string };
  readonly store: ActorRef<typeof LiveStore>;
  readonly upstream: ActorRef<typeof Upstream>;
  readonly controller: ActorRef<typeof MeetingController>;
  readonly limits: MeetingLimits;
  readonly connectionLimits: ConnectionLimits;
  readonly metrics: ShardMetrics;
}

const connectionMailbox = 1_024;

/** Owns one meeting: who is in it, who waits, what they may do, what they said. */
export class MeetingStateActor {
  static readonly protocol = MeetingState;
  readonly #init: MeetingStateInit;
  readonly #context: ActorContext<typeof MeetingState>;
  readonly #log;
  readonly #meeting: Meeting = newMeeting();
  /** By participant; whoever is away has none. */
  readonly #connections = new Map<string, ActorRef<typeof Connection>>();
  #open: { readonly lease: Lease; readonly routing: ActorRef<typeof MediaRouting> } | null = null;
  #saving = false;
  #dirty = false;
  #forgetIdle: (() => void) | null = null;

  constructor(init: MeetingStateInit, context: ActorContext<typeof MeetingState>) {
    this.#init = init;
    this.#context = context;
    this.#log = logger("meeting").with({ meeting_id: init.meetingId });
  }

  /** Takes the lease, which fences out whoever ran the meeting before, and picks up where they were. */
  async onStart(): Promise<void> {
    const { store, meetingId, place, controller } = this.#init;
    const acquired = await store.ask("acquire", { meeting_id: meetingId, ...place });
    if (!acquired.ok && acquired.error.code !== "not_here") {
      throw new Error(`Can't open the meeting: ${acquired.error.message}`);
    }
    if (!acquired.ok) return;
    const lease = acquired.value;
    const snapshot = valueOf(await store.ask("loadSnapshot", { meeting_id: meetingId }));
    if (snapshot !== null) restore(this.#meeting, snapshot);
    const layout = this.#context.spawn(LayoutManagerActor, undefined, { name: "layout" });
    const routing = this.#context.spawn(
      MediaRoutingActor,
      { lease, layout, meeting: this.#context.self, controller },
      { name: "routing", policy: { directive: "escalate" }, capacity: 2_048 },
    );
    this.#open = { lease, routing };
    for (const attendee of this.#meeting.attendees.values()) {
      if (attendee.state === "away") routing.tell("present", { participantId: attendee.participantId });
      this.#expectBack(attendee);
    }
    this.#watchIdle();
    this.#log.info("meeting opened", { generation: lease.generation, restored: snapshot !== null });
  }

  async onStop(): Promise<void> {
    if (this.#open !== null && this.#dirty) await this.#save();
  }

  connect({ wire, claims }: { wire: Wire; claims: MeetingTokenClaims }): void {
    const open = this.#open;
    if (open === null) {
      wire.close(closeCodes.movedAway, "the meeting is not here: ask for a ticket again");
      return this.#context.stop();
    }
    this.#context.spawn(ConnectionActor, {
      wire,
      claims,
      meeting: this.#context.self,
      routing: open.routing,
      upstream: this.#init.upstream,
      limits: this.#init.connectionLimits,
      metrics: this.#init.metrics,
    }, { name: "connection", capacity: connectionMailbox, policy: { directive: "stop" } });
  }

  join({ claims, request, connection }: JoinOrder) {
    const resumed = this.#resumable(claims, request);
    if (request.resume !== undefined) {
      this.#init.metrics.resumes.add({ result: resumed === null ? "refused" : "resumed" });
    }
    if (resumed !== null) return this.#resume(resumed, connection);
    const { attendees, locked } = this.#meeting;
    const { meeting } = this.#lease.facts;
    const isHost = claims.role === "host";
    if (locked && !isHost) return fail("locked", "A host has locked this meeting.");
    if (present(this.#meeting).length >= meeting.max_participants) {
      return fail("full", "This meeting is full.");
    }
    const waits = claims.participant_type !== "member" && meeting.settings.waiting_room;
    const bindingToken = newBindingToken();
    const attendee = newAttendee(claims, {
      participantId: crypto.randomUUID(),
      correlationId: crypto.randomUUID(),
      state: waits ? "waiting" : "joined",
      displayName: request.display_name ?? claims.display_name,
      joinedAtMs: Date.now(),
      bindingHashes: [bindingHash(bindingToken)],
    });
    attendees.set(attendee.participantId, attendee);
    this.#bind(attendee, connection);
    if (waits) this.#tellHosts("participant.waiting", { participant: toWire(attendee) });
    else this.#announceJoined(attendee);
    this.#changed();
    return this.#joining(attendee, bindingToken, false);
  }

  leave({ participantId }: { participantId: string }): void {
    const attendee = this.#meeting.attendees.get(participantId);
    if (attendee !== undefined) this.#remove(attendee, "left");
  }

  rebind(
    { connection, token, expires_in }: {
      connection: ActorRef<typeof Connection>;
      token: string;
      expires_in: number;
    },
  ): void {
    const attendee = this.#attendeeOf(connection);
    if (attendee === undefined) return;
    const binding_token = newBindingToken();
    attendee.bindingHashes = [bindingHash(binding_token), ...attendee.bindingHashes].slice(0, 2);
    connection.tell("notify", notificationFrame("session.bound", { binding_token, token, expires_in }));
    this.#changed();
  }

  sources({ participantId, sources }: { participantId: string; sources: ParticipantSource[] }): void {
    const attendee = this.#meeting.attendees.get(participantId);
    if (attendee === undefined) return;
    attendee.sources = sources;
    this.#announceUpdated(attendee);
  }

  speaker({ participantId }: { participantId: string | null }): void {
    const text = notificationFrame("speaker.active", { participant_id: participantId });
    for (const connection of this.#joinedConnections()) connection.tell("notify", text);
  }

  update(
    { participantId, change }: {
      participantId: string;
      change: { display_name?: string; hand_raised?: boolean };
    },
  ): void {
    const attendee = this.#meeting.attendees.get(participantId);
    if (attendee === undefined) return;
    attendee.displayName = change.display_name ?? attendee.displayName;
    attendee.handRaised = change.hand_raised ?? attendee.handRaised;
    this.#announceUpdated(attendee);
    this.#changed();
  }

  chat({ participantId, text, to }: { participantId: string; text: string; to?: string }) {
    const from = this.#meeting.attendees.get(participantId);
    if (from === undefined) return fail("not_found", "You are not in this meeting.");
    if (to !== undefined && this.#meeting.attendees.get(to)?.state !== "joined") {
      return fail("not_found", "There is nobody of that id in this meeting.");
    }
    const message: ChatMessage = {
      message_id: crypto.randomUUID(),
      from: participantId,
      display_name: from.displayName,
      text,
      ...(to === undefined ? {} : { to }),
      sent_at: new Date().toISOString(),
    };
    keep(this.#meeting, message);
    if (to === undefined) this.#broadcast((rev) => notificationFrame("chat.message", { rev, ...message }));
    else {
      const text = notificationFrame("chat.message", message);
      for (const one of new Set([to, participantId])) this.#connections.get(one)?.tell("notify", text);
    }
    this.#changed();
    return { message_id: message.message_id, sent_at: message.sent_at };
  }

  react({ participantId, reaction }: { participantId: string; reaction: string }): void {
    this.#broadcast((rev) => notificationFrame("reaction", { rev, participant_id: participantId, reaction }));
  }

  admit({ by, participantIds }: { by: string; participantIds: string[] }) {
    if (!this.#isHost(by)) return fail("forbidden", "Only a host can let people in.");
    for (const attendee of this.#waiting(participantIds)) {
      attendee.state = "joined";
      this.#announceJoined(attendee);
      this.#connections.get(attendee.participantId)?.tell("admitted", {
        participantId: attendee.participantId,
        admission: this.#admission(attendee),
      });
    }
    this.#changed();
  }

  deny({ by, participantIds }: { by: string; participantIds: string[] }) {
    if (!this.#isHost(by)) return fail("forbidden", "Only a host can turn people away.");
    for (const attendee of this.#waiting(participantIds)) {
      const connection = this.#connections.get(attendee.participantId);
      this.#remove(attendee, "removed");
      connection?.tell("end", { code: closeCodes.removed, reason: "a host did not let you in" });
    }
    this.#changed();
  }

  lock({ by, locked }: { by: string; locked: boolean }) {
    if (!this.#isHost(by)) return fail("forbidden", "Only a host can lock the meeting.");
    this.#meeting.locked = locked;
    const stored = this.#context.pipe(
      this.#save(),
      (saved) => saved ? undefined : fail("unavailable", "The lock could not be stored."),
    );
    return later(stored);
  }

  fenced(): void {
    if (this.#open === null) return;
    this.#log.warn("another controller has the meeting");
    this.#dirty = false;
    this.#open = null;
    for (const connection of this.#connections.values()) {
      connection.tell("end", {
        code: closeCodes.movedAway,
        reason: "the meeting has moved: ask for a ticket again",
      });
    }
    this.#context.stop();
  }

  count(): { joined: number; waiting: number; away: number } {
    const count = { joined: 0, waiting: 0, away: 0 };
    for (const { state } of this.#meeting.attendees.values()) count[state]++;
    return count;
  }

  get #lease(): Lease {
    if (this.#open === null) throw new Error("The meeting is not open here");
    return this.#open.lease;
  }

  /** Whose place a join with `resume` takes again, if its proof holds (security.md: Resume). */
  #resumable({ sub }: MeetingTokenClaims, { resume }: JoinRequest): Attendee | null {
    if (resume === undefined) return null;
    const hash = bindingHash(resume.binding_token);
    for (const attendee of this.#meeting.attendees.values()) {
      if (attendee.correlationId !== resume.correlation_id || attendee.sub !== sub) continue;
      return attendee.bindingHashes.includes(hash) ? attendee : null;
    }
    return null;
  }

  #resume(attendee: Attendee, connection: ActorRef<typeof Connection>): Joining {
    const older = this.#connections.get(attendee.participantId);
    older?.tell("end", { code: closeCodes.replaced, reason: "continued on a newer connection" });
    const bindingToken = newBindingToken();
    attendee.bindingHashes = [bindingHash(bindingToken), ...attendee.bindingHashes].slice(0, 2);
    this.#bind(attendee, connection);
    if (attendee.state === "away") {
      attendee.state = "joined";
      this.#announceUpdated(attendee);
    }
    this.#changed();
    return this.#joining(attendee, bindingToken, true);
  }

  #joining(attendee: Attendee, binding_token: string, resumed: boolean): Joining {
    const state = attendee.state === "waiting" ? "waiting" : "joined";
    const { participantId: participant_id, correlationId: correlation_id } = attendee;
    return {
      identity: { participant_id, correlation_id, binding_token, state, resumed },
      admission: this.#admission(attendee),
    };
  }

  #admission({ participantId, role, state }: Attendee): Admission {
    const { rev, attendees } = this.#meeting;
    const { meeting } = this.#lease.facts;
    if (state === "waiting") return { role, rev, meeting, participants: [], chat: [] };
    const seen = role === "host" ? [...attendees.values()] : present(this.#meeting);
    return {
      role,
      rev,
      meeting,
      participants: seen.map(toWire),
      chat: chatFor(this.#meeting, participantId),
    };
  }

  /** From now on this is the participant's connection; when it ends, they are away. */
  #bind(attendee: Attendee, connection: ActorRef<typeof Connection>): void {
    const { participantId } = attendee;
    this.#connections.set(participantId, connection);
    this.#forgetIdle?.();
    this.#forgetIdle = null;
    this.#context.watch(connection, () => {
      if (this.#connections.get(participantId)?.id !== connection.id) return;
      this.#connections.delete(participantId);
      if (attendee.state === "joined") {
        attendee.state = "away";
        this.#announceUpdated(attendee);
      }
      this.#expectBack(attendee);
    });
  }

  #expectBack(attendee: Attendee): void {
    this.#context.after(this.#init.limits.awayMs, () => {
      const { attendees } = this.#meeting;
      if (attendees.has(attendee.participantId) && !this.#connections.has(attendee.participantId)) {
        this.#remove(attendee, "lost");
      }
    });
  }

  #remove(attendee: Attendee, reason: "left" | "lost" | "removed"): void {
    const { participantId } = attendee;
    this.#meeting.attendees.delete(participantId);
    this.#connections.delete(participantId);
    if (attendee.state === "waiting") {
      this.#tellHosts("participant.left", { participant_id: participantId, reason });
    } else {
      this.#open?.routing.tell("detach", { participantId });
      this.#broadcast((rev) =>
        notificationFrame("participant.left", { rev, participant_id: participantId, reason })
      );
    }
    this.#changed();
    this.#watchIdle();
  }

  #announceJoined(attendee: Attendee): void {
    this.#open?.routing.tell("present", { participantId: attendee.participantId });
    this.#broadcast(
      (rev) => notificationFrame("participant.joined", { rev, participant: toWire(attendee) }),
      attendee.participantId,
    );
  }

  #announceUpdated(attendee: Attendee): void {
    this.#broadcast((rev) =>
      notificationFrame("participant.updated", { rev, participant: toWire(attendee) })
    );
  }

  /** Tells everybody who is in the meeting, as its next revision. */
  #broadcast(frame: (rev: number) => string, except?: string): void {
    const text = frame(++this.#meeting.rev);
    for (const [participantId, connection] of this.#connections) {
      if (participantId !== except && this.#isJoined(participantId)) connection.tell("notify", text);
    }
  }

  #tellHosts(
    type: "participant.waiting" | "participant.left",
    data: Parameters<typeof notificationFrame<typeof type>>[1],
  ): void {
    const text = notificationFrame(type, data);
    for (const [participantId, connection] of this.#connections) {
      if (this.#isHost(participantId)) connection.tell("notify", text);
    }
  }

  #joinedConnections(): ActorRef<typeof Connection>[] {
    return [...this.#connections].filter(([id]) => this.#isJoined(id)).map(([, connection]) => connection);
  }

  #isJoined(participantId: string): boolean {
    return this.#meeting.attendees.get(participantId)?.state === "joined";
  }

  #isHost(participantId: string): boolean {
    return this.#isJoined(participantId) && this.#meeting.attendees.get(participantId)?.role === "host";
  }

  #waiting(participantIds: readonly string[]): Attendee[] {
    return participantIds.flatMap((id) => this.#meeting.attendees.get(id) ?? []).filter(({ state }) =>
      state === "waiting"
    );
  }

  #attendeeOf(connection: ActorRef<typeof Connection>): Attendee | undefined {
    for (const [participantId, one] of this.#connections) {
      if (one.id === connection.id) return this.#meeting.attendees.get(participantId);
    }
    return undefined;
  }

  /** Gathers changes, and stores them a little later in one write. */
  #changed(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    if (!this.#saving) this.#saveLater();
  }

  #saveLater(): void {
    this.#context.after(this.#init.limits.snapshotMs, () => void (this.#dirty && this.#save()));
  }

  /** Stores the meeting as it is now; false when that failed, and then it is tried again. */
  #save(): Promise<boolean> {
    this.#dirty = false;
    this.#saving = true;
    const { meeting_id, generation } = this.#lease;
    const work = this.#init.store.ask("saveSnapshot", {
      meeting_id,
      generation,
      snapshot: toSnapshot(this.#meeting),
    });
    return this.#context.pipe(work, (saved) => {
      this.#saving = false;
      if (!saved.ok && saved.error.code === "fenced") this.fenced();
      else if (!saved.ok) {
        this.#log.error("the meeting's state could not be stored", { code: saved.error.code });
        this.#dirty = true;
      }
      if (this.#dirty) this.#saveLater();
      return saved.ok;
    });
  }

  /** An empty meeting is kept for a while, then its lease and its snapshot go. */
  #watchIdle(): void {
    if (this.#meeting.attendees.size > 0) return;
    this.#forgetIdle?.();
    this.#forgetIdle = this.#context.after(this.#init.limits.idleMs, () => {
      if (this.#meeting.attendees.size > 0 || this.#open === null) return;
      const { meeting_id, generation } = this.#lease;
      this.#open = null;
      this.#dirty = false;
      void this.#context.pipe(
        this.#init.store.ask("release", { meeting_id, generation }),
        () => this.#context.stop(),
      );
    });
  }
}
