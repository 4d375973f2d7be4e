import * as z from "zod";

/*
 * mediasoup's own objects, in camelCase as in mediasoup and mediasoup-client, with a bound on everything. A client's
 * parameters are checked by these schemas before they reach mediasoup. Keys that mediasoup doesn't know are dropped; codec
 * parameters, which differ per codec, keep any scalar value. mediasoup hands most texts on to each receiver, whose library
 * writes them into a session description as they are: none may end a line of it or a value in it (RFC 8866, section 9).
 */

const uint32 = z.int().min(0).max(0xffff_ffff);
const payloadType = z.int().min(0).max(127);
const extensionId = z.int().min(1).max(255);
const NOT_SDP = "has characters that a session description can't hold here";
/** Printable, without blanks. */
const sdpToken = z.string().regex(/^[!-~]*$/, NOT_SDP);
/** Printable. */
const sdpText = z.string().regex(/^[ -~]*$/, NOT_SDP);

export const mediaKind = z.enum(["audio", "video"]);

/** The header extensions that mediasoup knows; it throws on any other. */
const headerExtensionUri = z.enum([
  "urn:ietf:params:rtp-hdrext:sdes:mid",
  "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
  "urn:3gpp:video-orientation",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
  "urn:ietf:params:rtp-hdrext:toffset",
  "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
  "urn:mediasoup:params:rtp-hdrext:packet-id",
]);

const mimeType = z.string().max(64).regex(/^(audio|video)\/[A-Za-z0-9_.+-]+$/i, "is not a media type");

/** `;` ends a codec parameter, `=` its name. */
const parameterName = sdpToken.max(64).regex(/^[^;=]+$/, NOT_SDP);
const parameterText = sdpText.max(1_024).regex(/^[^;]*$/, NOT_SDP);
const scalar = z.union([parameterText, z.number(), z.boolean(), z.null()]);

const parameters = z.record(parameterName, scalar)
  .refine((value) => Object.keys(value).length <= 32, "has more than 32 parameters");

const rtcpFeedback = z.object({ type: sdpToken.max(128), parameter: sdpText.max(128).exactOptional() });

const codecBase = {
  mimeType,
  clockRate: z.int().min(1).max(1_000_000),
  channels: z.int().min(1).max(32).exactOptional(),
  parameters: parameters.exactOptional(),
  rtcpFeedback: z.array(rtcpFeedback).max(32).exactOptional(),
};

const rtpCodecCapability = z.object({
  kind: mediaKind,
  preferredPayloadType: payloadType,
  ...codecBase,
});

const rtpHeaderExtension = z.object({
  kind: mediaKind,
  uri: headerExtensionUri,
  preferredId: extensionId,
  preferredEncrypt: z.boolean().exactOptional(),
  direction: z.enum(["sendrecv", "sendonly", "recvonly", "inactive"]).exactOptional(),
});

/** The codecs and header extensions that an endpoint or a router can receive. */
export const rtpCapabilities = z.object({
  codecs: z.array(rtpCodecCapability).max(64).exactOptional(),
  headerExtensions: z.array(rtpHeaderExtension).max(64).exactOptional(),
});

const rtpCodecParameters = z.object({ payloadType, ...codecBase });

const rtpHeaderExtensionParameters = z.object({
  uri: headerExtensionUri,
  id: extensionId,
  encrypt: z.boolean().exactOptional(),
  parameters: parameters.exactOptional(),
});

const rtpEncoding = z.object({
  active: z.boolean().exactOptional(),
  ssrc: uint32.exactOptional(),
  rid: z.string().min(1).max(16).regex(/^[A-Za-z0-9_-]+$/).exactOptional(),
  codecPayloadType: payloadType.exactOptional(),
  rtx: z.object({ ssrc: uint32 }).exactOptional(),
  dtx: z.boolean().exactOptional(),
  scalabilityMode: z.string().max(32).regex(/^[LS]\d{1,2}T\d{1,2}(_KEY(_SHIFT)?|h)?$/).exactOptional(),
  scaleResolutionDownBy: z.number().min(1).max(256).exactOptional(),
  maxBitrate: uint32.exactOptional(),
  maxFramerate: z.number().min(0).max(1_000).exactOptional(),
});

/** The RTP parameters of one producer or consumer. */
export const rtpParameters = z.object({
  mid: sdpToken.min(1).max(32).exactOptional(),
  codecs: z.array(rtpCodecParameters).min(1).max(32),
  headerExtensions: z.array(rtpHeaderExtensionParameters).max(32).exactOptional(),
  encodings: z.array(rtpEncoding).max(8).exactOptional(),
  rtcp: z.object({
    cname: sdpToken.max(256).exactOptional(),
    reducedSize: z.boolean().exactOptional(),
    mux: z.boolean().exactOptional(),
  }).exactOptional(),
  msid: sdpText.max(256).exactOptional(),
});

export const iceParameters = z.object({
  usernameFragment: z.string().min(1).max(256),
  password: z.string().min(1).max(256),
  iceLite: z.boolean().exactOptional(),
});

export const iceCandidate = z.object({
  foundation: z.string().max(64),
  priority: uint32,
  address: z.string().max(255),
  ip: z.string().max(255),
  protocol: z.enum(["udp", "tcp"]),
  port: z.int().min(0).max(65_535),
  type: z.enum(["host", "srflx", "prflx", "relay"]),
  tcpType: z.enum(["active", "passive", "so"]).exactOptional(),
});

export const dtlsParameters = z.object({
  role: z.enum(["auto", "client", "server"]).exactOptional(),
  fingerprints: z.array(z.object({
    algorithm: z.enum(["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"]),
    value: z.string().max(256).regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*$/, "is not a fingerprint"),
  })).min(1).max(16),
});

export type MediaKind = z.infer<typeof mediaKind>;
export type RtpCapabilities = z.infer<typeof rtpCapabilities>;
export type RtpParameters = z.infer<typeof rtpParameters>;
export type IceParameters = z.infer<typeof iceParameters>;
export type IceCandidate = z.infer<typeof iceCandidate>;
export type DtlsParameters = z.infer<typeof dtlsParameters>;
