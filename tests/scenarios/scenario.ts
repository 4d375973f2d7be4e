import { type Client as Rest, client } from "../global/support/client.ts";
import {
  type Deployment,
  deployment,
  type DeploymentOptions,
  wideLimits,
} from "../global/support/deployment.ts";
import { Client } from "../meeting/support/client.ts";
import { type RequestData, type RequestType, type Ticket, ticket } from "../../shared/protocol/mod.ts";
import { type Stores, type StoresKind, storesKinds } from "./stores.ts";

/** One deployment that a scenario's steps share. */
export interface Scenario {
  readonly deployment: Deployment;
  readonly rest: Rest;
  /** A ticket by a route of the meeting; asked for again while there is no controller yet. */
  ticketOf(
    code: string,
    route: "join" | "guest-token" | "ticket",
    token?: string,
    body?: object,
  ): Promise<Ticket>;
}

type Play = (scenario: Scenario, t: Deno.TestContext) => Promise<void>;

/** What a scenario has beside AC, GC and MH, another organisation than `default`, and settings of all processes. */
export type Setting = Pick<DeploymentOptions, "controllers" | "besides" | "organization" | "env">;

/** A scenario over REST and WebSocket alone, with real AC, GC, MC and MH, on each kind of stores. */
export async function scenario(name: string, play: Play, setting: Setting = {}): Promise<void> {
  for (const kind of await storesKinds()) {
    Deno.test({
      name: `scenario on ${kind.name} › ${name}`,
      ignore: kind.missing,
      fn: (t) => playOn(kind, play, setting, t),
    });
  }
}

/** A scenario that waits for real minutes: on all kinds of stores at the same time. */
export async function waitingScenario(name: string, play: Play, setting: Setting = {}): Promise<void> {
  const kinds = await storesKinds();
  Deno.test({
    name: `scenario on each kind of stores › ${name}`,
    // Deno runs no two steps at once of a test that it guards so.
    sanitizeExit: false,
    async fn(t) {
      await Promise.all(kinds.map((kind) =>
        t.step({
          name: kind.name,
          ignore: kind.missing,
          fn: (step) => playOn(kind, play, setting, step),
        })
      ));
    },
  });
}

async function playOn(kind: StoresKind, play: Play, setting: Setting, t: Deno.TestContext): Promise<void> {
  await using stores = await kind.create();
  await using d = await deployment(optionsOf(stores, setting));
  const rest = client(d);
  await play({
    deployment: d,
    rest,
    async ticketOf(code, route, token, body = {}) {
      for (;;) {
        const path = `/api/v1/meetings/${code}/${route}`;
        const answer = await rest.send("POST", path, { ...(token === undefined ? {} : { token }), body });
        if (answer.status === 503) {
          await pause();
          continue;
        }
        if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.code}`);
        return ticket.parse(answer.body);
      }
    },
  }, t);
}

/** Asked for again without a pause, a ticket or a view soon costs all that the limit by address lets through. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

function optionsOf({ databaseUrl, liveStoreUrl }: Stores, { besides = ["meeting"], env, ...plan }: Setting) {
  return {
    ...plan,
    besides: [...besides, "media"] as const,
    env: { ...wideLimits, ...env },
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(liveStoreUrl === undefined ? {} : { liveStoreUrl }),
  };
}

/** Opens the connection that a ticket is for. */
export function connect({ signaling_url, token }: Ticket): Client {
  return new Client(signaling_url, token);
}

/** What a request is answered with: `ok`, or the code of its refusal. */
export async function codeOf<T extends RequestType>(
  client: Client,
  type: T,
  data: RequestData<T>,
): Promise<string> {
  const answer = await client.request(type, data);
  return answer.ok ? "ok" : answer.error.code;
}
