import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ports } from "../../shared/dev/plan.ts";
import {
  type JoinAnswer,
  mediaKindOf,
  type MediaSource,
  type RequestData,
  type RequestType,
  type Ticket,
} from "../../shared/protocol/mod.ts";
import { audioParameters, dtlsParameters, videoParameters } from "../media/fixtures/rtp.ts";
import type { Client } from "../meeting/support/client.ts";
import { codeOf, connect, scenario } from "./scenario.ts";

const withMedia = ({ rtp_capabilities }: Ticket) => ({ rtp_capabilities });

function transportsOf({ transports }: Pick<JoinAnswer, "transports">) {
  assert(transports);
  return transports;
}

let sections = 0;

/** Each producer is a media section of its own, as with a browser. */
function production(transport_id: string, source: MediaSource): RequestData<"media.produce"> {
  const kind = mediaKindOf(source);
  const mid = String(sections++);
  const rtp_parameters = kind === "audio" ? audioParameters(mid) : videoParameters(mid);
  return { transport_id, kind, source, rtp_parameters };
}

async function produce(client: Client, transportId: string, source: MediaSource): Promise<string> {
  const answer = await client.request("media.produce", production(transportId, source));
  assert(answer.ok, answer.ok ? "" : answer.error.message);
  return answer.value.producer_id;
}

/** Waits until a participant is known to send a source as this, and answers the producer. */
async function sourceTold(
  client: Client,
  participantId: string,
  source: MediaSource,
  wanted: { paused: boolean; muted_by_host: boolean },
): Promise<string> {
  const { participant: { sources } } = await client.told(
    "participant.updated",
    ({ participant: { participant_id, sources } }) =>
      participant_id === participantId &&
      sources.some((one) =>
        one.source === source && one.paused === wanted.paused && one.muted_by_host === wanted.muted_by_host
      ),
  );
  return sources.find((one) => one.source === source)?.producer_id ?? "";
}

await scenario("media over a real handler, and who is refused it", async (s, t) => {
  const { rest, deployment: { plan } } = s;
  const [ann, bob] = [await rest.user("ann"), await rest.user("bob")];
  const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true } });
  const tickets = {
    ann: await s.ticketOf(code, "join", ann),
    bob: await s.ticketOf(code, "join", bob),
    gus: await s.ticketOf(code, "guest-token", undefined, { display_name: "Gus" }),
  };
  using host = connect(tickets.ann);
  const hosts = await host.join(withMedia(tickets.ann));
  using one = connect(tickets.bob);
  const bobs = await one.join(withMedia(tickets.bob));
  using gus = connect(tickets.gus);
  await gus.join(withMedia(tickets.gus));
  const mine = transportsOf(bobs).send.id;
  const transport = { transport_id: mine };

  await t.step(
    "a join's answer has transports at the handler's address, each participant's their own",
    () => {
      const all = [hosts, bobs].flatMap((answer) => Object.values(transportsOf(answer)));
      assertEquals(new Set(all.map(({ id }) => id)).size, 4);
      for (const { iceCandidates, dtlsParameters: { fingerprints } } of all) {
        assertEquals(new Set(iceCandidates.map(({ port }) => port)), new Set(ports.rtc(plan, 0)));
        assert(fingerprints.length > 0);
      }
      assertEquals([hosts.consumers, hosts.assignments], [[], []]);
    },
  );

  await t.step("without capabilities there is signaling alone", async () => {
    using bare = connect(await s.ticketOf(code, "join", ann));
    const { transports, state } = await bare.join();
    assertEquals([transports, state], [undefined, "joined"]);
    assertEquals(await codeOf(bare, "media.produce", production(mine, "microphone")), "NOT_FOUND");
    await bare.request("leave", {});
  });

  const requests = [
    ["media.connect", { ...transport, dtls_parameters: dtlsParameters }],
    ["media.produce", production(mine, "microphone")],
    ["media.pause", { producer_id: "a" }],
    ["media.resume", { producer_id: "a" }],
    ["media.close", { producer_id: "a" }],
    ["media.ready", { consumer_ids: ["a"] }],
    ["media.restart_ice", transport],
    ["media.report", { received: [] }],
    ["layout.set", { mode: "grid", slots: 4 }],
  ] as const satisfies readonly (readonly [RequestType, unknown])[];
  const outcomeOf = (client: Client, [type, data]: readonly [RequestType, unknown]) =>
    // The table's data is its type's, which TypeScript can't follow.
    codeOf(client, type, data as RequestData<RequestType>);

  await t.step("before the join each request is NOT_JOINED, in the waiting room WAITING", async () => {
    using early = connect(await s.ticketOf(code, "join", ann));
    for (const request of requests) {
      assertEquals([await outcomeOf(early, request), await outcomeOf(gus, request)], [
        "NOT_JOINED",
        "WAITING",
      ]);
    }
  });

  await t.step("of others' transports and producers each request is NOT_FOUND", async () => {
    const theirs = await produce(host, transportsOf(hosts).send.id, "microphone");
    const producer = { producer_id: theirs };
    const foreign = { transport_id: transportsOf(hosts).send.id };
    const cases = [
      ["media.connect", { ...foreign, dtls_parameters: dtlsParameters }],
      ["media.produce", production(foreign.transport_id, "camera")],
      ["media.produce", production("nowhere", "camera")],
      ["media.restart_ice", foreign],
      ["media.pause", producer],
      ["media.resume", producer],
      ["media.close", producer],
    ] as const;
    for (const request of cases) assertEquals(await outcomeOf(one, request), "NOT_FOUND", request[0]);
    assertEquals(await codeOf(one, "media.ready", { consumer_ids: ["nobody"] }), "ok", "it starts nothing");
    assertEquals(await codeOf(host, "media.close", producer), "ok");
  });

  await t.step("a transport is connected once, and by its owner", async () => {
    const connection = { ...transport, dtls_parameters: dtlsParameters };
    assertEquals(await codeOf(one, "media.connect", connection), "ok");
    assertEquals(await codeOf(one, "media.connect", connection), "ok", "the same again, after a lost answer");
  });

  await t.step("what can't be is INVALID_REQUEST, and nobody is told of it", async () => {
    const sound = audioParameters("0");
    const wrong: RequestData<"media.produce">[] = [
      { ...production(mine, "camera"), rtp_parameters: sound },
      { ...production(mine, "camera"), kind: "audio", rtp_parameters: sound },
      { ...production(mine, "microphone"), rtp_parameters: { ...sound, codecs: [] } },
      { ...production(transportsOf(bobs).recv.id, "microphone") },
    ];
    for (const data of wrong) {
      const outcome = await codeOf(one, "media.produce", data);
      assert(outcome === "INVALID_REQUEST" || outcome === "NOT_FOUND", outcome);
    }
    await host.request("session.ping", {});
    const told = host.notifications.filter(({ type, data }) =>
      type === "participant.updated" && data.participant.participant_id === bobs.participant_id
    );
    assertEquals(told, []);
  });

  let camera = "";
  await t.step("a camera is told to all with its consumer and its slot, and to who comes later", async () => {
    camera = await produce(one, mine, "camera");
    const added = await host.told("media.consumers", ({ added }) => added.length > 0);
    const [consumer] = added.added;
    assert(consumer);
    const { consumer_id, participant_id, source, kind, producer_id } = consumer;
    assertEquals([participant_id, source, kind, producer_id], [
      bobs.participant_id,
      "camera",
      "video",
      camera,
    ]);
    const { assignments } = await host.told(
      "layout.assigned",
      ({ assignments }) => assignments.some((each) => each.consumer_id === consumer_id),
    );
    assertEquals(assignments.map(({ participant_id }) => participant_id), [bobs.participant_id]);
    assertEquals(await codeOf(host, "media.ready", { consumer_ids: [consumer_id] }), "ok");
    await sourceTold(host, bobs.participant_id, "camera", { paused: false, muted_by_host: false });
    const ticket = await s.ticketOf(code, "join", ann);
    using late = connect(ticket);
    const { consumers } = await late.join(withMedia(ticket));
    assertEquals(consumers.map(({ producer_id }) => producer_id), [camera]);
    await late.request("leave", {});
  });

  await t.step("a layout without slots shows nobody, and one with some shows them again", async () => {
    const none = await host.request("layout.set", { mode: "grid", slots: 0 });
    assertEquals(none.ok && none.value.assignments, []);
    const some = await host.request("layout.set", {
      mode: "pinned",
      slots: 2,
      pinned: [bobs.participant_id],
    });
    assertEquals(some.ok && some.value.assignments.map(({ slot }) => slot), [0]);
  });

  await t.step("a pause is told, and a host's mute is no pause that its person can end", async () => {
    const producer = { producer_id: camera };
    assertEquals(await codeOf(one, "media.pause", producer), "ok");
    await sourceTold(host, bobs.participant_id, "camera", { paused: true, muted_by_host: false });
    assertEquals(await codeOf(one, "media.resume", producer), "ok");
    const muting = { participant_id: bobs.participant_id, source: "camera", muted: true } as const;
    assertEquals(await codeOf(host, "moderation.mute", muting), "ok");
    await sourceTold(host, bobs.participant_id, "camera", { paused: true, muted_by_host: true });
    const { may_unmute } = await one.told("moderation.muted", ({ source }) => source === "camera");
    assertEquals(may_unmute, false);
    assertEquals(await codeOf(one, "media.resume", producer), "FORBIDDEN");
    camera = await produce(one, mine, "camera");
    assertNotEquals(camera, producer.producer_id);
    await host.told(
      "participant.updated",
      ({ participant: { sources } }) =>
        sources.some((each) => each.producer_id === camera && each.paused && each.muted_by_host),
    );
    assertEquals(await codeOf(one, "media.resume", { producer_id: camera }), "FORBIDDEN");
    assertEquals(await codeOf(host, "moderation.mute", { ...muting, muted: false }), "ok");
    assertEquals(await codeOf(one, "media.resume", { producer_id: camera }), "ok");
  });

  await t.step("a screen that is forbidden is closed, and refused until it is permitted", async () => {
    const screen = await produce(one, mine, "screen");
    const { added } = await host.told(
      "media.consumers",
      ({ added }) => added.some(({ producer_id }) => producer_id === screen),
    );
    const shown = added.find(({ producer_id }) => producer_id === screen)?.consumer_id ?? "";
    const screens = (screen: boolean) => ({ permissions: { screen } });
    assertEquals(await codeOf(host, "moderation.permissions", screens(false)), "ok");
    await host.told("media.consumers", ({ removed }) => removed.includes(shown));
    assertEquals(await codeOf(one, "media.produce", production(mine, "screen")), "FORBIDDEN");
    assertEquals(await codeOf(one, "media.produce", production(mine, "screen_audio")), "FORBIDDEN");
    assertEquals(await codeOf(host, "moderation.permissions", screens(true)), "ok");
    await produce(one, mine, "screen");
  });

  await t.step("everything stops in one revision, and the meeting is locked", async () => {
    host.notifications.length = 0;
    assertEquals(await codeOf(host, "moderation.suspend", {}), "ok");
    const { meeting, rev } = await one.told("meeting.updated", ({ meeting }) => meeting.locked);
    assertEquals(Object.values(meeting.permissions), [false, false, false, false, false]);
    assert(rev !== undefined);
    await sourceTold(host, bobs.participant_id, "camera", { paused: true, muted_by_host: false });
    assertEquals(await codeOf(one, "media.resume", { producer_id: camera }), "FORBIDDEN");
    assertEquals(await codeOf(one, "chat.send", { text: "psst" }), "FORBIDDEN");
    const free = { microphone: true, camera: true, screen: true, chat: true, rename: true };
    assertEquals(await codeOf(host, "moderation.permissions", { permissions: free }), "ok");
    assertEquals(await codeOf(host, "moderation.lock", { locked: false }), "ok");
    assertEquals(await codeOf(one, "media.resume", { producer_id: camera }), "ok");
  });

  await t.step(
    "a resume that would keep transports over which nothing comes is given fresh ones",
    async () => {
      const ticket = await s.ticketOf(code, "ticket", tickets.bob.token);
      using back = connect(ticket);
      const { correlation_id, binding_token } = bobs;
      const answer = await back.join({
        ...withMedia(ticket),
        resume: { correlation_id, binding_token, keep_media: true },
      });
      assertEquals([answer.resumed, answer.media_kept], [true, false]);
      assertNotEquals(transportsOf(answer).send.id, mine);
      await produce(back, transportsOf(answer).send.id, "camera");
      await back.request("leave", {});
    },
  );
});

await scenario("without a handler a join is refused and a resume waits for its media", async (s) => {
  const { rest, deployment } = s;
  const ann = await rest.user("ann");
  const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true, waiting_room: false } });
  const ticket = await s.ticketOf(code, "join", ann);
  const other = await s.ticketOf(code, "guest-token", undefined, { display_name: "Gus" });
  const host = connect(ticket);
  const { correlation_id, binding_token } = await host.join(withMedia(ticket));
  assertEquals(await deployment.stop("media"), 0);
  host[Symbol.dispose]();
  using gus = connect(other);
  assertEquals(await codeOf(gus, "join", withMedia(other)), "HANDLER_UNAVAILABLE");
  using back = connect(ticket);
  const answer = await back.join({ ...withMedia(ticket), resume: { correlation_id, binding_token } });
  assertEquals([answer.resumed, answer.media_pending, answer.transports], [true, true, undefined]);
  await deployment.start("media");
  const { transports } = await back.told("media.moved");
  assertEquals(transports.send.iceCandidates.length > 0, true);
  // A connection that asks for nothing ends after five seconds, and the handler may have taken longer.
  using again = connect(other);
  assertEquals((await again.join(withMedia(other))).state, "joined");
});
