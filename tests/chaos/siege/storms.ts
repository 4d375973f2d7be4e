import { z } from "zod";
import { Outsider } from "../support/outsider.ts";
import { rest } from "../../rest.ts";
import type { SiegeTargets } from "./targets.ts";

const ticket = z.object({ signaling_url: z.string(), token: z.string() });
const TICKETS = 60;
const CROWD = 20;

/** A crowd of requests. Answers what no client may be answered. */
export type Storm = (targets: SiegeTargets) => Promise<readonly string[]>;

/** A guest's ticket; undefined where the address has had too many. */
export async function guestTicket({ origin }: SiegeTargets, code: string) {
  const body = { display_name: "Eve" };
  const answer = await rest(origin, "POST", `/api/v1/meetings/${code}/guest-token`, { body });
  return answer.status === 200 ? ticket.parse(answer.body) : undefined;
}

function broken(answers: readonly { readonly status: number; readonly words: string }[]): string[] {
  return answers.filter(({ status, words }) => status >= 400 && words === "" || status === 500)
    .map(({ status, words }) => `answered ${status} "${words}"`);
}

export const storms: Readonly<Record<string, Storm>> = {
  async "tickets"({ origin, openCode }) {
    const path = `/api/v1/meetings/${openCode}/guest-token`;
    const body = { display_name: "Eve" };
    return broken(
      await Promise.all(Array.from({ length: TICKETS }, () => rest(origin, "POST", path, { body }))),
    );
  },
  async "wrong codes and passwords"({ origin }) {
    const wrong = { email: "nobody@example.org", password: "a wrong password" };
    return broken(
      await Promise.all(
        Array.from(
          { length: CROWD },
          (_, index) =>
            index % 2 === 0
              ? rest(origin, "GET", `/api/v1/meetings/${crypto.randomUUID()}`)
              : rest(origin, "POST", "/api/v1/auth/user/token", { body: wrong }),
        ),
      ),
    );
  },
  async "services' routes with a token that is none"({ origin, ports }) {
    const requests = ["/api/v1/internal/meeting-controllers", "/api/v1/internal/media-handlers"];
    const asked = requests.flatMap((path) =>
      Array.from({ length: CROWD }, () => rest(origin, "POST", path, { token: "rubbish", body: {} }))
    );
    const links = Array.from(
      { length: CROWD },
      () => rest(`http://127.0.0.1:${ports.media}`, "GET", "/link", { token: "rubbish" }),
    );
    return broken(await Promise.all([...asked, ...links]));
  },
  async "crowds in a waiting room"(targets) {
    const guest = await guestTicket(targets, targets.waitingCode);
    if (guest === undefined) return [];
    const crowd = await Promise.all(Array.from({ length: CROWD }, async () => {
      const outsider = await Outsider.open(guest).catch(() => null);
      await outsider?.request("join", {});
      return outsider;
    }));
    await Promise.all(crowd.map((outsider) => outsider?.leave()));
    return [];
  },
};
