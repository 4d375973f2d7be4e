import { assert } from "@std/assert";
import { z } from "zod";
import { Outsider, type OutsidersTicket } from "./outsider.ts";
import { rest } from "../../rest.ts";

const ticket = z.object({ signaling_url: z.string(), token: z.string() });
const place = z.object({ participant_id: z.string(), correlation_id: z.string(), binding_token: z.string() });
const joined = place.extend({
  resumed: z.boolean(),
  chat: z.array(z.object({ text: z.string() })),
  participants: z.array(z.object({ participant_id: z.string(), hand_raised: z.boolean() })),
});
type Joined = z.infer<typeof joined>;

/** What was said in a meeting, and what became of it. */
export interface Talk {
  /** Texts that were acknowledged, each speaker's in their order. */
  readonly acknowledged: string[];
  /** How many of those were not stored yet when they were acknowledged. */
  notStored: number;
  readonly refused: string[];
}

interface Person {
  ticket: OutsidersTicket;
  outsider: Outsider;
  seat: z.infer<typeof place>;
  spoken: number;
}

/** A meeting of people who chat by a WebSocket client that is not ours. */
export interface ChattingMeeting {
  readonly code: string;
  readonly talk: Talk;
  /** Each says something. */
  chat(): Promise<void>;
  /** The second one raises their hand. */
  raiseHand(): Promise<boolean>;
  /** The host locks the meeting. */
  lock(): Promise<boolean>;
  /** The last one loses their connection, and takes their seat again. */
  reconnectOne(): Promise<boolean>;
  /** Whether every connection is open. */
  isWhole(): boolean;
  /** Everybody takes their seat again, after their connections were lost; answers what the first one then knows. */
  reconnectAll(): Promise<Joined>;
  end(): Promise<void>;
}

/** Makes a meeting through the public interfaces, with a host and guests. */
export async function chattingMeeting(origin: string, token: string, size: number): Promise<ChattingMeeting> {
  const settings = { allow_guests: true, waiting_room: false };
  const made = await rest(origin, "POST", "/api/v1/meetings", {
    token,
    body: { display_name: "Talk", settings },
  });
  const { code } = z.object({ code: z.string() }).parse(made.body);
  const people: Person[] = [];
  for (let index = 0; index < size; index++) {
    const asked = index === 0
      ? await rest(origin, "POST", `/api/v1/meetings/${code}/join`, { token, body: {} })
      : await rest(origin, "POST", `/api/v1/meetings/${code}/guest-token`, {
        body: { display_name: `Guest ${index}` },
      });
    people.push(await enter(ticket.parse(asked.body)));
  }
  const [host, second] = people;
  const last = people.at(-1);
  assert(host !== undefined && second !== undefined && last !== undefined);
  const talk: Talk = { acknowledged: [], notStored: 0, refused: [] };

  async function say(person: Person): Promise<void> {
    const text = `${people.indexOf(person)}: ${person.spoken++}`;
    const answer = await person.outsider.request("chat.send", { text });
    if (!answer.ok) return void talk.refused.push(`${text} ${answer.code}`);
    talk.acknowledged.push(text);
    if (answer.data["durable"] === false) talk.notStored++;
  }

  const isDone = async (person: Person, type: string, data: object) =>
    (await person.outsider.request(type, data)).ok;

  return {
    code,
    talk,
    async chat() {
      await Promise.all(people.map(say));
    },
    raiseHand: () => isDone(second, "participant.update", { hand_raised: true }),
    lock: () => isDone(host, "moderation.lock", { locked: true }),
    async reconnectOne() {
      await last.outsider.leave();
      return (await resume(last)).resumed;
    },
    isWhole: () => people.every(({ outsider }) => outsider.isOpen),
    async reconnectAll() {
      await Promise.all(people.map(({ outsider }) => outsider.closed));
      const [first] = await Promise.all(people.map((person) => comeBack(person, origin, code)));
      assert(first !== undefined);
      return first;
    },
    async end() {
      await Promise.all(people.map(({ outsider }) => outsider.leave()));
    },
  };
}

async function enter(ticket: OutsidersTicket): Promise<Person> {
  const { outsider, answer } = await Outsider.join(ticket);
  return { ticket, outsider, seat: place.parse(answer), spoken: 0 };
}

async function resume(person: Person): Promise<Joined> {
  const { correlation_id, binding_token } = person.seat;
  const outsider = await Outsider.open(person.ticket);
  const answer = await outsider.request("join", { resume: { correlation_id, binding_token } });
  if (!answer.ok) throw new Error(`resume: ${answer.code}`);
  const now = joined.parse(answer.data);
  person.outsider = outsider;
  person.seat = now;
  return now;
}

/** Asks for a ticket, which says where the meeting is now, until somebody listens there. */
async function comeBack(person: Person, origin: string, code: string): Promise<Joined> {
  while (true) {
    const path = `/api/v1/meetings/${code}/ticket`;
    const { status, body } = await rest(origin, "POST", path, { token: person.ticket.token, body: {} });
    if (status === 200) {
      person.ticket = ticket.parse(body);
      const back = await resume(person).catch(() => null);
      if (back !== null) return back;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
