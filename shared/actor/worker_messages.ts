import type { Frame } from "./wire.ts";

/** What a supervisor posts to its Worker. Both ends are this very code, so the types are trusted here. */
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
  | { readonly t: "frames"; readonly frames: readonly Frame[] };

/** What a Worker posts to its supervisor. */
export type FromWorker =
  | { readonly t: "loaded" }
  | { readonly t: "frames"; readonly frames: readonly Frame[] }
  | { readonly t: "crashed"; readonly message: string; readonly stack: string | undefined }
  /** The actor has come to its end, as asked to or of its own accord. */
  | { readonly t: "stopped" };

/** The name under which a Worker exposes its actor to its supervisor. */
export const selfName = "self";
