import type { Registry } from "prom-client";
import { addProcessMetrics, createMetrics } from "../shared/metrics/mod.ts";
import type { Count, Durations, Reading } from "../shared/metrics/mod.ts";
import { signingKeyAt } from "./keys/stored_signing_keys.ts";
import type { SigningKeyRow } from "./store/schema.ts";

/** What AC measures. */
export interface AuthMetrics {
  readonly registry: Registry;
  readonly tokensIssued: Count<"type" | "result">;
  readonly tokenDuration: Durations<never>;
  readonly keyRotations: Count<"result">;
  readonly logins: Count<"result">;
  readonly auditFailures: Count<"result">;
  /** Says which keys there are, the newest first; one of them signs. */
  signingKeys(keys: readonly Pick<SigningKeyRow, "created_at" | "active_from">[]): void;
  /** The age at which the next key signs in its place, in seconds. */
  readonly signingKeyTerm: Reading<never>;
  readonly requests: Count<"route" | "method" | "status">;
  readonly requestDuration: Durations<never>;
}

export function createAuthMetrics(now: () => number): AuthMetrics {
  const metrics = createMetrics("ac");
  addProcessMetrics(metrics.registry, new Date(now()));
  let keys: readonly Pick<SigningKeyRow, "created_at" | "active_from">[] = [];
  metrics.gauge("signing_key_age_seconds", "Age of the key that signs.").collect(() => {
    const signing = signingKeyAt(keys, now());
    return signing === undefined ? [] : [[{}, (now() - signing.created_at) / 1000]];
  });
  return {
    registry: metrics.registry,
    tokensIssued: metrics.counter("tokens_issued_total", "Tokens issued and refused.", ["type", "result"]),
    tokenDuration: metrics.histogram("token_duration_seconds", "Time to make a token."),
    keyRotations: metrics.counter("key_rotations_total", "Signing keys made.", ["result"]),
    logins: metrics.counter("logins_total", "Logins.", ["result"]),
    auditFailures: metrics.counter(
      "audit_failures_total",
      "Audit entries that could not be written at once.",
      [
        "result",
      ],
    ),
    signingKeys(current) {
      keys = current;
    },
    signingKeyTerm: metrics.gauge("signing_key_term_seconds", "Age at which the key that signs is followed."),
    requests: metrics.counter("requests_total", "Requests.", ["route", "method", "status"]),
    requestDuration: metrics.histogram("request_duration_seconds", "Time to answer a request."),
  };
}
