import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { controllerRegistration, handlerRegistration } from "../../../protocol/rest/registration.ts";
import { liveId, timeMs } from "./live_id.ts";

const state = z.enum(["ready", "draining"]);
const process = z.object({ kind: z.enum(["controller", "handler"]), id: liveId });

/** What the registry keeps of a process beside its registration. */
const presence = {
  /** The service client that registered it; nobody else may change it. */
  owner: liveId,
  state,
  /** How full it is, 0 and up; the placement compares it within a kind. */
  load: z.number(),
  heartbeat_ms: timeMs,
};

export const controllerEntry = controllerRegistration.extend(presence);
export const handlerEntry = handlerRegistration.extend(presence);

/** The meeting controllers and media handlers of a deployment, and when each was last heard of. */
export const Registrations = protocol({
  registerController: ask(controllerEntry, z.void(), ["owned_by_another"]),
  registerHandler: ask(handlerEntry, z.void(), ["owned_by_another"]),
  heartbeat: ask(
    process.extend({
      instance_id: liveId,
      owner: liveId,
      /** Left out: as it was. `ready` never undoes a drain that an operator asked for. */
      state: state.optional(),
      load: z.number(),
      at_ms: timeMs,
    }),
    z.object({ state }),
    ["unknown"],
  ),
  drain: ask(process, z.void(), ["unknown"]),
  unregister: ask(
    process.extend({
      owner: liveId,
      /** When given, only this instance goes: a late goodbye doesn't remove its successor. */
      instance_id: liveId.optional(),
    }),
    z.void(),
    ["unknown"],
  ),
  controllers: ask(z.void(), z.array(controllerEntry)),
  handlers: ask(z.void(), z.array(handlerEntry)),
});

export type ControllerEntry = z.infer<typeof controllerEntry>;
export type HandlerEntry = z.infer<typeof handlerEntry>;
