import type { DeviceKind } from "../local_tracks.ts";

/** What a button of one's own media says. */
export interface MediaLabel {
  /** What a press does, or why it does nothing. */
  label: string;
  /** With the device, where several buttons may have the same label. */
  name?: string;
}

const words = {
  microphone: { device: "Microphone", switchOff: "Mute", switchOn: "Unmute" },
  camera: { device: "Camera", switchOff: "Camera off", switchOn: "Camera on" },
  screen: { device: "Screen", switchOff: "Stop sharing", switchOn: "Share screen" },
};

export function mediaLabel(
  source: DeviceKind | "screen",
  is: { on: boolean; opening: boolean; denied: boolean },
): MediaLabel {
  const { device, switchOff, switchOn } = words[source];
  if (is.opening) return { label: "Opening…", name: `${device}: opening…` };
  if (is.on) return { label: switchOff };
  return is.denied ? { label: "Blocked", name: `${device}: blocked` } : { label: switchOn };
}
