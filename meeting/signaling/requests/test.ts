import type { ActorRef, MessageContext } from "../../../shared/actor/mod.ts";
import { notificationFrame, type RequestFrame } from "../../../shared/protocol/mod.ts";
import type { ConnectionTest } from "../../connection_test/connection_test_protocol.ts";
import { type Answer, answer, done, refuse } from "../refusal.ts";

const refusals = {
  not_found: "NOT_FOUND",
  rejected: "INVALID_REQUEST",
  unavailable: "HANDLER_UNAVAILABLE",
  exhausted: "RATE_LIMITED",
} as const;

/** An answer, and the frames that follow it. */
export interface TestAnswer {
  readonly answer: Answer<object>;
  readonly frames: readonly string[];
}

/** Answers a request of a client that tests its connection. It gets nothing of the meeting. */
export async function handleTestRequest(
  { type, data }: RequestFrame,
  test: ActorRef<typeof ConnectionTest>,
  ask: MessageContext["ask"],
): Promise<TestAnswer> {
  const alone = (answer: Answer<object>) => ({ answer, frames: [] });
  switch (type) {
    case "test.open":
      return alone(
        answer(await ask(test, "open", { rtpCapabilities: data.rtp_capabilities }), refusals),
      );
    case "media.connect": {
      const connection = { transportId: data.transport_id, dtlsParameters: data.dtls_parameters };
      return alone(done(await ask(test, "connect", connection), refusals));
    }
    case "media.produce": {
      const { transport_id: transportId, kind, source, rtp_parameters: rtpParameters } = data;
      const order = { transportId, kind, source, rtpParameters };
      const produced = answer(await ask(test, "produce", order), refusals);
      if (!produced.ok) return alone(produced);
      const { producerId: producer_id, consumer } = produced.data;
      const frame = notificationFrame("media.consumers", { added: [consumer], removed: [], changed: [] });
      return { answer: { ok: true, data: { producer_id } }, frames: [frame] };
    }
    case "media.ready":
      return alone(done(await ask(test, "ready", undefined), refusals));
    default:
      return alone(refuse("NOT_JOINED", "This connection only tests. Join over another one."));
  }
}
