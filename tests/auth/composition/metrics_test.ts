import { assertEquals } from "@std/assert";
import { startAuth } from "../start_auth.ts";

Deno.test("metrics › the contract's names are there", async () => {
  await using auth = await startAuth();
  await auth.operatorToken();
  const text = await (await fetch(`${auth.url}/metrics`)).text();
  for (
    const line of [
      'ac_tokens_issued_total{type="user",result="ok"} 1',
      "ac_token_duration_seconds_count 1",
      "ac_signing_key_age_seconds ",
      // Seven days, and the six minutes for which the next key is published before it signs.
      "ac_signing_key_term_seconds 605160",
      'ac_key_rotations_total{result="ok"} 1',
      'ac_logins_total{result="ok"} 1',
    ]
  ) assertEquals(text.includes(`\n${line}`), true, line);
});
