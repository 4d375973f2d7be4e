import { assertEquals } from "@std/assert";
import { keepTicket } from "../../shared/client/ticket_keeper.ts";
import type { ApiResult } from "../../shared/client/http.ts";
import type { Ticket } from "../../shared/protocol/rest.ts";
import { manualClock } from "../manual_clock.ts";
import { ticketTo } from "./samples.ts";

const url = "ws://localhost:8090/signaling";

Deno.test("ticket keeper › renews in good time, tries again when refused, stops when told", async () => {
  const clock = manualClock();
  const answers: ApiResult<Ticket>[] = [
    { ok: false, error: { status: 503, code: "UNAVAILABLE", message: "Not now." } },
    { ok: true, value: ticketTo(url, "fresh") },
  ];
  const asked: string[] = [];
  const keeper = keepTicket(ticketTo(url, "first"), (token) => {
    asked.push(token);
    const answer = answers.shift();
    if (!answer) throw new Error("asked too often");
    return Promise.resolve(answer);
  }, clock);
  clock.advance(674_999);
  assertEquals(asked, []);
  clock.advance(1);
  await clock.until(5_000);
  assertEquals([keeper.current().token, keeper.hasRunOut()], ["first", false]);
  clock.advance(5_000);
  await clock.until(675_000);
  assertEquals([keeper.current().token, asked], ["fresh", ["first", "first"]]);
  keeper.stop();
  clock.advance(10_000_000);
  assertEquals(asked.length, 2);
});

for (const [what, life] of [["ticket", {}], ["TURN credentials", { ice_expires_in: 300 }]] as const) {
  Deno.test(`ticket keeper › it says that its ${what} ran out while the machine slept, until the renewal`, async () => {
    const clock = manualClock();
    const lifeSeconds = life.ice_expires_in ?? 900;
    const renewal = Promise.resolve<ApiResult<Ticket>>({ ok: true, value: ticketTo(url, "fresh") });
    const keeper = keepTicket({ ...ticketTo(url), ...life }, () => renewal, clock);
    clock.sleep(lifeSeconds * 1_000 - 1);
    assertEquals(keeper.hasRunOut(), false);
    clock.sleep(1);
    assertEquals(keeper.hasRunOut(), true);
    clock.advance(lifeSeconds * 750);
    await renewal;
    assertEquals([keeper.current().token, keeper.hasRunOut()], ["fresh", false]);
    keeper.stop();
  });
}

Deno.test("ticket keeper › the ticket says how long it and its TURN credentials are still good", () => {
  const clock = manualClock();
  const never = new Promise<ApiResult<Ticket>>(() => {});
  const keeper = keepTicket({ ...ticketTo(url), ice_expires_in: 300 }, () => never, clock);
  clock.advance(200_000);
  const { expires_in, ice_expires_in } = keeper.current();
  assertEquals([expires_in, ice_expires_in], [700, 100]);
  keeper.stop();
});

Deno.test("ticket keeper › a ticket that came by another way is renewed in its own time, and no refusal of the one before counts", async () => {
  const clock = manualClock();
  const { promise: renewal, resolve: answers } = Promise.withResolvers<ApiResult<Ticket>>();
  const asked: string[] = [];
  const keeper = keepTicket(ticketTo(url, "first"), (token) => {
    asked.push(token);
    return renewal;
  }, clock);
  clock.advance(675_000);
  keeper.take(ticketTo(url, "second"));
  answers({ ok: false, error: { status: 401, code: "UNAUTHORIZED", message: "This token has expired." } });
  await renewal;
  assertEquals([keeper.current().token, keeper.hasRunOut()], ["second", false]);
  keeper.take(ticketTo(url, "third"));
  clock.advance(674_999);
  assertEquals(asked, ["first"]);
  clock.advance(1);
  assertEquals(asked, ["first", "third"]);
  keeper.stop();
});

for (
  const error of [
    { status: 401, code: "UNAUTHORIZED", message: "This token has expired." },
    { status: 410, code: "MEETING_ENDED", message: "This meeting has ended." },
  ]
) {
  Deno.test(`ticket keeper › after ${error.code} it asks no more, and says that the ticket has run out`, async () => {
    const clock = manualClock();
    const renewal = Promise.resolve<ApiResult<Ticket>>({ ok: false, error });
    let asked = 0;
    const keeper = keepTicket(ticketTo(url), () => {
      asked++;
      return renewal;
    }, clock);
    assertEquals(keeper.hasRunOut(), false);
    clock.advance(675_000);
    await renewal;
    assertEquals(keeper.hasRunOut(), true);
    clock.advance(10_000_000);
    assertEquals(asked, 1);
  });
}
