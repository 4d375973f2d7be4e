import { z } from "zod";
import { type Frame, framesSchema } from "./wire.ts";

/** The messages of a supervisor to its Worker, which trusts them. */
export type ToWorker =
  | {
    readonly t: "init";
    readonly init: unknown;
    readonly path: string;
    readonly graceMs: number;
    /** The names of the references handed over. */
    readonly imports: readonly string[];
  }
  | { readonly t: "stop"; readonly deadlineMs: number }
  /** Asks whether the Worker's event loop still turns. */
  | { readonly t: "probe" }
  | { readonly t: "frames"; readonly frames: readonly Frame[] };

/** What a Worker posts to its supervisor, which checks it: any code in the Worker can call `postMessage`. */
export const fromWorkerSchema = z.discriminatedUnion("t", [
  z.object({ t: z.literal("loaded") }),
  z.object({ t: z.literal("frames"), frames: framesSchema }),
  z.object({ t: z.literal("crashed"), message: z.string(), stack: z.string().optional() }),
  /** The actor has come to its end, as asked to or of its own accord. */
  z.object({ t: z.literal("stopped") }),
  /** The answer to a probe. */
  z.object({ t: z.literal("alive") }),
]);

export type FromWorker = z.output<typeof fromWorkerSchema>;

/** The name under which a Worker exposes its actor to its supervisor. */
export const selfName = "self";
