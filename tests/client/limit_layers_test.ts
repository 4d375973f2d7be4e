import { assertEquals } from "@std/assert";
import { limitLayers } from "../../shared/client/media/limit_layers.ts";

/** A sender's side of `setParameters`: a browser takes only what `getParameters` has answered last. */
class LayeredSender {
  active: boolean[] = [true, true, true];
  changes = 0;
  #given: RTCRtpSendParameters | undefined;

  getParameters(): RTCRtpSendParameters {
    const encodings = this.active.map((active) => ({ active }));
    this.#given = { transactionId: "t", encodings, codecs: [], headerExtensions: [], rtcp: {} };
    return this.#given;
  }

  setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    if (parameters !== this.#given) return Promise.reject(new Error("InvalidStateError"));
    this.active = parameters.encodings.map(({ active = true }) => active);
    this.changes++;
    return Promise.resolve();
  }
}

Deno.test("layers of a sender › are encoded up to the demanded one, and all together while nobody watches not at all", async () => {
  const sender = new LayeredSender();
  const seen: boolean[][] = [];
  for (const layer of [1, 0, null, 2]) {
    await limitLayers(sender as unknown as RTCRtpSender, layer);
    seen.push(sender.active);
  }
  assertEquals(seen, [[true, true, false], [true, false, false], [false, false, false], [true, true, true]]);
});

Deno.test("layers of a sender › that are as demanded are left alone", async () => {
  const sender = new LayeredSender();
  await limitLayers(sender as unknown as RTCRtpSender, 2);
  await limitLayers(sender as unknown as RTCRtpSender, 5);
  assertEquals(sender.changes, 0);
});
