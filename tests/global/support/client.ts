import { z } from "zod";
import type { Meeting, Ticket } from "../../../shared/protocol/mod.ts";
import { meeting, ticket } from "../../../shared/protocol/mod.ts";
import { assertDocumented } from "./assert_documented.ts";
import type { Deployment } from "./deployment.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The error's code, or empty. */
  readonly code: string;
  readonly body: unknown;
}

export interface Client {
  send(
    method: string,
    path: string,
    options?: { token?: string; body?: unknown; headers?: HeadersInit },
  ): Promise<Answer>;
  /** Registers somebody and signs them in; gives their access token. */
  user(name: string, organization?: string): Promise<string>;
  admin(): Promise<string>;
  createMeeting(token: string, body?: object): Promise<Meeting>;
  join(code: string, token: string): Promise<Ticket>;
}

const errorCode = z.object({ error: z.object({ code: z.string() }) });
const access = z.object({ access_token: z.string() });

/** Speaks to GC as a browser or a service does. */
export function client({ url, admin }: Deployment): Client {
  const send: Client["send"] = async (method, path, { token, body, headers } = {}) => {
    const answer = await fetch(url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type") === "application/json";
    const parsed: unknown = isJson && text !== "" ? JSON.parse(text) : text;
    const error = errorCode.safeParse(parsed);
    const code = error.success ? error.data.error.code : "";
    const { status, headers: received } = answer;
    assertDocumented(method, path, { status, code });
    return { status, headers: received, code, body: parsed };
  };
  async function ok(
    method: string,
    path: string,
    options: { token?: string; body?: unknown },
  ): Promise<unknown> {
    const answer = await send(method, path, options);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return {
    send,
    async user(name, organization = "default") {
      const body = {
        email: `${name}@example.org`,
        password: "correct horse",
        display_name: name,
        organization,
      };
      return access.parse(await ok("POST", "/api/v1/auth/register", { body })).access_token;
    },
    async admin() {
      const body = { ...admin, organization: "default" };
      return access.parse(await ok("POST", "/api/v1/auth/user/token", { body })).access_token;
    },
    async createMeeting(token, body = {}) {
      return meeting.parse(
        await ok("POST", "/api/v1/meetings", { token, body: { display_name: "Weekly", ...body } }),
      );
    },
    async join(code, token) {
      return ticket.parse(await ok("POST", `/api/v1/meetings/${code}/join`, { token, body: {} }));
    },
  };
}

/** What a token says; its signature is others' business. */
export function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  const bytes = Uint8Array.fromBase64(payload, { alphabet: "base64url" });
  return z.record(z.string(), z.unknown()).parse(JSON.parse(new TextDecoder().decode(bytes)));
}
