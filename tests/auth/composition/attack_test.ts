import { assertEquals, assertNotEquals } from "@std/assert";
import { ready, startUp, upPlace } from "../../dev/running_up.ts";
import { attacksOn } from "../drills/attacks.ts";
import type { Attack } from "../drills/attacks.ts";
import { stolenKey } from "../drills/stolen_key.ts";

/** A place where a token is shown: how it takes it, as a text that says all that a stranger can see. */
interface Door {
  readonly name: string;
  readonly url: string;
  readonly good: string;
  present(token: string): Promise<string>;
}

function httpDoor(name: string, good: string, method: string, url: string): Door {
  return {
    name,
    url,
    good,
    async present(token) {
      const headers = new Headers({ "content-type": "application/json" });
      try {
        headers.set("authorization", `Bearer ${token}`);
      } catch {
        // What can't stand in a header can't arrive.
        headers.set("authorization", "Bearer");
      }
      const answer = await fetch(url, { method, headers, ...(method === "GET" ? {} : { body: "{}" }) });
      return `${answer.status} ${answer.headers.get("www-authenticate")} ${await answer.text()}`;
    },
  };
}

function signalingDoor(name: string, good: string, url: string): Door {
  return {
    name,
    url,
    good,
    present(token) {
      const outcome = Promise.withResolvers<string>();
      const protocol = `bearer.${token}`;
      // What is no protocol's name can't be sent: an empty token stands in for it.
      const sent = /^[\w.+~-]+$/.test(protocol) ? protocol : "bearer.";
      const socket = new WebSocket(url, ["darktower.v1", sent]);
      // A token that is taken is followed by a frame that isn't, which ends the connection otherwise.
      socket.onopen = () => socket.send("not JSON");
      socket.onerror = (event) => event.preventDefault();
      socket.onclose = ({ code, reason }) => outcome.resolve(`${code} ${reason}`);
      return outcome.promise;
    },
  };
}

async function json(answer: Response) {
  const body = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(body));
  return body;
}

Deno.test("attacks › every door refuses every token that isn't its own, with one answer", async (step) => {
  const place = await upPlace();
  const wide = {
    DT_LIMIT_TOKENS_PER_SECOND: "1000",
    DT_LIMIT_TOKENS_BURST: "1000",
    DT_LIMIT_ADDRESS_PER_SECOND: "100000",
    DT_LIMIT_ADDRESS_BURST: "100000",
  };
  const password = "a long enough password";
  const up = await startUp(place, {
    ...wide,
    DT_ADMIN_EMAIL: "boss@example.org",
    DT_ADMIN_PASSWORD: password,
  });
  try {
    await ready(up);
    const gc = `http://localhost:${place.port}`;
    const ac = `http://127.0.0.1:${place.port + 1}`;
    const post = (url: string, body: unknown, token = "") =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }).then(json);
    const service = async (client: string, scope: string) => {
      const secret = (await Deno.readTextFile(`${place.dataDir}/${client}/client.secret`)).trim();
      const form = { grant_type: "client_credentials", scope, client_id: client, client_secret: secret };
      const answer = await fetch(`${ac}/api/v1/auth/service/token`, {
        method: "POST",
        body: new URLSearchParams(form),
      });
      return (await json(answer)).access_token as string;
    };
    const login = await post(`${gc}/api/v1/auth/user/token`, { email: "boss@example.org", password });
    const user: string = login.access_token;
    const meeting = await post(`${gc}/api/v1/meetings`, { display_name: "Attacked" }, user);
    const ticket = await post(`${gc}/api/v1/meetings/${meeting.code}/join`, {}, user);
    const other = await post(`${gc}/api/v1/meetings`, { display_name: "Another" }, user);
    const others = await post(`${gc}/api/v1/meetings/${other.code}/join`, {}, user);
    const forAuth = await service("global", "service.issue-meeting-token.ac");
    const forGlobal = await service("media", "service.register-handler.gc");
    const forMedia = await service("meeting", "service.link.mh");
    const kinds: readonly Attack[] = [
      ["a user's token", user],
      ["a service's token for AC", forAuth],
      ["a service's token for GC", forGlobal],
      ["a service's token for MH", forMedia],
      ["a meeting token", ticket.token],
    ];
    const key = await stolenKey(place.dataDir);
    const doors: readonly Door[] = [
      httpDoor("AC's for services", forAuth, "POST", `${ac}/api/v1/auth/internal/meeting-token`),
      httpDoor("AC's for administrators", user, "GET", `${ac}/api/v1/admin/users`),
      httpDoor("GC's for users", user, "GET", `${gc}/api/v1/me`),
      httpDoor("GC's for services", forGlobal, "POST", `${gc}/api/v1/internal/media-handlers`),
      ...["ticket", "unreachable"].map((way) =>
        httpDoor(`GC's, ${way}`, ticket.token, "POST", `${gc}/api/v1/meetings/${meeting.code}/${way}`)
      ),
      httpDoor("MH's for controllers", forMedia, "GET", `http://127.0.0.1:${place.port + 2}/link`),
      signalingDoor("MC's", ticket.token, ticket.signaling_url),
    ];
    for (const door of doors) {
      await step.step(door.name, async () => {
        const taken = await door.present(door.good);
        const refused = await door.present("rubbish");
        assertNotEquals(taken, refused);
        assertEquals(/^(401|4401) /.test(refused), true, refused);
        const attacks = attacksOn(door.good, kinds.filter(([, token]) => token !== door.good), key)
          // A meeting token that expired lately may be shown for a fresh one.
          .filter(([name]) => name !== "expired" || !door.url.includes(meeting.code))
          // A token says itself which meeting it opens: only where the path says so too can it be the wrong one.
          .concat(door.url.includes(meeting.code) ? [["another meeting's token", others.token]] : []);
        const wrong: string[] = [];
        for (const [name, token] of attacks) {
          const outcome = await door.present(token);
          if (outcome !== refused) wrong.push(`${name}: ${outcome}`);
        }
        assertEquals(wrong, []);
      });
    }
  } finally {
    up.kill("SIGTERM");
    await up.exitCode;
    await up[Symbol.asyncDispose]();
    await Deno.remove(place.dataDir, { recursive: true });
  }
});
