import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { requests } from "../../../shared/protocol/mod.ts";
import { dtlsParameters } from "../../media/fixtures/rtp.ts";
import { codeOf, open, opened, produce } from "./requests.ts";
import { emptied, startTestingShard } from "./testing_client.ts";

Deno.test("connection test › one's own sound comes back over a router of its own, and nothing is asked of the meeting", async () => {
  await using shard = await startTestingShard();
  const client = shard.connect("ada");
  const { send } = await opened(client);
  assertEquals(
    codeOf(
      await client.ask({
        id: 2,
        type: "media.connect",
        data: { transport_id: send, dtls_parameters: dtlsParameters },
      }),
    ),
    "answer",
  );
  const produced = await client.ask(produce(3, send));
  assert(produced.kind === "answer");
  const { producer_id } = requests["media.produce"].answer.parse(produced.data);
  const [told] = client.frames.filter((one) => one.kind === "notification");
  assert(told?.notification.type === "media.consumers");
  const [consumer] = told.notification.data.added;
  assertEquals([consumer?.producer_id, consumer?.source], [producer_id, "microphone"]);
  assertEquals(
    codeOf(await client.ask({ id: 4, type: "media.ready", data: { consumer_ids: [consumer?.consumer_id] } })),
    "answer",
  );
  const [live] = valueOf(await shard.handler.table.ask("liveObjects", undefined));
  assertEquals(live?.consumers.map(({ paused }) => paused), [false]);
  assertEquals(shard.touched(), []);
  client.ref.tell("closed", undefined);
  await emptied(shard.handler);
});

Deno.test("connection test › it gives no way into the meeting, and has few transports and producers", async () => {
  await using shard = await startTestingShard();
  const client = shard.connect("ada");
  const { send } = await opened(client);
  const refusals = [
    ["join", {}, "INVALID_REQUEST"],
    ["chat.send", { text: "hello" }, "NOT_JOINED"],
    ["layout.set", { mode: "grid", slots: 4 }, "NOT_JOINED"],
    ["media.restart_ice", { transport_id: send }, "NOT_JOINED"],
    ["media.close", { producer_id: "p" }, "NOT_JOINED"],
    ["leave", {}, "NOT_JOINED"],
  ] as const;
  for (const [index, [type, data, code]] of refusals.entries()) {
    assertEquals(codeOf(await client.ask({ id: 10 + index, type, data })), code, type);
  }
  assertEquals(codeOf(await client.ask(produce(20, send))), "answer");
  assertEquals(codeOf(await client.ask(produce(21, send, "video"))), "answer");
  assertEquals(codeOf(await client.ask(produce(22, send))), "RATE_LIMITED");
  for (const id of [30, 31, 32]) await opened(client, id);
  assertEquals(codeOf(await client.ask(open(33))), "RATE_LIMITED");
  assertEquals(codeOf(await client.ask({ id: 34, type: "session.ping", data: {} })), "answer");
  assertEquals(shard.touched(), []);
});

Deno.test("connection test › one subject begins three in a row, a shard has sixteen at a time", async () => {
  await using shard = await startTestingShard();
  const own = [1, 2, 3, 4].map(() => shard.connect("ada"));
  const codes = [];
  for (const client of own) codes.push(codeOf(await client.ask(open(1))));
  assertEquals(codes, ["answer", "answer", "answer", "RATE_LIMITED"]);
  const others = Array.from({ length: 14 }, (_, index) => shard.connect(`guest ${index}`));
  const all = [];
  for (const client of others) all.push(codeOf(await client.ask(open(1))));
  assertEquals(all, [...Array(13).fill("answer"), "OVERLOADED"]);
  own[0]?.ref.tell("closed", undefined);
  // Its place is free when its router is closed.
  const last = shard.connect("late");
  let id = 0;
  while (codeOf(await last.ask(open(++id))) === "OVERLOADED");
  assertEquals(codeOf(await last.ask(open(++id))), "answer");
});
