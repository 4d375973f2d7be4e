import type { Result } from "../../shared/actor/mod.ts";
import type { RequestFrame, SignalingError } from "../../shared/protocol/mod.ts";
import type { Joined } from "./connection.ts";
import { refuse } from "./refusal.ts";

type Request = Exclude<RequestFrame, { type: "join" | "leave" | "session.ping" }>;

/** Does what a joined client asks for, and says what it is answered. Which actor is asked is all that is decided here. */
export async function answerRequest(frame: Request, joined: Joined): Promise<object | SignalingError> {
  const { participantId, meeting, routing } = joined;
  switch (frame.type) {
    case "layout.set":
      return toAnswer(
        await routing.ask("setLayout", { participantId, layout: frame.data }),
        (assignments) => ({ assignments }),
      );
    case "media.connect": {
      const { transport_id: transportId, dtls_parameters: dtlsParameters } = frame.data;
      return toAnswer(await routing.ask("connect", { participantId, transportId, dtlsParameters }));
    }
    case "media.produce": {
      const { transport_id: transportId, kind, source, rtp_parameters: rtpParameters } = frame.data;
      return toAnswer(
        await routing.ask("produce", { participantId, transportId, kind, source, rtpParameters }),
      );
    }
    case "media.pause":
    case "media.resume": {
      const paused = frame.type === "media.pause";
      return toAnswer(
        await routing.ask("setPaused", { participantId, producerId: frame.data.producer_id, paused }),
      );
    }
    case "media.close":
      return toAnswer(
        await routing.ask("closeProducer", { participantId, producerId: frame.data.producer_id }),
      );
    case "media.ready":
      return toAnswer(await routing.ask("ready", { participantId, consumerIds: frame.data.consumer_ids }));
    case "media.restart_ice":
      return toAnswer(
        await routing.ask("restartIce", { participantId, transportId: frame.data.transport_id }),
      );
    case "participant.update":
      return toAnswer(await meeting.ask("update", { participantId, change: frame.data }));
    case "chat.send":
      return toAnswer(await meeting.ask("chat", { participantId, ...frame.data }));
    case "reaction.send":
      return toAnswer(await meeting.ask("react", { participantId, reaction: frame.data.reaction }));
    case "moderation.admit":
      return toAnswer(
        await meeting.ask("admit", { by: participantId, participantIds: frame.data.participant_ids }),
      );
    case "moderation.deny":
      return toAnswer(
        await meeting.ask("deny", { by: participantId, participantIds: frame.data.participant_ids }),
      );
    case "moderation.lock":
      return toAnswer(await meeting.ask("lock", { by: participantId, locked: frame.data.locked }));
    case "meeting.end":
      return toAnswer(await meeting.ask("end", { by: participantId }));
    case "moderation.mute":
    case "moderation.remove":
    case "moderation.role":
      return refuse("INVALID_REQUEST", `${frame.type} is not offered by this server.`);
  }
}

function toAnswer<T>(result: Result<T, string>, shape?: (value: T) => object): object | SignalingError {
  if (!result.ok) return refuse(result.error.code, result.error.message);
  if (shape !== undefined) return shape(result.value);
  return typeof result.value === "object" && result.value !== null ? result.value : {};
}
