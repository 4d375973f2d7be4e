/**
 * The runtime's port to distributed tracing (rule A19). Contexts are W3C `traceparent` texts, because they cross isolates
 * and services in the envelope.
 */
export interface Tracer {
  /** The caller's trace context; `undefined` outside of any span. */
  current(): string | undefined;
  /** Runs a handler as a span below `parent`. The span ends when the handler's promise has settled. */
  run<T>(name: string, parent: string | undefined, work: () => T): T;
}
