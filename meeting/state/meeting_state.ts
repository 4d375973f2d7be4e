import {
  type ActorContext,
  type Body,
  fail,
  Failure,
  later,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  type CloseCode,
  closeCodes,
  type Meeting as WireMeeting,
  type MeetingHandlers,
} from "../../shared/protocol/mod.ts";
import type { MeetingFactsChange } from "../../shared/store/live/mod.ts";
import { Audience } from "./audience.ts";
import { chat } from "./commands/chat.ts";
import { mayEnd } from "./commands/end.ts";
import { confirmBinding, join } from "./commands/join.ts";
import { askUnmute, mute, muteAll } from "./commands/mute.ts";
import { changeSources, rate, react, speak, update } from "./commands/participant.ts";
import { changePermissions, lock, suspend } from "./commands/permissions.ts";
import { remove, removeSubject } from "./commands/removal.ts";
import { giveRole } from "./commands/roles.ts";
import { admit, deny } from "./commands/waiting_room.ts";
import type { Decision } from "./decision.ts";
import type { Kind } from "./fan_out.ts";
import { census, type Meeting } from "./meeting.ts";
import type { Caller } from "./meeting_client.ts";
import type { MeetingStateInit } from "./meeting_state_init.ts";
import { type JoinOrder, MeetingState, type Rebinding } from "./meeting_state_protocol.ts";
import { openMeeting, releaseMeeting } from "./open_meeting.ts";
import { hasMoved, isOver, type MeetingGone } from "./presence.ts";
import { rosterOf } from "./roster_of.ts";
import { RunningMeeting } from "./running_meeting.ts";

type Told<N extends keyof typeof MeetingState> = Body<typeof MeetingState, N>;

/** `opening` until the lease is taken; `closing` once the lease was released, was lost, or could not be taken. */
type Phase =
  | { readonly kind: "opening" }
  | { readonly kind: "open"; readonly running: RunningMeeting }
  | { readonly kind: "closing"; readonly reason: string; readonly gone: MeetingGone };

/** Owns one meeting: its participants, their roles, the waiting room, the lock and the chat. */
export class MeetingStateActor {
  static readonly protocol = MeetingState;
  readonly #init: MeetingStateInit;
  readonly #context: ActorContext<typeof MeetingState>;
  readonly #log;
  #phase: Phase = { kind: "opening" };
  readonly #audience = new Audience((client) => void this.#context.stopChild(client, 0));

  constructor(init: MeetingStateInit, context: ActorContext<typeof MeetingState>) {
    this.#init = init;
    this.#context = context;
    this.#log = logger("meeting").with({ meeting_id: init.meetingId });
  }

  /** Takes the lease, which fences out the meeting's previous controller, and loads the snapshot. */
  async onStart(): Promise<void> {
    const opened = await openMeeting(this.#context, this.#init);
    if (opened instanceof Failure) {
      this.#stopStoring(opened.message, hasMoved());
      // It may be given to this shard again, and is then opened anew.
      return this.#context.stop();
    }
    const running = new RunningMeeting({
      init: this.#init,
      context: this.#context,
      audience: this.#audience,
      ...opened,
      finish: (reason) => this.finish({ reason }),
      onIdle: () => this.#giveUp(closeCodes.movedAway, "nobody was in the meeting for a while"),
      onMoved: () => this.#stopStoring("the meeting has moved", hasMoved()),
      onFenced: () => this.#fenced(),
    });
    this.#phase = { kind: "open", running };
    running.begin();
    const { lease, meeting } = opened;
    this.#log.info("meeting opened", { generation: lease.generation, restored: meeting.rev > 0 });
  }

  async onStop(): Promise<void> {
    await this.#open?.writer.flush();
  }

  ready() {
    return this.#open === null ? isOver() : undefined;
  }

  migrate() {
    return this.#open === null ? isOver() : later(this.#open.migrate(this.#init.now()));
  }

  connect(caller: Caller): void {
    const open = this.#open;
    if (open === null || open.migration.isHolding) {
      return caller.refuse(closeCodes.movedAway, "the meeting is not here: ask for a ticket again");
    }
    const client = caller.open(
      (type, init, options) => this.#context.spawn(type, init, options),
      open.routing,
    );
    this.#audience.connect(client);
    this.#context.watch(client, () => {
      this.#audience.disconnect(client);
      open.migration.left();
    });
  }

  join(order: JoinOrder, message: MessageContext) {
    const open = this.#open;
    if (open === null) return this.#phase.kind === "closing" ? this.#phase.gone : hasMoved();
    const { request, client } = order;
    if (this.#audience.isBound(client)) return fail("unavailable", "Your join is under way, or done.");
    open.heedToken(order.claims);
    const { meeting: facts, creator } = open.lease.facts;
    const decided = join(open.meeting, facts, order, {
      nowMs: this.#init.now(),
      creator,
      limits: this.#init.limits.seats,
      isLeaving: (participantId) => open.presence.isLeaving(participantId),
      isEntering: (participantId) => open.presence.isEntering(participantId),
      isConnected: (participantId) => this.#isConnected(participantId),
      mayKnock: () => open.knocks.may(order.claims.sub, order.address, this.#context.clock.now()),
      mayCome: () => open.mayCome(order.claims.sub),
    });
    if (decided instanceof Failure) {
      if (decided.code === "removed") this.#audience.end(client, closeCodes.removed, decided.message);
      return decided;
    }
    if (request.resume !== undefined) {
      const result = decided.answer.outcome === "resumes" ? "resumed" : "refused";
      this.#init.metrics.resumes.add({ result });
    }
    return open.presence.join(order, decided, message);
  }

  leave({ participantId, client, backWithinMs }: Told<"leave">): void {
    if (this.#audience.has(participantId, client)) this.#open?.presence.leave(participantId, backWithinMs);
  }

  inTurn(callBack: () => void): void {
    callBack();
  }

  rebind(rebinding: Rebinding): void {
    if (this.#open === null) return;
    this.#open.handBinding(rebinding);
  }

  sources(changed: Told<"sources">): void {
    this.#conduct((meeting) => changeSources(meeting, changed));
  }

  speaker(speaker: Told<"speaker">): void {
    this.#conduct((meeting) => speak(meeting, speaker));
  }

  quality(quality: Told<"quality">): void {
    this.#conduct((meeting) => rate(meeting, quality));
  }

  overflowed({ participantId }: { participantId: string }): void {
    const client = this.#audience.of(participantId);
    if (client !== undefined) void this.#context.stopChild(client, 0);
  }

  confirmBinding({ client, ...confirmed }: Told<"confirmBinding">): void {
    if (!this.#audience.has(confirmed.participantId, client)) return;
    this.#conduct((meeting) => confirmBinding(meeting, confirmed));
  }

  update(command: Told<"update">) {
    return this.#runLimited(
      "talk",
      command.participantId,
      (meeting, facts) => update(meeting, facts, command, this.#init.now()),
    );
  }

  chat(command: Told<"chat">) {
    return this.#runLimited(
      "talk",
      command.participantId,
      (meeting, facts) => chat(meeting, facts, command, this.#init.now()),
    );
  }

  react(command: Told<"react">) {
    return this.#runLimited("talk", command.participantId, (meeting) => react(meeting, command));
  }

  admit(command: Told<"admit">) {
    return this.#run(
      command.by,
      (meeting, facts) => admit(meeting, facts, command, (id) => this.#isConnected(id)),
    );
  }

  deny(command: Told<"deny">) {
    return this.#run(command.by, (meeting) => deny(meeting, command));
  }

  lock(command: Told<"lock">) {
    return this.#runLimited(
      command.locked ? "stop" : "loosen",
      command.by,
      (meeting, facts) => lock(meeting, facts, command, this.#init.meetingId),
    );
  }

  mute(command: Told<"mute">) {
    const kind = command.muted ? "stop" : "loosen";
    return this.#runLimited(kind, command.by, (meeting, facts) => mute(meeting, facts, command));
  }

  muteAll(command: Told<"muteAll">) {
    return this.#runLimited(
      "mute_all",
      command.by,
      (meeting, facts) => muteAll(meeting, facts, command, this.#init.meetingId),
    );
  }

  askUnmute(command: Told<"askUnmute">) {
    const now = this.#context.clock.now();
    const mayAsk = (asking: string, asked: string) =>
      this.#open?.unmuteRequests.take(asking, asked, now) === true;
    return this.#run(command.by, (meeting) => askUnmute(meeting, command, mayAsk));
  }

  permissions(command: Told<"permissions">) {
    const kind = Object.values(command.permissions).includes(true) ? "loosen" : "stop";
    return this.#runLimited(kind, command.by, (meeting, facts) => changePermissions(meeting, facts, command));
  }

  suspend(command: Told<"suspend">) {
    return this.#run(command.by, (meeting, facts) => suspend(meeting, facts, command, this.#init.meetingId));
  }

  giveRole(command: Told<"giveRole">) {
    const isLeaving = (participantId: string) => this.#open?.presence.isLeaving(participantId) === true;
    const kind = command.role === "host" ? "loosen" : "stop";
    return this.#runLimited(kind, command.by, (meeting) => giveRole(meeting, command, isLeaving));
  }

  remove(command: Told<"remove">) {
    const open = this.#openTo(command.by);
    if (open instanceof Failure) return open;
    const decided = remove(open.meeting, open.lease.facts.meeting, command, this.#init.now());
    if (decided instanceof Failure) return decided;
    const stored = open.conduct.carryOut(decided);
    const isStored = open.conduct.withinPatience(open.revocations.stored(stored));
    return later(isStored.then((isDone) => isDone ? {} : { durable: false as const }));
  }

  removeSubject({ sub }: Told<"removeSubject">) {
    const open = this.#open;
    if (open === null) return isOver();
    const decided = removeSubject(open.meeting, sub, this.#init.now());
    return open.conduct.runStored(decided, "The removal could not be stored.");
  }

  end({ by }: { by: string }, message: MessageContext) {
    const open = this.#openTo(by);
    if (open instanceof Failure) return open;
    const host = mayEnd(open.meeting, { by });
    if (host instanceof Failure) return host;
    // GC takes the end from the controller that has the lease, so it is told before the lease is released. While it can't
    // be told the meeting goes on: GC would let people into it again.
    const { sub, address } = host;
    const { meeting_id, generation } = open.lease;
    const ending = { meeting_id, generation, by: { sub, address } };
    const told = message.ask(this.#init.upstream, "endMeeting", ending);
    return later(this.#context.pipe(told, (ended) => {
      if (ended.ok) return this.finish({ reason: "ended by a host" });
      this.#log.warn("GC was not told of the end", { code: ended.error.code });
      return fail("unavailable", "The meeting could not be ended.");
    }));
  }

  finish({ reason }: { reason: string }): void {
    if (this.#open === null) return;
    this.#audience.tell(this.#open.meeting, { to: "everyone", type: "meeting.ended", data: { reason } });
    this.#log.info("meeting ended", { reason });
    this.#giveUp(closeCodes.meetingEnded, reason);
  }

  changeFacts({ named_permissions: named, ...facts }: MeetingFactsChange) {
    if (this.#open === null) return isOver();
    this.#open.changeFacts(facts, named);
  }

  handlers({ handlers }: MeetingHandlers): void {
    if (this.#open !== null) this.#open.lease = { ...this.#open.lease, handlers };
  }

  /** A fence at a generation of before says nothing of the lease that the meeting has now. */
  fenced({ generation }: Told<"fenced">): void {
    if (this.#open !== null && generation >= this.#open.lease.generation) this.#fenced();
  }

  /** A store that has lost its last changes names a controller of before: this one is the newest that is known. */
  placedElsewhere({ generation }: Told<"placedElsewhere">): void {
    if (this.#open === null) return;
    if (generation < this.#open.lease.generation) this.storeLost();
    else this.#fenced();
  }

  roster() {
    return this.#open === null ? isOver() : rosterOf(this.#open.meeting);
  }

  storeLost(): void {
    if (this.#open === null) return;
    const { writer, meeting, revocations } = this.#open;
    writer.restore();
    for (const [sub, removal] of meeting.removals) revocations.add(sub, removal);
  }

  count() {
    return census(this.#open?.meeting, this.#open?.writer.isFailing);
  }

  #isConnected(participantId: string): boolean {
    return this.#audience.of(participantId) !== undefined;
  }

  get #open(): RunningMeeting | null {
    return this.#phase.kind === "open" ? this.#phase.running : null;
  }

  /** The meeting for what a participant asks of it. Whoever is being removed may have asked before they heard of it. */
  #openTo(participantId: string): RunningMeeting | Failure<"over"> {
    const open = this.#open;
    if (open === null) return isOver();
    const isIn = open.meeting.attendees.has(participantId) && !open.presence.isLeaving(participantId);
    return isIn ? open : fail("over", "You are not in this meeting any more.");
  }

  /** Carries out the decision of a participant's command, and answers it once it is stored. */
  #run<T extends object, C extends string>(
    participantId: string,
    decide: (meeting: Meeting, facts: WireMeeting) => Decision<T> | Failure<C>,
  ) {
    const open = this.#openTo(participantId);
    if (open instanceof Failure) return open;
    return open.conduct.run(decide(open.meeting, open.lease.facts.meeting));
  }

  /** The same for what `FanOut` limits. */
  #runLimited<T extends object, C extends string>(
    kind: Kind,
    participantId: string,
    decide: (meeting: Meeting, facts: WireMeeting) => Decision<T> | Failure<C>,
  ) {
    return this.#run(participantId, (meeting, facts): Decision<T> | Failure<C | "too_often"> => {
      const decided = decide(meeting, facts);
      const now = this.#context.clock.now();
      return this.#open?.fanOut.limit(kind, meeting, participantId, decided, now) ?? decided;
    });
  }

  /** Carries out the decision of a command that has no answer. */
  #conduct(decide: (meeting: Meeting) => Decision): void {
    const open = this.#open;
    if (open !== null) void open.conduct.carryOut(decide(open.meeting));
  }

  #fenced(): void {
    if (this.#open === null || this.#open.migration.holdsBackFence()) return;
    this.#log.warn("another controller has the meeting", {});
    this.#close(closeCodes.movedAway, "the meeting has moved: ask for a ticket again");
    this.#context.stop();
  }

  /** Closes all connections and stops storing snapshots. */
  #close(code: CloseCode, reason: string): void {
    this.#stopStoring(reason, code === closeCodes.meetingEnded ? isOver() : hasMoved());
    this.#audience.endAll(code, reason);
  }

  #stopStoring(reason: string, gone: MeetingGone): void {
    this.#open?.end(gone);
    this.#phase = { kind: "closing", reason, gone };
  }

  /** Closes the meeting, releases its lease, its snapshot and its media, and stops. */
  #giveUp(code: CloseCode, reason: string): void {
    const open = this.#open;
    if (open === null) return;
    this.#close(code, reason);
    const released = releaseMeeting(this.#context, this.#init, open.routing, open.lease);
    void this.#context.pipe(released, () => this.#context.stop());
  }
}
