const captureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

interface Extended {
  readonly headerExtensions?: readonly { readonly uri: string }[];
}

/**
 * Removes the header extension abs-capture-time from RTP capabilities or parameters. Once it was negotiated, mediasoup
 * 3.27.1 needs its times to change a consumer's layer. Chromium negotiates it for video but sends no times, so layers
 * could not be switched at all. Without the extension mediasoup takes the times from the sender reports.
 */
export function withoutCaptureTime<T extends Extended>(value: T): T {
  if (value.headerExtensions === undefined) return value;
  return { ...value, headerExtensions: value.headerExtensions.filter(({ uri }) => uri !== captureTime) };
}
