import type { WebRtcTransport } from "mediasoup/types";
import type { ActorRef } from "../../shared/actor/mod.ts";
import type { MeetingRouter } from "./meeting_router_messages.ts";
import { settleEvent } from "./settle_event.ts";

/** Sends mediasoup's events of a participant's transport to the actor of its router. */
export function watchTransport(
  router: ActorRef<typeof MeetingRouter>,
  participant_id: string,
  transport: WebRtcTransport,
): void {
  const name = { participant_id, transport_id: transport.id };
  transport.on("dtlsstatechange", (state) => {
    if (state === "connected") {
      void settleEvent("flowing", router.offer("flowing", { participant_id, producer_id: null }));
    }
    if (state !== "failed" && state !== "closed") return;
    const reason = state === "failed" ? "dtls_failed" : "dtls_closed";
    void settleEvent("dtlsEnded", router.offer("dtlsEnded", { ...name, reason }));
  });
  transport.on("icestatechange", (ice) => {
    if (ice !== "closed") void settleEvent("iceChanged", router.offer("iceChanged", { ...name, ice }));
  });
}
