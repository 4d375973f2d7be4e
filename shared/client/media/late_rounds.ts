import type { Clock } from "../../actor/clock.ts";
import type { ClientTransport } from "./media_transports.ts";

type Handler = ClientTransport["handler"];

const LONGEST_PROBATION_WAIT_MS = 500;
const CLOSE_AFTER_MS = 2_000;

/**
 * Puts off the rounds of session descriptions that nobody waits for: each takes tens of milliseconds, and what somebody waits
 * for comes behind it.
 *
 * mediasoup-client follows the first video consumer with one of its own, into which the router sends padding to probe
 * the bandwidth. It goes along with the next consumers; on its own once `calm` is called, as the first picture is there, or
 * after half a second. Consumers that are closed play no more, and the server sends nothing for them: their descriptions are
 * closed some time later, together.
 */
export function deferRounds(transport: ClientTransport, clock: Clock): { calm(): void } {
  const { handler } = transport;
  const inTurn = turns();
  const receive = handler.receive.bind(handler);
  const stopReceiving = inTurn(handler.stopReceiving.bind(handler));
  let probation: Parameters<Handler["receive"]>[0] = [];
  let closed: string[] = [];

  const receiveAlong = inTurn(async (consumers: typeof probation) => {
    const all = [...consumers, ...probation];
    probation = [];
    return all.length === 0 ? [] : (await receive(all)).slice(0, consumers.length);
  });

  function calm(): void {
    // Without it the bandwidth is found more slowly.
    if (probation.length > 0 && !transport.closed) receiveAlong([]).catch(() => {});
  }

  function close(): void {
    const localIds = closed;
    closed = [];
    // A description that stays open costs a few lines in the next.
    if (!transport.closed) stopReceiving(localIds).catch(() => {});
  }

  handler.receive = (consumers) => {
    if (consumers.some(({ trackId }) => trackId !== "probator")) return receiveAlong(consumers);
    probation = consumers;
    clock.set(calm, LONGEST_PROBATION_WAIT_MS);
    // mediasoup-client has no use for the result.
    return Promise.resolve([]);
  };
  handler.stopReceiving = (localIds) => {
    if (closed.length === 0) clock.set(close, CLOSE_AFTER_MS);
    closed.push(...localIds);
    return Promise.resolve();
  };
  handler.restartIce = inTurn(handler.restartIce.bind(handler));
  return { calm };
}

/** Has what it wraps take place one after another. mediasoup-client sees to that only where it knows of the rounds. */
function turns() {
  let last: Promise<unknown> = Promise.resolve();
  return <A extends unknown[], R>(act: (...args: A) => Promise<R>) => (...args: A): Promise<R> => {
    const done = last.then(() => act(...args));
    last = done.catch(() => {});
    return done;
  };
}
