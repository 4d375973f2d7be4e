import type { ClientTransport } from "./media_transports.ts";

const LONGEST_WAIT_MS = 500;

/**
 * mediasoup-client follows the first video consumer with one of its own, into which the router sends padding to probe
 * the bandwidth. Its round of session descriptions takes tens of milliseconds, just while ICE and DTLS connect and
 * the first picture is awaited. Here that round waits until `calm` is called, half a second at most.
 */
export function deferProbation(transport: ClientTransport): { calm(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { handler } = transport;
  const receive = handler.receive.bind(handler);
  handler.receive = async (options) => {
    if (options.every(({ trackId }) => trackId === "probator")) {
      const timer = setTimeout(resolve, LONGEST_WAIT_MS);
      await promise;
      clearTimeout(timer);
    }
    return await receive(options);
  };
  return { calm: resolve };
}
