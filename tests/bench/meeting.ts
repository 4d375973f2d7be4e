import { crowdRows } from "./meeting/crowd.ts";
import { layoutRows } from "./meeting/layout.ts";
import type { Row } from "./row.ts";

/** A meeting's work at the meeting controller. */
export async function run(): Promise<readonly Row[]> {
  return [...await layoutRows(), ...await crowdRows()];
}
