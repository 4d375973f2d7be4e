import { assertEquals } from "@std/assert";
import { bearerToken } from "../../shared/auth/mod.ts";

for (
  const [authorization, token] of [
    ["Bearer a.b-c", "a.b-c"],
    ["bearer a.b-c", "a.b-c"],
    ["Bearer  a.b-c", "a.b-c"],
    ["Bearer    YQ==", "YQ=="],
    ["Bearer", undefined],
    ["Bearera.b-c", undefined],
    ["Bearer\ta.b-c", undefined],
    ["Bearer a b", undefined],
    ["Bearer a=b", undefined],
    ["Basic YQ==", undefined],
  ] as const
) {
  Deno.test(`bearer token › ${JSON.stringify(authorization)} has ${token ?? "none"}`, () => {
    assertEquals(bearerToken(new Headers({ authorization })), token);
  });
}
