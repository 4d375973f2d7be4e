import { assertEquals } from "@std/assert";
import { type Assignment, notificationFrame } from "../../../shared/protocol/mod.ts";
import { AssignedFrames } from "../../../meeting/routing/assigned_frames.ts";

const assignment = (slot: number, consumer_id: string | null): Assignment => ({
  slot,
  participant_id: `p "${slot}"`,
  source: "camera",
  consumer_id,
});

Deno.test("assigned frames › each is the notification of all its assignments, whatever was told before", () => {
  const frames = new AssignedFrames();
  const [one, two, three] = [assignment(0, "c0"), assignment(1, null), assignment(2, "c2")];
  const another = assignment(1, "c1");
  const told = [[], [one, two], [one, another, three], [three, one], [one, two], []];
  assertEquals(
    told.map((assignments) => frames.next(assignments)),
    told.map((assignments) => notificationFrame("layout.assigned", { assignments })),
  );
});
