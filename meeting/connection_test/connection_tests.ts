import {
  type ActorContext,
  type ActorRef,
  fail,
  type Failure,
  type Protocol,
} from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { createLimiter } from "../../shared/limits/gcra.ts";
import { ConnectionTestActor, type ConnectionTestInit } from "./connection_test.ts";
import type { ConnectionTest } from "./connection_test_protocol.ts";

export interface ConnectionTestsOptions extends Pick<ConnectionTestInit, "leases" | "links"> {
  /** In milliseconds. */
  readonly now: () => number;
}

/** The most tests of a shard at a time: each takes a router and two transports of a handler. */
const mostAtOnce = 16;
/** For one subject. */
const rate = { count: 6, periodMs: 60_000, burst: 3 };
const subjectsKept = 10_000;

/** Starts a shard's connection tests, and keeps them few. */
export class ConnectionTests {
  readonly #options: ConnectionTestsOptions;
  readonly #limiter = createLimiter(rate, subjectsKept);
  #running = 0;

  constructor(options: ConnectionTestsOptions) {
    this.#options = options;
  }

  /** Starts a test as a child of its connection. */
  start(
    spawn: ActorContext<Protocol>["spawn"],
    { meeting_id: meetingId, sub }: MeetingTokenClaims,
  ): ActorRef<typeof ConnectionTest> | Failure<"rate_limited" | "overloaded"> {
    const { now, leases, links } = this.#options;
    if (this.#running >= mostAtOnce) {
      return fail("overloaded", "Many people test their connection now. Try again in a minute.");
    }
    if (this.#limiter.take(sub, now()) > 0) {
      return fail("rate_limited", "You have tested your connection several times. Try again in a minute.");
    }
    this.#running++;
    const onEnd = () => void this.#running--;
    return spawn(ConnectionTestActor, { meetingId, leases, links, onEnd }, {
      name: "connection test",
      capacity: 32,
      policy: { directive: "stop" },
      graceMs: 5_000,
    });
  }
}
