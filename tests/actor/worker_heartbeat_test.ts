import { assertEquals } from "@std/assert";
import { WorkerHeartbeat } from "../../shared/actor/worker_heartbeat.ts";
import { createTestKit } from "../../shared/actor/testing/mod.ts";

interface Beating {
  readonly heartbeat: WorkerHeartbeat;
  readonly events: string[];
  pass(seconds: number): Promise<void>;
}

function beat(silenceMs: number): Beating {
  const kit = createTestKit(1);
  const events: string[] = [];
  const heartbeat = new WorkerHeartbeat({
    runtime: kit.runtime,
    silenceMs,
    probe: () => void events.push("probe"),
    onSilence: () => void events.push("silence"),
  });
  return { heartbeat, events, pass: (seconds) => kit.advance(1_000 * seconds) };
}

Deno.test("actor in a Worker › A13 a heartbeat probes again after each answer", async () => {
  const { heartbeat, events, pass } = beat(3_000);
  for (let second = 0; second < 5; second++) {
    await pass(1);
    heartbeat.heard();
  }
  heartbeat.stop();
  assertEquals(events, Array(5).fill("probe"));
});

Deno.test("actor in a Worker › A13 a heartbeat ends with the Worker's silence, once", async () => {
  const { events, pass } = beat(3_000);
  await pass(3);
  assertEquals(events, ["probe"]);
  await pass(10);
  assertEquals(events, ["probe", "silence"]);
});

Deno.test("actor in a Worker › A13 a late answer to a heartbeat ends the silence", async () => {
  const { heartbeat, events, pass } = beat(3_000);
  await pass(3);
  heartbeat.heard();
  await pass(3);
  assertEquals(events, ["probe", "probe"]);
  heartbeat.stop();
});

for (
  const [what, lost, ...hasEnded] of [
    ["a loop without a deadline costs its Worker", 1],
    ["a silent Worker whose resources show that it has ended is replaced, and is no lost one", 0, "true"],
    ["a silent Worker that keeps its resources is a lost one", 1, "false"],
    ["a silent Worker is a lost one where its resources can't be looked at", 1, "unknown"],
  ] as const
) {
  Deno.test(`actor in a Worker › A13 ${what}`, async () => {
    const file = new URL("./fixtures/hung_worker.ts", import.meta.url).pathname;
    const args = ["run", "--quiet", "--no-check", "--no-prompt", "-A", file, ...hasEnded];
    const { code, stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
    assertEquals(code, 0);
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), { spun: "crashed", total: 0, lost });
  });
}
