import type { ActorContext, ActorRef } from "../../shared/actor/mod.ts";
import { logUntold } from "../../shared/log/mod.ts";
import type { Permission } from "../../shared/protocol/mod.ts";
import type { Lease, MeetingFacts } from "../../shared/store/live/mod.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import type { Audience } from "./audience.ts";
import { changeFacts } from "./commands/permissions.ts";
import { heedToken, type TokenClaims } from "./commands/roles.ts";
import { letWaitingIn } from "./commands/waiting_room.ts";
import { Conduct } from "./conduct.ts";
import type { Effect } from "./decision.ts";
import { FanOut } from "./fan_out.ts";
import { handBinding } from "./hand_binding.ts";
import { IdleWatch } from "./idle_watch.ts";
import { Knocks } from "./knocks.ts";
import { LifetimeWatch } from "./lifetime_watch.ts";
import { type Change, isRemoved, type Meeting, seated } from "./meeting.ts";
import type { MeetingStateInit } from "./meeting_state_init.ts";
import type { MeetingState, Rebinding } from "./meeting_state_protocol.ts";
import { Migration } from "./migration.ts";
import { WRITES_WHILE_IDLE } from "./open_meeting.ts";
import { ModerationRecord } from "./moderation_record.ts";
import { type RemoveRevoked, removeRevoked } from "./remove_revoked.ts";
import { type MeetingGone, Presence } from "./presence.ts";
import { RevocationRecord } from "./revocation_record.ts";
import { toSnapshot, toStoredChat } from "./snapshot.ts";
import { SnapshotWriter } from "./snapshot_writer.ts";
import { startRouting } from "./start_routing.ts";
import { takeBack } from "./take_back.ts";
import { UnmuteRequests } from "./unmute_requests.ts";
import { UpdateNotices } from "./update_notices.ts";

export interface RunningMeetingInit {
  readonly init: MeetingStateInit;
  readonly context: ActorContext<typeof MeetingState>;
  readonly audience: Audience;
  readonly lease: Lease;
  readonly meeting: Meeting;
  /** Ends the meeting for everybody. */
  readonly finish: (reason: string) => void;
  /** Nobody has been in the meeting for a while. */
  readonly onIdle: () => void;
  /** Another controller has the meeting, by this one's hand-over. */
  readonly onMoved: () => void;
  /** Another controller has the meeting. */
  readonly onFenced: () => void;
}

/**
 * Changes after which those who wait may have to wait no longer: a seat is free, be it the one that was kept until a host is
 * in, or the meeting is not locked any more. A host makes nobody the first one, so a role that is given frees none.
 */
const OPENS_DOOR: ReadonlySet<Change["change"]> = new Set(["attendee.gone", "token.role", "locked"]);

/** The parts of a meeting that exist only while this shard has its lease, put together. Part of the meeting's state. */
export class RunningMeeting {
  /** With the facts as they are now. */
  lease: Lease;
  readonly meeting: Meeting;
  readonly routing: ActorRef<typeof MediaRouting>;
  readonly writer: SnapshotWriter;
  readonly conduct: Conduct;
  readonly presence: Presence;
  readonly lifetime: LifetimeWatch;
  readonly migration: Migration;
  readonly revocations: RevocationRecord;
  readonly fanOut = new FanOut();
  readonly knocks = new Knocks();
  readonly unmuteRequests = new UnmuteRequests();
  /** Hands a participant a fresh meeting token, with a fresh binding token. What it says of their role holds. */
  readonly handBinding: (rebinding: Rebinding) => void;
  readonly #context: RunningMeetingInit["context"];
  readonly #audience: Audience;
  readonly #record: ModerationRecord;
  readonly #updates: UpdateNotices;
  readonly #idle: IdleWatch;
  readonly #revoked: RemoveRevoked;
  #isOver = false;
  /** When the last hand-over began. */
  #handedOverMs = 0;

  constructor({ init, context, audience, lease, meeting, ...events }: RunningMeetingInit) {
    const { live, links, upstream, limits, metrics } = init;
    this.lease = lease;
    this.meeting = meeting;
    this.#context = context;
    this.#audience = audience;
    this.#record = new ModerationRecord(init);
    const audibleLimit = limits.audible;
    this.routing = startRouting(context, { lease, meeting, links, upstream, metrics, audibleLimit });
    this.writer = new SnapshotWriter({
      context,
      live,
      lease: () => this.lease,
      pauseMs: limits.snapshotPauseMs,
      take: () => toSnapshot(meeting, init.now()),
      takeChat: () => toStoredChat(meeting),
      onFenced: events.onFenced,
      onWritten: (result) => metrics.snapshotWrites.add({ result }),
    });
    const shared = { context, meeting, audience };
    this.conduct = new Conduct({
      ...shared,
      writer: this.writer,
      onEffect: (effect) => this.#effect(effect),
      onChanged: (changes) => {
        this.lifetime.changed(changes);
        if (changes.some(({ change }) => OPENS_DOOR.has(change))) this.#letWaitingIn();
      },
    });
    const { conduct, writer, routing } = this;
    const isOver = () => this.#isOver;
    this.#updates = new UpdateNotices({ ...shared, conduct, fanOut: this.fanOut, isOver });
    this.lifetime = new LifetimeWatch({
      ...init,
      ...shared,
      conduct,
      lease: () => this.lease,
      finish: events.finish,
    });
    // The snapshot says since when nobody has been in, and since when the meeting runs by a clock that may have been set.
    context.every(limits.idleMs / WRITES_WHILE_IDLE, () => {
      if (this.#isOver) return;
      this.lifetime.heedClock();
      if (meeting.attendees.size > 0) void writer.changed();
    });
    const idle = this.#idle = new IdleWatch({ ...shared, idleMs: limits.idleMs, onIdle: events.onIdle });
    this.presence = new Presence({
      ...shared,
      conduct,
      routing,
      facts: () => this.lease.facts.meeting,
      hushMs: limits.hushMs,
      awayMs: limits.awayMs,
      onEntered: (participantId) => this.lifetime.entered(participantId),
      onOccupancy: () => idle.look(),
    });
    this.revocations = new RevocationRecord({ ...init, context });
    this.#revoked = { ...init, context, meeting, conduct, isOver };
    this.handBinding = (rebinding) => {
      this.heedToken(rebinding.claims);
      handBinding({ ...shared, conduct }, rebinding);
    };
    this.migration = new Migration({
      ...init,
      ...shared,
      writer,
      handBinding: this.handBinding,
      takeBack: () => this.#takeBack(context, init),
      onMoved: events.onMoved,
      onGone: () => context.stop(),
      onFenced: events.onFenced,
    });
  }

  /** Whether everybody may be told of somebody who comes in now, and goes; it is counted then. */
  mayCome(sub: string): boolean {
    const notices = 2 * seated(this.meeting).length;
    return this.fanOut.take("come", sub, notices, this.#context.clock.now());
  }

  /** The meeting's settings were changed; the change has named these permissions. */
  changeFacts(facts: MeetingFacts, named: readonly Permission[] = []): void {
    const before = this.lease.facts.meeting;
    this.lease = { ...this.lease, facts };
    const change = { named, changes: facts.permission_changes };
    void this.conduct.carryOut(changeFacts(this.meeting, before, facts.meeting, change));
    this.#letWaitingIn();
    this.lifetime.look();
  }

  /** Has the role that a token says hold, where it is the newest of its subject and no host has given them one. */
  heedToken(claims: TokenClaims): void {
    void this.conduct.carryOut(heedToken(this.meeting, claims, this.lease.facts.creator));
  }

  /** Expects everybody back whom the snapshot knows and nobody has removed, and has removals refused. */
  begin(): void {
    this.presence.expectEverybody();
    this.lifetime.look();
    for (const [sub, removal] of this.meeting.removals) this.revocations.add(sub, removal);
    // The controller before may have stopped between a removal and its participants' departure.
    for (const { participantId, sub, joinedAtMs } of this.meeting.attendees.values()) {
      if (isRemoved(this.meeting, { sub, iat: joinedAtMs / 1_000 })) {
        this.presence.remove(participantId, "removed");
      }
    }
    removeRevoked(this.#revoked);
    // The waiting room may have been switched off while no controller had the meeting.
    this.#letWaitingIn();
    this.#idle.look();
  }

  /** Hands the meeting over to another controller. */
  migrate(nowMs: number): ReturnType<Migration["run"]> {
    if (!this.migration.isUnderWay) this.#handedOverMs = nowMs;
    return this.migration.run();
  }

  /** The meeting is over, or not here any more: nothing is stored from now on. */
  end(gone: MeetingGone): void {
    this.#isOver = true;
    this.writer.end();
    this.presence.end(gone);
    this.revocations.end();
    this.lifetime.end();
  }

  #letWaitingIn(): void {
    const isConnected = (participantId: string) => this.#audience.of(participantId) !== undefined;
    void this.conduct.carryOut(letWaitingIn(this.meeting, this.lease.facts.meeting, isConnected));
  }

  async #takeBack(context: RunningMeetingInit["context"], init: MeetingStateInit) {
    if (this.#isOver) return "lost";
    const before = this.lease;
    const { outcome } = await context.pipe(
      takeBack(context, init, before),
      (taken) => ({ outcome: typeof taken === "string" ? taken : this.#goOn(taken, before) }),
    );
    return outcome;
  }

  #goOn(lease: Lease, before: Lease): "stays" | "lost" {
    if (this.#isOver) return "lost";
    const { generation } = lease;
    const isRenewed = generation !== this.lease.generation;
    this.lease = { ...this.lease, generation };
    this.writer.goOn();
    if (!isRenewed) return "stays";
    removeRevoked(this.#revoked, this.#handedOverMs);
    // Whoever changed the meeting while another controller had it told that one. What was told here since is newer.
    if (this.lease.facts === before.facts) this.changeFacts(lease.facts);
    logUntold(this.routing.tell("renew", { generation }), "a meeting goes on at a new generation");
    return "stays";
  }

  #effect(effect: Effect): void {
    switch (effect.effect) {
      case "admit":
        return this.presence.admit(effect.participantId, effect.startMuted);
      case "updated":
        return this.#updates.tell(effect.participantId);
      case "knocked":
        return this.knocks.knocked(effect.sub, this.#context.clock.now());
      case "denied":
        return this.knocks.denied(effect.address, this.#context.clock.now());
      case "rights":
        return this.presence.holdRights(effect.participantId, effect.silenced);
      case "revoke":
        return this.revocations.add(effect.sub, effect.removal);
      case "remove": {
        const client = this.#audience.of(effect.participantId);
        this.presence.remove(effect.participantId, effect.reason);
        if (client === undefined || effect.close === undefined) return;
        return this.#audience.end(client, effect.close.code, effect.close.reason);
      }
      case "record":
        return this.#record.put(effect.type, effect.by, effect.subject, effect.details);
    }
  }
}
