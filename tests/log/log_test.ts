import { assertEquals } from "@std/assert";
import { configureLogging, logger, redact } from "../../shared/log/mod.ts";

function capture(level: "debug" | "info" | "warning" | "error" = "info"): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  configureLogging({ service: "test", level, write: (line) => lines.push(JSON.parse(line)) });
  return lines;
}

Deno.test("log › a line is JSON with time, level, service, part, message and the fields", () => {
  const lines = capture();
  logger("meeting", "state").info("meeting ended", { meeting_id: "m-1", participants: 3, level: "own" });
  const { time, ...rest } = lines[0] ?? {};
  assertEquals(new Date(String(time)).toISOString(), time);
  assertEquals(rest, {
    level: "info",
    service: "test",
    part: "meeting.state",
    message: "meeting ended",
    meeting_id: "m-1",
    participants: 3,
    level_: "own",
  });
});

Deno.test("log › lines below the level are not written", () => {
  const lines = capture("warning");
  logger("a").info("no");
  logger("a").warn("yes");
  assertEquals(lines.map((line) => line.message), ["yes"]);
});

Deno.test("log › nothing secret is written, whatever carries it", () => {
  const lines = capture();
  const jwt = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
  const secrets = ["hunter2", "s3cr3t-value", jwt, "someone@example.org", "c2Vzc2lvbg"];
  const cause = new Error(`for someone@example.org`);
  logger("a").error(`failed for someone@example.org with Bearer ${jwt}`, {
    password: "hunter2",
    client_secret: "s3cr3t-value",
    nested: { deep: [{ authorization: "Basic s3cr3t-value", note: `see ${jwt}` }] },
    cookie: "c2Vzc2lvbg",
    email: "someone@example.org",
    error: new Error(`bad token ${jwt}`, { cause }),
    header: "Basic s3cr3t-value",
  });
  const text = JSON.stringify(lines);
  for (const secret of secrets) assertEquals(text.includes(secret), false, secret);
  assertEquals(text.includes("failed for [e-mail]"), true);
});

Deno.test("log › what can't be JSON does not break a line", () => {
  const circular: Record<string, unknown> = { n: 10n, at: new Date(0), bytes: new Uint8Array(3), f: () => 1 };
  circular.self = circular;
  const safe = JSON.parse(JSON.stringify(redact("field", circular)));
  assertEquals([safe.n, safe.at, safe.bytes, safe.f], [
    "10",
    "1970-01-01T00:00:00.000Z",
    "[3 bytes]",
    "[function]",
  ]);
});
