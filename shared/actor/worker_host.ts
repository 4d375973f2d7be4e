import type { ActorClass } from "./actor.ts";
import { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef } from "./ref.ts";
import { refOf } from "./ref_of.ts";
import { isolateRuntime } from "./runtime.ts";
import { createScope } from "./scope.ts";
import { spawn } from "./spawn.ts";
import { outside } from "./tracer.ts";
import { type FromWorker, selfName, type ToWorker } from "./worker_messages.ts";

/**
 * Makes this Worker the home of one actor. The Worker's entry module calls it once. When the actor crashes, its
 * supervisor in the other isolate ends the Worker and starts a new one.
 */
export function hostActor<P extends Protocol, I>(type: ActorClass<P, I>): void {
  const post = (message: FromWorker, transfer: Transferable[] = []) => postMessage(message, { transfer });
  const link = new Link((frames, transfer) => post({ t: "frames", frames: [...frames] }, transfer));
  const scope = createScope({ onFailure: (error) => post(crashOf(error)) });
  const imported = new Map<string, Outbox>();
  const imports =
    (names: readonly string[]) => <R extends Protocol>(name: string, protocol: R): ActorRef<R> => {
      if (!names.includes(name)) throw new Error(`There is no imported reference "${name}"`);
      // All actors of the Worker share one window for each name.
      const known = imported.get(name);
      if (known?.open) return refOf(known);
      const outbox = new Outbox({
        runtime: isolateRuntime,
        protocol,
        type: `imported ${name}`,
        path: name,
        capacity: 1_024,
        to: name,
      });
      imported.set(name, outbox);
      outbox.attach(link);
      return refOf(outbox);
    };
  self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
    if (data.t === "frames") outside(isolateRuntime.tracer, () => link.receive(data.frames));
    else if (data.t === "probe") post({ t: "alive" });
    else if (data.t === "init") {
      const { path: name, graceMs } = data;
      const { supervisor } = scope;
      const parent = {
        runtime: isolateRuntime,
        parentPath: "",
        supervisor,
        imports: imports(data.imports),
      };
      // The init came by structured clone from the spawning side, whose types it has.
      const ref = spawn(parent, type, data.init as I, { name, policy: { directive: "escalate" }, graceMs });
      link.expose(selfName, ref);
      ref.watch((reason) => reason === "stopped" && post({ t: "stopped" }));
    } else {
      await scope.close(data.deadlineMs);
      post({ t: "stopped" });
    }
  };
  tellOfExits(post);
  post({ t: "loaded" });
}

/** Reports to the supervisor that this Worker ends itself; the runtime doesn't. */
function tellOfExits(post: (message: FromWorker) => void): void {
  const close = self.close.bind(self);
  const { exit } = Deno;
  self.close = () => {
    post(crashOf(new Error("The Worker closed itself")));
    close();
  };
  Object.assign(Deno, {
    exit(code?: number) {
      post(crashOf(new Error(`The Worker exited with code ${code ?? 0}`)));
      exit(code);
    },
  });
}

function crashOf(error: unknown): FromWorker {
  return error instanceof Error
    ? { t: "crashed", message: error.message, stack: error.stack }
    : { t: "crashed", message: String(error), stack: undefined };
}
