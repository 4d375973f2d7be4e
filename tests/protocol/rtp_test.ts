import { assertEquals } from "@std/assert";
import type { types as client } from "mediasoup-client";
import type { types as server } from "mediasoup";
import {
  type DtlsParameters,
  dtlsParameters,
  type IceParameters,
  iceParameters,
  type RtpCapabilities,
  rtpCapabilities,
  type RtpParameters,
  rtpParameters,
} from "../../shared/protocol/rtp.ts";

const parameters = {
  mid: "0",
  codecs: [{
    mimeType: "video/VP8",
    payloadType: 96,
    clockRate: 90_000,
    parameters: { "x-google-start-bitrate": 1_000, apt: 97, "profile-level-id": "42e01f" },
    rtcpFeedback: [{ type: "nack", parameter: "pli" }, { type: "goog-remb" }],
  }],
  headerExtensions: [{ uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 1, encrypt: false, parameters: {} }],
  encodings: [{
    rid: "r0",
    active: true,
    scaleResolutionDownBy: 4,
    maxBitrate: 100_000,
    scalabilityMode: "L1T3",
  }],
  rtcp: { cname: "c", reducedSize: true },
};

Deno.test("RTP parameters › those of mediasoup-client pass unchanged", () => {
  assertEquals<unknown>(rtpParameters.parse(parameters), parameters);
});

Deno.test("RTP parameters › checked ones have the types of mediasoup and of mediasoup-client", () => {
  const checked: RtpParameters = rtpParameters.parse(parameters);
  const forClient: client.RtpParameters = { ...checked, headerExtensions: [] };
  const forServer: server.RtpParameters = checked;
  const capabilities: server.RtpCapabilities = rtpCapabilities.parse({
    codecs: [],
  }) satisfies RtpCapabilities;
  const ice: client.IceParameters & server.IceParameters = iceParameters.parse({
    usernameFragment: "u",
    password: "p",
  }) satisfies IceParameters;
  const dtls: client.DtlsParameters & server.DtlsParameters = dtlsParameters.parse({
    fingerprints: [{ algorithm: "sha-256", value: "AA:0b" }],
  }) satisfies DtlsParameters;
  assertEquals([forClient.mid, forServer.mid, capabilities.codecs, ice.password], ["0", "0", [], "p"]);
  assertEquals(dtls.fingerprints.length, 1);
});

const bad: [string, unknown][] = [
  ["no codec", { ...parameters, codecs: [] }],
  ["a payload type over 127", { ...parameters, codecs: [{ ...parameters.codecs[0], payloadType: 128 }] }],
  ["a media type with a line break", {
    ...parameters,
    codecs: [{ ...parameters.codecs[0], mimeType: "video/VP8\r\na=x" }],
  }],
  ["a codec parameter that is an object", {
    ...parameters,
    codecs: [{ ...parameters.codecs[0], parameters: { apt: { toString: 1 } } }],
  }],
  ["33 codec parameters", {
    ...parameters,
    codecs: [{
      ...parameters.codecs[0],
      parameters: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`p${index}`, index])),
    }],
  }],
  ["an SSRC over 32 bits", { ...parameters, encodings: [{ ssrc: 2 ** 32 }] }],
  ["nine encodings", { ...parameters, encodings: Array(9).fill({}) }],
  ["a header extension that mediasoup throws on", {
    ...parameters,
    headerExtensions: [{ uri: "urn:x:evil", id: 1 }],
  }],
  ["a list instead of an object", []],
];

/** What would end a line of a session description, or a value in it. */
const unspeakable: [string, object, object?][] = [
  ["a codec parameter with a line break", { parameters: { apt: "1\r\nm=x" } }],
  ["a codec parameter with another one in it", { parameters: { apt: "1;x=2" } }],
  ["a codec parameter whose name has a line break", { parameters: { "apt\n": 1 } }],
  ["a codec parameter whose name has a value in it", { parameters: { "apt=1": 1 } }],
  ["feedback with a line break", { rtcpFeedback: [{ type: "nack\r\na=x" }] }],
  ["feedback whose parameter has a line break", {
    rtcpFeedback: [{ type: "nack", parameter: "pli\r\na=x" }],
  }],
  ["a canonical name with a line break", {}, { rtcp: { cname: "c\r\nm=x" } }],
  ["a canonical name with a blank", {}, { rtcp: { cname: "c x" } }],
  ["a stream id with a line break", {}, { msid: "s\r\nm=x" }],
  ["a media id with a line break", {}, { mid: "0\r\nm=x" }],
];
for (const [what, codec, rest] of unspeakable) {
  bad.push([what, { ...parameters, codecs: [{ ...parameters.codecs[0], ...codec }], ...rest }]);
}

for (const [what, value] of bad) {
  Deno.test(`RTP parameters › ${what} is refused`, () => {
    assertEquals(rtpParameters.safeParse(value).success, false);
  });
}

Deno.test("RTP parameters › __proto__ among codec parameters pollutes nothing", () => {
  const hostile: unknown = JSON.parse(
    `{"codecs":[{"mimeType":"audio/opus","payloadType":100,"clockRate":48000,"parameters":{"__proto__":{"polluted":1}}}]}`,
  );
  rtpParameters.safeParse(hostile);
  assertEquals(Object.hasOwn(Object.prototype, "polluted"), false);
});

Deno.test("DTLS parameters › a fingerprint is hexadecimal pairs and at least one is given", () => {
  const of = (value: string) =>
    dtlsParameters.safeParse({ fingerprints: [{ algorithm: "sha-256", value }] }).success;
  assertEquals([of("AA:BB:0c"), of("AA:B"), of("zz"), of("")], [true, false, false, false]);
  assertEquals(dtlsParameters.safeParse({ fingerprints: [] }).success, false);
});
