import { useComputed } from "@preact/signals";
import type { Devices } from "../devices.ts";
import { useChange } from "../use_change.ts";
import { useStore } from "../use_store.ts";
import type { MeetingView } from "./meeting_view.ts";
import { isToldInDialog, type ScreenState } from "./screen_state.ts";
import { useSilentMicrophone } from "./use_silent_microphone.ts";

const SILENT = "Your microphone is on and hears nothing. Is it switched off, or is another one chosen?";

/** What was refused or failed last, or is wrong with a device, in words; empty when all is well. */
export function useProblem(view: MeetingView, screen: ScreenState, devices: Pick<Devices, "state">): string {
  const { loss } = useStore(devices.state);
  const microphone = useComputed(() => view.state.value.local.get("microphone")).value;
  const isSilent = useSilentMicrophone(microphone);
  // That a device wasn't found is over once it is there.
  useChange(loss, () => screen.problem.value = "");
  return (isToldInDialog(screen) ? "" : screen.problem.value) || loss || (isSilent ? SILENT : "");
}
