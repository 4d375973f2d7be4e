import { assertEquals } from "@std/assert";
import type { MediaEngine } from "../../shared/client/media/media_transports.ts";
import { inPhase, join, letIn, until } from "./joined_session.ts";
import { transportsOf } from "./noted_transports.ts";
import { startSignalingServer } from "./signaling_server.ts";

const fault = new Error("broken by the test");

function fail(): never {
  throw fault;
}

Deno.test("fault › a browser that can't even ask to join ends the session in words", async () => {
  await using server = startSignalingServer();
  const media: MediaEngine = {
    get rtpCapabilities() {
      return fail();
    },
    open: fail,
  };
  const session = join(server.url, { media });
  const { ending } = await until(session, inPhase("ended"));
  assertEquals([ending?.reason, ending?.cause, server.connections()], ["failed", fault, 0]);
  assertEquals(ending?.message.startsWith("Something in this page went wrong. Reload it."), true);
});

Deno.test("fault › one that fails at what the server's answer brings is out of the meeting again", async () => {
  await using server = startSignalingServer();
  const media: MediaEngine = { rtpCapabilities: { codecs: [], headerExtensions: [] }, open: fail };
  const session = join(server.url, { media });
  const peer = await server.accept();
  await letIn(peer, { transports: transportsOf("one") });
  const { ending } = await until(session, inPhase("ended"));
  assertEquals([ending?.reason, ending?.cause], ["failed", fault]);
  await peer.closed;
  assertEquals(server.connections(), 1);
});
