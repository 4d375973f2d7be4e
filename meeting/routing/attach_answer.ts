import type { Value } from "../../shared/actor/mod.ts";
import type { MediaSource } from "../../shared/protocol/mod.ts";
import type { MediaRouting } from "./media_routing_protocol.ts";
import type { Attachment } from "./meeting_media.ts";

/** The answer to `attach`, which says whether the media was kept where that was asked for, and what is born paused. */
export function attachAnswer(
  attached: Attachment,
  keep: boolean,
  startMuted: ReadonlySet<MediaSource>,
): Value<typeof MediaRouting, "attach"> {
  const { transports, consumers, assignments } = attached;
  return {
    ...(transports === null ? {} : { transports }),
    ...(keep ? { media_kept: transports === null } : {}),
    ...(startMuted.size > 0 ? { start_muted: [...startMuted] } : {}),
    consumers,
    assignments,
  };
}
