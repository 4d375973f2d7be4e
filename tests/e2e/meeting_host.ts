import { assert } from "@std/assert";
import { z } from "zod";
import { meeting, type PermissionsChange, ticket } from "../../shared/protocol/mod.ts";
import { Client } from "../meeting/support/client.ts";
import { rest } from "../rest.ts";

const access = z.object({ access_token: z.string() });

/** Asks the services at `origin`; fails the test where they refuse. */
function callerAt(origin: string, token?: string) {
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await rest(origin, method, `/api/v1${path}`, {
      ...(token === undefined ? {} : { token }),
      body,
    });
    assert(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.words}`);
    return answer.body;
  };
}

interface HostedSettings {
  waiting_room: boolean;
  /** What others than hosts may do; all unless said. */
  permissions?: PermissionsChange;
  /** What is on at first; camera and microphone unless said. */
  on_join?: { microphone: boolean; camera: boolean };
}

export interface MeetingHost {
  /** Makes a meeting that guests may join, for so many people at most; answers its code. */
  create(settings: HostedSettings, maxParticipants?: number): Promise<string>;
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
    async create(settings, maxParticipants) {
      const wanted = {
        display_name: "Weekly",
        settings: { allow_guests: true, ...settings },
        ...(maxParticipants === undefined ? {} : { max_participants: maxParticipants }),
      };
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
