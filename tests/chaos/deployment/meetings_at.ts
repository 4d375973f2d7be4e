import { assert } from "@std/assert";
import type { Deployment } from "./deployment.ts";

const SCOPE = "admin.read-actors.mc";

/** A way to see which meetings run: `mc-1 MEETING` each, by the actors that each controller shows. */
export async function meetingsAt(
  { command, processes }: Deployment<unknown>,
): Promise<() => Promise<string[]>> {
  const auth = processes.find(({ name }) => name.startsWith("auth"));
  assert(auth !== undefined);
  const reader = ["client", "create", "--type", "operations", "--id", "reader", "--scope", SCOPE];
  const { client_secret } = await command(...reader);
  const answer = await fetch(new URL("/api/v1/auth/service/token", auth.readyUrl), {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`reader:${client_secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE }),
  });
  const { access_token } = await answer.json();
  const controllers = processes.filter(({ name }) => name.startsWith("meeting"));
  return async () => {
    const lists = await Promise.all(controllers.map(async ({ name, readyUrl }) => {
      const shown = await fetch(new URL("/debug/actors", readyUrl), {
        headers: { authorization: `Bearer ${access_token}` },
        signal: AbortSignal.timeout(10_000),
      });
      const text = await shown.text();
      assert(shown.ok, `${name}: ${shown.status} ${text}`);
      const paths = text.matchAll(/"path":"[^"]*\/meeting ([\w-]+)"/g);
      return [...paths].map(([, meetingId]) => `${name.replace("meeting", "mc")} ${meetingId}`);
    }));
    return lists.flat().toSorted();
  };
}
