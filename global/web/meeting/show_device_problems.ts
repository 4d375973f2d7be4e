import type { Devices } from "../devices.ts";
import type { ScreenState } from "./screen_state.ts";

/**
 * Shows why a device didn't open, from now on until the answer is called: a prompt of the lobby may be open still. What
 * the lobby has said already isn't said again.
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
