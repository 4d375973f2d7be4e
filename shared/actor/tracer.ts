/**
 * The runtime's port to distributed tracing (rule A19). Contexts are W3C `traceparent` texts, because they cross isolates
 * and services in the envelope.
 */
export interface Tracer {
  /** The caller's trace context; `undefined` outside of any span. */
  current(): string | undefined;
  /** Runs a handler as a span below `parent`, or of a trace of its own. It ends when the handler's promise has settled. */
  run<T>(name: string, parent: string | undefined, work: () => T): T;
  /** The function that does `work` in the trace context of now, wherever it is called. */
  bind<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R;
  /** Runs `work` in no trace: a timer would be in that of whoever set the first one. */
  outside<T>(work: () => T): T;
}

/** Binds `work` to the trace context of now, if there are traces. */
export function bound<A extends unknown[], R>(
  tracer: Tracer | null,
  work: (...args: A) => R,
): (...args: A) => R {
  return tracer === null ? work : tracer.bind(work);
}

/** Runs `work` on nobody's behalf. */
export function outside<T>(tracer: Tracer | null, work: () => T): T {
  return tracer === null ? work() : tracer.outside(work);
}
