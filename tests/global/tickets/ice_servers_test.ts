import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { iceServers } from "../../../global/tickets/ice_servers.ts";
import { Secret } from "../../../shared/config/mod.ts";

const turnUrls = ["turn:turn.example.org:3478", "turns:turn.example.org:5349?transport=tcp"];
const settings = { turnUrls, turnSecret: new Secret("north wind and sun"), turnSeconds: 300 };

Deno.test("TURN › a ticket has credentials that name the person, end in 300 s, and are signed as coturn has it", async () => {
  const { ice_servers, ice_expires_in } = await iceServers(settings, "guest-1", 1_700_000_000_900);
  const username = "1700000300:guest-1";
  const credential = Buffer.from(createHmac("sha1", "north wind and sun").update(username).digest()).toString(
    "base64",
  );
  assertEquals(ice_servers, [{ urls: turnUrls, username, credential }]);
  assertEquals(ice_expires_in, 300);
});

Deno.test("TURN › without a TURN server a ticket names none", async () => {
  assertEquals(await iceServers({ ...settings, turnUrls: [] }, "ada", 0), { ice_servers: [] });
});
