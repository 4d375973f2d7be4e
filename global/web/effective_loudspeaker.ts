import type { DeviceState } from "./devices.ts";

/**
 * The id of the loudspeaker that plays: the chosen one while it is connected, else "", the browser's own choice. A sound
 * whose loudspeaker goes is not rendered any more (W3C Audio Output Devices API).
 */
export function effectiveLoudspeaker(
  { chosen: { loudspeaker }, loudspeakers }: Pick<DeviceState, "chosen" | "loudspeakers">,
): string {
  const isConnected = loudspeakers.some(({ deviceId }) => deviceId === loudspeaker);
  return loudspeaker !== undefined && isConnected ? loudspeaker : "";
}
