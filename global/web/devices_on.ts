import type { MeetingSession } from "../../shared/client/session.ts";
import type { Devices } from "./devices.ts";
import type { DeviceKind } from "./local_tracks.ts";

/** What the others see and hear of somebody, or will once it is sent. */
export type DevicesOn = Readonly<Record<DeviceKind, boolean>>;

/** Which devices are open, or about to be. */
export function devicesOpen({ state }: Pick<Devices, "state">): DevicesOn {
  const { opening, camera, microphone } = state.get();
  return {
    microphone: microphone !== undefined || opening.has("microphone"),
    camera: camera !== undefined || opening.has("camera"),
  };
}

/** Which devices are on: opened, or about to be, and not muted. */
export function devicesOn(
  session: Pick<MeetingSession, "state">,
  devices: Pick<Devices, "state">,
): DevicesOn {
  const open = devicesOpen(devices);
  const { local } = session.state.get();
  const isOn = (kind: DeviceKind) => open[kind] && local.get(kind)?.paused !== true;
  return { microphone: isOn("microphone"), camera: isOn("camera") };
}
