import { z } from "zod";
import { type ActorRef, ask, local, protocol, tell } from "../../shared/actor/mod.ts";
import type { MediaControl, MediaReport } from "../../shared/protocol/media/control.ts";
import type { ReportTaker } from "./neighbours.ts";

const meeting = { meetingId: z.string(), routing: local<ActorRef<typeof ReportTaker>>() };

/** One shard's link to one media handler. */
export const HandlerLink = protocol({
  /**
   * The handler's control; opens the link first if it isn't open. From now on `routing` gets the meeting's reports.
   * `refused`: the connection was refused, so the handler's process is gone.
   */
  control: ask(
    z.object(meeting),
    local<ActorRef<typeof MediaControl>>(),
    ["refused", "unreachable"],
  ),
  /** The meeting is over: `routing` gets no more reports, unless another one does by now. */
  forget: tell(z.object(meeting)),
  /** Reports of a meeting, from the handler. */
  reported: tell(local<{ readonly meetingId: string; readonly reports: readonly MediaReport[] }>()),
});

/** All links of a shard, by the handlers' addresses. */
export const HandlerLinks = protocol({
  link: ask(z.object({ url: z.string() }), local<ActorRef<typeof HandlerLink>>()),
  /** A meeting is over. */
  forget: tell(z.object(meeting)),
});
