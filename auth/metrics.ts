import { addProcessMetrics, createMetrics } from "../shared/metrics/mod.ts";
import type { Count, Durations } from "../shared/metrics/mod.ts";
import type { Registry } from "prom-client";

/** What AC measures. */
export interface AuthMetrics {
  readonly registry: Registry;
  readonly tokensIssued: Count<"type" | "result">;
  readonly tokenDuration: Durations<never>;
  readonly keyRotations: Count<"result">;
  readonly logins: Count<"result">;
  /** Says since when the key that signs exists, in milliseconds since the Unix epoch. */
  signingKeySince(createdAt: number | undefined): void;
  readonly requests: Count<"route" | "method" | "status">;
  readonly requestDuration: Durations<never>;
}

export function createAuthMetrics(now: () => number): AuthMetrics {
  const metrics = createMetrics("ac");
  addProcessMetrics(metrics.registry, new Date(now()));
  let since: number | undefined;
  metrics.gauge("signing_key_age_seconds", "Age of the key that signs.").collect(() =>
    since === undefined ? [] : [[{}, (now() - since) / 1000]]
  );
  return {
    registry: metrics.registry,
    tokensIssued: metrics.counter("tokens_issued_total", "Tokens issued and refused.", ["type", "result"]),
    tokenDuration: metrics.histogram("token_duration_seconds", "Time to make a token."),
    keyRotations: metrics.counter("key_rotations_total", "Signing keys made.", ["result"]),
    logins: metrics.counter("logins_total", "Logins.", ["result"]),
    signingKeySince(createdAt) {
      since = createdAt;
    },
    requests: metrics.counter("requests_total", "Requests.", ["route", "method", "status"]),
    requestDuration: metrics.histogram("request_duration_seconds", "Time to answer a request."),
  };
}
