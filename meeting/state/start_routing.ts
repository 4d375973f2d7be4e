import type { ActorContext, ActorRef } from "../../shared/actor/mod.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import { LayoutManagerActor } from "../layout/layout_manager.ts";
import { MediaRoutingActor } from "../routing/media_routing.ts";
import type { MediaRoutingInit } from "../routing/media_routing_init.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import { type Meeting, seated } from "./meeting.ts";
import type { MeetingState } from "./meeting_state_protocol.ts";

interface Routed extends Pick<MediaRoutingInit, "links" | "upstream" | "metrics" | "audibleLimit"> {
  readonly lease: Lease;
  readonly meeting: Meeting;
}

/** Starts a meeting's layout and routing, as children of the meeting. */
export function startRouting(
  context: ActorContext<typeof MeetingState>,
  { meeting, ...rest }: Routed,
): ActorRef<typeof MediaRouting> {
  const layout = context.spawn(LayoutManagerActor, undefined, {
    name: "layout",
    capacity: 10_000,
    // One that begins anew knows no subscriber: the meeting has to, and its clients resume.
    policy: { directive: "escalate" },
  });
  const expected = seated(meeting).map(({ participantId }) => participantId);
  const departed = [...meeting.removals.values()].flatMap(({ participantIds }) => participantIds);
  const init = { ...rest, expected, departed, layout, meeting: context.self };
  const options = { name: "routing", policy: { directive: "escalate" }, capacity: 2_048 } as const;
  return context.spawn(MediaRoutingActor, init, options);
}
