import { assert, assertEquals } from "@std/assert";
// @ts-types="@types/ws"
import { WebSocket as WsClient } from "ws";
import { opcodes, RawClient, text } from "../support/raw_client.ts";
import { startShard } from "../support/shard.ts";

const portOf = ({ url }: { readonly url: string }) => Number(new URL(url).port);

for (const isTokenFirst of [false, true]) {
  Deno.test(`shard › a participant by the package ws joins, with the token ${isTokenFirst ? "first" : "last"}`, async () => {
    await using shard = await startShard();
    const meeting_id = await shard.newMeeting();
    const token = `bearer.${await shard.issuer.meetingToken({ sub: "ada", meeting_id })}`;
    const protocols = isTokenFirst ? [token, "darktower.v1"] : ["darktower.v1", token];
    const client = new WsClient(shard.url, protocols);
    const answer = new Promise<string>((resolve, reject) => {
      client.once("message", (data) => resolve(data.toString()));
      client.once("close", (code) => reject(new Error(`closed with ${code}`)));
      client.once("error", reject);
    });
    client.once("open", () => client.send('{"id":1,"type":"join","data":{"display_name":"Ada"}}'));
    const { re, ok, data } = JSON.parse(await answer);
    assertEquals([re, ok, data.state, client.protocol], [1, true, "joined", "darktower.v1"]);
    const closed = new Promise((resolve) => client.once("close", resolve));
    client.close();
    await closed;
  });
}

Deno.test("shard › behind a trusted proxy one client's refused tokens cost another client nothing", async () => {
  await using shard = await startShard({ trustedProxies: ["127.0.0.1"] });
  const knock = (address: string) =>
    RawClient.handshake(portOf(shard), [
      "sec-websocket-protocol: darktower.v1,bearer.rubbish",
      `x-forwarded-for: ${address}`,
    ]);
  const opened: RawClient[] = [];
  let status = 101;
  while (status === 101) {
    const one = await knock("203.0.113.9");
    opened.push(one.client);
    status = one.status;
  }
  assertEquals(status, 429);
  const other = await knock("203.0.113.10");
  const again = await knock("[::ffff:203.0.113.9]:4711");
  assertEquals([other.status, again.status], [101, 429]);
  for (const client of [...opened, other.client, again.client]) client[Symbol.dispose]();
});

for (const what of ["text", "binary"] as const) {
  Deno.test(`shard › a single ${what} frame of 63 MiB is refused by its header, and nobody else notices`, async () => {
    await using shard = await startShard();
    const meeting_id = await shard.newMeeting();
    const offer = async (sub: string) => [
      `sec-websocket-protocol: darktower.v1,bearer.${await shard.issuer.meetingToken({ sub, meeting_id })}`,
    ];
    const { client: ada } = await RawClient.handshake(portOf(shard), await offer("ada"));
    using _ada = ada;
    await ada.send({ opcode: opcodes.text, payload: text('{"id":1,"type":"join","data":{}}') });
    await ada.readText();
    const { client: eve } = await RawClient.handshake(portOf(shard), await offer("eve"));
    using _eve = eve;
    await eve.send({ opcode: opcodes[what], payload: text("x"), announced: 63 * 1024 * 1024 });
    assertEquals(await eve.closeCode(), 4413);
    await ada.send({ opcode: opcodes.text, payload: text('{"id":2,"type":"session.ping","data":{}}') });
    assert((await ada.readText())?.includes('"re":2,"ok":true'));
  });
}
