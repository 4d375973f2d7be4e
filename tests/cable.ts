import { freePorts } from "./free_ports.ts";

/** A way to a server that can be cut and mended. */
export interface Cable extends AsyncDisposable {
  readonly port: number;
  /** Ends the connections that are open. New ones get through. */
  drop(): void;
  cut(): void;
  mend(): void;
  /** From now on new connections are taken, and get no answer. Those that are open go on. */
  hold(): void;
  /** How many were held. */
  readonly held: number;
  /** Ends the connections that are open, and leads new ones to another port. */
  leadTo(port: number): void;
  /** Leads new connections to another port. Those that are open go on. */
  leadNewTo(port: number): void;
}

export function cable(hostname: string, firstPort: number): Cable {
  let port = firstPort;
  const open = new Set<Deno.Conn>();
  const own = freePorts(1);
  let listener = Deno.listen({ hostname: "127.0.0.1", port: own });
  let isHolding = false;
  let held = 0;
  async function serve(from: Deno.Listener): Promise<void> {
    for await (const near of from) void join(near);
  }
  async function join(near: Deno.Conn): Promise<void> {
    if (isHolding) {
      held++;
      open.add(near);
      return;
    }
    const far = await Deno.connect({ hostname, port });
    for (const end of [near, far]) open.add(end);
    await Promise.allSettled([near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)]);
    for (const end of [near, far]) open.delete(end);
  }
  const drop = () => {
    for (const end of open) {
      try {
        end.close();
      } catch {
        // The other side was faster.
      }
    }
    open.clear();
  };
  const cut = () => {
    listener.close();
    drop();
  };
  void serve(listener);
  return {
    port: own,
    drop,
    cut,
    mend() {
      listener = Deno.listen({ hostname: "127.0.0.1", port: own });
      void serve(listener);
    },
    hold() {
      isHolding = true;
    },
    get held() {
      return held;
    },
    leadTo(other) {
      port = other;
      drop();
    },
    leadNewTo(other) {
      port = other;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(cut()),
  };
}
