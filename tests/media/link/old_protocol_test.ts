import { assert, assertEquals, assertNotEquals } from "@std/assert";
import * as mediasoup from "mediasoup";
import type { Worker } from "mediasoup/types";
import type { ActorRef } from "../../../shared/actor/mod.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import type { RoutingTable } from "../../../shared/protocol/media_link.ts";
import { type Handler, type HandlerOptions, startHandler } from "../fixtures/handler.ts";
import { audioParameters, capabilities, dtlsParameters, videoParameters } from "../fixtures/rtp.ts";
import { until } from "../fixtures/until.ts";

type Routing = ActorRef<typeof RoutingTable>;

const meeting = { meeting_id: "m", generation: 1 };
const of = (participant_id: string) => ({ ...meeting, participant_id });

function test(name: string, options: HandlerOptions, body: (handler: Handler) => Promise<void>): void {
  Deno.test(`old protocol › ${name}`, async () => {
    await using handler = await startHandler(options);
    await body(handler);
  });
}

async function attach(routing: Routing, participant: string, producer_ids: string[] = []) {
  return valueOf(
    await routing.ask("attach", { ...of(participant), rtp_capabilities: capabilities, producer_ids }),
  );
}

async function produce(routing: Routing, participant: string, transport_id: string, mid = "0") {
  const audio = { kind: "audio", source: "microphone", rtp_parameters: audioParameters(mid) } as const;
  const message = { ...of(participant), transport_id, ...audio, paused: false };
  return valueOf(await routing.ask("produce", message)).producer_id;
}

async function produceVideo(routing: Routing, participant: string, transport_id: string, mid = "1") {
  const video = { kind: "video", source: "camera", rtp_parameters: videoParameters(mid) } as const;
  const message = { ...of(participant), transport_id, ...video, paused: false };
  return valueOf(await routing.ask("produce", message)).producer_id;
}

const codeOf = (outcome: { ok: true } | { ok: false; error: { code: string } }) =>
  outcome.ok ? "ok" : outcome.error.code;

async function loadOf(handler: Handler) {
  const { load } = valueOf(await handler.telemetry.ask("read", undefined));
  const { transports, producers, consumers } = load;
  return [transports, producers.audio, producers.video, consumers.audio, consumers.video];
}

const loadBecomes = (handler: Handler, expected: number[]) =>
  until(async () => JSON.stringify(await loadOf(handler)) === JSON.stringify(expected) || undefined);

test("an attach answers both transports and paused consumers of what is there", {}, async (handler) => {
  const { routing } = handler.link("one");
  const opened = valueOf(await routing.ask("open", meeting));
  assertEquals(opened, { rtp_capabilities: capabilities, participants: [] });
  const ada = await attach(routing, "ada");
  assertEquals(ada.consumers, []);
  assertNotEquals(ada.send.id, ada.recv.id);
  assertEquals(
    ada.send.iceCandidates.map(({ address, port, protocol }) => [address, port, protocol]),
    [["127.0.0.1", handler.firstPort, "udp"], ["127.0.0.1", handler.firstPort, "tcp"]],
  );
  const audio = await produce(routing, "ada", ada.send.id);
  const video = await produceVideo(routing, "ada", ada.send.id);
  const bob = await attach(routing, "bob", [audio, video, "nobody"]);
  assertEquals(
    bob.consumers.map(({ producer_id, kind, producer_paused }) => [producer_id, kind, producer_paused]),
    [[audio, "audio", false], [video, "video", false]],
  );
  assertEquals(bob.consumers[1]?.rtp_parameters.codecs.map(({ mimeType }) => mimeType), [
    "video/VP8",
    "video/rtx",
  ]);
  const again = valueOf(await routing.ask("open", meeting));
  assertEquals(again.participants, [
    {
      participant_id: "ada",
      transports: [ada.send.id, ada.recv.id],
      producers: [audio, video],
      consumers: [],
    },
    {
      participant_id: "bob",
      transports: [bob.send.id, bob.recv.id],
      producers: [],
      consumers: bob.consumers.map(({ consumer_id, producer_id }) => ({
        consumer_id,
        producer_id,
        paused: true,
      })),
    },
  ]);
  await loadBecomes(handler, [4, 1, 1, 1, 1]);
});

test("consumers are resumed, paused and closed by those who have them", {}, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  const ada = await attach(routing, "ada");
  const video = await produceVideo(routing, "ada", ada.send.id);
  await attach(routing, "bob");
  const { consumers } = valueOf(await routing.ask("consume", { ...of("bob"), producer_ids: [video] }));
  const consumer_ids = consumers.map(({ consumer_id }) => consumer_id);
  const states = async () => {
    const { participants } = valueOf(await routing.ask("open", meeting));
    return participants.find(({ participant_id }) => participant_id === "bob")?.consumers.map(({ paused }) =>
      paused
    );
  };
  await routing.ask("setConsumersPaused", { ...of("ada"), consumer_ids, paused: false });
  assertEquals(await states(), [true]);
  await routing.ask("setConsumersPaused", {
    ...of("bob"),
    consumer_ids: [...consumer_ids, "x"],
    paused: false,
  });
  assertEquals(await states(), [false]);
  const twice = valueOf(await routing.ask("consume", { ...of("bob"), producer_ids: [video, video] }));
  assertEquals(twice.consumers.map(({ consumer_id }) => consumer_id), consumer_ids);
  assertEquals(codeOf(await routing.ask("closeConsumers", { ...of("bob"), consumer_ids })), "ok");
  assertEquals(await states(), []);
});

test("thousands of unknown producers are left out", {}, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  const ada = await attach(routing, "ada");
  const audio = await produce(routing, "ada", ada.send.id);
  const unknown = Array.from({ length: 10_000 }, (_, n) => `nobody-${n}`);
  const { consumers } = await attach(routing, "bob", [...unknown, audio]);
  assertEquals(consumers.map(({ producer_id }) => producer_id), [audio]);
  const later = await routing.ask("consume", { ...of("ada"), producer_ids: unknown });
  assertEquals(later, { ok: true, value: { consumers: [] } });
});

test("nobody has more consumers than the limit", { maxConsumers: 2 }, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  const ids = [];
  for (const name of ["ada", "cleo", "dan"]) {
    const { send } = await attach(routing, name);
    ids.push(await produce(routing, name, send.id));
  }
  assertEquals((await attach(routing, "bob", ids)).consumers.length, 2);
});

test("a lower generation is refused, a higher one adopts", {}, async (handler) => {
  const old = handler.link("old").routing;
  const young = handler.link("young").routing;
  await old.ask("open", meeting);
  await attach(old, "ada");
  const adopted = valueOf(await young.ask("open", { ...meeting, generation: 2 }));
  assertEquals(adopted.participants.map(({ participant_id }) => participant_id), ["ada"]);
  const refused = [
    await old.ask("open", meeting),
    await old.ask("attach", { ...of("bob"), rtp_capabilities: capabilities, producer_ids: [] }),
    await old.ask("detach", of("ada")),
    await old.ask("close", meeting),
  ];
  assertEquals(refused.map(codeOf), Array(4).fill("stale_generation"));
  assertEquals(codeOf(await young.ask("close", { ...meeting, generation: 2 })), "ok");
  assertEquals(codeOf(await old.ask("open", meeting)), "stale_generation");
  assertEquals(codeOf(await young.ask("open", { ...meeting, generation: 2 })), "ok");
});

test("what isn't there, or is another's, is not found", {}, async (handler) => {
  const { routing } = handler.link("one");
  const nowhere = { ...of("ada"), rtp_capabilities: capabilities, producer_ids: [] };
  assertEquals(codeOf(await routing.ask("attach", nowhere)), "not_found");
  await routing.ask("open", meeting);
  const ada = await attach(routing, "ada");
  const bob = await attach(routing, "bob");
  const audio = await produce(routing, "ada", ada.send.id);
  const stolen = { kind: "audio", source: "microphone", rtp_parameters: audioParameters("9") } as const;
  const outcomes = [
    await routing.ask("produce", { ...of("bob"), transport_id: ada.send.id, ...stolen, paused: false }),
    await routing.ask("produce", { ...of("bob"), transport_id: bob.recv.id, ...stolen, paused: false }),
    await routing.ask("closeProducer", { ...of("bob"), producer_id: audio }),
    await routing.ask("setProducerPaused", { ...of("bob"), producer_id: audio, paused: true }),
    await routing.ask("connect", {
      ...of("bob"),
      transport_id: ada.recv.id,
      dtls_parameters: dtlsParameters,
    }),
    await routing.ask("restartIce", { ...of("bob"), transport_id: ada.recv.id }),
    await routing.ask("detach", of("eve")),
  ];
  assertEquals(outcomes.map(codeOf), Array(outcomes.length).fill("not_found"));
});

test("what mediasoup refuses is rejected in words, and the meeting goes on", {}, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  const { send } = await attach(routing, "ada");
  const message = { ...of("ada"), transport_id: send.id, kind: "audio", source: "microphone" } as const;
  const rtp_parameters = audioParameters("0");
  assertEquals(codeOf(await routing.ask("produce", { ...message, rtp_parameters, paused: false })), "ok");
  const other = { ...message, source: "screen_audio", rtp_parameters, paused: false } as const;
  const twice = await routing.ask("produce", other);
  assert(!twice.ok);
  assertEquals(twice.error.code, "rejected");
  assert(twice.error.message.startsWith("mediasoup refuses: "));
  const picture = {
    ...message,
    source: "camera",
    rtp_parameters: audioParameters("1"),
    paused: false,
  } as const;
  assertEquals(codeOf(await routing.ask("produce", picture)), "rejected");
  const connect = { ...of("ada"), transport_id: send.id, dtls_parameters: dtlsParameters };
  assertEquals(codeOf(await routing.ask("connect", connect)), "ok");
  assertEquals(codeOf(await routing.ask("connect", connect)), "rejected");
  assertEquals(codeOf(await routing.ask("restartIce", { ...of("ada"), transport_id: send.id })), "ok");
});

test("a producer that is paused, resumed and closed is so for its subscribers", {}, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  const ada = await attach(routing, "ada");
  const producer_id = await produce(routing, "ada", ada.send.id);
  const pausedFor = async (name: string) =>
    (await attach(routing, name, [producer_id])).consumers[0]?.producer_paused;
  await routing.ask("setProducerPaused", { ...of("ada"), producer_id, paused: true });
  assertEquals(await pausedFor("bob"), true);
  await routing.ask("setProducerPaused", { ...of("ada"), producer_id, paused: false });
  assertEquals(await pausedFor("cleo"), false);
  await loadBecomes(handler, [6, 1, 0, 2, 0]);
  await routing.ask("closeProducer", { ...of("ada"), producer_id });
  assertEquals(await pausedFor("dan"), undefined);
  await loadBecomes(handler, [8, 0, 0, 0, 0]);
});

test("the first connect on new transports closes the old ones", {}, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  const first = await attach(routing, "ada");
  await produce(routing, "ada", first.send.id);
  const second = await attach(routing, "ada");
  await loadBecomes(handler, [4, 1, 0, 0, 0]);
  const connect = { ...of("ada"), transport_id: second.recv.id, dtls_parameters: dtlsParameters };
  assertEquals(codeOf(await routing.ask("connect", connect)), "ok");
  await loadBecomes(handler, [2, 0, 0, 0, 0]);
  const late = { ...of("ada"), transport_id: first.send.id, dtls_parameters: dtlsParameters };
  assertEquals(codeOf(await routing.ask("connect", late)), "not_found");
});

test("old transports close by themselves after a while", { previousTransportsMs: 20 }, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  await attach(routing, "ada");
  const { send } = await attach(routing, "ada");
  await attach(routing, "bob");
  await loadBecomes(handler, [4, 0, 0, 0, 0]);
  assertEquals(codeOf(await routing.ask("restartIce", { ...of("ada"), transport_id: send.id })), "ok");
});

test("detach and close leave nothing behind", {}, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  const ada = await attach(routing, "ada");
  const audio = await produce(routing, "ada", ada.send.id);
  const video = await produceVideo(routing, "ada", ada.send.id);
  const bob = await attach(routing, "bob", [audio, video]);
  await attach(routing, "bob", [await produce(routing, "bob", bob.send.id), audio, video]);
  await loadBecomes(handler, [6, 2, 1, 3, 2]);
  await routing.ask("detach", of("ada"));
  await loadBecomes(handler, [4, 1, 0, 1, 0]);
  await routing.ask("detach", of("bob"));
  await loadBecomes(handler, [0, 0, 0, 0, 0]);
  await attach(routing, "cleo");
  assertEquals(codeOf(await routing.ask("close", meeting)), "ok");
  await loadBecomes(handler, [0, 0, 0, 0, 0]);
  assertEquals(codeOf(await routing.ask("detach", of("cleo"))), "not_found");
  await until(() =>
    handler.scope.describe().flatMap(({ children }) => children).every(({ type }) =>
      type !== "MeetingRouterActor"
    ) || undefined
  );
});

Deno.test("old protocol › what mediasoup has follows what participants have, to nothing", async () => {
  const workers: Worker[] = [];
  const collect = (worker: Worker) => void workers.push(worker);
  mediasoup.observer.on("newworker", collect);
  await using handler = await startHandler();
  mediasoup.observer.off("newworker", collect);
  const [worker] = workers;
  assert(worker);
  const handlersOf = async () => (await worker.dump()).channelMessageHandlers.channelRequestHandlers.length;
  const before = await handlersOf();
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  for (let round = 0; round < 3; round++) {
    const ada = await attach(routing, "ada");
    const producers = [
      await produce(routing, "ada", ada.send.id),
      await produceVideo(routing, "ada", ada.send.id),
    ];
    await attach(routing, "bob", producers);
    await attach(routing, "bob", producers);
    await routing.ask("closeProducer", { ...of("ada"), producer_id: producers[0] ?? "" });
    const { consumers } = valueOf(await routing.ask("consume", { ...of("ada"), producer_ids: producers }));
    await routing.ask("closeConsumers", {
      ...of("ada"),
      consumer_ids: consumers.map(({ consumer_id }) => consumer_id),
    });
    await routing.ask("detach", of("bob"));
    await routing.ask("detach", of("ada"));
  }
  await loadBecomes(handler, [0, 0, 0, 0, 0]);
  // Left are the router and its two observers of speakers.
  await until(async () => await handlersOf() === before + 3 || undefined);
  await routing.ask("close", meeting);
  await until(async () => await handlersOf() === before || undefined);
  assertEquals((await worker.dump()).routerIds, []);
});

test("no more transports than the limit", { maxTransports: 3 }, async (handler) => {
  const { routing } = handler.link("one");
  await routing.ask("open", meeting);
  await attach(routing, "ada");
  await loadBecomes(handler, [2, 0, 0, 0, 0]);
  const bob = { ...of("bob"), rtp_capabilities: capabilities, producer_ids: [] };
  assertEquals(codeOf(await routing.ask("attach", bob)), "unavailable");
});

test("a transport that ends by itself is reported with all that was on it gone", {}, async (handler) => {
  const { routing, events } = handler.link("one");
  await routing.ask("open", meeting);
  const ada = await attach(routing, "ada");
  await produce(routing, "ada", ada.send.id);
  await loadBecomes(handler, [2, 1, 0, 0, 0]);
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  // As mediasoup does when the worker says that a handshake failed.
  live?.transports.find(({ id }) => id === ada.send.id)?.emit("dtlsstatechange", "failed");
  const lost = await events.first("transportLost");
  assertEquals(lost, { meeting_id: "m", participant_id: "ada", transport_id: ada.send.id });
  await loadBecomes(handler, [1, 0, 0, 0, 0]);
});
