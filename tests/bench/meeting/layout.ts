import type { Layout } from "../../../shared/protocol/mod.ts";
import { percentile } from "../percentile.ts";
import type { Row } from "../row.ts";
import { ActorsOfAMeeting, type Taken } from "./actors_of_a_meeting.ts";

const people = Array.from({ length: 100 }, (_, index) => `p${index}`);
/** The first participants whose microphones are on are those whom everybody hears. */
const audible = people.slice(0, 16);
const warmUps = 300;
const samples = 1_000;

type Change = (meeting: ActorsOfAMeeting, turn: number) => Promise<Taken>;

/**
 * A layout that is set, a change of speaker, and a mute, in a meeting of 100 with 25 slots each, cameras and microphones on: the
 * time of `MeetingState`, `LayoutManager` and `MediaRouting` until nothing is left to do, and how many frames clients get.
 */
export async function layoutRows(): Promise<readonly Row[]> {
  const tile = { width: 160, height: 90 };
  const grid: Layout = { mode: "grid", slots: 25, tile };
  const speaker: Layout = { mode: "speaker", slots: 25, tile };
  const one = (of: readonly string[], index: number) => of[index % of.length] ?? "";
  return [
    // Each client goes from all slots to a few and back, in tiles of another size.
    ...await rows("layout.set", grid, (meeting, turn) => {
      const small = turn % 200 < 100;
      const set: Layout = small ? { ...speaker, slots: 9, tile: { width: 320, height: 180 } } : speaker;
      return meeting.setLayout(one(people, turn), set);
    }),
    ...await rows("speaker who is shown", grid, (meeting, turn) => meeting.speak(one(audible, turn * 7))),
    ...await rows(
      "speaker who takes all stages",
      speaker,
      (meeting, turn) => meeting.speak(one(audible, turn * 7)),
    ),
    ...await rows(
      "speaker whom nobody heard",
      grid,
      (meeting, turn) => meeting.speak(one(people, turn * 37)),
    ),
    ...await rows(
      "microphone that all hear, off or on",
      grid,
      (meeting, turn) => meeting.setPaused(one(audible, turn >> 1), "microphone", turn % 2 === 0),
    ),
  ];
}

async function rows(name: string, layout: Layout, change: Change): Promise<Row[]> {
  await using meeting = new ActorsOfAMeeting();
  for (const id of people) await meeting.join(id, layout);
  for (const id of people) {
    await meeting.produce(id, "microphone");
    await meeting.produce(id, "camera");
  }
  for (let turn = 0; turn < warmUps; turn++) await change(meeting, turn);
  const frames = meeting.frames;
  const taken: Taken[] = [];
  for (let turn = warmUps; turn < warmUps + samples; turn++) taken.push(await change(meeting, turn));
  const own = taken.map(({ ownMs }) => ownMs);
  const longest = taken.map(({ longestMs }) => longestMs);
  const processor = taken.map(({ processorMs }) => processorMs);
  const ms = (times: readonly number[], share: number) => Math.round(percentile(times, share) * 100) / 100;
  const common = { unit: "ms", lower_is_better: true };
  return [
    { ...common, name: `${name}, p50`, value: ms(own, 0.5) },
    { ...common, name: `${name}, p99`, value: ms(own, 0.99), target: 5 },
    { ...common, name: `${name}, longest turn of an actor, p99`, value: ms(longest, 0.99) },
    { ...common, name: `${name}, processor time, p99`, value: ms(processor, 0.99) },
    { name: `${name}, frames`, value: Math.round((meeting.frames - frames) / samples), unit: "frames" },
  ];
}
