import type { ActorRef } from "../../shared/actor/mod.ts";
import { type Context, jsonResponse, refuseCommon, type Route } from "../../shared/http/mod.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";

/** Shorter than a shard may be late with an answer before it is restarted. */
const holdMs = 4_500;

/**
 * `POST /debug/shards/{index}/crash`, and `…/hold`: the shard takes no message for some seconds, while its meetings go on.
 * Fault tests only, behind `DT_FAULT_INJECTION`.
 */
export function faultRoutes(shards: readonly ActorRef<typeof MeetingController>[]): Route[] {
  const shard = ({ params }: Context) => {
    const found = shards[Number(params.index)];
    if (found === undefined) throw refuseCommon("NOT_FOUND");
    return found;
  };
  return [
    {
      method: "POST",
      path: "/debug/shards/:index/crash",
      async handler(context) {
        const outcome = await shard(context).ask("crash", undefined);
        return jsonResponse(200, { outcome: outcome.ok ? "ok" : outcome.error.code });
      },
    },
    {
      method: "POST",
      path: "/debug/shards/:index/hold",
      handler: (context) => jsonResponse(200, { outcome: shard(context).tell("hold", { ms: holdMs }) }),
    },
  ];
}
