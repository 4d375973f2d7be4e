import { benchAttach } from "./media/attach.ts";
import { benchForwarding } from "./media/forwarding.ts";
import { benchThousandConsumers } from "./media/thousand_consumers.ts";
import { benchConsumersACore } from "./media/consumers_a_core.ts";
import { benchPipeCost } from "./media/pipe_cost.ts";
import type { Row } from "./row.ts";

export async function run(): Promise<readonly Row[]> {
  return [
    ...await benchAttach(),
    ...await benchForwarding(),
    ...await benchConsumersACore(),
    ...await benchPipeCost(),
    ...await benchThousandConsumers(),
  ];
}
