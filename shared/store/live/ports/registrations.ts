import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { controllerRegistration, handlerRegistration } from "../../../protocol/rest/registration.ts";
import { liveId, timeMs, UNAVAILABLE } from "./live_id.ts";

const state = z.enum(["ready", "draining"]);
const process = z.object({ kind: z.enum(["controller", "handler"]), id: liveId });

/** The state of a process that the registry keeps beside its registration. */
const presence = {
  /** The service client that registered it. No other client may change it. */
  owner: liveId,
  state,
  /** How full the process is, 0 and up. Placement compares it within a kind. */
  load: z.number(),
  heartbeat_ms: timeMs,
};

/** So long it is known that an instance was replaced. */
export const KEEP_REPLACED_MS = 7 * 24 * 3_600_000;

export const controllerEntry = controllerRegistration.extend(presence);
export const handlerEntry = handlerRegistration.extend(presence);

/** The meeting controllers and media handlers of a deployment, with the time of each one's last heartbeat. */
export const Registrations = protocol({
  /** `replaced`: another instance of this id has registered since this one did. */
  registerController: ask(controllerEntry, z.void(), ["owned_by_another", "replaced", UNAVAILABLE]),
  registerHandler: ask(handlerEntry, z.void(), ["owned_by_another", "replaced", UNAVAILABLE]),
  heartbeat: ask(
    process.extend({
      instance_id: liveId,
      owner: liveId,
      /** Absent: unchanged. `ready` never undoes a drain that an operator asked for. */
      state: state.optional(),
      load: z.number(),
      at_ms: timeMs,
    }),
    z.object({ state }),
    ["unknown", UNAVAILABLE],
  ),
  drain: ask(process, z.void(), ["unknown", UNAVAILABLE]),
  unregister: ask(
    process.extend({
      owner: liveId,
      /** When given, only this instance is removed: a late request doesn't remove the next instance. */
      instance_id: liveId.optional(),
      /** When given, only a process whose last heartbeat is not later is removed: it may have been heard a moment ago. */
      unheard_since_ms: timeMs.optional(),
    }),
    z.void(),
    ["unknown", UNAVAILABLE],
  ),
  controllers: ask(z.void(), z.array(controllerEntry), [UNAVAILABLE]),
  handlers: ask(z.void(), z.array(handlerEntry), [UNAVAILABLE]),
});

export type ControllerEntry = z.infer<typeof controllerEntry>;
export type HandlerEntry = z.infer<typeof handlerEntry>;
