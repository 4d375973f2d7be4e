import type { ActorRef, MessageContext } from "../../../shared/actor/mod.ts";
import type { RequestAnswer, RequestData, RequestType } from "../../../shared/protocol/mod.ts";
import type { MediaRouting } from "../../routing/media_routing_protocol.ts";
import type { MeetingState } from "../../state/meeting_state_protocol.ts";
import type { Answer } from "../refusal.ts";

/** The types of requests that only a joined participant may make. */
export type JoinedRequestType = Exclude<
  RequestType,
  "join" | "leave" | "session.ping" | "latency.report" | "test.open"
>;

/** The participant who makes a request, and the actors that may answer it. */
export interface Requester {
  readonly participantId: string;
  /** The user or guest that the participant is. */
  readonly sub: string;
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly routing: ActorRef<typeof MediaRouting>;
  /** The message's own, so that its deadline and its chain of askers go along. */
  readonly ask: MessageContext["ask"];
}

/** Hands a participant's request to an actor, and translates the actor's refusals. It decides nothing else. */
export type RequestHandler<T extends JoinedRequestType> = (
  data: RequestData<T>,
  requester: Requester,
) => Promise<Answer<RequestAnswer<T>>>;

export type RequestHandlers<T extends JoinedRequestType> = { readonly [N in T]: RequestHandler<N> };
