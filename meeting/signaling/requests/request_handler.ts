import type { ActorRef, MessageContext } from "../../../shared/actor/mod.ts";
import type { RequestAnswer, RequestData, RequestType } from "../../../shared/protocol/mod.ts";
import type { MediaRouting } from "../../routing/media_routing_protocol.ts";
import type { MeetingState } from "../../state/meeting_state_protocol.ts";
import type { Answer } from "../refusal.ts";

/** Requests that only somebody who is in the meeting may make. */
export type JoinedRequestType = Exclude<RequestType, "join" | "leave" | "session.ping">;

/** Whose request it is, and whom it may be handed to. */
export interface Requester {
  readonly participantId: string;
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly routing: ActorRef<typeof MediaRouting>;
  /** The message's own, so that its deadline and its chain of askers go along. */
  readonly ask: MessageContext["ask"];
}

/** Does what a participant asks for. Which actor is asked, and how its refusals are told, is all that it decides. */
export type RequestHandler<T extends JoinedRequestType> = (
  data: RequestData<T>,
  requester: Requester,
) => Promise<Answer<RequestAnswer<T>>>;

export type RequestHandlers<T extends JoinedRequestType> = { readonly [N in T]: RequestHandler<N> };
