import { z } from "zod";
import { type ActorContext, type ActorRef, protocol, tell } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  AUDIT_ENTRIES_AT_ONCE,
  type ModerationAuditEntry,
  moderationAuditEntry,
} from "../../shared/protocol/mod.ts";
import { uuidV7Source } from "../../shared/uuid_v7.ts";
import type { Upstream } from "../platform/upstream.ts";

const moderation = z.object({
  meetingId: z.string(),
  ...moderationAuditEntry.pick({ type: true, actor: true, subject: true, address: true, details: true })
    .shape,
});

/** What was done to whom in which meeting. */
export type Moderation = z.infer<typeof moderation>;

export const MeetingAudit = protocol({ record: tell(moderation) });

export interface MeetingAuditInit {
  readonly upstream: ActorRef<typeof Upstream>;
  /** Told of entries that GC does not have: each time that they have to wait, and once when they are lost. */
  readonly onFailed: (result: "delayed" | "lost", entries: number) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** While GC is away, so many entries are kept; what comes then is logged instead. */
const CAPACITY = 10_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;
/** At the end of the process nobody waits long for a Global Controller that doesn't answer. */
const LAST_TIMEOUT_MS = 1_500;

/** Owns the audit entries of this shard's meetings until GC has them. No meeting waits for it. */
export class MeetingAuditActor {
  static readonly protocol = MeetingAudit;
  readonly #init: MeetingAuditInit;
  readonly #context: ActorContext<typeof MeetingAudit>;
  readonly #log = logger("audit");
  readonly #nextId = uuidV7Source();
  /** By meeting; the one that has waited longest without an attempt first. */
  readonly #waiting = new Map<string, ModerationAuditEntry[]>();
  #size = 0;
  /** Entries are on their way, or GC is left alone for a while. */
  #isBusy = false;
  #failures = 0;

  constructor(init: MeetingAuditInit, context: ActorContext<typeof MeetingAudit>) {
    this.#init = init;
    this.#context = context;
  }

  record({ meetingId, ...what }: Moderation): void {
    const at = this.#init.now();
    const entry = { ...what, audit_id: this.#nextId(at), at: new Date(at).toISOString(), result: "ok" };
    if (this.#size >= CAPACITY) return this.#lost(meetingId, [entry], "too many wait");
    const entries = this.#waiting.get(meetingId);
    if (entries === undefined) this.#waiting.set(meetingId, [entry]);
    else entries.push(entry);
    this.#size++;
    if (!this.#isBusy) this.#send();
  }

  /** What goes out twice because its answer is not waited for any more is in the trail once, by its id. */
  async onStop(): Promise<void> {
    const { upstream } = this.#init;
    for (const [meetingId, entries] of this.#waiting) {
      for (let from = 0; from < entries.length; from += AUDIT_ENTRIES_AT_ONCE) {
        const some = entries.slice(from, from + AUDIT_ENTRIES_AT_ONCE);
        const body = { meeting_id: meetingId, entries: some };
        const sent = await this.#context.ask(upstream, "recordAudit", body, { timeoutMs: LAST_TIMEOUT_MS });
        if (!sent.ok) this.#lost(meetingId, some, sent.error.message);
      }
    }
  }

  #send(): void {
    const [first] = this.#waiting;
    this.#isBusy = first !== undefined;
    if (first === undefined) return;
    const [meetingId, entries] = first;
    const some = entries.slice(0, AUDIT_ENTRIES_AT_ONCE);
    const work = this.#context.ask(this.#init.upstream, "recordAudit", {
      meeting_id: meetingId,
      entries: some,
    });
    void this.#context.pipe(work, (sent) => {
      this.#waiting.delete(meetingId);
      if (!sent.ok && sent.error.code !== "refused") {
        this.#waiting.set(meetingId, entries);
        return this.#retryLater(some.length, sent.error.message);
      }
      if (!sent.ok) this.#lost(meetingId, some, sent.error.message);
      this.#failures = 0;
      this.#size -= some.length;
      const rest = entries.slice(some.length);
      if (rest.length > 0) this.#waiting.set(meetingId, rest);
      this.#send();
    });
  }

  #retryLater(entries: number, reason: string): void {
    this.#init.onFailed("delayed", entries);
    if (this.#failures === 0) this.#log.warn("audit entries wait for the Global Controller", { reason });
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#context.after(pauseMs, () => this.#send());
  }

  #lost(meeting_id: string, entries: readonly ModerationAuditEntry[], reason: string): void {
    this.#init.onFailed("lost", entries.length);
    this.#log.error("audit entries could not be handed on", { meeting_id, entries, reason });
  }
}
