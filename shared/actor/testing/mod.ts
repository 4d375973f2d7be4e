export { createProbe, type Probe, type Probed } from "./probe.ts";
export { replayable } from "./replayable.ts";
export { seededRandom } from "./seeded_random.ts";
export { createTestKit, type TestKit } from "./test_kit.ts";
export { type VirtualClock, virtualClock } from "./virtual_clock.ts";
