import { type ActorContext, hostActor } from "../../../shared/actor/mod.ts";
import { MeetingControllerActor } from "../../../meeting/shard/meeting_controller.ts";
import type { MeetingController, ShardInit } from "../../../meeting/shard/meeting_controller_protocol.ts";

/** A shard whose thread, told to hold, stands still until the file at the live store's path with `.released` is there. */
class HangingShardActor extends MeetingControllerActor {
  readonly #released: string;

  constructor(init: ShardInit, context: ActorContext<typeof MeetingController>) {
    super(init, context);
    if (init.liveStore.kind !== "sqlite") throw new Error("There is no folder for the file");
    this.#released = `${init.liveStore.path}.released`;
  }

  override hold(): Promise<void> {
    while (!exists(this.#released)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    return Promise.resolve();
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

hostActor(HangingShardActor);
