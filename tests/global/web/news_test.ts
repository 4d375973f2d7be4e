import { assertEquals } from "@std/assert";
import { createNewsTeller } from "../../../global/web/meeting/news.ts";
import { afterNotification, initialState, type SessionState } from "../../../shared/client/session_state.ts";
import type { Notification } from "../../../shared/protocol/signaling.ts";
import { person } from "../../client/samples.ts";
import { manualClock } from "../../manual_clock.ts";

const GATHER_MS = 1_000;
const KEPT_MS = 10_000;

const joined = (id: string): Notification => ({
  type: "participant.joined",
  data: { participant: person(id, { display_name: id }) },
});
const left = (id: string): Notification => ({
  type: "participant.left",
  data: { participant_id: id, reason: "left" },
});
const hand = (id: string, hand_raised: boolean): Notification => ({
  type: "participant.updated",
  data: { participant: person(id, { display_name: id, hand_raised }) },
});
const message = (id: string, from: string): Notification => ({
  type: "chat.message",
  data: { message_id: id, from, display_name: from, text: "hello", sent_at: "2026-01-02T03:04:05Z" },
});

const knock = (id: string): Notification => ({
  type: "participant.waiting",
  data: { participant: person(id, { display_name: id, state: "waiting" }) },
});

/** A meeting of oneself, Ada and Bob, in which somebody has written, and what is said of it. */
function meeting(before: readonly Notification[] = []) {
  const clock = manualClock();
  const said: string[] = [];
  const teller = createNewsTeller((news) => {
    said.push(news.map(({ before, name = "", after = "" }) => before + name + after).join(". "));
  }, clock);
  let state: SessionState = {
    ...initialState,
    phase: "joined",
    selfId: "me",
    participants: [
      person("me"),
      person("Ada", { display_name: "Ada" }),
      person("Bob", { display_name: "Bob" }),
    ],
  };
  for (const each of [message("1", "Ada"), ...before]) state = afterNotification(state, each);
  teller.hear(state, false);
  return {
    said,
    clock,
    hear(notifications: readonly Notification[], isChatOpen = false) {
      for (const notification of notifications) {
        state = afterNotification(state, notification);
        teller.hear(state, isChatOpen);
      }
    },
    inPhase(phase: SessionState["phase"]) {
      state = { ...state, phase };
      teller.hear(state, false);
    },
    miss(notification: Notification) {
      state = afterNotification(state, notification);
    },
  };
}

Deno.test("news › each thing that another does is said with their name; nothing of oneself, or from before", () => {
  for (
    const [notification, words] of [
      [joined("Eve"), "Eve joined"],
      [left("Bob"), "Bob left"],
      [hand("Ada", true), "Ada raised a hand"],
      [message("2", "Bob"), "Message from Bob"],
      [message("2", "me"), undefined],
      [hand("me", true), undefined],
      [hand("Ada", false), undefined],
    ] as const
  ) {
    const { said, clock, hear } = meeting();
    hear([notification]);
    clock.advance(GATHER_MS);
    assertEquals(said, words === undefined ? [] : [words]);
  }
});

Deno.test("news › what comes together is said as one, and is gone after a while", () => {
  const { said, clock, hear } = meeting();
  hear([joined("Eve"), joined("Gil"), message("2", "Ada"), message("3", "Ada"), joined("Pia")]);
  clock.advance(GATHER_MS);
  assertEquals(said, ["2 messages from Ada. 3 people joined"]);
  clock.advance(KEPT_MS);
  assertEquals(said.slice(1), [""]);
  hear([hand("Ada", true), hand("Eve", true), message("4", "Ada"), message("5", "Bob"), left("Gil")]);
  clock.advance(GATHER_MS);
  assertEquals(said.slice(2), ["2 new messages. 2 people raised a hand. Gil left"]);
});

Deno.test("news › who knocks is said, also who did before the entry, and that one is the only one left", () => {
  const { said, clock, hear } = meeting([knock("Kim")]);
  clock.advance(GATHER_MS);
  assertEquals(said, ["Kim waits to be let in"]);
  hear([knock("Lou"), knock("Mia"), left("Ada")]);
  clock.advance(GATHER_MS);
  assertEquals(said.slice(1), ["Ada left. 2 people wait to be let in"]);
  hear([left("Bob")]);
  clock.advance(GATHER_MS);
  assertEquals(said.slice(2), ["Bob left. You are the only one here"]);
});

Deno.test("news › messages are not said where they are read, in the open chat", () => {
  const { said, clock, hear } = meeting();
  hear([message("2", "Bob")], true);
  hear([hand("Bob", true)]);
  clock.advance(GATHER_MS);
  assertEquals(said, ["Bob raised a hand"]);
});

Deno.test("news › what was missed while the connection was away is said once it is back", () => {
  const { said, clock, inPhase, miss } = meeting();
  inPhase("reconnecting");
  miss(left("Bob"));
  miss(message("2", "Ada"));
  inPhase("reconnecting");
  clock.advance(GATHER_MS);
  assertEquals(said, []);
  inPhase("joined");
  clock.advance(GATHER_MS);
  assertEquals(said, ["Message from Ada. Bob left"]);
});
