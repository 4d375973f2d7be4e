import { RoutingWorld } from "../../meeting/routing/support/routing_world.ts";
import { percentile } from "../percentile.ts";
import type { Row } from "../row.ts";

const people = Array.from({ length: 100 }, (_, index) => `p${index}`);
const samples = 300;

/**
 * A layout that is set and a change of speaker in a meeting of 100 with 25 slots each, cameras and microphones on: from
 * the message until the layout, the routing, the link and a media handler without media are done with it.
 */
export async function layoutRows(): Promise<readonly Row[]> {
  await using world = new RoutingWorld(7);
  for (const id of people) await world.join(id, { mode: "grid", slots: 25 });
  for (const id of people) {
    await world.produce(id, "microphone");
    await world.produce(id, "camera");
  }
  await world.quiet();
  const set = await measure(async (turn) => {
    const id = people[turn % people.length] ?? "";
    // Each client goes from all slots to a few and back, in tiles of another size.
    const isSmall = turn % 200 < 100;
    await world.setLayout(id, {
      mode: "speaker",
      slots: isSmall ? 9 : 25,
      tile: { width: isSmall ? 320 : 160, height: 90 },
    });
  });
  const spoken = await measure((turn) => {
    const participant_id = people[turn * 37 % people.length] ?? "";
    world.handler.report({ report: "speaker", router_id: "router-1", participant_id });
    return Promise.resolve();
  });
  return [...rows("layout.set, 25 slots of 100", set), ...rows("change of speaker among 100", spoken)];

  async function measure(act: (turn: number) => Promise<void>): Promise<number[]> {
    const times: number[] = [];
    for (let turn = 0; turn < samples; turn++) {
      const begun = performance.now();
      await act(turn);
      await world.kit.settle();
      times.push(performance.now() - begun);
    }
    return times;
  }
}

function rows(name: string, times: readonly number[]): Row[] {
  const ms = (share: number) => Math.round(percentile([...times], share) * 100) / 100;
  return [
    { name: `${name}, p50`, value: ms(0.5), unit: "ms", lower_is_better: true },
    { name: `${name}, p99`, value: ms(0.99), unit: "ms", target: 5, lower_is_better: true },
  ];
}
