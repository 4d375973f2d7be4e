import type { RequestFrame } from "../../../shared/protocol/mod.ts";
import type { Answer } from "../refusal.ts";
import { mediaRequests } from "./media.ts";
import { moderationRequests } from "./moderation.ts";
import type { JoinedRequestType, Requester, RequestHandler, RequestHandlers } from "./request_handler.ts";
import { talkRequests } from "./talk.ts";

/** The handlers of all requests of joined participants. A request of the protocol that lacks one doesn't compile. */
const handlers: RequestHandlers<JoinedRequestType> = {
  ...mediaRequests,
  ...talkRequests,
  ...moderationRequests,
};

export type JoinedRequestFrame = Extract<RequestFrame, { type: JoinedRequestType }>;

export function handleRequest(frame: JoinedRequestFrame, requester: Requester): Promise<Answer<object>> {
  // The frame's data is that of its type, which TypeScript can't follow through the table.
  const handle = handlers[frame.type] as RequestHandler<JoinedRequestType>;
  return handle(frame.data as Parameters<typeof handle>[0], requester);
}
