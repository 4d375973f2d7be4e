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
const nothing = z.strictObject({});

/** Answers a request about a meeting once its sender is known. */
type MeetingWork = (context: Context, meetingId: string) => Promise<Response>;

/** A shard's `internal_url`, below which GC finds the shard's routes. It is on the controller's own port. */
export function shardInternalUrl(controlUrl: string, shard: number): string {
  return `${controlUrl}${shardsPath}/${shard}`;
}

/**
 * The routes by which GC reaches a shard, on the controller's port: whether the shard is alive, `POST …/offer` (does the
 * controller take a meeting?), and `POST …/open`, `…/end`, `PUT …/facts`, `GET …/participants` and `POST …/remove` of a
 * meeting that runs there. 404: no such shard, or the meeting runs elsewhere.
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
  const ofMeeting = (method: Route["method"], name: string, work: MeetingWork): Route => ({
    method,
    path: `${path}/api/v1/internal/meetings/:meeting_id/${name}`,
    async handler(context) {
      await authenticateService(verifier, context, scope);
      return await work(context, context.params.meeting_id ?? "");
    },
  });
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
    ofMeeting("POST", "offer", async (context) => {
      await readJson(context, nothing);
      shard(context);
      return jsonResponse(200, await offer());
    }),
    ofMeeting("POST", "end", async (context, meeting_id) => {
      await readJson(context, nothing);
      return done(await shard(context).ask("endMeeting", { meeting_id }));
    }),
    ofMeeting("POST", "open", async (context, meeting_id) => {
      await readJson(context, nothing);
      return done(await shard(context).ask("openMeeting", { meeting_id }));
    }),
    ofMeeting("PUT", "facts", async (context, meeting_id) => {
      const facts = await readJson(context, meetingFactsChange);
      if (facts.meeting.meeting_id !== meeting_id) {
        throw refuseCommon("INVALID_REQUEST", { message: "These are another meeting's facts" });
      }
      return done(await shard(context).ask("changeFacts", facts));
    }),
    ofMeeting("GET", "participants", async (context, meeting_id) => {
      return jsonResponse(200, valueOf(await shard(context).ask("roster", { meeting_id })));
    }),
    ofMeeting("POST", "remove", async (context, meeting_id) => {
      const { sub } = await readJson(context, z.strictObject({ sub: id }));
      return done(await shard(context).ask("removeSubject", { meeting_id, sub }));
    }),
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
