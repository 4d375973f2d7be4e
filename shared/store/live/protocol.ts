import { z } from "zod";
import { ask, protocol } from "../../actor/mod.ts";
import { controllerRegistration, handlerRegistration } from "../../protocol/rest/registration.ts";
import { meeting } from "../../protocol/rest/meetings.ts";

const id = z.string().min(1).max(64);
/** Milliseconds since the epoch. */
const timeMs = z.int();
const state = z.enum(["ready", "draining"]);

/** What the registry keeps of a process beside its registration. */
const presence = {
  /** The service client that registered it; nobody else may change it. */
  owner: id,
  state,
  /** How full it is, 0 and up; the placement compares it within a kind. */
  load: z.number(),
  heartbeat_ms: timeMs,
};

export const controllerEntry = controllerRegistration.extend(presence);
export const handlerEntry = handlerRegistration.extend(presence);

/** What a controller needs to know of a meeting to open it. */
export const meetingFacts = z.object({ meeting, org_id: id });

/** The right to run a meeting, and where. The generation fences: it rises each time the meeting is opened anew. */
export const lease = z.object({
  meeting_id: id,
  facts: meetingFacts,
  controller_id: id,
  instance_id: id,
  shard: id,
  /** Media handlers in the order of preference: the first carries the meeting, the next is its backup. */
  handlers: z.array(z.object({ id, link_url: z.string() })),
  generation: z.int(),
});

/**
 * The live, shared state of a deployment: who is there, where each meeting runs, what a meeting must not forget.
 * Embedded it is one SQLite file that processes share, owned by a Worker in each.
 */
export const LiveStore = protocol({
  registerController: ask(controllerEntry, z.void(), ["owned_by_another"]),
  registerHandler: ask(handlerEntry, z.void(), ["owned_by_another"]),
  heartbeat: ask(
    z.object({
      kind: z.enum(["controller", "handler"]),
      id,
      instance_id: id,
      owner: id,
      /** Left out: as it was. `ready` never undoes a drain that an operator asked for. */
      state: state.optional(),
      load: z.number(),
      at_ms: timeMs,
    }),
    z.object({ state }),
    ["unknown"],
  ),
  drain: ask(z.object({ kind: z.enum(["controller", "handler"]), id }), z.void(), ["unknown"]),
  unregister: ask(
    z.object({
      kind: z.enum(["controller", "handler"]),
      id,
      owner: id,
      /** When given, only this instance goes: a late goodbye doesn't remove its successor. */
      instance_id: id.optional(),
    }),
    z.void(),
    ["unknown"],
  ),
  controllers: ask(z.void(), z.array(controllerEntry)),
  handlers: ask(z.void(), z.array(handlerEntry)),

  lease: ask(z.object({ meeting_id: id }), lease.nullable()),
  /** Which of these meetings are placed, and on which instance of which controller. */
  placed: ask(
    z.object({ meeting_ids: z.array(id).max(1_000) }),
    z.array(z.object({ meeting_id: id, controller_id: id, instance_id: id })),
  ),
  /** Places a meeting; refused when somebody placed it since `expected_generation` (0: it had no lease) was read. */
  assign: ask(
    lease.omit({ generation: true }).extend({ expected_generation: z.int() }),
    lease,
    ["changed"],
  ),
  /** A shard opens a meeting that was placed on it: the generation rises by one, older openings are fenced out. */
  acquire: ask(
    z.object({ meeting_id: id, controller_id: id, instance_id: id, shard: id }),
    lease,
    ["not_here"],
  ),
  /** Renews the facts of a running meeting (its settings were changed). */
  updateFacts: ask(z.object({ meeting_id: id, facts: meetingFacts }), z.void(), ["unknown"]),
  saveSnapshot: ask(
    z.object({ meeting_id: id, generation: z.int(), snapshot: z.string() }),
    z.void(),
    ["fenced"],
  ),
  loadSnapshot: ask(z.object({ meeting_id: id }), z.string().nullable()),
  /** The meeting is over: its lease and snapshot go. */
  release: ask(z.object({ meeting_id: id, generation: z.int() }), z.void(), ["fenced"]),

  /** Refuses every token of this subject for this meeting that was issued before now; with `banned` all later ones too. */
  revoke: ask(z.object({ meeting_id: id, sub: id, banned: z.boolean(), at_ms: timeMs }), z.void()),
  /** Is a token issued at `issued_ms` revoked? */
  revoked: ask(z.object({ meeting_id: id, sub: id, issued_ms: timeMs }), z.boolean()),
});

export type ControllerEntry = z.infer<typeof controllerEntry>;
export type HandlerEntry = z.infer<typeof handlerEntry>;
export type MeetingFacts = z.infer<typeof meetingFacts>;
export type Lease = z.infer<typeof lease>;
