import type { ActorRef } from "../../shared/actor/mod.ts";
import { type Context, jsonResponse, refuseCommon, type Route } from "../../shared/http/mod.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";

/**
 * `POST /debug/shards/{index}/crash`, and `…/hold`: until its end the shard opens no meeting that is handed over to it.
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
      handler: (context) => jsonResponse(200, { outcome: shard(context).tell("hold", undefined) }),
    },
  ];
}
