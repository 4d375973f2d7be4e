import { assert, assertEquals } from "@std/assert";
import { controllerMetrics } from "../../../meeting/shard/controller_metrics.ts";
import { shardCounter } from "../../../meeting/shard/shard_counter.ts";
import { Client, rawSocket } from "../support/client.ts";
import { frameBytes, opcodes, RawClient, text } from "../support/raw_client.ts";
import { type Shard, startShard } from "../support/shard.ts";

const portOf = ({ url }: Shard) => Number(new URL(url).port);
/**
 * In MiB. A shard holds no more of a client's message than the client got rid of. What the shard may take is less than 2;
 * the rest is what the kernel buffers of a connection.
 */
const MOST_SENT = 20;

/** How many handshakes were refused, as the controller's metrics have it, by reason. */
async function refusalsOf({ ref }: Shard): Promise<Record<string, number>> {
  const text = await controllerMetrics([ref], shardCounter([ref]), new Date()).metrics();
  const lines = text.matchAll(/^mc_refused_handshakes_total\{reason="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, reason, count]) => [reason ?? "", Number(count)]));
}

const offer = (token: string) => [`sec-websocket-protocol: darktower.v1,bearer.${token}`];

const wide = `{${Array.from({ length: 5_000 }, (_, index) => `"k${index}":{}`)}}`;
const deep = `${"[".repeat(32_000)}${"]".repeat(32_000)}`;

for (const [what, data] of [["members", wide], ["nested brackets", deep]] as const) {
  Deno.test(`flood › another meeting's ping is answered in a flood of ${what}, whose sender is closed with 4429`, async () => {
    await using shard = await startShard();
    const [mine, theirs] = [await shard.newMeeting(), await shard.newMeeting()];
    using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id: mine }));
    await ada.join();
    const { socket, closed } = await rawSocket(
      shard.url,
      await shard.issuer.meetingToken({ sub: "eve", meeting_id: theirs }),
    );
    const frame = `{"id":1,"type":"join","data":${data}}`;
    let isOpen = true;
    const ended = closed.then((reason) => {
      isOpen = false;
      return reason;
    });
    let pings = 0;
    while (isOpen) {
      // A client that sends a megabyte after the close is cut off, and may not have read the code: few are under way.
      for (let i = 0; i < 2; i++) socket.send(frame);
      assert((await ada.request("session.ping", {})).ok);
      pings++;
    }
    assertEquals(await ended, "tooManyMessages");
    assert(pings > 0);
  });
}

Deno.test("flood › five clients' unfinished messages cost them their connections, and the shard nothing", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  const payload = new Uint8Array(1024 * 1024).fill(0x78);
  const frame = frameBytes({ opcode: opcodes.continuation, fin: false, payload });
  const clients: RawClient[] = [];
  const outcomes = await Promise.all([1, 2, 3, 4, 5].map(async (number) => {
    const token = await shard.issuer.meetingToken({ sub: `eve-${number}`, meeting_id });
    const { client, status } = await RawClient.handshake(portOf(shard), offer(token));
    clients.push(client);
    assertEquals(status, 101);
    const code = client.closeCode();
    await client.send({ opcode: opcodes.text, fin: false, payload: text("x") });
    // Writes until the connection is gone. The client doesn't close its end.
    let sent = 0;
    while (sent < MOST_SENT && await client.write(frame)) sent++;
    return { code: sent < MOST_SENT ? await code : "goes on", sent };
  }));
  for (const { code, sent } of outcomes) assert(code === 4413 || code === null, `${code} after ${sent} MiB`);
  assert((await ada.request("session.ping", {})).ok);
  for (const client of clients) client[Symbol.dispose]();
});

Deno.test("flood › refused tokens keep 20 connections of an address, and none that ignores the close", async () => {
  await using shard = await startShard();
  const clients = await Promise.all(
    Array.from({ length: 40 }, () => RawClient.handshake(portOf(shard), offer("rubbish"))),
  );
  const statuses = clients.map(({ status }) => status);
  assertEquals(statuses.filter((status) => status === 101).length, 20);
  assertEquals(statuses.filter((status) => status === 429).length, 20);
  for (const { client, status } of clients) {
    if (status === 101) assertEquals(await client.closeCode(), 4401);
  }
  // None of them answers the close.
  await Promise.all(clients.map(({ client }) => client.ended()));
  const { client, status } = await RawClient.handshake(portOf(shard), offer("rubbish"));
  assertEquals(status, 101);
  for (const one of [...clients.map((other) => other.client), client]) one[Symbol.dispose]();
  assertEquals(await refusalsOf(shard), { malformed: 41, too_many_unauthenticated: 20 });
});

Deno.test("flood › refused handshakes are counted by address: one that goes on is refused before its token is verified", async () => {
  await using shard = await startShard({ doorLimits: { refusedPerSecond: 1, refusedBurst: 5 } });
  const meeting_id = await shard.newMeeting();
  const token = await shard.issuer.meetingToken({ sub: "ada", meeting_id });
  const handshake = async (offered: string[]) => {
    const { client, status } = await RawClient.handshake(portOf(shard), offered);
    client[Symbol.dispose]();
    return status;
  };
  const statuses: number[] = [];
  // Each waits for the one before, so on a slow machine some are forgiven, but never all.
  while (statuses.at(-1) !== 429) statuses.push(await handshake([]));
  assertEquals(new Set(statuses.slice(0, 5)), new Set([400]));
  let status = 429;
  while (status === 429) status = await handshake(offer(token));
  assertEquals(status, 101);
  const { subprotocol, too_often } = await refusalsOf(shard);
  assert(subprotocol !== undefined && too_often !== undefined && subprotocol + too_often >= statuses.length);
});

Deno.test("flood › a subject has at most three unjoined connections, and one that joins makes room", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const token = await shard.issuer.meetingToken({ sub: "ada", meeting_id });
  const handshake = () => RawClient.handshake(portOf(shard), offer(token));
  const three = [await handshake(), await handshake(), await handshake()];
  assertEquals(three.map(({ status }) => status), [101, 101, 101]);
  const fourth = await handshake();
  assertEquals(fourth.status, 429);
  const others = offer(await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  const bob = await RawClient.handshake(portOf(shard), others);
  assertEquals(bob.status, 101);
  const [first] = three;
  await first?.client.send({ opcode: opcodes.text, payload: text('{"id":1,"type":"join","data":{}}') });
  await first?.client.readFrame();
  const fifth = await handshake();
  assertEquals(fifth.status, 101);
  for (const { client } of [...three, fourth, bob, fifth]) client[Symbol.dispose]();
  assertEquals(await refusalsOf(shard), { too_many_unjoined: 1 });
});

Deno.test("flood › a shard serves with the runtime's socket too", async () => {
  await using shard = await startShard({ socket: "deno" });
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  await ada.join();
  await bob.join();
  await ada.told("participant.joined");
  using eve = new Client(shard.url, "rubbish");
  assertEquals((await eve.ended).reason, "tokenRefused");
});
