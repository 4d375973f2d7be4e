import { assertEquals } from "@std/assert";
import { onceDecided } from "../../../global/web/lobby/once_decided.ts";
import { initialState, type SessionState } from "../../../shared/client/session_state.ts";
import { createStore } from "../../../shared/client/store.ts";
import { manualClock } from "../../manual_clock.ts";

type Phase = SessionState["phase"];

function joining() {
  const clock = manualClock();
  const state = createStore<SessionState>({ ...initialState, phase: "joining" });
  let shown = 0;
  const cancel = onceDecided({ state }, () => shown++, clock);
  const enter = (phase: Phase) => state.update((before) => ({ ...before, phase }));
  return { clock, cancel, enter, shown: () => shown };
}

for (const phase of ["joined", "waiting"] as const) {
  Deno.test(`once decided › a screen of ${phase} is shown once, as soon as the server says so`, () => {
    const { clock, enter, shown } = joining();
    assertEquals(shown(), 0);
    enter(phase);
    assertEquals(shown(), 1);
    enter("reconnecting");
    clock.advance(60_000);
    assertEquals(shown(), 1);
  });
}

Deno.test("once decided › a server that takes longer than a second is waited for on a screen of its own", () => {
  const { clock, enter, shown } = joining();
  clock.advance(999);
  assertEquals(shown(), 0);
  clock.advance(1);
  assertEquals(shown(), 1);
  enter("joined");
  assertEquals(shown(), 1);
});

Deno.test("once decided › after a refusal, and for whoever has gone, nothing is shown", () => {
  const refused = joining();
  refused.enter("ended");
  refused.clock.advance(60_000);
  assertEquals(refused.shown(), 0);

  const gone = joining();
  gone.cancel();
  gone.enter("joined");
  gone.clock.advance(60_000);
  assertEquals(gone.shown(), 0);
});
