import type { ApiResult } from "../../shared/client/http.ts";
import { joinMeeting, type MeetingSession, type SessionOptions } from "../../shared/client/session.ts";
import type { SessionState } from "../../shared/client/session_state.ts";
import type { Ticket } from "../../shared/protocol/rest.ts";
import type { JoinAnswer } from "../../shared/protocol/signaling.ts";
import type { ManualClock } from "../manual_clock.ts";
import { joinAnswer, ticketTo } from "./samples.ts";
import { answerFrame, notificationFrame, type Peer, type startSignalingServer } from "./signaling_server.ts";

export const gone: ApiResult<Ticket> = {
  ok: false,
  error: { status: 503, code: "UNAVAILABLE", message: "Not now." },
};

export function join(url: string, options: Partial<SessionOptions> = {}): MeetingSession {
  return joinMeeting({
    code: "abc-def",
    ticket: ticketTo(url),
    layout: { mode: "grid", slots: 9 },
    api: { renewTicket: () => Promise.resolve(gone), reportUnreachable: () => Promise.resolve(gone) },
    random: () => 0.5,
    ...options,
  });
}

/** Waits for a state of the session. */
export function until(
  session: MeetingSession,
  holds: (state: SessionState) => boolean,
): Promise<SessionState> {
  const { promise, resolve } = Promise.withResolvers<SessionState>();
  const check = (state: SessionState) => holds(state) && resolve(state);
  const stop = session.state.subscribe(check);
  check(session.state.get());
  return promise.finally(stop);
}

export const inPhase = (phase: SessionState["phase"]) => (state: SessionState) => state.phase === phase;

export async function letIn(peer: Peer, change: Partial<JoinAnswer> = {}) {
  const request = await peer.next();
  peer.socket.send(answerFrame<"join">(request.id, joinAnswer(change)));
  return request;
}

/** Joins, and is let in with this answer. */
export async function enter(
  server: ReturnType<typeof startSignalingServer>,
  options: Partial<SessionOptions>,
  answer: Partial<JoinAnswer>,
) {
  const session = join(server.url, options);
  const peer = await server.accept();
  await letIn(peer, answer);
  await until(session, inPhase("joined"));
  return { session, peer };
}

export async function leave(session: MeetingSession, peer: Peer): Promise<void> {
  const left = session.leave();
  const request = await peer.next();
  peer.socket.send(answerFrame<"leave">(request.id, {}));
  await left;
  await peer.closed;
}

/** Ends a session from the server's side. */
export async function end(session: MeetingSession, peer: Peer): Promise<void> {
  peer.socket.send(notificationFrame("meeting.ended", { reason: "over" }));
  await until(session, inPhase("ended"));
}

/** Lets all attempts fall due after a loss until it is tried no more 30 s later. */
export async function passWindow(clock: ManualClock): Promise<void> {
  for (const pauseMs of [300, 900, 1_500, 2_100, 5_000, 5_000, 5_000, 5_000, 5_000, 200]) {
    await clock.until(pauseMs);
    clock.advance(pauseMs);
  }
}
