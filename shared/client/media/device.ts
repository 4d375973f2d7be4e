import { Device, type types } from "mediasoup-client";
import type { RtpCapabilities } from "../../protocol/rtp.ts";
import { fail, type Result } from "../../actor/result.ts";

type HeaderExtensionUri = types.RtpHeaderExtension["uri"];
type KnownExtension<E extends { uri: string }> = E & { uri: HeaderExtensionUri };

/** mediasoup-client doesn't have this one in its types, and never uses it. */
function isKnown<E extends { uri: string }>(extension: E): extension is KnownExtension<E> {
  return extension.uri !== "urn:ietf:params:rtp-hdrext:toffset";
}

/** Leaves out the header extensions that mediasoup-client doesn't know. */
export function knownExtensions<E extends { uri: string }>(
  extensions: readonly E[] = [],
): KnownExtension<E>[] {
  return extensions.filter((extension) => isKnown(extension));
}

/** Loads mediasoup's device with the routers' capabilities: 26 to 44 ms, so done in the lobby. */
export async function loadDevice(routerRtpCapabilities: RtpCapabilities): Promise<Result<Device>> {
  if (typeof RTCPeerConnection === "undefined") {
    const message =
      "Sound and pictures don't work in this browser: its WebRTC is switched off, as Lockdown Mode " +
      "and Tor do. Switch it on, or use another browser.";
    return { ok: false, error: fail("BROWSER_UNSUPPORTED", message) };
  }
  try {
    const device = await Device.factory();
    await device.load({
      routerRtpCapabilities: {
        ...routerRtpCapabilities,
        headerExtensions: knownExtensions(routerRtpCapabilities.headerExtensions),
      },
    });
    return { ok: true, value: device };
  } catch (cause) {
    const unsupported = cause instanceof Error && cause.name === "UnsupportedError";
    const error = unsupported
      ? fail(
        "BROWSER_UNSUPPORTED",
        "This browser cannot send or show video here. A current Chrome, Edge, Firefox or Safari can.",
      )
      : fail("MEDIA_FAILED", "Audio and video could not be prepared. Reload the page and try again.");
    return { ok: false, error };
  }
}
