import { assert, assertEquals } from "@std/assert";
import { connect, type IndependentClient, type Socket, type Ticket } from "./independent_client.ts";

/** A meeting with two people in it, who write to its chat one after another, and whose record changes all the time. */
export interface LoadedMeeting {
  readonly code: string;
  /** How many texts were answered with ok, and without `durable: false`. */
  readonly acknowledged: number;
  /** How many changes of its record were acknowledged. */
  readonly changes: number;
  /** How often somebody lost the connection. */
  readonly losses: number;
  /** Resolves once each of the two has had a text acknowledged that was sent after now. */
  goesOn(): Promise<void>;
  /** What was acknowledged must be there: the texts as far back as a chat keeps them, and the record as it was changed. */
  check(): Promise<void>;
  end(): Promise<void>;
}

export interface Account {
  readonly token: string;
}

/** A chat keeps 200 texts; some more come while it is looked at. */
const LOOKED_AT = 150;
/** Two people write, so the texts of the last 15 s can be looked at. */
const PAUSE_MS = 200;

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const field = (value: unknown, name: string): string => String(Object(value)[name]);

/** Signs in; the deployment's operator may create meetings. */
export async function signIn(
  client: IndependentClient,
  operator: { readonly email: string; readonly password: string },
): Promise<Account> {
  const { status, body } = await client.rest("POST", "/api/v1/auth/user/token", operator);
  assertEquals(status, 200);
  return { token: field(body, "access_token") };
}

export async function loadMeeting(
  client: IndependentClient,
  ca: string,
  { token }: Account,
): Promise<LoadedMeeting> {
  const settings = { allow_guests: true, waiting_room: false };
  const made = await client.rest("POST", "/api/v1/meetings", { display_name: "Begins", settings }, token);
  assertEquals(made.status, 201);
  const code = field(made.body, "code");
  const path = `/api/v1/meetings/${code}`;
  const ending = new AbortController();
  const order: string[] = [];
  const counts = [0, 0];
  let wrong: Error | undefined;
  let losses = 0;
  let [changes, sent] = [0, 0];

  const hostTicket = () => ticketFrom(client, `${path}/join`, {}, token);
  /** What a client does that can't reach the meeting where its ticket says. */
  const unreachable = (old: string) => ticketFrom(client, `${path}/unreachable`, {}, old);
  const guest = await client.rest("POST", `${path}/guest-token`, { display_name: "Guest" });
  assertEquals(guest.status, 200, JSON.stringify(guest.body));

  const another = (old: string) => ticketFrom(client, `${path}/ticket`, {}, old);

  /** One person, who comes back with the place that they had after each loss. */
  const participate = async (index: number, first: Ticket) => {
    let ticket = first;
    let resume: { correlation_id: string; binding_token: string } | undefined;
    let self: string | undefined;
    while (!ending.signal.aborted) {
      const socket = await connect(ticket, ca);
      if (socket !== undefined) {
        const joined = await socket.request("join", resume === undefined ? {} : { resume });
        if (joined?.ok === true) {
          const [participant_id, correlation_id, binding_token] = [
            "participant_id",
            "correlation_id",
            "binding_token",
          ]
            .map((name) => field(joined.data, name));
          if (self !== undefined) {
            assertEquals(participant_id, self, `${code}: another participant than before`);
          }
          self = participant_id;
          resume = { correlation_id: `${correlation_id}`, binding_token: `${binding_token}` };
          await write(index, socket);
        } else if (
          joined !== undefined && !["OVERLOADED", "HANDLER_UNAVAILABLE"].includes(joined.error?.code ?? "")
        ) {
          throw new Error(`${code}: the join of ${index} was refused: ${JSON.stringify(joined.error)}`);
        }
        socket.close();
        const closedWith = await socket.closed;
        if ([4403, 4404, 4409, 4410].includes(closedWith)) {
          throw new Error(`${code}: closed with ${closedWith}`);
        }
      }
      if (ending.signal.aborted) return;
      losses++;
      ticket = socket === undefined ? await unreachable(ticket.token) : await another(ticket.token);
    }
  };
  const write = async (index: number, socket: Socket) => {
    for (; !ending.signal.aborted; await pause(PAUSE_MS)) {
      const text = `${index}: ${crypto.randomUUID()}`;
      const answer = await socket.request("chat.send", { text });
      if (answer === undefined) return;
      if (answer.ok && answer.data["durable"] !== false) {
        order.push(text);
        counts[index] = (counts[index] ?? 0) + 1;
      }
    }
  };
  const rename = async () => {
    for (; !ending.signal.aborted; await pause(PAUSE_MS)) {
      const { status, body } = await client.rest("PATCH", path, { display_name: `Change ${++sent}` }, token);
      assertEquals(status, 200, JSON.stringify(body));
      changes = sent;
    }
  };
  const failed = (error: Error) => void (wrong ??= error);
  const working = [
    participate(0, await hostTicket()).catch(failed),
    participate(1, ticketIn(guest.body)).catch(failed),
    rename().catch(failed),
  ];
  return {
    code,
    get acknowledged() {
      return order.length;
    },
    get changes() {
      return changes;
    },
    get losses() {
      return losses;
    },
    async goesOn() {
      const before = [...counts];
      while (counts.some((count, index) => count <= (before[index] ?? 0) + 1)) {
        if (wrong !== undefined) throw wrong;
        await pause(PAUSE_MS);
      }
    },
    async check() {
      const wanted = order.slice(-LOOKED_AT);
      const changed = changes;
      const socket = await untilConnected(hostTicket, unreachable, ca);
      const joined = await socket.request("join", {});
      const texts = new Set(Object(joined?.data).chat?.map(({ text }: { text: string }) => text));
      assertEquals(wanted.filter((text) => !texts.has(text)), [], `${code}: acknowledged texts are lost`);
      await socket.request("leave", {});
      socket.close();
      const { body } = await client.rest("GET", path, undefined, token);
      const seen = Number(field(body, "display_name").replace("Change ", ""));
      assert(seen >= changed, `${code}: change ${changed} was acknowledged, and its name is of ${seen}`);
    },
    async end() {
      ending.abort();
      await Promise.all(working);
      if (wrong !== undefined) throw wrong;
    },
  };
}

async function ticketFrom(
  client: IndependentClient,
  path: string,
  body: unknown,
  token: string,
): Promise<Ticket> {
  const { status, body: ticket } = await client.rest("POST", path, body, token);
  assertEquals(status, 200, `${path}: ${JSON.stringify(ticket)}`);
  return ticketIn(ticket);
}

function ticketIn(body: unknown): Ticket {
  return { signaling_url: field(body, "signaling_url"), token: field(body, "token") };
}

async function untilConnected(
  first: () => Promise<Ticket>,
  next: (old: string) => Promise<Ticket>,
  ca: string,
): Promise<Socket> {
  for (let ticket = await first();; ticket = await next(ticket.token)) {
    const socket = await connect(ticket, ca);
    if (socket !== undefined) return socket;
  }
}
