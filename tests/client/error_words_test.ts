import { assert, assertEquals, assertMatch } from "@std/assert";
import { AUTH_ERRORS } from "../../auth/errors/errors.ts";
import { GLOBAL_ERRORS } from "../../global/errors/errors.ts";
import { outcomeOfEnd } from "../../shared/client/connection_outcome.ts";
import { endingBeforeJoin, endingOfJoin, endingOfTicket } from "../../shared/client/endings.ts";
import { errorWords } from "../../shared/client/error_words.ts";
import { joinTriesWords, lossForGood, lossWords } from "../../shared/client/loss_words.ts";
import { COMMON_ERRORS } from "../../shared/http/common_errors.ts";
import { closeCodes, closeReason, signalingErrorCode } from "../../shared/protocol/signaling.ts";

/** What people who use the page can't be expected to know. */
const jargon =
  /token|request|frame|json|producer|transport|handler|controller|instance|client\b|content-type|undefined|null|[A-Z]+_[A-Z]+|\b4\d\d\d\b/i;

function assertWords(words: string | undefined, of: string): void {
  assert(words !== undefined && words.length > 10, of);
  assertMatch(words, /^[A-Z].*[.!?…]$/s, of);
  assertEquals(jargon.exec(words)?.[0], undefined, `${of}: ${words}`);
}

/** Codes of interfaces that no page uses: registries of services, and the administration by other programs. */
const notForPeople = new Set([
  "NOT_OWNER",
  "NOT_REGISTERED",
  "INSTANCE_REPLACED",
  "ROTATION_TOO_SOON",
  "CLIENT_NOT_FOUND",
]);

Deno.test("errors › every code of REST is said in words that a person understands", () => {
  for (
    const [code, [status, message]] of Object.entries({ ...COMMON_ERRORS, ...AUTH_ERRORS, ...GLOBAL_ERRORS })
  ) {
    if (notForPeople.has(code)) continue;
    const failure = { status, code, message };
    assertWords(errorWords(failure), code);
    assertWords(endingBeforeJoin(failure, false).message, `${code} before a join`);
    const over = endingOfTicket(failure);
    if (over) assertWords(over.message, `${code} of a renewal`);
  }
  for (const code of ["NETWORK", "UNEXPECTED"]) {
    assertWords(errorWords({ code, message: "The server cannot be reached." }), code);
  }
});

Deno.test("errors › every code of signaling is said in words, and those of a refused join besides", () => {
  const messages = [
    "Only a host can lock the meeting.",
    "layout.slots: is too small",
    "frame nests too deep",
  ];
  for (const code of [...signalingErrorCode.options, "BAD_ANSWER", "CLOSED"] as const) {
    for (const message of code === "INVALID_REQUEST" ? messages : messages.slice(0, 1)) {
      assertWords(errorWords({ code, message }), code);
      const over = endingOfJoin({ code, message });
      if (over) assertWords(over.message, `${code} of a join`);
    }
  }
});

Deno.test("errors › every close code is an ending in words, or a loss in words", () => {
  for (const code of [...Object.values(closeCodes), 1001, 1006]) {
    for (const wasWaiting of [true, false]) {
      const reason = closeReason(code) ?? "lost";
      const outcome = outcomeOfEnd({ reason, message: "the server's own words" }, wasWaiting);
      if (outcome.kind === "over") assertWords(outcome.ending.message, `${code}`);
      else {
        assertWords(lossWords(outcome.why), `${code}`);
        assertWords(joinTriesWords(outcome.why), `${code} before the join`);
        const last = lossForGood(outcome.why);
        if (last !== undefined) assertWords(last, `${code} for good`);
      }
    }
  }
});

Deno.test("errors › when to try again is said as the server says it", () => {
  const of = (retryAfterSeconds?: number) =>
    errorWords({ code: "RATE_LIMITED", message: "", ...(retryAfterSeconds ? { retryAfterSeconds } : {}) });
  assertEquals(of(), "That was too much at once. Try again in a moment.");
  assertEquals(of(7.2), "That was too much at once. Try again in 8 seconds.");
  assertEquals(of(600), "That was too much at once. Try again in 10 minutes.");
});
