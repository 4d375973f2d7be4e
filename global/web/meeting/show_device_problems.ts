import type { Devices } from "../devices.ts";
import type { ScreenState } from "./screen_state.ts";

/**
 * Shows why a device didn't open. A prompt of the lobby may still be open; what the lobby has said already isn't said
 * again. Returns the function that stops it.
 */
export function showDeviceProblems(
  { state }: Pick<Devices, "state">,
  screen: Pick<ScreenState, "problem">,
): () => void {
  let known = state.get().problem;
  return state.subscribe(({ problem }) => {
    if (problem !== undefined && problem !== known) screen.problem.value = problem;
    known = problem;
  });
}
