import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Plan, ports, range } from "../../shared/dev/plan.ts";
import type { Ticket } from "../../shared/protocol/mod.ts";
import { codeOf, connect, pause, scenario } from "./scenario.ts";

const controllers = ["meeting", "meeting-2"] as const;

/** The index of the controller that a ticket leads to. */
function controllerOf(plan: Plan, { signaling_url }: Ticket): number {
  const port = Number(new URL(signaling_url).port);
  return range(plan.controllers).findIndex((index) => ports.shards(plan, index).includes(port));
}

await scenario("a full controller is passed over, and without another nobody is let in", async (s, t) => {
  const { rest, deployment: { plan } } = s;
  const ann = await rest.user("ann");
  const [first, second, third] = [
    await rest.createMeeting(ann),
    await rest.createMeeting(ann),
    await rest.createMeeting(ann),
  ];
  const join = (code: string) => rest.send("POST", `/api/v1/meetings/${code}/join`, { token: ann, body: {} });
  const firsts = await s.ticketOf(first.code, "join", ann);
  using one = connect(firsts);
  await one.join();
  const seconds = await s.ticketOf(second.code, "join", ann);
  using other = connect(seconds);
  await other.join();

  await t.step("the second meeting is on the other controller", () => {
    assertNotEquals(controllerOf(plan, firsts), controllerOf(plan, seconds));
  });

  await t.step("the third one is refused with 503, and says when to ask again", async () => {
    const answer = await join(third.code);
    assertEquals([answer.status, answer.code], [503, "CONTROLLER_UNAVAILABLE"]);
    assertEquals(answer.headers.get("retry-after"), "1");
  });

  await t.step("whoever is in a meeting comes into it, full or not", async () => {
    using again = connect(await s.ticketOf(first.code, "join", ann));
    assertEquals((await again.join()).participants.length, 2);
  });

  await t.step("once a meeting has ended there is room for another", async () => {
    assertEquals((await rest.send("DELETE", `/api/v1/meetings/${second.code}`, { token: ann })).status, 204);
    assertEquals((await other.ended).reason, "meetingEnded");
    const placed = await s.ticketOf(third.code, "join", ann);
    assertEquals(controllerOf(plan, placed), controllerOf(plan, seconds));
  });
}, { besides: controllers, env: { DT_LIMIT_MEETINGS: "1" } });

await scenario(
  "of four full controllers three refuse a meeting, the fourth is not asked, and once it has room it takes it",
  async (s, t) => {
    const { rest, deployment } = s;
    const { plan, log } = deployment;
    const ann = await rest.user("ann");
    /** The controllers that refused a meeting, one after another. */
    const refusals = () =>
      log.filter((line) => line.includes("a meeting controller refuses a meeting")).map((line) => {
        const { url, reason } = JSON.parse(line);
        assertEquals(reason, "at_capacity");
        return range(4).findIndex((index) => ports.meeting(plan, index) === Number(new URL(url).port));
      });
    await using stack = new AsyncDisposableStack();
    const running: { readonly code: string; readonly controller: number }[] = [];
    for (const _ of range(4)) {
      const { code } = await rest.createMeeting(ann);
      const ticket = await s.ticketOf(code, "join", ann);
      await stack.use(connect(ticket)).join();
      running.push({ code, controller: controllerOf(plan, ticket) });
    }
    const { code } = await rest.createMeeting(ann);
    const refusal = async () => {
      const answer = await rest.send("POST", `/api/v1/meetings/${code}/join`, { token: ann, body: {} });
      return [answer.status, answer.code, answer.headers.get("retry-after")];
    };

    await t.step("each has one, and GC knows that they are full: it asks none", async () => {
      assertEquals(running.map(({ controller }) => controller).toSorted(), range(4));
      assertEquals(await refusal(), [503, "CONTROLLER_UNAVAILABLE", "1"]);
    });

    await t.step("a GC that knows of no load asks three, and then answers 503", async () => {
      await deployment.stop("global");
      assertEquals(refusals(), []);
      await deployment.start("global");
      assertEquals(await refusal(), [503, "CONTROLLER_UNAVAILABLE", "1"]);
      // Its log comes a moment later.
      for (let looks = 0; looks < 100 && refusals().length < 3; looks++) await pause();
      assertEquals([refusals().length, new Set(refusals()).size], [3, 3]);
    });

    await t.step(
      "the fourth was not asked: it still counts as one with room, and takes the meeting",
      async () => {
        const fourth = running.find(({ controller }) => !refusals().includes(controller));
        assert(fourth !== undefined);
        const { status } = await rest.send("DELETE", `/api/v1/meetings/${fourth.code}`, { token: ann });
        assertEquals(status, 204);
        while (await meetingsAt(ports.meeting(plan, fourth.controller)) > 0) await pause();
        assertEquals(controllerOf(plan, await s.ticketOf(code, "join", ann)), fourth.controller);
        // All that it has written is read then.
        await deployment.stop("global");
        assertEquals(refusals().length, 3);
      },
    );
  },
  {
    controllers: 4,
    besides: [...controllers, "meeting-3", "meeting-4"],
    // No heartbeat tells a new GC how full they are.
    env: {
      DT_LIMIT_MEETINGS: "1",
      DT_HEARTBEAT_INTERVAL_MS: "60000",
      DT_HEARTBEAT_TIMEOUT_MS: "180000",
    },
  },
);

/** How many meetings run at a controller. */
async function meetingsAt(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^mc_meetings (\d+)$/m.exec(metrics)?.[1]);
}

await scenario(
  "a controller that stands still for seconds keeps its meeting, and what it acknowledged",
  async (s, t) => {
    const { rest, deployment } = s;
    const [ann, bob] = [await rest.user("ann"), await rest.user("bob")];
    const { code } = await rest.createMeeting(ann);
    const ticket = await s.ticketOf(code, "join", ann);
    const bobs = await s.ticketOf(code, "join", bob);
    using host = connect(ticket);
    await host.join();
    using one = connect(bobs);
    await one.join();
    assertEquals(await codeOf(host, "chat.send", { text: "before" }), "ok");
    const port = Number(new URL(ticket.signaling_url).port);
    const slow = ports.shards(deployment.plan, 0).includes(port) ? controllers[0] : controllers[1];
    const pid = deployment.pidOf(slow);
    let meanwhile: Promise<string>;

    await t.step("whoever can't reach it is told to come again, and not sent to another one", async () => {
      Deno.kill(pid, "SIGSTOP");
      try {
        meanwhile = codeOf(host, "chat.send", { text: "meanwhile" });
        // Each answer takes as long as the probes of the shard.
        for (let time = 0; time < 2; time++) {
          const answer = await rest.send("POST", `/api/v1/meetings/${code}/unreachable`, {
            token: bobs.token,
            body: {},
          });
          assertEquals([answer.status, answer.headers.get("retry-after")], [503, "1"]);
        }
      } finally {
        Deno.kill(pid, "SIGCONT");
      }
    });

    await t.step("then it goes on over the same connections, and nothing that was said is lost", async () => {
      assertEquals(await meanwhile, "ok");
      assertEquals(await codeOf(one, "chat.send", { text: "after" }), "ok");
      const again = await s.ticketOf(code, "ticket", bobs.token);
      assertEquals(again.signaling_url, ticket.signaling_url);
      using late = connect(again);
      const { chat, participants } = await late.join();
      assertEquals(chat.map(({ text }) => text), ["before", "meanwhile", "after"]);
      assertEquals(participants.map(({ state }) => state), ["joined", "joined", "joined"]);
      await host.told("chat.message", ({ text }) => text === "after");
    });
  },
  { besides: controllers },
);

await scenario(
  "a controller that drains takes nothing new, and one that stops hands its meetings over",
  async (s, t) => {
    const { rest, deployment } = s;
    const [ann, bob] = [await rest.user("ann"), await rest.user("bob")];
    const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true, waiting_room: false } });
    const ticket = await s.ticketOf(code, "join", ann);
    const guest = await s.ticketOf(code, "guest-token", undefined, { display_name: "Gus" });
    const port = Number(new URL(ticket.signaling_url).port);
    const holder = ports.shards(deployment.plan, 0).includes(port) ? 0 : 1;
    const [holding, spare] = holder === 0 ? controllers : [controllers[1], controllers[0]];
    using host = connect(ticket);
    const hosts = await host.join({ rtp_capabilities: ticket.rtp_capabilities });
    using gus = connect(guest);
    const guests = await gus.join({ rtp_capabilities: guest.rtp_capabilities });
    assertEquals(await codeOf(host, "chat.send", { text: "before" }), "ok");
    const muting = { participant_id: guests.participant_id, source: "microphone", muted: true } as const;
    assertEquals(await codeOf(host, "moderation.mute", muting), "ok");
    assertEquals(await codeOf(host, "moderation.permissions", { permissions: { rename: false } }), "ok");

    await t.step("only a service may have one drain", async () => {
      const door = `/api/v1/internal/meeting-controllers/mc-${holder + 1}/drain`;
      for (const token of [ann, await rest.admin(), guest.token]) {
        assert([401, 403].includes((await rest.send("POST", door, { token, body: {} })).status));
      }
      const token = await deployment.serviceToken("meeting", "service.register-controller.gc");
      assertEquals((await rest.send("POST", door, { token, body: {} })).status, 200);
    });

    await t.step("new meetings are on the other one, all of them", async () => {
      const shards = ports.shards(deployment.plan, 1 - holder);
      for (let number = 0; number < 6; number++) {
        const made = await rest.createMeeting(bob);
        const { signaling_url } = await s.ticketOf(made.code, "join", bob);
        assert(shards.includes(Number(new URL(signaling_url).port)), signaling_url);
      }
    });

    await t.step(
      "when it stops, everybody is told where to go, with a token and a binding of their own",
      async () => {
        const stopped = deployment.stop(holding);
        for (const [client, { correlation_id, participant_id }] of [[host, hosts], [gus, guests]] as const) {
          const { signaling_url } = await client.told("session.migrate");
          const { binding_token, token } = await client.told("session.bound");
          assert(token !== undefined);
          assertNotEquals(Number(new URL(signaling_url).port), port);
          using moved = connect({ ...ticket, signaling_url, token });
          const answer = await moved.join({
            rtp_capabilities: ticket.rtp_capabilities,
            resume: { correlation_id, binding_token },
          });
          assertEquals([answer.resumed, answer.participant_id], [true, participant_id]);
          assertEquals([answer.chat.map(({ text }) => text), answer.meeting.permissions.rename], [
            ["before"],
            false,
          ]);
          const gusNow = answer.participants.find((each) => each.participant_id === guests.participant_id);
          assertEquals([gusNow?.muted_sources, gusNow?.role], [["microphone"], "guest"]);
          assert(answer.transports);
        }
        assertEquals(await stopped, 0);
        for (const client of [host, gus]) assertEquals((await client.ended).reason, "movedAway");
      },
    );

    await t.step("without any controller a ticket is refused with 503", async () => {
      assertEquals(await deployment.stop(spare), 0);
      const answer = await rest.send("POST", `/api/v1/meetings/${code}/join`, { token: bob, body: {} });
      assertEquals([answer.status, answer.code], [503, "CONTROLLER_UNAVAILABLE"]);
    });
  },
  { besides: controllers },
);
