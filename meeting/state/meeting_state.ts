import { type ActorContext, type ActorRef, fail, later, valueOf } from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { closeCodes, notificationFrame, type ParticipantSource } from "../../shared/protocol/mod.ts";
import type { Lease, MeetingFacts } from "../../shared/store/live/mod.ts";
import { Audience } from "./audience.ts";
import { Departures } from "./departures.ts";
import { admissionOf, type Joining, joiningOf, rebind, resumable } from "./admission.ts";
import { bindingHash, newBindingToken } from "./binding.ts";
import { census, keep, type Meeting, newMeeting, newMessage, present, waiting } from "./meeting.ts";
import { type Attendee, newAttendee, toWire } from "./participant.ts";
import { restore, toSnapshot } from "./snapshot.ts";
import { ModerationRecord, SYSTEM } from "./moderation_record.ts";
import { SnapshotWriter } from "./snapshot_writer.ts";
import type { Wire } from "../signaling/wire.ts";
import { type Connection, ConnectionActor } from "../signaling/connection.ts";
import { LayoutManagerActor } from "../layout/layout_manager.ts";
import { MediaRoutingActor } from "../routing/media_routing.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import type { MeetingStateInit } from "./meeting_state_init.ts";
import { type JoinOrder, MeetingState, type Rebinding, type Update } from "./meeting_state_protocol.ts";

/** What there is only while this shard has the meeting's lease. */
interface Open {
  readonly lease: Lease;
  readonly routing: ActorRef<typeof MediaRouting>;
  readonly writer: SnapshotWriter;
}

const connectionMailbox = 1_024;

/** Owns one meeting: who is in it, who waits, what they may do, what they said. */
export class MeetingStateActor {
  static readonly protocol = MeetingState;
  readonly #init: MeetingStateInit;
  readonly #context: ActorContext<typeof MeetingState>;
  readonly #log;
  readonly #meeting: Meeting = newMeeting();
  readonly #audience = new Audience(this.#meeting);
  #open: Open | null = null;
  readonly #record: ModerationRecord;
  readonly #departures: Departures;
  #forgetIdle: (() => void) | null = null;
  /** When whom was removed: who connected with a token of before and has not joined yet no longer can. */
  readonly #removedAtMs = new Map<string, number>();

  constructor(init: MeetingStateInit, context: ActorContext<typeof MeetingState>) {
    this.#init = init;
    this.#context = context;
    this.#log = logger("meeting").with({ meeting_id: init.meetingId });
    this.#record = new ModerationRecord(init);
    this.#departures = new Departures({
      context,
      awayMs: init.limits.awayMs,
      onDeparted: (participantId) => this.#leave(participantId, "lost"),
    });
  }

  /** Takes the lease, which fences out whoever ran the meeting before, and picks up where they were. */
  async onStart(): Promise<void> {
    const { live, meetingId, place, controller } = this.#init;
    const acquired = await live.leases.ask("acquire", { meeting_id: meetingId, ...place });
    if (!acquired.ok && acquired.error.code !== "not_here") {
      throw new Error(`Can't open the meeting: ${acquired.error.message}`);
    }
    if (!acquired.ok) return;
    const lease = acquired.value;
    const snapshot = valueOf(await live.snapshots.ask("loadSnapshot", { meeting_id: meetingId }));
    if (snapshot !== null) restore(this.#meeting, snapshot);
    const layout = this.#context.spawn(LayoutManagerActor, undefined, { name: "layout" });
    const routing = this.#context.spawn(
      MediaRoutingActor,
      { lease, layout, meeting: this.#context.self, controller },
      { name: "routing", policy: { directive: "escalate" }, capacity: 2_048 },
    );
    this.#open = { lease, routing, writer: this.#writer(lease) };
    for (const attendee of this.#meeting.attendees.values()) {
      if (attendee.state === "away") routing.tell("present", { participantId: attendee.participantId });
      this.#departures.expectBack(attendee.participantId);
    }
    this.#watchIdle();
    this.#log.info("meeting opened", { generation: lease.generation, restored: snapshot !== null });
  }

  async onStop(): Promise<void> {
    await this.#open?.writer.flush();
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

  join({ claims, request, connection, address }: JoinOrder) {
    if (claims.iat * 1_000 <= (this.#removedAtMs.get(claims.sub) ?? -Infinity)) {
      connection.tell("end", { code: closeCodes.removed, reason: "you were removed from this meeting" });
      return fail("removed", "You were removed from this meeting.");
    }
    const resumed = resumable(this.#meeting, claims, request);
    if (request.resume !== undefined) {
      this.#init.metrics.resumes.add({ result: resumed === null ? "refused" : "resumed" });
    }
    if (resumed !== null) return this.#resume(resumed, connection, address);
    const { attendees, locked } = this.#meeting;
    const { meeting } = this.#lease.facts;
    const isHost = claims.role === "host";
    if (locked && !isHost) return fail("locked", "A host has locked this meeting.");
    if (present(this.#meeting).length >= meeting.max_participants) {
      return fail("full", "This meeting is full.");
    }
    const waits = claims.participant_type !== "member" && meeting.settings.waiting_room;
    const bindingToken = newBindingToken();
    const state = waits ? "waiting" : "joined";
    const displayName = request.display_name ?? claims.display_name;
    const bindingHashes = [bindingHash(bindingToken)];
    const attendee = newAttendee(claims, { state, displayName, bindingHashes, address });
    attendees.set(attendee.participantId, attendee);
    this.#bind(attendee, connection);
    if (waits) {
      this.#audience.tellHosts(notificationFrame("participant.waiting", { participant: toWire(attendee) }));
    } else this.#enter(attendee);
    this.#open?.writer.changed();
    return joiningOf(this.#meeting, meeting, attendee, bindingToken, false);
  }

  leave({ participantId }: { participantId: string }): void {
    this.#leave(participantId, "left");
  }

  rebind({ connection, token, expires_in }: Rebinding): void {
    const attendee = this.#audience.ownerOf(connection);
    if (attendee === undefined) return;
    const binding_token = newBindingToken();
    rebind(attendee, binding_token);
    connection.tell("notify", notificationFrame("session.bound", { binding_token, token, expires_in }));
    this.#open?.writer.changed();
  }

  sources({ participantId, sources }: { participantId: string; sources: ParticipantSource[] }): void {
    const attendee = this.#meeting.attendees.get(participantId);
    if (attendee === undefined) return;
    attendee.sources = sources;
    this.#audience.updated(attendee);
  }

  speaker({ participantId }: { participantId: string | null }): void {
    const text = notificationFrame("speaker.active", { participant_id: participantId });
    this.#audience.tellAllInPassing(text);
  }

  update({ participantId, change }: Update): void {
    const attendee = this.#meeting.attendees.get(participantId);
    if (attendee === undefined) return;
    attendee.displayName = change.display_name ?? attendee.displayName;
    attendee.handRaised = change.hand_raised ?? attendee.handRaised;
    this.#audience.updated(attendee);
    this.#open?.writer.changed();
  }

  chat({ participantId, text, to }: { participantId: string; text: string; to?: string }) {
    const from = this.#meeting.attendees.get(participantId);
    if (from === undefined) return fail("not_found", "You are not in this meeting.");
    if (to !== undefined && this.#meeting.attendees.get(to)?.state !== "joined") {
      return fail("not_found", "There is nobody of that id in this meeting.");
    }
    const message = newMessage(from, text, to);
    keep(this.#meeting, message);
    if (to === undefined) {
      this.#audience.tellAll((rev) => notificationFrame("chat.message", { rev, ...message }));
    } else {
      const text = notificationFrame("chat.message", message);
      this.#audience.tell(new Set([to, participantId]), text);
    }
    this.#open?.writer.changed();
    return { message_id: message.message_id, sent_at: message.sent_at };
  }

  react({ participantId, reaction }: { participantId: string; reaction: string }): void {
    this.#audience.tellAll((rev) =>
      notificationFrame("reaction", { rev, participant_id: participantId, reaction })
    );
  }

  admit({ by, participantIds }: { by: string; participantIds: string[] }) {
    const host = this.#audience.host(by);
    if (host === undefined) return fail("forbidden", "Only a host can let people in.");
    for (const attendee of waiting(this.#meeting, participantIds)) {
      const { participantId } = attendee;
      const connection = this.#audience.of(participantId);
      attendee.state = connection === undefined ? "away" : "joined";
      this.#enter(attendee);
      connection?.tell("admitted", {
        participantId,
        admission: admissionOf(this.#meeting, this.#lease.facts.meeting, attendee),
      });
      this.#record.guest("guest_admitted", host, attendee);
    }
    this.#open?.writer.changed();
  }

  deny({ by, participantIds }: { by: string; participantIds: string[] }) {
    const host = this.#audience.host(by);
    if (host === undefined) return fail("forbidden", "Only a host can turn people away.");
    for (const attendee of waiting(this.#meeting, participantIds)) {
      this.#putOut(attendee, "a host did not let you in");
      this.#record.guest("guest_denied", host, attendee);
    }
    this.#open?.writer.changed();
  }

  lock({ by, locked }: { by: string; locked: boolean }) {
    const host = this.#audience.host(by);
    if (host === undefined) return fail("forbidden", "Only a host can lock the meeting.");
    if (this.#open === null) return fail("unavailable", "The meeting is not here any more.");
    this.#meeting.locked = locked;
    this.#record.put("meeting_locked", host, this.#init.meetingId, { locked: locked ? 1 : 0 });
    return this.#stored(this.#open, "The lock could not be stored.");
  }

  removeSubject({ sub, reason }: { sub: string; reason: string }) {
    if (this.#open === null) return fail("unavailable", "The meeting is not here any more.");
    this.#removedAtMs.set(sub, Date.now());
    const theirs = [...this.#meeting.attendees.values()].filter((attendee) => attendee.sub === sub);
    for (const attendee of theirs) this.#putOut(attendee, reason);
    if (theirs.length > 0) this.#record.put("participant_removed", SYSTEM, sub);
    return this.#stored(this.#open, "The removal could not be stored.");
  }

  end({ by }: { by: string }) {
    const host = this.#audience.host(by);
    if (host === undefined) return fail("forbidden", "Only a host can end the meeting.");
    // GC marks it as ended while the lease still says that it is ours.
    const told = this.#init.upstream.ask("endMeeting", {
      meeting_id: this.#init.meetingId,
      by: { sub: host.sub, address: host.address },
    });
    return later(this.#context.pipe(told, (ended) => {
      if (!ended.ok) {
        this.#log.warn("the global controller was not told of the end", { code: ended.error.code });
      }
      this.finish({ reason: "ended by a host" });
    }));
  }

  finish({ reason }: { reason: string }): void {
    if (this.#open === null) return;
    this.#audience.tellAll((rev) => notificationFrame("meeting.ended", { rev, reason }));
    this.#audience.endAll(closeCodes.meetingEnded, reason);
    this.#log.info("meeting ended", { reason });
    this.#release();
  }

  changeFacts(facts: MeetingFacts): void {
    if (this.#open === null) return;
    this.#open = { ...this.#open, lease: { ...this.#lease, facts } };
    this.#audience.tellAll((rev) => notificationFrame("meeting.updated", { rev, meeting: facts.meeting }));
  }

  fenced(): void {
    if (this.#open === null) return;
    this.#log.warn("another controller has the meeting");
    this.#close();
    this.#audience.endAll(closeCodes.movedAway, "the meeting has moved: ask for a ticket again");
    this.#context.stop();
  }

  count() {
    return census(this.#meeting);
  }

  get #lease(): Lease {
    if (this.#open === null) throw new Error("The meeting is not open here");
    return this.#open.lease;
  }

  #resume(attendee: Attendee, connection: ActorRef<typeof Connection>, address: string): Joining {
    attendee.address = address;
    const older = this.#audience.of(attendee.participantId);
    older?.tell("end", { code: closeCodes.replaced, reason: "continued on a newer connection" });
    const bindingToken = newBindingToken();
    rebind(attendee, bindingToken);
    this.#bind(attendee, connection);
    if (attendee.state === "away") {
      attendee.state = "joined";
      this.#audience.updated(attendee);
    }
    this.#open?.writer.changed();
    return joiningOf(this.#meeting, this.#lease.facts.meeting, attendee, bindingToken, true);
  }

  /** From now on this is the participant's connection; when it ends, they are away. */
  #bind(attendee: Attendee, connection: ActorRef<typeof Connection>): void {
    const { participantId } = attendee;
    this.#audience.enter(participantId, connection);
    this.#departures.settle(participantId);
    this.#forgetIdle?.();
    this.#forgetIdle = null;
    this.#context.watch(connection, () => {
      if (this.#audience.of(participantId)?.id !== connection.id) return;
      this.#audience.leave(participantId);
      if (attendee.state === "joined") {
        attendee.state = "away";
        this.#audience.updated(attendee);
      }
      this.#departures.expectBack(participantId);
    });
  }

  #leave(participantId: string, reason: "left" | "lost"): void {
    const attendee = this.#meeting.attendees.get(participantId);
    if (attendee !== undefined) this.#remove(attendee, reason);
  }

  #remove(attendee: Attendee, reason: "left" | "lost" | "removed"): void {
    const { participantId, state } = attendee;
    if (!this.#meeting.attendees.delete(participantId)) return;
    this.#audience.leave(participantId);
    this.#departures.settle(participantId);
    if (state !== "waiting") this.#open?.routing.tell("detach", { participantId });
    this.#audience.left(attendee, reason);
    this.#open?.writer.changed();
    this.#watchIdle();
  }

  /** Removes somebody against their will. */
  #putOut(attendee: Attendee, reason: string): void {
    const { participantId } = attendee;
    const connection = this.#audience.of(participantId);
    this.#remove(attendee, "removed");
    if (connection === undefined) return;
    connection.tell("end", { code: closeCodes.removed, reason });
    // A join that was under way may have asked for media since.
    this.#context.watch(connection, () => void this.#open?.routing.tell("detach", { participantId }));
  }

  #enter(attendee: Attendee): void {
    this.#open?.routing.tell("present", { participantId: attendee.participantId });
    this.#audience.joined(attendee);
  }

  #writer(lease: Lease): SnapshotWriter {
    return new SnapshotWriter({
      context: this.#context,
      snapshots: this.#init.live.snapshots,
      lease,
      gatherMs: this.#init.limits.snapshotMs,
      take: () => toSnapshot(this.#meeting),
      onFenced: () => this.fenced(),
    });
  }

  /** Answers once the meeting as it is now is stored. */
  #stored({ writer }: Open, otherwise: string) {
    return later(writer.write().then((stored) => stored ? undefined : fail("unavailable", otherwise)));
  }

  /** Nothing is stored any more; the lease is given up or lost. */
  #close(): void {
    this.#open?.writer.end();
    this.#open = null;
  }

  /** Gives the lease and all that was kept of the meeting away, and stops. */
  #release(): void {
    const { meeting_id, generation } = this.#lease;
    const media = this.#open?.routing.ask("end", undefined);
    this.#close();
    const released = this.#init.live.leases.ask("release", { meeting_id, generation });
    void this.#context.pipe(Promise.all([media, released]), () => this.#context.stop());
  }

  /** An empty meeting is kept for a while. */
  #watchIdle(): void {
    if (this.#meeting.attendees.size > 0) return;
    this.#forgetIdle?.();
    this.#forgetIdle = this.#context.after(this.#init.limits.idleMs, () => {
      if (this.#meeting.attendees.size === 0 && this.#open !== null) this.#release();
    });
  }
}
