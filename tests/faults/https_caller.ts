import { assertEquals } from "@std/assert";
// @ts-types="@types/ws"
import { WebSocket } from "ws";

export interface Ticket {
  readonly signaling_url: string;
  readonly token: string;
}

/** A user of a deployment that serves by a certificate that only `ca` knows. */
export interface HttpsCaller extends Disposable {
  /** Creates a meeting; what it answers gets a ticket for it. */
  createMeeting(): Promise<() => Promise<Ticket>>;
}

export async function signIn(
  page: string,
  ca: string,
  account: { readonly email: string; readonly password: string },
): Promise<HttpsCaller> {
  const client = Deno.createHttpClient({ caCerts: [ca] });
  const post = async (path: string, body: unknown, token?: string) => {
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    return await fetch(`${page}${path}`, { method: "POST", headers, body: JSON.stringify(body), client });
  };
  const { access_token } = await (await post("/api/v1/auth/user/token", account)).json();
  return {
    async createMeeting() {
      const made = await post("/api/v1/meetings", { display_name: "Weekly" }, access_token);
      const { code } = await made.json();
      return async () => {
        for (;;) {
          const answer = await post(`/api/v1/meetings/${code}/join`, {}, access_token);
          if (answer.ok) return await answer.json();
          await answer.body?.cancel();
          // What says "try again" is asked again; anything else is a failure.
          assertEquals([answer.status, answer.headers.has("retry-after")], [503, true]);
        }
      };
    },
    [Symbol.dispose]: () => client.close(),
  };
}

/** A participant without media. */
export async function join({ signaling_url: url, token }: Ticket, ca: string) {
  const socket = new WebSocket(url, ["darktower.v1", `bearer.${token}`], { ca });
  const opened = Promise.withResolvers<unknown>();
  socket.on("open", opened.resolve);
  socket.on("error", opened.reject);
  await opened.promise;
  let id = 0;
  const waiting = new Map<number, (answer: { ok: boolean; data: { participants: unknown[] } }) => void>();
  socket.on("message", (frame) => {
    const message = JSON.parse(String(frame));
    waiting.get(message.re)?.(message);
  });
  const request = (type: string, data: unknown) => {
    const { promise, resolve } = Promise.withResolvers<{ ok: boolean; data: { participants: unknown[] } }>();
    waiting.set(++id, resolve);
    socket.send(JSON.stringify({ id, type, data }));
    return promise;
  };
  return { socket, request, answer: await request("join", {}) };
}
