import type { Api } from "../../../shared/client/api.ts";
import { joinMeeting, type MeetingSession } from "../../../shared/client/session.ts";
import type { Layout, MediaSource } from "../../../shared/protocol/signaling.ts";
import type { Devices } from "../devices.ts";
import type { Prepared } from "./preparation.ts";

export interface Entry {
  api: Api;
  code: string;
  prepared: Prepared;
  displayName: string;
  devices: Devices;
}

/** How many others are shown at once: what the screen has room for. */
export function gridLayout(widthPx: number): Layout {
  return { mode: "grid", slots: widthPx < 700 ? 8 : 24 };
}

/** The click: everything is ready, so the WebSocket opens within this call. */
export function enterMeeting({ api, code, prepared, displayName, devices }: Entry): MeetingSession {
  const { camera, microphone } = devices.state.get();
  const local = new Map<MediaSource, MediaStreamTrack>();
  // The voice first: people wait for it less patiently than for the picture.
  if (microphone) local.set("microphone", microphone);
  if (camera) local.set("camera", camera);
  return joinMeeting({
    api,
    code,
    ticket: prepared.ticket(),
    layout: gridLayout(innerWidth),
    local,
    ...(displayName ? { displayName } : {}),
    ...(prepared.engine ? { media: prepared.engine } : {}),
  });
}
