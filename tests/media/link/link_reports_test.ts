import { assertEquals } from "@std/assert";
import { LinkReportsActor } from "../../../media/link/link_reports.ts";
import { createMediaMetrics } from "../../../media/metrics.ts";
import { TelemetryAggregatorActor } from "../../../media/telemetry/telemetry_aggregator.ts";
import { type Body, createScope } from "../../../shared/actor/mod.ts";
import { MediaReports } from "../../../shared/protocol/media/control.ts";
import { until } from "../fixtures/until.ts";
import { wideBandwidth } from "../fixtures/wide_bandwidth.ts";

type Report = Body<typeof MediaReports, "report">;

interface SlowInit {
  readonly heard: string[];
  readonly opened: Promise<void>;
}

/** The controller's actor. It handles nothing before `opened` resolves. */
class SlowReportsActor {
  static readonly protocol = MediaReports;

  constructor(readonly init: SlowInit) {}

  async report({ meeting_id, reports: [report] }: Report): Promise<void> {
    await this.init.opened;
    this.init.heard.push(`${meeting_id} ${report?.report === "speaker" ? report.participant_id : ""}`);
  }
}

const speaker = (meeting_id: string, participant_id: string): Report => ({
  meeting_id,
  reports: [{ report: "speaker", router_id: "r", participant_id }],
});

Deno.test("link reports › reports wait for room on the link, and keep their order", async () => {
  await using scope = createScope();
  const metrics = createMediaMetrics();
  const telemetry = scope.spawn(TelemetryAggregatorActor, {
    metrics,
    periodMs: 60_000,
    bandwidth: wideBandwidth,
  });
  const heard: string[] = [];
  const opened = Promise.withResolvers<void>();
  const remote = scope.spawn(SlowReportsActor, { heard, opened: opened.promise }, { capacity: 1 });
  const reports = scope.spawn(LinkReportsActor, { remote, telemetry });
  const expected = Array.from({ length: 60 }, (_, n) => [`m${n % 3}`, `p${n}`] as const);
  for (const [meeting, participant] of expected) {
    assertEquals(reports.tell("report", speaker(meeting, participant)), "accepted");
  }
  opened.resolve();
  await until(() => heard.length === expected.length || undefined);
  assertEquals(heard, expected.map((names) => names.join(" ")));
});

Deno.test("link reports › reports to a link that is gone are counted", async () => {
  await using scope = createScope();
  const metrics = createMediaMetrics();
  const telemetry = scope.spawn(TelemetryAggregatorActor, {
    metrics,
    periodMs: 60_000,
    bandwidth: wideBandwidth,
  });
  const remote = scope.spawn(SlowReportsActor, { heard: [], opened: Promise.resolve() });
  await scope.stopChild(remote);
  const reports = scope.spawn(LinkReportsActor, { remote, telemetry });
  reports.tell("report", speaker("m", "ada"));
  reports.tell("report", speaker("m", "bob"));
  await until(async () =>
    /^mh_reports_dropped_total 2$/m.test(await metrics.registry.metrics()) || undefined
  );
});
