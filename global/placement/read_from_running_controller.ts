import type { z } from "zod";
import { authenticateService } from "../../shared/auth/mod.ts";
import { type Context, type HttpError, readJson, refuseCommon, validate } from "../../shared/http/mod.ts";
import { id } from "../../shared/protocol/mod.ts";
import { unavailable } from "../errors/unavailable.ts";
import type { PlacementServices } from "./placement_services.ts";

/** A meeting controller that speaks of a meeting that it runs, and what it says. */
export interface RunningController<T> {
  readonly meetingId: string;
  /** The controller's service client. */
  readonly sub: string;
  /** Of the meeting's lease; `undefined`: nobody runs the meeting. */
  readonly generation: number | undefined;
  readonly body: T;
}

/**
 * The controller that sends a request, if it runs the meeting that the path names in `meeting_id`, and its body. Who runs
 * the meeting is looked at when the body is there: it may be slow to come, and the meeting may be moved meanwhile.
 * `evenIfOver` lets any controller pass while nobody runs the meeting: which one ran it last isn't known any more.
 *
 * @throws {HttpError} 401, 403, 503, and what `readJson` throws
 */
export async function readFromRunningController<T>(
  { verifier, registry }: Pick<PlacementServices, "verifier" | "registry">,
  context: Context,
  { scope, schema, evenIfOver = false }: {
    readonly scope: string;
    readonly schema: z.ZodType<T>;
    readonly evenIfOver?: boolean;
  },
): Promise<RunningController<T>> {
  const { sub } = await authenticateService(verifier, context, scope);
  const meeting_id = validate(context.params.meeting_id, id);
  const body = await readJson(context, schema);
  const located = await registry.ask("locate", { meeting_id });
  if (!located.ok) throw unavailable(located.error);
  const passes = located.value === null ? evenIfOver : located.value.owner === sub;
  if (!passes) throw runsElsewhere();
  return { meetingId: meeting_id, sub, generation: located.value?.lease.generation, body };
}

export function runsElsewhere(): HttpError {
  return refuseCommon("FORBIDDEN", { message: "This meeting runs somewhere else" });
}
