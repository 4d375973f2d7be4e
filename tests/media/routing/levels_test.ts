import { routerLimits } from "../fixtures/router_limits.ts";
import { assert, assertEquals } from "@std/assert";
import { MeetingRouterActor } from "../../../media/routing/meeting_router.ts";
import { RouterEvents } from "../../../media/routing/router_events.ts";
import type { RouterStep } from "../../../media/routing/steps/step_site.ts";
import { type Body, valueOf } from "../../../shared/actor/mod.ts";
import type { StepOutcome } from "../../../shared/protocol/media/steps.ts";
import { type Handler, startHandler } from "../fixtures/handler.ts";
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

/** A router by itself, and what it reports. */
async function aRouter({ scope, telemetry, workers: [worker] }: Handler) {
  assert(worker);
  const reports = new ReportLog();
  const router = scope.spawn(MeetingRouterActor, {
    meetingId: "m",
    routerId: "r",
    worker,
    table: scope.spawn(EventsActor, reports),
    telemetry,
    ...routerLimits,
  });
  valueOf(await router.ask("ready", undefined));
  const done = async (step: RouterStep): Promise<StepOutcome> => {
    const [outcome] = valueOf(await router.ask("apply", { steps: [step], room: 100, isFull: false }));
    assert(outcome?.ok, JSON.stringify(outcome));
    return outcome;
  };
  const steps = stepsOn("r");
  return {
    done,
    /** Opens a participant's microphone. Answers the producer's id. */
    async speaks(participantId: string): Promise<string> {
      const opened = await done(steps.transports(participantId));
      assert(opened.ok && opened.step === "transports.open");
      const produced = await done(steps.audio(participantId, opened.send.id));
      assert(produced.ok && produced.step === "producer.open");
      return produced.producer_id;
    },
    sounds: (producerId: string, dbov: number) =>
      assertEquals(router.tell("sounded", { levels: [{ producerId, dbov }] }), "accepted"),
    /** Another controller opens the meeting. Answers the active speakers that were reported, once there are `count`. */
    async speakersAfterOpening(count: number) {
      assertEquals(router.tell("opened", undefined), "accepted");
      return (await reports.first("speaker", count)).map(({ participant_id }) => participant_id);
    },
    /** All reports, after a last one of the active speaker. */
    async reportsUntilSpeaker(producer_id: string) {
      assertEquals(router.tell("spoke", { producer_id }), "accepted");
      await reports.first("speaker", 1);
      return reports.all.map(({ report }) => report);
    },
  };
}

const speaker = { report: "speaker" as const, router_id: "r", participant_id: "ada" };
const levels = (dbov?: number) => ({
  report: "levels" as const,
  router_id: "r",
  levels: dbov === undefined ? [] : [{ participant_id: "ada", dbov }],
});

Deno.test("levels › two microphones are reported where a pipe may bring others", async () => {
  await using handler = await startHandler();
  const { done, speaks, sounds, reportsUntilSpeaker } = await aRouter(handler);
  const ada = await speaks("ada");
  sounds(ada, -40);
  await done({ step: "pipe.open", router_id: "r", peer_router_id: "other", is_encrypted: false });
  sounds(ada, -30);
  assertEquals(await reportsUntilSpeaker(ada), [levels(-30), speaker]);
});

Deno.test("levels › when only two microphones are left, one last report says that nobody is loud", async () => {
  await using handler = await startHandler();
  const { done, speaks, sounds, reportsUntilSpeaker } = await aRouter(handler);
  const [ada] = [await speaks("ada"), await speaks("bob"), await speaks("cleo")];
  sounds(ada, -30);
  await done({ step: "participant.close", router_id: "r", participant_id: "cleo" });
  sounds(ada, -30);
  sounds(ada, -30);
  assertEquals(await reportsUntilSpeaker(ada), [levels(-30), levels(), speaker]);
});

Deno.test("speaker › whoever speaks as another controller opens the meeting is reported to that one, too", async () => {
  await using handler = await startHandler();
  const { speaks, reportsUntilSpeaker, speakersAfterOpening } = await aRouter(handler);
  const ada = await speaks("ada");
  assertEquals(await speakersAfterOpening(0), [], "nobody has spoken yet");
  await reportsUntilSpeaker(ada);
  assertEquals(await speakersAfterOpening(2), ["ada", "ada"]);
});
