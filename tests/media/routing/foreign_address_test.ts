import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { bindingRequest, clientHello, isBindingSuccess, isHandshake } from "../fixtures/foreign_packets.ts";
import { startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";
import { openStranger } from "../fixtures/stranger.ts";

Deno.test("foreign address › DTLS is spoken with nobody who has not proved the ICE password", async () => {
  await using handler = await startHandler();
  const { done, steps } = await openMeeting(handler.connect("one").control);
  const { recv: { iceParameters: { usernameFragment, password } } } = await done(steps.transports("ada"));
  const recv = async () => {
    const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
    return live?.participants[0]?.recv;
  };
  await using stranger = openStranger(handler.firstPort);
  const refused = stranger.answered();
  await stranger.send(clientHello());
  await stranger.send(bindingRequest(usernameFragment, "not the password"));
  assert(!isBindingSuccess(await refused));
  await stranger.send(clientHello());
  // The worker reads its port in order: what it answers to a later packet shows that it has read these.
  const again = stranger.answered();
  await stranger.send(bindingRequest(usernameFragment, "not the password"));
  await again;
  assertEquals(stranger.answers.map((answer) => [isBindingSuccess(answer), isHandshake(answer)]), [
    [false, false],
    [false, false],
  ]);
  assertEquals([(await recv())?.iceState, (await recv())?.dtlsState], ["new", "new"]);

  // With the password both are answered: what was sent is well formed.
  await using self = openStranger(handler.firstPort);
  const bound = self.answered();
  await self.send(bindingRequest(usernameFragment, password));
  assert(isBindingSuccess(await bound));
  const shaken = self.answered();
  await self.send(clientHello());
  assert(isHandshake(await shaken));
  assertEquals((await recv())?.iceSelectedTuple?.remotePort, self.port);
});
