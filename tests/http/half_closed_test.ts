import { assert } from "@std/assert";
import { createHandler, refuseCommon, serveUpgrades } from "../../shared/http/mod.ts";
import { Upgrades } from "../../shared/http/upgrades.ts";
import { RawClient } from "../meeting/support/raw_client.ts";
import { untilUnsent } from "../until_unsent.ts";

Deno.test("upgrades › a WebSocket whose peer ends its side and doesn't read is cut off", async () => {
  const upgrades = new Upgrades({ maxMessageBytes: 1_000 });
  const accepted = Promise.withResolvers<ReturnType<typeof open>>();
  const open = (request: Request) => {
    const socket = upgrades.accept(request, "link");
    if (socket === undefined) throw refuseCommon("INVALID_REQUEST");
    socket.addEventListener("error", () => {});
    return socket;
  };
  const handler = createHandler({
    routes: [{
      method: "GET",
      path: "/signaling",
      handler({ request }) {
        accepted.resolve(open(request));
        return new Response();
      },
    }],
  });
  await using server = await serveUpgrades({ hostname: "127.0.0.1", port: 0, handler }, upgrades);
  const { client } = await RawClient.handshake(server.port, ["sec-websocket-protocol: link"]);
  using _client = client;
  const socket = await accepted.promise;
  const gone = new Promise((resolve) => socket.once("close", resolve));
  await untilUnsent(() => socket.bufferedAmount, () => socket.send("x".repeat(60_000)));
  assert(socket.bufferedAmount > 0);
  await client.endWriting();
  await gone;
});
