import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { bindingRequest, clientHello, isBindingSuccess } from "../media/fixtures/foreign_packets.ts";
import { openStranger } from "../media/fixtures/stranger.ts";
import { bundlePage } from "./bundle_page.ts";
import { longestPause, longestStall } from "./pauses.ts";
import { openSfuCall } from "./sfu_call.ts";
import { ourSfu } from "./sfus.ts";

const hellos = 50;

Deno.test("foreign address › neither a ClientHello nor a stolen user name takes a participant's place", async () => {
  await using sfu = await ourSfu();
  await using call = await openSfuCall(sfu, await bundlePage("thin_path.ts"), sfu.port);
  await call.watch(1_000);
  const { ice: { usernameFragment, password }, port } = await sfu.path();
  assertNotEquals(port, undefined);
  await using stranger = openStranger(sfu.port);
  await stranger.send(clientHello());
  await stranger.send(bindingRequest(usernameFragment, "not the password"));
  for (let hello = 0; hello < hellos; hello++) await stranger.send(clientHello());
  const moments = await call.watch(3_000);
  const gapMs = longestPause(moments, ({ packets }) => packets);
  assert(gapMs <= 500 + longestStall(moments), `${gapMs} ms without sound`);
  assert((moments.at(-1)?.frames ?? 0) > (moments[0]?.frames ?? 0));
  assertEquals((await sfu.path()).port, port);
  // Of all that only the request for a binding is answered, with an error.
  assertEquals(stranger.answers.map(isBindingSuccess), [false]);

  // With the password the same request is the participant's own, from another address: what was sent is well formed.
  await using self = openStranger(sfu.port);
  const bound = self.answered();
  await self.send(bindingRequest(usernameFragment, password));
  assert(isBindingSuccess(await bound));
  assertEquals((await sfu.path()).port, self.port);
});
