import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { createPreparation } from "../../../global/web/lobby/preparation.ts";
import type { ApiResult } from "../../../shared/client/http.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";
import { ticketTo } from "../../client/samples.ts";

/** A server whose answers the test gives by itself. */
function askedTickets() {
  const asked = new Map<string, PromiseWithResolvers<ApiResult<Ticket>>>();
  return {
    names: () => [...asked.keys()],
    ask: (name: string) => () => {
      const answer = Promise.withResolvers<ApiResult<Ticket>>();
      asked.set(name, answer);
      return answer.promise;
    },
    give: (name: string) => asked.get(name)?.resolve({ ok: true, value: ticketTo("ws://localhost", name) }),
  };
}

function preparation() {
  const never = new Promise<ApiResult<Ticket>>(() => {});
  return createPreparation({ renewTicket: () => never }, "abc-def");
}

Deno.test("preparation › a guest who types on gets a ticket for the whole name, and one alone for the same name", async () => {
  const { names, ask, give } = askedTickets();
  const prepared = preparation();
  const first = prepared.start(ask("An"), "An");
  give("An");
  const an = await first;
  assert(an.ok);
  assertEquals([an.value.name, prepared.ready()?.name], ["An", "An"]);
  const second = prepared.start(ask("Anna"), "Anna");
  assertStrictEquals(prepared.start(ask("Anna again"), "Anna"), second);
  give("Anna");
  const anna = await second;
  assert(anna.ok);
  assertEquals([anna.value.name, anna.value.ticket().token], ["Anna", "Anna"]);
  assertEquals(prepared.ready(), anna.value);
  assertEquals(names(), ["An", "Anna"]);
  prepared.stop();
});

Deno.test("preparation › an answer for an earlier name that comes late doesn't take the newest one's place", async () => {
  const { ask, give } = askedTickets();
  const prepared = preparation();
  const first = prepared.start(ask("An"), "An");
  const second = prepared.start(ask("Anna"), "Anna");
  give("Anna");
  await second;
  give("An");
  const late = await first;
  assertEquals([late.ok && late.value.name, prepared.ready()?.name], ["Anna", "Anna"]);
  prepared.stop();
});
