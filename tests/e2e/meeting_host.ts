import { assert } from "@std/assert";
import { z } from "zod";
import { meeting, ticket } from "../../shared/protocol/mod.ts";
import { Client } from "../meeting/support/client.ts";

const access = z.object({ access_token: z.string() });

/** Asks the services at `origin`; fails the test where they refuse. */
function callerAt(origin: string, token?: string) {
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert(answer.ok, `${method} ${path}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
}

export interface MeetingHost {
  /** Makes a meeting that guests may join; answers its code. */
  create(settings: { waiting_room: boolean }): Promise<string>;
  end(code: string): Promise<unknown>;
  join(code: string): Promise<Client>;
}

/** A host without a page, with an account of their own: makes meetings, lets people in, and ends them. */
export async function createHost(origin: string): Promise<MeetingHost> {
  const account = {
    email: `host-${crypto.randomUUID()}@example.org`,
    password: crypto.randomUUID(),
    display_name: "Host",
  };
  const registered = await callerAt(origin)("POST", "/auth/register", account);
  const call = callerAt(origin, access.parse(registered).access_token);
  return {
    async create(settings) {
      const wanted = { display_name: "Weekly", settings: { allow_guests: true, ...settings } };
      return meeting.parse(await call("POST", "/meetings", wanted)).code;
    },
    end: (code) => call("DELETE", `/meetings/${code}`),
    async join(code) {
      const { signaling_url: url, token } = ticket.parse(await call("POST", `/meetings/${code}/join`, {}));
      const client = new Client(url, token);
      await client.join();
      return client;
    },
  };
}
