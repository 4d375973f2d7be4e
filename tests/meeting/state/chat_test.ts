import { assertEquals } from "@std/assert";
import { meetingOfTwo } from "./meeting_of_two.ts";

Deno.test("chat › a private message is told to its two participants, and read by both when they come anew", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const cleo = await world.enter("cleo");
  assertEquals(await world.ask("chat", { participantId: bob.id, text: "psst", to: ann.id }), "ok");
  const heard = [ann, bob, cleo].map(({ told }) => told.all("chat.message").length);
  assertEquals(heard, [1, 1, 0]);
  const resume = { correlation_id: bob.answer.correlation_id, binding_token: bob.answer.binding_token };
  const back = await world.enter("bob", { resume });
  assertEquals(back.answer.chat.map(({ text }) => text), ["psst"]);
});

Deno.test("chat › a message to nobody of the meeting is refused, and told to nobody", async () => {
  const { world, bob } = await meetingOfTwo();
  await using _world = world;
  const said = { participantId: bob.id, text: "psst", to: "nobody" };
  assertEquals(await world.ask("chat", said), "not_found");
  assertEquals(bob.told.all("chat.message"), []);
});
