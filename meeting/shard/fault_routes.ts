import type { ActorRef } from "../../shared/actor/mod.ts";
import { jsonResponse, refuseCommon, type Route } from "../../shared/http/mod.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";

/** `POST /debug/shards/{index}/crash`: fault tests only, behind `DT_FAULT_INJECTION`. */
export function faultRoutes(shards: readonly ActorRef<typeof MeetingController>[]): Route[] {
  return [{
    method: "POST",
    path: "/debug/shards/:index/crash",
    async handler({ params }) {
      const shard = shards[Number(params.index)];
      if (shard === undefined) throw refuseCommon("NOT_FOUND");
      const outcome = await shard.ask("crash", undefined);
      return jsonResponse(200, { outcome: outcome.ok ? "ok" : outcome.error.code });
    },
  }];
}
