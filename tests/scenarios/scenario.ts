import { type Client as Rest, client } from "../global/support/client.ts";
import { registerHandler } from "../global/support/controllers.ts";
import { type Deployment, deployment, wideLimits } from "../global/support/deployment.ts";
import { Client } from "../meeting/support/client.ts";
import { type Ticket, ticket } from "../../shared/protocol/mod.ts";
import { type Stores, storesKinds } from "./stores.ts";

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

/** A scenario over REST and WebSocket alone, with real AC, GC and MC, on each kind of stores. */
export async function scenario(
  name: string,
  play: (scenario: Scenario, t: Deno.TestContext) => Promise<void>,
): Promise<void> {
  for (const kind of await storesKinds()) {
    Deno.test({
      name: `scenario on ${kind.name} › ${name}`,
      ignore: kind.missing,
      async fn(t) {
        await using stores = await kind.create();
        await using d = await deployment(optionsOf(stores));
        await registerHandler(d);
        const rest = client(d);
        await play({
          deployment: d,
          rest,
          async ticketOf(code, route, token, body = {}) {
            for (;;) {
              const path = `/api/v1/meetings/${code}/${route}`;
              const answer = await rest.send("POST", path, {
                ...(token === undefined ? {} : { token }),
                body,
              });
              if (answer.status === 503) continue;
              if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.code}`);
              return ticket.parse(answer.body);
            }
          },
        }, t);
      },
    });
  }
}

function optionsOf({ databaseUrl, liveStoreUrl }: Stores) {
  return {
    organization: "other",
    withController: true,
    env: wideLimits,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(liveStoreUrl === undefined ? {} : { liveStoreUrl }),
  };
}

/** Opens the connection that a ticket is for. */
export function connect({ signaling_url, token }: Ticket): Client {
  return new Client(signaling_url, token);
}
