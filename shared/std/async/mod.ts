/** Helpers for asynchronous work: time limits, waiting, trying again, working through a list. */
export * from "./abortable.ts";
export * from "./deadline.ts";
export * from "./delay.ts";
