import type { ClientSocket } from "../../../meeting/signaling/client_socket.ts";

/** A socket's listener that keeps the frames. */
export class Heard {
  readonly texts: string[] = [];
  /** The types of the requests that the socket refused. */
  readonly refused: (string | null)[] = [];
  readonly closed: Promise<void>;
  #wake: (() => void)[] = [];

  /** `handles`: whether it calls `handled` for each frame at once. */
  constructor(socket: ClientSocket, handles = true) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.listen({
      frame: (text) => {
        this.texts.push(text);
        if (handles) socket.handled(text);
        for (const wake of this.#wake.splice(0)) wake();
      },
      refused: (type) => void this.refused.push(type),
      closed: resolve,
    });
  }

  async count(wanted: number): Promise<void> {
    while (this.texts.length < wanted) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }
}
