import type { MeetingSession } from "../../shared/client/session.ts";
import type { Devices } from "./devices.ts";
import type { DeviceKind } from "./local_tracks.ts";

/** What the others see and hear of somebody, or will once it is sent. */
export type DevicesOn = Readonly<Record<DeviceKind, boolean>>;

/** Which devices are on: opened, or about to be, and not muted. */
export function devicesOn(
  session: Pick<MeetingSession, "state">,
  devices: Pick<Devices, "state">,
): DevicesOn {
  const { opening, ...tracks } = devices.state.get();
  const { local } = session.state.get();
  const isOn = (kind: DeviceKind) =>
    (tracks[kind] !== undefined || opening.has(kind)) && local.get(kind)?.paused !== true;
  return { microphone: isOn("microphone"), camera: isOn("camera") };
}
