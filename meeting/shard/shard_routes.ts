import { z } from "zod";
import type { ActorRef, Result } from "../../shared/actor/mod.ts";
import { authenticateService, type TokenVerifier } from "../../shared/auth/mod.ts";
import { type Context, jsonResponse, readJson, refuseCommon, type Route } from "../../shared/http/mod.ts";
import { id, type MeetingOfferAnswer } from "../../shared/protocol/mod.ts";
import { meetingFactsChange } from "../../shared/store/live/mod.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";

const scope = "service.manage-meetings.mc";
const shardsPath = "/api/v1/internal/shards";
const aliveTimeoutMs = 1_000;

/** A shard's `internal_url`, below which GC finds the shard's routes. It is on the controller's own port. */
export function shardInternalUrl(controlUrl: string, shard: number): string {
  return `${controlUrl}${shardsPath}/${shard}`;
}

/**
 * The routes by which GC reaches a shard, on the controller's port: whether the shard is alive, `POST …/offer`
 * (does the controller take a meeting?), and `POST …/open`, `…/end`,
 * `PUT …/facts`, `GET …/participants` and `POST …/remove` of a meeting that runs there. 404: no such shard, or the meeting runs elsewhere.
 */
export function shardRoutes(
  shards: readonly ActorRef<typeof MeetingController>[],
  verifier: TokenVerifier,
  instanceId: string,
  offer: () => Promise<MeetingOfferAnswer>,
): Route[] {
  const shard = ({ params }: Context) => {
    const found = shards.find((_, index) => String(index) === params.shard);
    if (found === undefined) throw refuseCommon("NOT_FOUND", { message: "There is no such shard" });
    return found;
  };
  const alive = async (context: Context) => {
    const answer = await shard(context).ask("alive", undefined, { timeoutMs: aliveTimeoutMs });
    if (answer.ok) return jsonResponse(200, { alive: true, instance_id: instanceId });
    // Its supervisor has given it up. After any other failure the shard may be slow, or restarting.
    if (answer.error.code === "stopped") return jsonResponse(200, { alive: false, instance_id: instanceId });
    throw refuseCommon("UNAVAILABLE", { message: "The shard does not answer", retryAfterSeconds: 1 });
  };
  const path = `${shardsPath}/:shard`;
  const meeting = `${path}/api/v1/internal/meetings/:meeting_id`;
  return [
    { method: "GET", path: `${path}/health`, handler: alive },
    {
      method: "GET",
      path,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        return await alive(context);
      },
    },
    {
      method: "POST",
      path: `${meeting}/offer`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        await readJson(context, z.strictObject({}));
        shard(context);
        return jsonResponse(200, await offer());
      },
    },
    {
      method: "POST",
      path: `${meeting}/end`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        await readJson(context, z.strictObject({}));
        return done(await shard(context).ask("endMeeting", { meeting_id: context.params.meeting_id ?? "" }));
      },
    },
    {
      method: "POST",
      path: `${meeting}/open`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        await readJson(context, z.strictObject({}));
        return done(await shard(context).ask("openMeeting", { meeting_id: context.params.meeting_id ?? "" }));
      },
    },
    {
      method: "PUT",
      path: `${meeting}/facts`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        const facts = await readJson(context, meetingFactsChange);
        if (facts.meeting.meeting_id !== context.params.meeting_id) {
          throw refuseCommon("INVALID_REQUEST", { message: "These are another meeting's facts" });
        }
        return done(await shard(context).ask("changeFacts", facts));
      },
    },
    {
      method: "GET",
      path: `${meeting}/participants`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        const roster = await shard(context).ask("roster", { meeting_id: context.params.meeting_id ?? "" });
        return jsonResponse(200, valueOf(roster));
      },
    },
    {
      method: "POST",
      path: `${meeting}/remove`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        const { sub } = await readJson(context, z.strictObject({ sub: id }));
        const meeting_id = context.params.meeting_id ?? "";
        return done(await shard(context).ask("removeSubject", { meeting_id, sub }));
      },
    },
  ];
}

function done(result: Result<void, string>): Response {
  valueOf(result);
  return jsonResponse(200, {});
}

/** @throws {HttpError} 404 for a meeting that doesn't run here, 503 while the shard or the meeting doesn't answer */
function valueOf<T>(result: Result<T, string>): T {
  if (result.ok) return result.value;
  const { code } = result.error;
  if (code === "not_found") throw refuseCommon("NOT_FOUND", { message: "This meeting does not run here" });
  throw refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1, cause: result.error });
}
