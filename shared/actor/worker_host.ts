import type { ActorClass } from "./actor.ts";
import { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef } from "./ref.ts";
import { refOf } from "./ref_of.ts";
import { isolateRuntime } from "./runtime.ts";
import { createScope } from "./scope.ts";
import { spawn } from "./spawn.ts";
import { type FromWorker, selfName, type ToWorker } from "./worker_messages.ts";

/**
 * Makes this Worker the home of one actor. To be called once, by the Worker's entry module. The actor's crash is the
 * supervisor's business outside: it ends the Worker and starts a new one.
 */
export function hostActor<P extends Protocol, I>(type: ActorClass<P, I>): void {
  const post = (message: FromWorker, transfer: Transferable[] = []) => postMessage(message, { transfer });
  const link = new Link((frames, transfer) => post({ t: "frames", frames }, transfer));
  const scope = createScope({ onFailure: (error) => post(crashOf(error)) });
  const imports = <R extends Protocol>(name: string, protocol: R): ActorRef<R> => {
    const outbox = new Outbox({
      runtime: isolateRuntime,
      protocol,
      type: `imported ${name}`,
      path: name,
      capacity: 1_024,
      to: name,
    });
    outbox.attach(link);
    return refOf(outbox);
  };
  self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
    if (data.t === "frames") link.receive(data.frames);
    else if (data.t === "init") {
      const { path, graceMs } = data;
      // The types of the init are the spawning side's; it came by structured clone from there.
      const parent = { runtime: isolateRuntime, parentPath: "", supervisor: scope.supervisor, imports };
      link.expose(
        selfName,
        spawn(parent, type, data.init as I, { name: path, policy: { directive: "escalate" }, graceMs }),
      );
    } else {
      await scope.close(data.deadlineMs);
      post({ t: "stopped" });
    }
  };
  post({ t: "loaded" });
}

function crashOf(error: unknown): FromWorker {
  return error instanceof Error
    ? { t: "crashed", message: error.message, stack: error.stack }
    : { t: "crashed", message: String(error), stack: undefined };
}
