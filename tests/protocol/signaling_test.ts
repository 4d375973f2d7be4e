import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  answerFrame,
  closeCodes,
  closeReason,
  errorFrame,
  notificationFrame,
  parseAnswer,
  parseRequest,
  parseServerFrame,
  requestFrame,
  requests,
} from "../../shared/protocol/signaling.ts";
import { signalingJsonSchema } from "../../shared/protocol/signaling/json_schema.ts";

const requestId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const idText = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

Deno.test("request frame › a server reads the frame that a client writes", () => {
  fc.assert(fc.property(requestId, idText, fc.boolean(), (id, participant_id, muted) => {
    const data = { participant_id, source: "microphone" as const, muted };
    assertEquals<unknown>(parseRequest(requestFrame(id, "moderation.mute", data)), {
      kind: "request",
      frame: { id, type: "moderation.mute", data },
    });
  }));
});

Deno.test("request frame › data may be absent where no field is required", () => {
  assertEquals<unknown>(parseRequest('{"id":1,"type":"session.ping"}'), {
    kind: "request",
    frame: { id: 1, type: "session.ping", data: {} },
  });
});

for (
  const frame of [
    "",
    "nonsense",
    "null",
    "[]",
    "1",
    "{}",
    '{"id":0,"type":"join"}',
    '{"id":1.5,"type":"join"}',
    '{"id":"1","type":"join"}',
    '{"id":1}',
  ]
) {
  Deno.test(`request frame › ${frame || "an empty frame"} closes with 4400`, () => {
    const parsed = parseRequest(frame);
    assertEquals(parsed.kind === "close" && parsed.code, closeCodes.malformed);
  });
}

Deno.test("request frame › binary closes with 4400", () => {
  const parsed = parseRequest(new Uint8Array([123, 125]));
  assertEquals(parsed.kind === "close" && parsed.code, closeCodes.malformed);
});

Deno.test("request frame › 64 KiB in UTF-8 pass, a byte more closes with 4413", () => {
  const frameOf = (bytes: number) => {
    const empty = '{"id":1,"type":"unknown","data":""}';
    return empty.replace('""', `"${"é".repeat((bytes - empty.length) / 2)}"`);
  };
  const whole = frameOf(65_535);
  assertEquals(new TextEncoder().encode(whole).length, 65_535);
  assertEquals(parseRequest(whole + " ").kind, "refuse");
  const parsed = parseRequest(whole + "  ");
  assertEquals(parsed.kind === "close" && parsed.code, closeCodes.frameTooLarge);
});

for (
  const [what, frame] of [
    ["an unknown type", { id: 7, type: "meeting.destroy", data: {} }],
    ["a type from the prototype", { id: 7, type: "constructor", data: {} }],
    ["an unknown field", { id: 7, type: "leave", data: { extra: 1 } }],
    ["an empty chat message", { id: 7, type: "chat.send", data: { text: "  " } }],
    ["10,000 consumers", { id: 7, type: "media.ready", data: { consumer_ids: Array(10_000).fill("c") } }],
    ["a layout of a million slots", { id: 7, type: "layout.set", data: { mode: "grid", slots: 1e6 } }],
    ["a role nobody can give", {
      id: 7,
      type: "moderation.role",
      data: { participant_id: "p", role: "admin" },
    }],
  ] as const
) {
  Deno.test(`request frame › ${what} is answered with INVALID_REQUEST`, () => {
    const parsed = parseRequest(JSON.stringify(frame));
    assertEquals(parsed.kind === "refuse" && [parsed.id, parsed.error.code], [7, "INVALID_REQUEST"]);
  });
}

Deno.test("request frame › no text makes the parser throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (frame) => {
    parseRequest(frame);
    parseServerFrame(frame);
  }));
  const types = fc.constantFrom(...Object.keys(requests));
  fc.assert(fc.property(types, fc.jsonValue({ maxDepth: 4 }), (type, data) => {
    parseRequest(JSON.stringify({ id: 1, type, data }));
  }));
});

Deno.test("answer frame › is read back by its request's schema", () => {
  const data = { message_id: "m1", sent_at: "2026-01-02T03:04:05.678Z" };
  const parsed = parseServerFrame(answerFrame<"chat.send">(3, data));
  assertEquals(parsed, { kind: "answer", re: 3, data });
  assertEquals(parseAnswer("chat.send", data), data);
  assertEquals(parseAnswer("chat.send", { message_id: "m1" }), undefined);
});

Deno.test("answer frame › a client accepts fields that a newer server added", () => {
  assertEquals(parseAnswer("media.produce", { producer_id: "p1", score: 9 }), { producer_id: "p1" });
});

Deno.test("error frame › carries the code and nothing but the message", () => {
  const error = { code: "MEETING_FULL", message: "This meeting is full.", stack: "secret" } as const;
  assertEquals(parseServerFrame(errorFrame(9, error)), {
    kind: "error",
    re: 9,
    error: { code: "MEETING_FULL", message: "This meeting is full." },
  });
});

Deno.test("notification frame › is read back, an unknown one is named, a broken one is malformed", () => {
  const data = { participant_id: "p1", reason: "lost" as const, rev: 12 };
  assertEquals<unknown>(parseServerFrame(notificationFrame("participant.left", data)), {
    kind: "notification",
    notification: { type: "participant.left", data },
  });
  assertEquals(parseServerFrame('{"type":"weather","data":{}}'), { kind: "unknown", type: "weather" });
  assertEquals(parseServerFrame('{"type":"participant.left","data":{}}').kind, "malformed");
});

Deno.test("close codes › each has one name, others have none", () => {
  const names: unknown[] = Object.keys(closeCodes);
  assertEquals<unknown>(Object.values(closeCodes).map(closeReason), names);
  assertEquals(closeReason(1006), undefined);
});

Deno.test("signaling JSON Schema › describes every request and bounds a display name", () => {
  const schema = signalingJsonSchema();
  assertEquals(Object.keys(schema.requests), Object.keys(requests));
  const name = schema.requests["join"]?.data.properties?.["display_name"];
  assertEquals(typeof name === "object" && [name.minLength, name.maxLength], [1, 64]);
});
