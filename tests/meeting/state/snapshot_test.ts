import { assertEquals } from "@std/assert";
import { chatMessage } from "../../../shared/protocol/mod.ts";
import { KEPT_MESSAGES } from "../../../shared/store/live/mod.ts";
import { applyChange, newMeeting } from "../../../meeting/state/meeting.ts";
import { fromStored, toSnapshot, toStoredChat } from "../../../meeting/state/snapshot.ts";

const message = (text: string) =>
  JSON.stringify({
    message_id: crypto.randomUUID(),
    from: crypto.randomUUID(),
    display_name: "Ada",
    text,
    sent_at: "2026-01-01T00:00:00.000Z",
  });

Deno.test("snapshot › the chat keeps its numbers, with a snapshot and without", () => {
  const chat = [{ number: 7, message: message("one") }, { number: 8, message: message("two") }];
  for (const snapshot of [null, toSnapshot(newMeeting(0), 0)]) {
    const meeting = fromStored({ snapshot, chat }, undefined, 0);
    assertEquals([meeting.messages, toStoredChat(meeting)], [8, chat]);
  }
});

Deno.test("snapshot › a meeting is as old as it was, and has been without a host for as long", () => {
  const lifetime = { startedAtMs: 5, hostlessSinceMs: 6 };
  const snapshot = toSnapshot({ ...newMeeting(5), lifetime }, 7);
  assertEquals(fromStored({ snapshot, chat: [] }, undefined, 99).lifetime, lifetime);
});

Deno.test("chat › a meeting remembers as many messages as the store keeps, and counts them all", () => {
  const meeting = newMeeting(0);
  const said = chatMessage.parse(JSON.parse(message("one")));
  for (let n = 0; n < KEPT_MESSAGES + 3; n++) applyChange(meeting, { change: "chat", message: said });
  assertEquals([meeting.chat.length, meeting.messages], [KEPT_MESSAGES, KEPT_MESSAGES + 3]);
});
