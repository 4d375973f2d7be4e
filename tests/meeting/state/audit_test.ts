import { assert, assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { MeetingAuditActor } from "../../../meeting/state/meeting_audit.ts";
import { Upstream } from "../../../meeting/platform/upstream.ts";
import { configureLogging } from "../../../shared/log/mod.ts";
import { moderationAuditBody, type ModerationAuditEntry } from "../../../shared/protocol/mod.ts";
import { z } from "zod";

const AT = Date.UTC(2026, 0, 1);
const body = z.object({ meeting_id: z.string(), entries: z.array(z.custom<ModerationAuditEntry>()) });

/** The actor with a GC that takes all entries, unless `answer` says otherwise. */
function recording() {
  const kit = createTestKit(1);
  const outer = kit.createScope();
  const inner = kit.createScope();
  const upstream = createProbe(outer, Upstream);
  const place = {
    /** The entries that GC was sent and took: meetings with subjects. */
    asked: [] as [meeting: string, entries: number][],
    taken: [] as string[],
    failures: [] as [string, number][],
    /** GC answers once this is resolved. */
    gate: Promise.resolve(),
    answer: (_meeting: string): ReturnType<typeof fail> | undefined => undefined,
  };
  upstream.answer("recordAudit", async (given) => {
    const { meeting_id, entries } = body.parse(given);
    moderationAuditBody.parse({ entries });
    place.asked.push([meeting_id, entries.length]);
    await place.gate;
    const failure = place.answer(meeting_id);
    if (failure === undefined) place.taken.push(...entries.map(({ subject }) => `${meeting_id} ${subject}`));
    return failure;
  });
  const actor = inner.spawn(MeetingAuditActor, {
    upstream: upstream.ref,
    onFailed: (result, entries) => place.failures.push([result, entries]),
    now: () => AT,
  }, { capacity: 10_000 });
  return Object.assign(place, {
    record: (meetingId: string, subject: string) =>
      actor.tell("record", {
        meetingId,
        type: "guest_admitted",
        actor: "host",
        subject,
        address: "192.0.2.1",
        details: { participant_type: "guest" },
      }),
    settle: kit.settle,
    pass: kit.advance,
    stop: () => kit.finish(inner.close()),
    async [Symbol.asyncDispose]() {
      await kit.finish(inner.close());
      await kit.finish(outer.close());
    },
  });
}

const away = fail("unavailable", "GC is away");

Deno.test("meeting audit › entries that come during a request are sent together, by meeting", async () => {
  await using place = recording();
  const gate = Promise.withResolvers<void>();
  place.gate = gate.promise;
  for (let n = 0; n < 151; n++) place.record("m-1", `g-${n}`);
  place.record("m-2", "g");
  await place.settle();
  assertEquals([place.asked.length, place.taken], [1, []]);
  gate.resolve();
  await place.settle();
  const [[, first] = ["", 0], ...rest] = place.asked;
  assertEquals(
    rest.toSorted(),
    [["m-1", Math.min(100, 151 - first)], ["m-1", 51 - first], ["m-2", 1]].toSorted(),
  );
  const order = Array.from({ length: 151 }, (_, n) => `m-1 g-${n}`);
  assertEquals(place.taken.filter((one) => one.startsWith("m-1")), order);
  assertEquals(place.failures, []);
});

Deno.test("meeting audit › while GC is away the pauses grow; once it is back, it has every entry once", async () => {
  await using place = recording();
  place.answer = () => away;
  place.record("m-1", "a");
  await place.settle();
  for (const subject of ["b", "c"]) place.record("m-1", subject);
  place.record("m-2", "d");
  await place.pass(120_000);
  const tries = place.asked.length;
  assert(tries > 5 && tries < 70, `${tries} tries in two minutes`);
  assertEquals(place.failures.length, tries);
  place.answer = () => undefined;
  await place.pass(2_000);
  assertEquals(place.taken.toSorted(), ["m-1 a", "m-1 b", "m-1 c", "m-2 d"]);
});

Deno.test("meeting audit › a meeting whose entries GC refuses, or can't take now, doesn't delay other meetings", async () => {
  await using place = recording();
  place.answer = (meeting) =>
    meeting === "m-1" ? fail("refused", "403") : meeting === "m-2" ? away : undefined;
  for (const meeting of ["m-1", "m-2", "m-3"]) place.record(meeting, "g");
  await place.pass(1_000);
  assertEquals(place.taken, ["m-3 g"]);
  assertEquals(place.failures.filter(([result]) => result === "lost"), [["lost", 1]]);
});

Deno.test("meeting audit › its memory is bounded; entries that don't fit are counted", async () => {
  await using place = recording();
  place.answer = () => away;
  for (let n = 0; n < 10_003; n++) {
    place.record("m-1", `g-${n}`);
    if (n === 5_000) await place.settle();
  }
  await place.settle();
  const lost = place.failures.filter(([result]) => result === "lost");
  assertEquals(lost, Array.from({ length: 3 }, () => ["lost", 1]));
  place.answer = () => undefined;
  await place.pass(1_000);
  assertEquals(place.taken.length, 10_000);
});

Deno.test("meeting audit › entries that wait at the stop are tried once more", async () => {
  await using place = recording();
  place.answer = () => away;
  place.record("m-1", "a");
  place.record("m-2", "b");
  await place.settle();
  place.answer = (meeting) => meeting === "m-2" ? away : undefined;
  await place.stop();
  assertEquals(place.taken, ["m-1 a"]);
  assertEquals(place.failures.at(-1), ["lost", 1]);
});

Deno.test("meeting audit › entries that are lost are in the log, each whole", async () => {
  const line = z.object({ meeting_id: z.string(), entry: z.object({ subject: z.string() }) });
  const logged: string[] = [];
  configureLogging({
    service: "test",
    level: "error",
    write(text) {
      const { success, data } = line.safeParse(JSON.parse(text));
      if (success) logged.push(`${data.meeting_id} ${data.entry.subject}`);
    },
  });
  await using place = recording();
  place.answer = () => away;
  for (let n = 0; n < 120; n++) place.record("m-1", `g-${n}`);
  await place.stop();
  assertEquals(logged, Array.from({ length: 120 }, (_, n) => `m-1 g-${n}`));
  assertEquals(place.failures.filter(([result]) => result === "lost"), [["lost", 100], ["lost", 20]]);
});
