import { assertEquals } from "@std/assert";
import { unreadCount } from "../../../global/web/meeting/unread.ts";
import type { ChatMessage } from "../../../shared/protocol/signaling.ts";

function messages(...ids: string[]): ChatMessage[] {
  return ids.map((id) => ({
    message_id: id,
    from: id.startsWith("own") ? "me" : "other",
    display_name: "Somebody",
    text: "hello",
    sent_at: "2026-01-02T03:04:05Z",
  }));
}

Deno.test("unread › messages of others after the last one that was seen", () => {
  assertEquals(unreadCount(messages("1", "2", "own", "3"), "1", "me"), 2);
  assertEquals(unreadCount(messages("1", "2"), "2", "me"), 0);
  assertEquals(unreadCount(messages("1", "2"), undefined, "me"), 2);
});

Deno.test("unread › a list of the same length that has moved on, or was fetched anew, is counted right", () => {
  const many = Array.from({ length: 201 }, (_, index) => String(index));
  assertEquals(unreadCount(messages(...many.slice(0, 200)), "199", "me"), 0);
  assertEquals(unreadCount(messages(...many.slice(1)), "199", "me"), 1);
  assertEquals(unreadCount(messages("7", "8"), "3", "me"), 2);
});
