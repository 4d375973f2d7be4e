import { RoutingWorld } from "../../meeting/routing/support/routing_world.ts";
import { LayoutManagerActor } from "../../../meeting/layout/layout_manager.ts";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { percentile } from "../percentile.ts";
import type { Row } from "../row.ts";

const people = Array.from({ length: 100 }, (_, index) => `p${index}`);
const samples = 300;

/** The same changes in the layout's own actor: who is in which slot of 100 subscribers, in the mode `speaker`. */
async function slotRows(): Promise<readonly Row[]> {
  await using scope = createScope();
  const layout = scope.spawn(LayoutManagerActor, undefined);
  for (const id of people) {
    valueOf(await layout.ask("subscribe", { participantId: id, layout: { mode: "speaker", slots: 25 } }));
    const pictures = { cameraProducerId: `${id}-camera`, screenProducerId: null };
    valueOf(await layout.ask("show", { participantId: id, ...pictures }));
  }
  const set = await measure(async (turn) => {
    const participantId = people[turn % people.length] ?? "";
    const slots = turn % 200 < 100 ? 9 : 25;
    valueOf(await layout.ask("subscribe", { participantId, layout: { mode: "speaker", slots } }));
  });
  const spoken = await measure(async (turn) => {
    valueOf(await layout.ask("heard", { participantId: people[turn * 37 % people.length] ?? "" }));
  });
  return [...rows("slots: layout.set", set), ...rows("slots: change of speaker, all slots move", spoken)];
}

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
    await world.kit.settle();
  });
  const spoken = await measure(async (turn) => {
    const participant_id = people[turn * 37 % people.length] ?? "";
    world.handler.report({ report: "speaker", router_id: "router-1", participant_id });
    await world.kit.settle();
  });
  return [
    ...await slotRows(),
    ...rows("with routing, link and clients: layout.set", set),
    ...rows("with routing, link and clients: change of speaker", spoken),
  ];
}

async function measure(act: (turn: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < samples; turn++) {
    const begun = performance.now();
    await act(turn);
    times.push(performance.now() - begun);
  }
  return times;
}

function rows(name: string, times: readonly number[]): Row[] {
  const ms = (share: number) => Math.round(percentile([...times], share) * 100) / 100;
  return [
    { name: `${name}, p50`, value: ms(0.5), unit: "ms", lower_is_better: true },
    { name: `${name}, p99`, value: ms(0.99), unit: "ms", target: 5, lower_is_better: true },
  ];
}
