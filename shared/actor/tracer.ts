/**
 * How the runtime takes part in distributed tracing (rule A19). Contexts travel as W3C `traceparent` texts, because
 * they cross isolates and services with the envelope.
 */
export interface Tracer {
  /** The caller's trace context; `undefined` outside of any span. */
  current(): string | undefined;
  /** Runs a handler as a span below `parent`; the span ends when what it returns has settled. */
  run<T>(name: string, parent: string | undefined, work: () => T): T;
}
