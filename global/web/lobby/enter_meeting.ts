import type { Api } from "../../../shared/client/api.ts";
import type { Binding } from "../../../shared/client/connection.ts";
import { joinMeeting, type MeetingSession } from "../../../shared/client/session.ts";
import type { MediaSource } from "../../../shared/protocol/signaling.ts";
import type { Devices } from "../devices.ts";
import { publishTracks } from "../meeting/publish_tracks.ts";
import { initialChoice, layoutOf, roomOf } from "../meeting/view_choice.ts";
import type { Prepared } from "./preparation.ts";

export interface Entry {
  api: Api;
  code: string;
  prepared: Prepared;
  displayName: string;
  devices: Devices;
  /** Of the page before this one, to come back as the same participant. */
  binding?: Binding;
}

/** The click: everything is ready, so the WebSocket opens within this call. */
export function enterMeeting({ api, code, prepared, displayName, devices, binding }: Entry): MeetingSession {
  const { live } = devices.tracks.state.get();
  const local = new Map<MediaSource, MediaStreamTrack>();
  // The voice first: people wait for it less patiently than for the picture.
  for (const source of ["microphone", "camera"] as const) {
    const track = live.get(source);
    if (track) local.set(source, track);
  }
  const session = joinMeeting({
    api,
    code,
    ticket: prepared.ticket(),
    layout: layoutOf(initialChoice, roomOf({ widthPx: innerWidth, heightPx: innerHeight }, devicePixelRatio)),
    local,
    ...(displayName ? { displayName } : {}),
    ...(binding ? { binding } : {}),
    ...(prepared.engine ? { media: prepared.engine } : {}),
  });
  publishTracks(session, devices.tracks);
  return session;
}
