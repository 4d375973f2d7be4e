import { createScope, type LinkSocket, remoteLink, type Runtime } from "../../../../shared/actor/mod.ts";
import { MediaReports } from "../../../../shared/protocol/media/control.ts";
import { mediaLinkNames } from "../../../../shared/protocol/media/link.ts";
import type { NoLink } from "../../../../meeting/shard/open_link_socket.ts";
import { FakeControlActor, type FakeHandler } from "./fake_handler.ts";
import { socketPair } from "./socket_pair.ts";

/** What becomes of an attempt to connect. `silent`: nothing answers until the attempt has taken its whole time. */
export type Reachable = "yes" | "silent" | NoLink;

/** A controller's way to a fake handler: the real link over a pair of sockets in memory. */
export class HandlerWire {
  readonly #handler: FakeHandler;
  readonly #runtime: Runtime;
  #reachable: Reachable = "yes";
  #socket: LinkSocket | null = null;
  #unlinkedSinceMs: number | null = null;

  constructor(handler: FakeHandler, runtime: Runtime) {
    this.#handler = handler;
    this.#runtime = runtime;
  }

  get isWhole(): boolean {
    return this.#reachable === "yes";
  }

  /** For how long a handler that had a link has had none, in milliseconds. */
  get unlinkedMs(): number {
    return this.#unlinkedSinceMs === null ? 0 : this.#runtime.clock.now() - this.#unlinkedSinceMs;
  }

  /** Opens the link's socket, as `openLinkSocket` does. */
  open({ timeoutMs }: { readonly timeoutMs: number }): Promise<LinkSocket | NoLink> {
    const reachable = this.#reachable;
    if (reachable === "yes") return Promise.resolve(this.#connect());
    if (reachable !== "silent") return Promise.resolve(reachable);
    return new Promise((resolve) => this.#runtime.clock.set(() => resolve("unreachable"), timeoutMs));
  }

  /** Ends the link. Until `heal` a new one opens only if it is `reachable`. */
  cut(reachable: Reachable): void {
    this.#reachable = reachable;
    this.#socket?.close();
    this.#socket = null;
  }

  heal(): void {
    this.#reachable = "yes";
  }

  #connect(): LinkSocket {
    const [controller, socket] = socketPair();
    this.#socket = controller;
    this.#unlinkedSinceMs = null;
    const link = remoteLink(socket, this.#runtime);
    const scope = createScope({ runtime: this.#runtime });
    link.expose(mediaLinkNames.control, scope.spawn(FakeControlActor, this.#handler, { name: "control" }));
    this.#handler.reports = link.ref(mediaLinkNames.reports, MediaReports);
    link.onClose(() => {
      void scope.close(0);
      if (this.#socket === controller) this.#socket = null;
      if (this.#socket === null) this.#unlinkedSinceMs = this.#runtime.clock.now();
    });
    return controller;
  }
}
