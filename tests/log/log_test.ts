import { assert, assertEquals } from "@std/assert";
import { configureLogging, logger, redact } from "../../shared/log/mod.ts";
import { lineWriter } from "../../shared/log/line_writer.ts";
import { redactText } from "../../shared/log/redact.ts";
import { withSmallDisk } from "../small_disk.ts";

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

Deno.test("log › the errors in an error are written, too", async () => {
  const lines = capture();
  const throws = (message: string) => () => {
    throw new Error(message);
  };
  const stack = new AsyncDisposableStack();
  stack.defer(throws("the database can't be closed"));
  stack.defer(throws("someone@example.org can't be told"));
  await stack.disposeAsync().catch((error) => logger("a").error("down", { error }));
  await Promise.any([Promise.reject(new Error("no answer"))]).catch((error) =>
    logger("a").error("down", { error })
  );
  const messages = lines.map(({ error }) => JSON.stringify(error).match(/"message":"[^"]+"/g));
  assertEquals(messages, [
    [
      '"message":"An error was suppressed during disposal"',
      '"message":"the database can\'t be closed"',
      '"message":"[e-mail] can\'t be told"',
    ],
    ['"message":"All promises were rejected"', '"message":"no answer"'],
  ]);
});

Deno.test("log › a line that a full disk took the half of does not break the next one", async () => {
  await withSmallDisk(async ({ path, fill, empty }) => {
    using file = await Deno.open(`${path}/log`, { create: true, append: true });
    configureLogging({ service: "test", level: "info", write: lineWriter(file) });
    logger("a").info("before");
    await fill();
    for (let n = 0; n < 3; n++) logger("a").info("full", { long: "x".repeat(3_000) });
    await empty();
    logger("a").info("after");
    const lines = (await Deno.readTextFile(`${path}/log`)).trimEnd().split("\n");
    const [half, last] = lines.slice(-2);
    assert(half?.startsWith('{"time"') && !half.endsWith("}"));
    assertEquals(JSON.parse(last ?? "").message, "after");
  });
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

const addresses = [
  "ann@example.org",
  "ann.b+tag@sub.example.co.uk",
  "o'brien@example.org",
  "Ann@EXAMPLE.ORG",
  "ann_b%c@example.org",
  "{ann}!@example.org",
  '"ann b"@example.org',
  "ann@163.com",
  "ann@1.2.3.com",
  "ann@ex-ample.museum",
  "ann@host_name.example.org",
  "jörg@müller.example",
  "用户@例子.中国",
  "ann@xn--fsqu00a.xn--fiqs8s",
  "ann@xn--p1ai.XN--P1AI",
  "उपयोगकर्ता@उदाहरण.भारत",
  "operator@darktower.local",
  "ann%40example.org",
];
for (const address of addresses) {
  Deno.test(`log › ${address} is an e-mail address and is not written`, () => {
    const around = [["for ", ""], ["<", ">"], ["mailto:", "?subject=x"], ["?email=", "&x=1"], [
      "",
      ":8080, yes",
    ]];
    for (const [before, after] of around) {
      assertEquals(redactText(`${before}${address}${after}`), `${before}[e-mail]${after}`);
    }
    const many = Array.from({ length: 3 }, () => address);
    assertEquals(redactText(many.join(", ")), "[e-mail], [e-mail], [e-mail]");
  });
}

const others = [
  "/work/node_modules/.deno/mediasoup@3.27.1/node_modules/mediasoup/worker/out/Release/mediasoup-worker",
  "file:///cache/npm/ws@8.23.0/lib/websocket.js:12:5",
  "npm:preact@^11.2.0",
  "jsr:@std/assert@1.0.13",
  "@node-rs+argon2@2.2.1",
  "kysely@0.29.9_1",
  "typescript@5.9.0-rc",
  "x@10.0.0.1:8080",
  "a@b",
  "at @ example.org",
  "#private@",
];
for (const text of others) {
  Deno.test(`log › ${text} has no e-mail address and stays`, () => assertEquals(redactText(text), text));
}

Deno.test("log › a long text made to be hard is looked through as fast as another", () => {
  for (
    const hard of [
      "a".repeat(4000),
      "a@".repeat(2000),
      `a@${"a.".repeat(1998)}`,
      `a@${"a.1".repeat(1300)}`,
      '"'.repeat(4000),
    ]
  ) {
    assertEquals(redactText(hard), hard);
  }
});

Deno.test("log › what repeats is left out beyond fifty lines in ten seconds, and counted in the next one", () => {
  const lines: Record<string, unknown>[] = [];
  let nowMs = 0;
  configureLogging({
    service: "test",
    level: "info",
    write: (line) => lines.push(JSON.parse(line)),
    now: () => nowMs,
  });
  for (let i = 0; i < 1_000; i++) logger("doors").info("connection refused", { key: i });
  logger("doors").info("another matter");
  logger("windows").info("connection refused");
  nowMs = 10_000;
  logger("doors").info("connection refused", { key: "later" });
  assertEquals(lines.length, 53);
  assertEquals(lines.slice(50).map(({ message, left_out }) => [message, left_out]), [
    ["another matter", undefined],
    ["connection refused", undefined],
    ["connection refused", 950],
  ]);
});

Deno.test("log › an audit entry that goes to the log instead of its store is never left out", () => {
  const lines = capture();
  for (let i = 0; i < 1_000; i++) logger("audit").error("an audit entry could not be written", { entry: i });
  assertEquals(lines.length, 1_000);
});
