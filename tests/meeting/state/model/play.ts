import type { JoinAnswer, Participant, Permissions } from "../../../../shared/protocol/mod.ts";
import { MeetingWorld, withMedia } from "../meeting_world.ts";
import type { Act, Story } from "./acts.ts";
import { Device } from "./device.ts";

/** Plays a story, heals the handler, waits, and answers everything that is wrong. */
export async function play({ seed, acts }: Story): Promise<string[]> {
  await using model = new Model(seed);
  for (const person of ["host-1", "member-1"] as const) {
    await model.take({ act: "join", person, attempt: 0 });
    await model.settle();
  }
  for (const [one, isSettled] of acts) {
    await model.take(one);
    if (isSettled) await model.settle();
  }
  return await model.judge();
}

class Model {
  readonly #world: MeetingWorld;
  readonly #devices: Device[] = [];

  constructor(seed: number) {
    this.#world = new MeetingWorld({
      seed,
      idleMs: 3_600_000,
      maxParticipants: 8,
      settings: { allow_guests: true },
    });
    for (const name of ["host-1", "host-2"]) this.#world.claims.set(name, { role: "host" });
    for (const name of ["guest-1", "guest-2"]) {
      this.#world.claims.set(name, { role: "guest", participant_type: "guest" });
    }
  }

  async settle(): Promise<void> {
    await this.#world.kit.settle();
    for (const device of this.#devices) device.read();
  }

  async take(one: Act): Promise<void> {
    const { meeting, kit, handler } = this.#world;
    switch (one.act) {
      case "join":
        return await this.#join(one.person, { attempt_id: `${one.person}-${one.attempt}` });
      case "resume": {
        const before = this.#device(one.device);
        if (before?.answer === null || before === undefined) return;
        const { correlation_id, binding_token } = before.answer;
        return await this.#join(before.name, { resume: { correlation_id, binding_token } });
      }
      case "wait":
        await kit.advance(one.ms);
        return await this.settle();
      case "slow":
        handler.faults.slowMs = one.ms;
        return;
      case "slow store":
        this.#world.storeMs = one.ms;
        return;
      case "lose answers":
        handler.faults.lostAnswers = one.count;
        return;
      case "settings":
        return void this.#world.changingSettings({ permissions: { [one.permission]: one.given } });
    }
    const device = this.#device(one.device);
    // Who waits may go, and any connection may break.
    const may = device?.isJoined || one.act === "lose" || one.act === "leave" && device?.isOpen;
    if (device === undefined || !may) return;
    const { id: by } = device;
    const other = "other" in one ? this.#device(one.other)?.id ?? "nobody" : "nobody";
    switch (one.act) {
      case "lose":
        device.isLost = true;
        return this.#world.lose(device.client);
      case "leave":
        device.isLost = true;
        return void meeting.ask("leave", { participantId: by });
      case "produce":
        return this.#produce(device, one);
      case "pause": {
        const producerId = device.producers.get(one.source);
        if (producerId === undefined) return;
        const { paused } = one;
        return void this.#world.routing().ask("setPaused", { participantId: by, producerId, paused });
      }
      case "mute":
        return void meeting.ask("mute", { by, participantId: other, source: one.source, muted: one.muted });
      case "mute all":
        return void meeting.ask("muteAll", { by, source: one.source });
      case "permit":
        return void meeting.ask("permissions", { by, permissions: { [one.permission]: one.given } });
      case "suspend":
        return void meeting.ask("suspend", { by });
      case "role":
        return void meeting.ask("giveRole", {
          by,
          participantId: other,
          role: one.isHost ? "host" : "participant",
        });
      case "remove":
        return void meeting.ask("remove", { by, participantId: other, ban: one.ban });
      case "admit":
        return void meeting.ask("admit", { by, participantIds: [other] });
      case "deny":
        return void meeting.ask("deny", { by, participantIds: [other] });
      case "lock":
        return void meeting.ask("lock", { by, locked: one.locked });
      case "chat": {
        const to = one.isPrivate ? this.#device(one.to)?.id : undefined;
        return void meeting.ask("chat", {
          participantId: by,
          text: "…",
          ...(to === undefined ? {} : { to }),
        });
      }
      case "hand":
        return void meeting.ask("update", { participantId: by, change: { hand_raised: one.isUp } });
    }
  }

  async judge(): Promise<string[]> {
    const { handler, kit, meeting } = this.#world;
    Object.assign(handler.faults, { slowMs: 0, lostAnswers: 0 });
    this.#world.storeMs = 0;
    for (let round = 0; round < 8; round++) {
      await kit.advance(6_000);
      await this.settle();
    }
    this.#world.claims.set("witness", { role: "host" });
    const { answer: truth } = await this.#world.enter("witness");
    await this.settle();
    const roster = truth.participants.filter(({ state, participant_id }) =>
      state !== "waiting" && participant_id !== truth.participant_id
    );
    const counted = await kit.finish(meeting.ask("count", undefined));
    const isCounted = counted.ok && counted.value.joined + counted.value.away === roster.length + 1;
    return [
      ...this.#devices.flatMap((device) => device.wrong),
      ...this.#wrongViews(truth, roster),
      ...this.#wrongMedia(truth, roster),
      ...isCounted
        ? []
        : [`${JSON.stringify(counted)} are counted, and ${roster.length + 1} are in the roster`],
    ];
  }

  /** What the clients know, beside what somebody learns who comes in now. */
  #wrongViews(truth: JoinAnswer, roster: readonly Participant[]): string[] {
    return this.#devices.filter(({ isJoined }) => isJoined).flatMap(({ name, id, state }) => {
      const seen = state.participants.filter(({ participant_id }) => participant_id !== truth.participant_id);
      return [
        ...isSame(seen, roster) ? [] : [`${name} sees ${texts(seen)}, not ${texts(roster)}`],
        ...JSON.stringify(state.meeting) === JSON.stringify(truth.meeting)
          ? []
          : [`${name} sees another meeting`],
        ...roster.some(({ participant_id }) => participant_id === id) ? [] : [`${name} is in no roster`],
      ];
    });
  }

  /** What the handler forwards, beside the roster and everybody's rights. */
  #wrongMedia(truth: JoinAnswer, roster: readonly Participant[]): string[] {
    const { participants } = this.#world.handler;
    const inside = new Set([truth, ...roster].map(({ participant_id }) => participant_id));
    const strangers = [...participants.keys()].filter((id) => !inside.has(id));
    const wrong = strangers.map((id) => `there is media of ${id}, who is not in the meeting`);
    for (const one of roster) {
      for (const [producerId, { source, paused }] of participants.get(one.participant_id)?.producers ?? []) {
        const what = `${one.display_name}'s ${source}`;
        const listed = one.sources.find(({ producer_id }) => producer_id === producerId);
        const isDenied = isMuted(one, source) || isForbidden(one, source, truth.meeting.permissions);
        const isPaused = isDenied || listed?.paused === true || one.state === "away";
        if (listed === undefined) wrong.push(`${what} is in no roster`);
        if (isForbidden(one, source, truth.meeting.permissions) && source === "screen") {
          wrong.push(`${what} is there`);
        }
        if (isPaused !== paused) wrong.push(`${what} is ${paused ? "paused" : "on"}, and should not be`);
      }
    }
    return wrong;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }

  async #join(name: string, request: Parameters<MeetingWorld["joinOver"]>[2]): Promise<void> {
    const { told, client } = await this.#world.connect(name);
    const device = new Device(name, told, client);
    this.#devices.push(device);
    void this.#world.joinOver(client, name, { ...withMedia, ...request }).then((answer) =>
      device.answered(answer)
    );
  }

  #produce(device: Device, { source, paused }: Extract<Act, { act: "produce" }>): void {
    const { id: participantId, transportId } = device;
    void this.#world.producing({ participantId, transportId, source, paused }).then((produced) => {
      if (produced.ok && transportId === device.transportId) {
        device.producers.set(source, produced.value.producer_id);
      }
    });
  }

  /** A device by number, counted from the last one on, so that a story is about those who are there. */
  #device(number: number): Device | undefined {
    const { length } = this.#devices;
    return length === 0 ? undefined : this.#devices[length - 1 - number % length];
  }
}

function isMuted({ muted_sources }: Participant, source: string): boolean {
  return muted_sources?.some((muted) => muted === source) ?? false;
}

function isForbidden({ role }: Participant, source: string, permissions: Permissions): boolean {
  const isOff = Object.entries(permissions).some(([name, given]) => name === source && !given);
  return role !== "host" && isOff;
}

function isSame(one: readonly Participant[], other: readonly Participant[]): boolean {
  return texts(one) === texts(other);
}

function texts(participants: readonly Participant[]): string {
  const sorted = [...participants].sort((a, b) => a.participant_id < b.participant_id ? -1 : 1);
  return JSON.stringify(sorted.map((one) => Object.entries(one).sort(([a], [b]) => a < b ? -1 : 1)));
}
