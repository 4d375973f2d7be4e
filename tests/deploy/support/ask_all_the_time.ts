import { assert, assertEquals } from "@std/assert";
import type { Answer, Client } from "../../global/support/client.ts";

/** Requests at AC and GC without a pause, each of which is either done or told to come again. */
export interface Asking extends AsyncDisposable {
  /** Resolves once so many more of each kind of request were done. */
  acknowledged(count: number): Promise<void>;
  /** Resolves once so many more of each kind were told to come again. */
  refused(count: number): Promise<void>;
  stop(): Promise<void>;
  /** All that was done must be there. */
  check(): Promise<void>;
}

const PASSWORD = "correct horse";

interface Kind {
  ask(): Promise<Answer>;
  done: number;
  refused: number;
}

export async function askAllTheTime({ send, user, createMeeting }: Client): Promise<Asking> {
  const ann = await user("ann");
  const { code } = await createMeeting(ann);
  const path = `/api/v1/meetings/${code}`;
  const codes: string[] = [];
  const emails: string[] = [];
  let [asked, name] = [0, 0];
  const kindOf = (ask: Kind["ask"]): Kind => ({ ask, done: 0, refused: 0 });
  const kinds = {
    create: kindOf(async () => {
      const answer = await send("POST", "/api/v1/meetings", { token: ann, body: { display_name: "One" } });
      if (answer.status === 201) codes.push(String(Object(answer.body).code));
      return answer;
    }),
    rename: kindOf(async () => {
      const number = ++asked;
      const answer = await send("PATCH", path, { token: ann, body: { display_name: `Name ${number}` } });
      if (answer.status === 200) name = number;
      return answer;
    }),
    read: kindOf(() => send("GET", path, { token: ann })),
    register: kindOf(async () => {
      const email = `${crypto.randomUUID()}@example.org`;
      const answer = await send("POST", "/api/v1/auth/register", {
        body: { email, password: PASSWORD, display_name: "New" },
      });
      if (answer.status === 201) emails.push(email);
      return answer;
    }),
    login: kindOf(() =>
      send("POST", "/api/v1/auth/user/token", { body: { email: "ann@example.org", password: PASSWORD } })
    ),
  };
  const all = Object.values(kinds);
  let isOver = false;
  let wrong: Error | undefined;
  const working = all.map(async (kind) => {
    while (!isOver && wrong === undefined) {
      const answer = await kind.ask();
      if (answer.status < 300) kind.done++;
      else if (answer.status === 503 && answer.headers.has("retry-after")) kind.refused++;
      else wrong = new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    }
  });
  const stop = async () => {
    isOver = true;
    await Promise.all(working);
    if (wrong !== undefined) throw wrong;
  };
  const more = async (what: "done" | "refused", count: number) => {
    const wanted = all.map((kind) => kind[what] + count);
    while (all.some((kind, index) => kind[what] < (wanted[index] ?? 0))) {
      if (wrong !== undefined) throw wrong;
      // Anything that takes a turn of the event loop, and asks for nothing that the database has.
      await send("GET", "/health");
    }
  };
  return {
    acknowledged: (count) => more("done", count),
    refused: (count) => more("refused", count),
    stop,
    async check() {
      for (const one of codes) {
        assertEquals((await send("GET", `/api/v1/meetings/${one}`, { token: ann })).status, 200, one);
      }
      for (const email of emails) {
        const login = await send("POST", "/api/v1/auth/user/token", { body: { email, password: PASSWORD } });
        assertEquals(login.status, 200, email);
      }
      const { body } = await send("GET", path, { token: ann });
      const seen = Number(String(Object(body).display_name).replace("Name ", ""));
      assert(seen >= name, `change ${name} was acknowledged, and the name is of ${seen}`);
    },
    [Symbol.asyncDispose]: () => stop().catch(() => {}),
  };
}
