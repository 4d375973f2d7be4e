import { assertEquals } from "@std/assert";
import { createScreenState } from "../../../global/web/meeting/screen_state.ts";
import { sendAgain, sendDraft } from "../../../global/web/meeting/send_chat.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";

type Answer = Awaited<ReturnType<MeetingSession["sendChat"]>>;

const SENT: Answer = { ok: true, value: { message_id: "1", sent_at: "2026-01-02T03:04:05Z" } };
const LOST: Answer = { ok: false, error: { code: "TIMEOUT", message: "" } };
const PROBLEM = "The server didn't answer in time. Try again.";

/** A form whose messages are answered by the test, in any order. */
function openForm() {
  const screen = createScreenState();
  const { draft, recipient, chatProblem, unsent } = screen;
  const sent: { text: string; to: string | undefined; answer(answer: Answer): void }[] = [];
  const session = {
    sendChat(text: string, to?: string) {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      sent.push({ text, to, answer: resolve });
      return promise;
    },
  };
  return {
    screen,
    session,
    sent,
    send(text: string, to: string | undefined): Promise<void> {
      draft.value = text;
      recipient.value = to;
      return sendDraft(session, screen);
    },
    shown:
      () => [draft.value, recipient.value, chatProblem.value, unsent.value.map(({ id: _, ...rest }) => rest)],
  };
}

Deno.test("sending chat › what was not sent is in the form again, for whom it was meant", async () => {
  const { send, sent, shown } = openForm();
  const sending = send("for Bob", "bob");
  assertEquals(shown(), ["", "bob", "", []]);
  sent[0]?.answer(LOST);
  await sending;
  assertEquals(shown(), ["for Bob", "bob", PROBLEM, []]);
});

Deno.test("sending chat › a private message that was not sent stays private, whomever the form is for since then", async () => {
  const { send, sent, shown, screen, session } = openForm();
  const sending = send("for Bob", "bob");
  screen.recipient.value = undefined;
  sent[0]?.answer(LOST);
  await sending;
  const kept = { text: "for Bob", to: "bob", problem: PROBLEM };
  assertEquals(shown(), ["", undefined, "", [kept]]);
  const [message] = screen.unsent.value;
  const again = message && sendAgain(session, screen, message);
  assertEquals([sent[1]?.text, sent[1]?.to, screen.unsent.value], ["for Bob", "bob", []]);
  sent[1]?.answer(LOST);
  await again;
  assertEquals(shown(), ["", undefined, "", [kept]]);
});

Deno.test("sending chat › what was typed meanwhile stays, and so does what was not sent", async () => {
  const { send, sent, shown, screen } = openForm();
  const sending = send("first", undefined);
  screen.draft.value = "sec";
  sent[0]?.answer(LOST);
  await sending;
  assertEquals(shown(), ["sec", undefined, "", [{ text: "first", to: undefined, problem: PROBLEM }]]);
});

Deno.test("sending chat › that one was sent hides nothing of another one that wasn't", async () => {
  const { send, sent, shown } = openForm();
  const sending = [send("first", undefined), send("second", undefined)];
  sent[0]?.answer(LOST);
  await sending[0];
  sent[1]?.answer(SENT);
  await sending[1];
  assertEquals(shown(), ["first", undefined, PROBLEM, []]);
});
