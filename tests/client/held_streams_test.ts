import { assertEquals } from "@std/assert";
import { createHeldStreams } from "../../shared/client/media/held_streams.ts";
import type { RemoteStream } from "../../shared/client/session_state.ts";
import type { MediaSource } from "../../shared/protocol/signaling.ts";
import { ReceivedTrack } from "./received_track.ts";

function streamOf(consumerId: string, participantId = "ada", source: MediaSource = "camera") {
  const track = new ReceivedTrack(source === "microphone" ? "audio" : "video");
  return { consumerId, participantId, source, track };
}

function playing(...given: Parameters<typeof streamOf>) {
  const stream = streamOf(...given);
  stream.track.arrive();
  return stream;
}

/** Held streams, and the ids of those that were shown after they were held. */
function start() {
  const shown: string[] = [];
  const held = createHeldStreams(({ consumerId }) => void shown.push(consumerId));
  const hold = (streams: readonly RemoteStream[], before: readonly RemoteStream[]) =>
    held.hold(streams, before).map(({ consumerId }) => consumerId);
  return { held, hold, shown };
}

Deno.test("held streams › one is held while an older one of its source plays, until its packets come", () => {
  const { hold, shown } = start();
  const newer = streamOf("b");
  assertEquals(hold([newer], [playing("a")]), []);
  newer.track.arrive();
  newer.track.arrive();
  assertEquals(shown, ["b"]);
});

Deno.test("held streams › where nothing of the source plays it is shown at once", () => {
  const { hold, shown } = start();
  const others = [playing("a", "bob"), playing("b", "ada", "microphone"), streamOf("c")];
  const newer = streamOf("d");
  assertEquals(hold([newer, playing("e", "bob")], others), ["d", "e"]);
  newer.track.arrive();
  assertEquals(shown, []);
});

Deno.test("held streams › what is dropped, or not kept, is never shown", () => {
  const { held, hold, shown } = start();
  const newer = ["b", "c", "d"].map((id) => streamOf(id));
  assertEquals(hold(newer, [playing("a")]), []);
  held.drop(["b"]);
  held.keep(new Set(["d"]));
  for (const { track } of newer) track.arrive();
  assertEquals(shown, ["d"]);
  const last = streamOf("e");
  hold([last], [playing("a")]);
  held.clear();
  last.track.arrive();
  assertEquals(shown, ["d"]);
});
