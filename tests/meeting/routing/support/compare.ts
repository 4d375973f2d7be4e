import type { MediaSource } from "../../../../shared/protocol/mod.ts";
import { FakeHandler, type FakeParticipant } from "./fake_handler.ts";
import type { Person } from "./person.ts";
import type { RoutingWorld } from "./routing_world.ts";
import { toldSources } from "./told_sources.ts";

/** All differences of the handler and the clients from what the participants of the test should have. */
export function differences(world: RoutingWorld): string[] {
  const heard = heardIn(world);
  const { handlers, people } = world;
  const participants = thereOf(world);
  const wrong = [...world.wrong, ...[...people.values()].flatMap(({ client }) => client.wrong)];
  const expect = (is: boolean, what: string) => void (is || wrong.push(what));
  const there = handlers.flatMap((one) => [...one.participants.keys()]);
  expect(same(there, people.keys()), `${list(there)} are there`);
  for (const person of people.values()) {
    const there = participants.get(person.id);
    if (there === undefined) continue;
    const isLeftOver = (source: string, paused: boolean) =>
      paused && [...person.leftOver].some((one) => one === source && !person.sending.has(one));
    const sent = [...there.producers.values()].filter(({ source, paused }) => !isLeftOver(source, paused))
      .map(({ source, paused }) => `${source} ${paused}`);
    const meant = [...person.sending].map(([source, { paused }]) => `${source} ${paused}`);
    expect(same(sent, meant), `${person.id} sends ${list(sent)}, not ${list(meant)}`);
    const told = toldSources(world, person.id).map(({ source, producer_id }) => `${source} ${producer_id}`);
    const has = [...there.producers].map(([producerId, { source }]) => `${source} ${producerId}`);
    expect(same(told, has), `the meeting was told that ${person.id} sends ${list(told)}, not ${list(has)}`);
    const wanted = [...wantedOf(world, person, heard)].filter((id) => !FakeHandler.refuses(person.id, id));
    const got = there.consumers.keys();
    expect(same(got, wanted), `${person.id} receives ${list(there.consumers.keys())}, not ${list(wanted)}`);
    const ids = [...there.consumers.values()].map(({ consumerId }) => consumerId);
    const known = person.client.consumers.keys();
    expect(same(ids, known), `${person.id} believes to receive ${list(person.client.consumers.keys())}`);
    for (const [producerId, { spatialLayer }] of there.consumers) {
      const layer = layerOf(world, person, producerId);
      expect(
        spatialLayer === layer,
        `${person.id} gets layer ${spatialLayer} of ${producerId}, not ${layer}`,
      );
    }
    for (const [producerId, { source }] of there.producers) {
      if (source === "microphone") continue;
      const [is, asked] = [watchedLayer(world, producerId), person.client.demands.get(producerId)];
      expect(is === asked, `${person.id} is asked for layer ${asked} of ${producerId}, not ${is}`);
    }
    for (const producerId of there.consumers.keys()) {
      const home = [...participants.values()].find(({ producers }) => producers.has(producerId));
      const pipes = handlers.map((one) => one.pipes);
      const flows = home?.routerId === there.routerId ||
        pipes.some((one) => one.flows(there.routerId, producerId, pipes));
      expect(flows, `${producerId} does not reach ${there.routerId}, where ${person.id} is`);
    }
    const silent = [...there.consumers].filter(([, { paused }]) => paused).map(([id]) => id);
    expect(silent.length === 0, `${person.id} set up ${list(silent)} and is sent nothing`);
    for (const { consumer_id } of person.client.assignments) {
      expect(
        consumer_id === null || ids.includes(consumer_id),
        `${person.id} is shown a consumer that is none`,
      );
    }
  }
  for (const { producerId, to } of handlers.flatMap(({ pipes }) => pipes.all())) {
    const isReceived = [...participants.values()].some(({ routerId, consumers }) =>
      routerId === to && consumers.has(producerId)
    );
    expect(isReceived, `${producerId} is piped to ${to}, where nobody receives it`);
  }
  for (const { producerId, routerId, paused } of handlers.flatMap(({ pipes }) => pipes.received())) {
    const home = [...participants.values()].find(({ producers }) => producers.has(producerId));
    const isAlike = home === undefined || home.producers.get(producerId)?.paused === paused;
    expect(isAlike, `${producerId} is ${paused ? "paused" : "on"} beyond a pipe, in ${routerId} alone`);
  }
  for (const { routers, pipes } of handlers) {
    const open = pipes.unencrypted().filter(({ peer }) => !routers.includes(peer));
    expect(open.length === 0, `pipes to other handlers are not encrypted: ${JSON.stringify(open)}`);
  }
  const voices = [...people.values()].filter(({ sending }) => sending.has("microphone"));
  const audible = Math.min(voices.length, world.audibleLimit);
  expect(heard.size <= audible, `${list(heard)} are audible, more than ${audible}`);
  // Nobody can tell of a voice that every receiver's codecs refuse, or that has no receiver.
  const isRefused = voices.some(({ id, sending }) =>
    [...people.keys()].some((other) =>
      other !== id && FakeHandler.refuses(other, sending.get("microphone")?.producerId ?? "-")
    )
  );
  expect(
    heard.size === audible || isRefused || people.size < 2,
    `only ${list(heard)} are audible of ${audible}`,
  );
  return wrong;
}

/** What each participant has, on whichever handler. */
function thereOf({ handlers }: RoutingWorld): Map<string, FakeParticipant> {
  return new Map(handlers.flatMap(({ participants }) => [...participants]));
}

/** The microphones that anybody is sent: everybody is to be sent all of them. */
function heardIn(world: RoutingWorld): Set<string> {
  const participants = thereOf(world);
  const received = new Set([...participants.values()].flatMap(({ consumers }) => [...consumers.keys()]));
  const heard = [...participants.values()].flatMap(({ producers }) =>
    [...producers].filter(([id, { source }]) => source === "microphone" && received.has(id))
  );
  return new Set(heard.map(([id]) => id));
}

/** The producers that a participant should receive: the sound of all audible others, and the pictures in the slots. */
function wantedOf(
  world: RoutingWorld,
  { id, client }: Person,
  heard: ReadonlySet<string>,
): Set<string> {
  const wanted = new Set<string>();
  const shown = new Set(
    client.assignments.map(({ participant_id, source }) => `${participant_id} ${source}`),
  );
  for (const [sender, { producers }] of thereOf(world)) {
    for (const [producerId, { source }] of producers) {
      const isSound = source === ("microphone" satisfies MediaSource) && sender !== id;
      if (isSound && heard.has(producerId) || shown.has(`${sender} ${source}`)) wanted.add(producerId);
    }
  }
  return wanted;
}

/** The layer in which a participant should receive a producer: a camera's lowest one in a small tile. */
function layerOf(world: RoutingWorld, { client, layout }: Person, producerId: string): number | null {
  for (const [sender, { producers }] of thereOf(world)) {
    if (producers.get(producerId)?.source !== "camera") continue;
    const slot = client.assignments.find(({ participant_id, source }) =>
      participant_id === sender && source === "camera"
    )?.slot;
    const isStage = slot === 0 && layout.mode !== "grid";
    return layout.tile !== undefined && !isStage ? 0 : 2;
  }
  return null;
}

/** The highest layer that anybody is sent of a picture; null while nobody watches it. */
function watchedLayer(world: RoutingWorld, producerId: string): number | null {
  const layers = [...thereOf(world).values()]
    .flatMap(({ consumers }) => consumers.get(producerId) ?? [])
    .map(({ spatialLayer }) => spatialLayer ?? 0);
  return layers.length === 0 ? null : Math.max(...layers);
}

function same(a: Iterable<string>, b: Iterable<string>): boolean {
  return list(a) === list(b);
}

function list(items: Iterable<string>): string {
  return [...items].sort().join(", ") || "nothing";
}
