const captureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

interface Extended {
  readonly headerExtensions?: readonly { readonly uri: string }[];
}

/**
 * RTP capabilities or parameters without the header extension abs-capture-time. Where it was negotiated, mediasoup
 * 3.27.1 changes a consumer's layer only by the times that it carries, and Chromium negotiates it for video without
 * sending any: layers could not be switched at all. Without it the sender reports serve.
 */
export function withoutCaptureTime<T extends Extended>(value: T): T {
  if (value.headerExtensions === undefined) return value;
  return { ...value, headerExtensions: value.headerExtensions.filter(({ uri }) => uri !== captureTime) };
}
