import { Failure, type Value } from "../../shared/actor/mod.ts";
import type { MediaSource } from "../../shared/protocol/mod.ts";
import type { MediaRouting } from "./media_routing_protocol.ts";
import type { Attachment } from "./meeting_media.ts";
import type { Unattached } from "./waiting_joins.ts";

/**
 * The answer to `attach`, which says whether the media was kept where that was asked for, and what is born paused: also
 * where there are no transports yet.
 */
export function attachAnswer(
  attached: Attachment | Unattached,
  keep: boolean,
  startMuted: ReadonlySet<MediaSource>,
): Value<typeof MediaRouting, "attach"> {
  const born = startMuted.size > 0 ? { start_muted: [...startMuted] } : {};
  if (attached instanceof Failure) {
    return { pending: attached.message, ...born, consumers: [], assignments: [] };
  }
  const { transports, consumers, assignments } = attached;
  return {
    ...(transports === null ? {} : { transports }),
    ...(keep ? { media_kept: transports === null } : {}),
    ...born,
    consumers,
    assignments,
  };
}
