import { type MediaSource, mediaSource, type Participant } from "../../../../shared/protocol/mod.ts";
import { MeetingWorld, withMedia, type WorldOptions } from "../meeting_world.ts";
import type { Act, Story } from "./acts.ts";
import { Device } from "./device.ts";
import {
  isMuted,
  isOn,
  isToldMuted,
  wrongEntries,
  wrongIdentities,
  wrongMedia,
  wrongViews,
} from "./judge.ts";

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
  readonly #seed: number;
  #world: MeetingWorld;
  readonly #devices: Device[] = [];
  readonly #killed: MeetingWorld[] = [];
  /** The last snapshot of the controllers that were killed. */
  #stored: string | null = null;
  /** By person and source: what was acknowledged last, and how many requests were not answered. */
  readonly #mutes = new Map<string, { isMuted: boolean; unanswered: number }>();
  /** The subjects whose ban was acknowledged. */
  readonly #banned = new Set<string>();
  /** What was wrong on the way. */
  readonly #wrong: string[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    this.#world = this.#controller({ settings: { allow_guests: true } });
  }

  #controller(options: WorldOptions): MeetingWorld {
    const world = new MeetingWorld({ seed: this.#seed, idleMs: 3_600_000, maxParticipants: 8, ...options });
    for (const name of ["host-1", "host-2"]) world.claims.set(name, { role: "host" });
    for (const name of ["guest-1", "guest-2"]) {
      world.claims.set(name, { role: "guest", participant_type: "guest" });
    }
    return world;
  }

  /** Another controller goes on from what was stored. Nobody hears of the one before it any more. */
  #kill(): void {
    const { snapshots, settings, handler } = this.#world;
    this.#world.cut();
    for (const device of this.#devices) device.isLost = true;
    this.#killed.push(this.#world);
    this.#stored = snapshots.at(-1) ?? this.#stored;
    this.#world = this.#controller({ snapshot: this.#stored, settings, handler });
  }

  async settle(): Promise<void> {
    await this.#world.kit.settle();
    for (const device of this.#devices) device.read();
  }

  async take(one: Act): Promise<void> {
    const { meeting, kit, handler } = this.#world;
    switch (one.act) {
      case "join":
        // Several people may have chosen the same one.
        return void await this.#join(one.person, { attempt_id: `try ${one.attempt}` });
      case "resume": {
        const before = this.#device(one.device);
        if (before?.answer === null || before === undefined) return;
        return void await this.#resume(before, one);
      }
      case "try again": {
        const before = this.#device(one.device);
        if (before?.attempt === undefined) return;
        return void await this.#join(before.name, { attempt_id: before.attempt }, before, one.leaves);
      }
      case "try twice":
        return await this.#tryTwice(one);
      case "steal":
        return await this.#steal(one);
      case "wait":
        await kit.advance(one.ms);
        return await this.settle();
      case "slow":
        handler.faults.slowMs = one.ms;
        return;
      case "kill the controller":
        return this.#kill();
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
      case "shed":
        return await this.#shed(by, this.#device(one.other), one);
      case "too late":
        return await this.#comeTooLate(by, this.#device(one.other), one.source);
      case "lose":
        device.isLost = true;
        return this.#world.lose(device.client);
      case "leave":
        device.isLost = true;
        return void meeting.ask("leave", { participantId: by, client: device.client });
      case "produce":
        return this.#produce(device, one);
      case "pause": {
        const producerId = device.producers.get(one.source);
        if (producerId === undefined) return;
        const order = { participantId: by, sub: device.name, producerId, paused: one.paused };
        return void this.#world.routing().ask("setPaused", order);
      }
      case "mute":
        return this.#mute(
          { by, participantId: other, source: one.source, muted: one.muted },
          this.#device(one.other)?.name ?? "",
        );
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
        return this.#remove({ by, participantId: other, ban: one.ban }, this.#device(one.other)?.name ?? "");
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
      ...this.#wrong,
      ...this.#devices.flatMap((device) => device.wrong),
      ...wrongIdentities(this.#devices),
      ...wrongEntries(this.#devices, truth),
      ...wrongViews(this.#devices, truth, roster),
      ...roster.filter(({ display_name }) => this.#banned.has(display_name))
        .map(({ display_name }) => `${display_name} is there, in spite of a ban`),
      ...wrongMedia(handler, truth, roster),
      ...this.#wrongMutes(roster),
      ...isCounted
        ? []
        : [`${JSON.stringify(counted)} are counted, and ${roster.length + 1} are in the roster`],
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const world of [...this.#killed, this.#world]) await world[Symbol.asyncDispose]();
  }

  #mute(
    command: { by: string; participantId: string; source: MediaSource; muted: boolean },
    sub: string,
  ): void {
    const key = `${sub} ${command.source}`;
    const mute = this.#mutes.get(key) ?? { isMuted: false, unanswered: 0 };
    this.#mutes.set(key, mute);
    mute.unanswered++;
    const world = this.#world;
    void world.meeting.ask("mute", command).then((muted) => {
      if (world !== this.#world || muted.ok && muted.value.durable === false) return;
      mute.unanswered--;
      if (muted.ok) mute.isMuted = command.muted;
    });
  }

  /** Mutes that were acknowledged and are not in the roster, or the other way round. */
  #wrongMutes(roster: readonly Participant[]): string[] {
    return roster.flatMap((one) =>
      mediaSource.options.filter((source) => {
        const mute = this.#mutes.get(`${one.display_name} ${source}`);
        return mute?.unanswered === 0 && mute.isMuted !== isMuted(one, source);
      }).map((source) => `the mute of ${one.display_name}'s ${source} was acknowledged otherwise`)
    );
  }

  #remove(removal: { by: string; participantId: string; ban: boolean }, sub: string): void {
    const world = this.#world;
    void world.meeting.ask("remove", removal).then((removed) => {
      if (world === this.#world && removed.ok && removed.value.durable !== false && removal.ban) {
        this.#banned.add(sub);
      }
    });
  }

  async #join(
    name: string,
    request: Parameters<MeetingWorld["joinOver"]>[2] = {},
    before?: Device,
    leaves = false,
  ): Promise<Device> {
    const world = this.#world;
    const { told, client } = await world.connect(name);
    if (leaves && before?.isOpen) {
      before.isLost = true;
      void world.meeting.ask("leave", { participantId: before.id, client: before.client });
    }
    const device = new Device(name, told, client, request.attempt_id);
    this.#devices.push(device);
    void world.joinOver(client, name, { ...withMedia, ...request }).then((answer) => {
      device.answered(answer, before);
      if (world === this.#world) this.#connect(device);
    });
    return device;
  }

  #resume(
    before: Device,
    { keeps, on, leaves = false }: { keeps: boolean; on: boolean; leaves?: boolean },
  ): Promise<Device> {
    const { correlation_id = "", binding_token = "" } = before.answer ?? {};
    const sources = mediaSource.options.map((source) => ({ source, paused: !on }));
    const resume = { correlation_id, binding_token, sources, ...(keeps ? { keep_media: true } : {}) };
    return this.#join(before.name, { resume }, before, leaves);
  }

  /** The client connects its sending transport. */
  #connect({ id: participantId, transportId, answer }: Device): void {
    const dtlsParameters = answer?.transports?.send.dtlsParameters;
    if (dtlsParameters === undefined) return;
    void this.#world.routing().ask("connect", { participantId, transportId, dtlsParameters });
  }

  /** Somebody wants to go on as somebody else: with their binding, by a guess of it, or by their try of a join. */
  async #steal({ device, person, how }: Extract<Act, { act: "steal" }>): Promise<void> {
    const victim = this.#device(device);
    if (victim?.answer == null || how !== "guess" && victim.name === person) return;
    const { correlation_id, binding_token } = victim.answer;
    if (how === "attempt") return void await this.#join(person, { attempt_id: victim.attempt ?? "none" });
    const shown = how === "guess" ? "a guess" : binding_token;
    const thief = await this.#join(person, { resume: { correlation_id, binding_token: shown } });
    await this.settle();
    if (thief.answer?.resumed === true) this.#wrong.push(`${person} has resumed as ${victim.name} by ${how}`);
  }

  /** Two tries of one join wait for a slow handler, and the later one's connection may be lost meanwhile. */
  async #tryTwice({ person, loses }: Extract<Act, { act: "try twice" }>): Promise<void> {
    this.#world.handler.faults.slowMs = 50;
    const attempt_id = crypto.randomUUID();
    await this.#join(person, { attempt_id });
    const { client } = await this.#join(person, { attempt_id });
    await this.#world.kit.advance(1);
    if (loses) this.#world.lose(client);
    await this.#calm();
  }

  /** Waits until the handler and the store have caught up. */
  async #calm(): Promise<void> {
    Object.assign(this.#world.handler.faults, { slowMs: 0, lostAnswers: 0 });
    this.#world.storeMs = 0;
    await this.#world.kit.advance(6_000);
    await this.settle();
  }

  /** A host mutes somebody, who tries to get rid of it. They are not heard, and nobody switches them on but they themselves. */
  async #shed(
    by: string,
    device: Device | undefined,
    { source, how }: Extract<Act, { act: "shed" }>,
  ): Promise<void> {
    await this.#calm();
    if (device === undefined || !device.isJoined || device.id === by) return;
    const { meeting } = this.#world;
    this.#connect(device);
    this.#produce(device, { source, paused: false });
    await this.settle();
    const mute = (participantId: string, muted: boolean) =>
      this.#mute({ by, participantId, source, muted }, device.name);
    mute(device.id, true);
    await this.#calm();
    let mine = device;
    if (how === "come back") mine = await this.#resume(device, { keeps: true, on: true });
    if (how === "produce again") this.#produce(device, { source, paused: false });
    if (how === "resume the producer") {
      const producerId = device.producers.get(source) ?? "";
      const resumed = this.#world.routing().ask("setPaused", {
        participantId: device.id,
        sub: device.name,
        producerId,
        paused: false,
      });
      void resumed.then((answer) => {
        if (answer.ok && isToldMuted(device, source)) {
          this.#wrong.push(`${device.name}'s ${source} was resumed`);
        }
      });
    }
    if (how === "join anew") {
      device.isLost = true;
      void meeting.ask("leave", { participantId: device.id, client: device.client });
      await this.#calm();
      mine = await this.#join(device.name);
      await this.#calm();
      if (mine.isJoined) this.#produce(mine, { source, paused: false });
    }
    await this.#calm();
    const isHeard = () => isToldMuted(mine, source) && isOn(this.#world.handler, mine.id, source);
    if (isHeard()) this.#wrong.push(`${mine.name}'s ${source} is on, although it is muted (${how})`);
    const wasOn = isOn(this.#world.handler, mine.id, source);
    mute(mine.id, false);
    await this.#calm();
    if (!wasOn && isOn(this.#world.handler, mine.id, source)) {
      this.#wrong.push(`${mine.name}'s ${source} was switched on by a host (${how})`);
    }
  }

  /** A source is on its way to a slow handler while a host takes its permission. */
  async #comeTooLate(by: string, device: Device | undefined, source: MediaSource): Promise<void> {
    await this.#calm();
    if (device === undefined || !device.isJoined) return;
    this.#world.handler.faults.slowMs = 50;
    this.#produce(device, { source, paused: false });
    void this.#world.meeting.ask("permissions", { by, permissions: { [source]: false } });
    await this.settle();
    await this.#calm();
    const self = device.state.participants.find((one) => one.participant_id === device.id);
    const isForbidden = self?.role !== "host" &&
      device.state.meeting?.permissions[source === "screen_audio" ? "screen" : source] === false;
    if (isForbidden && isOn(this.#world.handler, device.id, source)) {
      this.#wrong.push(`${device.name}'s ${source} came too late, and is on`);
    }
    const has = [...this.#world.handler.participants.get(device.id)?.producers.values() ?? []];
    if (isForbidden && source === "screen" && has.some((one) => one.source === source)) {
      this.#wrong.push(`${device.name}'s screen came too late, and is there`);
    }
  }

  #produce(device: Device, { source, paused }: { source: MediaSource; paused: boolean }): void {
    const { id: participantId, name: sub, transportId } = device;
    void this.#world.producing({ participantId, sub, transportId, source, paused }).then((produced) => {
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
