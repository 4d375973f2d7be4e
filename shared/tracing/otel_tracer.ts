import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Tracer } from "../actor/mod.ts";

/**
 * Puts the actors' messages into the traces that Deno exports when it runs with `OTEL_DENO=true`; `null` when it
 * doesn't, so that nothing is paid for it.
 */
export function otelTracer(): Tracer | null {
  const tracer = trace.getTracer("dark-tower");
  const probe = tracer.startSpan("probe");
  const recording = probe.isRecording();
  probe.end();
  if (!recording) return null;
  return {
    current() {
      const spanContext = trace.getSpanContext(context.active());
      return spanContext === undefined ? undefined : toTraceparent(spanContext);
    },
    run(name, parent, work) {
      return tracer.startActiveSpan(name, {}, below(parent), (span) => finishing(span, work));
    },
    bind: (work) => context.bind(context.active(), work),
    outside: (work) => context.with(ROOT_CONTEXT, work),
  };
}

function finishing<T>(span: Span, work: () => T): T {
  const failed = (error: unknown) => {
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: error instanceof Error ? error.message : String(error),
    });
    span.end();
  };
  try {
    const result = work();
    if (result instanceof Promise) result.then(() => span.end(), failed);
    else span.end();
    return result;
  } catch (error) {
    failed(error);
    throw error;
  }
}

function below(parent: string | undefined): Context {
  const spanContext = parent === undefined ? undefined : fromTraceparent(parent);
  return spanContext === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContext);
}

/** W3C Trace Context, §3.2: `00-{trace id}-{parent id}-{flags}`. */
export function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** The span that a `traceparent` names; `undefined` for a text that is none. */
export function fromTraceparent(text: string): SpanContext | undefined {
  const parts = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text);
  if (parts === null) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = parts;
  const sampled = (parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0;
  const spanContext: SpanContext = {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
  return isSpanContextValid(spanContext) ? spanContext : undefined;
}
