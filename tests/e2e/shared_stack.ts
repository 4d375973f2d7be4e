import { roomyLimits } from "../load/roomy_limits.ts";
import { type Stack, startStack } from "./stack.ts";

/** Everybody in the tests comes from one address, and each test makes accounts of its own. */
const limits = {
  ...roomyLimits,
  DT_LIMIT_LOGINS_PER_SECOND: "1000",
  DT_LIMIT_LOGINS_BURST: "1000",
  DT_LIMIT_REGISTRATIONS_PER_HOUR: "1000",
  DT_LIMIT_UNKNOWN_CODES_PER_MINUTE: "1000",
};

let shared: Promise<Stack> | undefined;

Deno.test.afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]();
});

/**
 * The deployment of all tests in this isolate that change nothing of it but accounts and meetings of their own. Starting and
 * ending four services takes as long as many a test.
 */
export function sharedStack(): Promise<Stack> {
  return shared ??= startStack(limits);
}
