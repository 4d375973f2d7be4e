import { assertEquals } from "@std/assert";
import { isolateRuntime } from "../../shared/actor/mod.ts";
import { inTestWorker } from "./fixtures/homes.ts";
import { settled } from "./fixtures/patience.ts";

const long = { timeoutMs: 10_000 };
const swift = { policy: { backoffMs: 1, maxBackoffMs: 1, maxRestarts: 50 } };

const malformed: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["undefined", undefined],
  ["no frames", { t: "frames" }],
  ["frames that are no list", { t: "frames", frames: 5 }],
  ["a frame that is none", { t: "frames", frames: [null] }],
  ["a chain that is none", {
    t: "frames",
    frames: [{ t: "msg", id: 1, to: "front", kind: "go", deadline: null, chain: 5 }],
  }],
  ["an unknown message", { t: "what" }],
];

for (const [what, message] of malformed) {
  Deno.test(`actor in a Worker › A13 a malformed message is one supervised failure: ${what}`, async () => {
    const module = new URL("./fixtures/blurting_worker.ts", import.meta.url);
    await using home = inTestWorker(swift, { module });
    const crashes: unknown[] = [];
    const forget = isolateRuntime.observe({ crashed: (crash) => void crashes.push(crash) });
    assertEquals(await home.ref.ask("add", 5, long), { ok: true, value: 5 });
    const result = await home.ref.ask("echo", message, long);
    assertEquals(result.ok || result.error.code, "crashed");
    assertEquals(await settled(() => home.ref.ask("total", undefined, long)), 0);
    forget();
    assertEquals(crashes.length, 1);
  });
}

Deno.test("actor in a Worker › A13 Workers lost to endless loops are counted, and beyond the bound none is restarted", async () => {
  const file = new URL("./fixtures/looping_workers.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "--no-check", "--no-prompt", "-A", file];
  const { code, stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
  assertEquals(code, 0);
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), { lost: 2, failures: ["counter"], restarts: 1 });
});

Deno.test("actor in a Worker › A13 a Worker that can still be ended is not a lost one", async () => {
  await using home = inTestWorker(swift, { graceMs: 50 });
  const lost: unknown[] = [];
  const forget = isolateRuntime.observe({ workerLost: (loss) => void lost.push(loss) });
  assertEquals(await home.ref.ask("add", 5, long), { ok: true, value: 5 });
  const late = await home.ref.ask("never", undefined, { timeoutMs: 20 });
  assertEquals(late.ok || late.error.code, "timeout");
  while (await settled(() => home.ref.ask("total", undefined, long)) !== 0);
  forget();
  assertEquals(lost, []);
});
