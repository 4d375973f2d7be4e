import { assert, assertEquals } from "@std/assert";
import { MeetingRouterActor } from "../../../media/routing/meeting_router.ts";
import { RouterEvents } from "../../../media/routing/router_events.ts";
import type { RouterStep } from "../../../media/routing/steps/step_site.ts";
import { type Body, valueOf } from "../../../shared/actor/mod.ts";
import type { StepOutcome } from "../../../shared/protocol/media/steps.ts";
import { startHandler } from "../fixtures/handler.ts";
import { stepsOn } from "../fixtures/open_meeting.ts";
import { ReportLog } from "../fixtures/reports.ts";

/** Writes a router's reports into a log. */
class EventsActor {
  static readonly protocol = RouterEvents;

  constructor(readonly log: ReportLog) {}

  report({ reports, ...of }: Body<typeof RouterEvents, "report">): void {
    this.log.add({ ...of, reports: [...reports] });
  }

  counted(): void {}

  routerEnded(): void {}
}

Deno.test("levels › two microphones are reported where a pipe may bring others", async () => {
  await using handler = await startHandler();
  const { scope, telemetry, workers: [worker] } = handler;
  assert(worker);
  const reports = new ReportLog();
  const router = scope.spawn(MeetingRouterActor, {
    meetingId: "m",
    routerId: "r",
    worker,
    table: scope.spawn(EventsActor, reports),
    telemetry,
    maxProducers: 8,
    maxConsumers: 100,
    maxRouterTransports: 1_000,
    pipeAddress: { ip: "127.0.0.1", ports: { min: 45_000, max: 45_999 } },
    previousTransportsMs: 10_000,
    iceLostMs: 30_000,
  });
  valueOf(await router.ask("ready", undefined));
  const done = async (step: RouterStep): Promise<StepOutcome> => {
    const [outcome] = valueOf(await router.ask("apply", { steps: [step], room: 100, isFull: false }));
    assert(outcome?.ok, JSON.stringify(outcome));
    return outcome;
  };
  const steps = stepsOn("r");
  const opened = await done(steps.transports("ada"));
  assert(opened.ok && opened.step === "transports.open");
  const produced = await done(steps.audio("ada", opened.send.id));
  assert(produced.ok && produced.step === "producer.open");
  const { producer_id } = produced;
  const sound = (dbov: number) => router.tell("sounded", { levels: [{ producerId: producer_id, dbov }] });
  assertEquals(sound(-40), "accepted");
  await done({ step: "pipe.open", router_id: "r", peer_router_id: "other", is_encrypted: false });
  assertEquals(sound(-30), "accepted");
  assertEquals(router.tell("spoke", { producer_id }), "accepted");
  await reports.first("speaker", 1);
  assertEquals(reports.all.map(({ report }) => report), [
    { report: "levels", router_id: "r", levels: [{ participant_id: "ada", dbov: -30 }] },
    { report: "speaker", router_id: "r", participant_id: "ada" },
  ]);
});
