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

/** A moderation event: its kind, its actor, its subject and its meeting. */
export type Moderation = z.infer<typeof moderation>;

export const MeetingAudit = protocol({ record: tell(moderation) });

export interface MeetingAuditInit {
  readonly upstream: ActorRef<typeof Upstream>;
  /** Called each time that entries have to wait for GC, and once for entries that are lost. */
  readonly onFailed: (result: "delayed" | "lost", entries: number) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** How many entries are kept while GC is away. Further ones are logged, and lost to the trail. */
const CAPACITY = 10_000;
const FIRST_PAUSE_MS = 200;
/** What waits here is lost with the process, so it doesn't wait much longer than GC is away. */
const LONGEST_PAUSE_MS = 2_000;
/** The time limit of the last attempt: the end of the process is not held up by a GC that doesn't answer. */
const LAST_TIMEOUT_MS = 1_500;

/** Owns the audit entries of this shard's meetings until GC has taken them. No meeting waits for that. */
export class MeetingAuditActor {
  static readonly protocol = MeetingAudit;
  readonly #init: MeetingAuditInit;
  readonly #context: ActorContext<typeof MeetingAudit>;
  readonly #log = logger("audit");
  readonly #nextId = uuidV7Source();
  /** By meeting; the meeting whose last attempt is longest ago is first. */
  readonly #waiting = new Map<string, ModerationAuditEntry[]>();
  #size = 0;
  /** A request is under way, or the pause after a failed one. */
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

  /** An entry may be sent twice here, since an answer under way is not waited for. The trail keeps it once, by its id. */
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
    // A line each: a long list is cut in a log, and these lines are all that is left of the entries.
    for (const entry of entries) {
      this.#log.error("an audit entry could not be handed on", { meeting_id, entry, reason });
    }
  }
}
