import { z } from "zod";
import { rest, type RestAnswer } from "../../rest.ts";

const PASSWORD = "a password of mine";
const session = z.object({ access_token: z.string() });
const made = z.object({ code: z.string() });
const listed = z.object({ items: z.array(made), next_cursor: z.string().nullable() });

/** Logins, and meetings that are made, by REST. What was acknowledged is remembered; a refusal has to be a 503 in words. */
export class RestLoad {
  readonly counts = { logins: 0, created: 0, refused: 0 };
  /** The codes of the meetings that were made. */
  readonly created: string[] = [];
  /** Answers that are none of the contract's. */
  readonly wrong: string[] = [];
  readonly #sessions: string[] = [];

  private constructor(
    readonly origin: string,
    readonly email: string,
    readonly token: string,
    readonly userId: string,
  ) {}

  static async start(origin: string): Promise<RestLoad> {
    const email = `ada-${crypto.randomUUID()}@example.org`;
    const body = { email, password: PASSWORD, display_name: "Ada" };
    const answer = await rest(origin, "POST", "/api/v1/auth/register", { body });
    const token = session.parse(answer.body).access_token;
    const me = await rest(origin, "GET", "/api/v1/me", { token });
    return new RestLoad(origin, email, token, z.object({ user_id: z.string() }).parse(me.body).user_id);
  }

  /** One login and one meeting. */
  async turn(): Promise<void> {
    const [login, meeting] = await Promise.all([
      rest(this.origin, "POST", "/api/v1/auth/user/token", {
        body: { email: this.email, password: PASSWORD },
      }),
      rest(this.origin, "POST", "/api/v1/meetings", {
        token: this.token,
        body: { display_name: "One more" },
      }),
    ]);
    if (this.#isTaken(login, 200)) {
      this.counts.logins++;
      this.#sessions.push(login.headers.getSetCookie()[0]?.split(";")[0] ?? "");
    }
    if (this.#isTaken(meeting, 201)) {
      this.counts.created++;
      this.created.push(made.parse(meeting.body).code);
    }
  }

  /** Signs somebody in; answers their token. */
  async login(body: { readonly email: string; readonly password: string }): Promise<string> {
    const answer = await rest(this.origin, "POST", "/api/v1/auth/user/token", { body });
    return session.parse(answer.body).access_token;
  }

  /** What was acknowledged and is not there, and what is there though it was refused. */
  async missing(): Promise<string[]> {
    const found = new Set<string>();
    for (let cursor: string | null = ""; cursor !== null;) {
      const path = `/api/v1/meetings?limit=200${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const page = listed.parse((await rest(this.origin, "GET", path, { token: this.token })).body);
      for (const { code } of page.items) found.add(code);
      cursor = page.next_cursor;
    }
    const lost = this.created.filter((code) => !found.has(code)).map((code) => `meeting ${code} was lost`);
    const extra = found.size > this.created.length ? ["a refused meeting was made all the same"] : [];
    const dead: string[] = [];
    for (const cookie of this.#sessions) {
      const { status } = await rest(this.origin, "POST", "/api/v1/auth/user/refresh", { cookie });
      if (status !== 200) dead.push(`a session was lost: ${status}`);
    }
    return [...lost, ...extra, ...dead];
  }

  #isTaken({ status, headers, words, body }: RestAnswer, expected: number): boolean {
    if (status === expected) return true;
    this.counts.refused++;
    const isInWords = status === 503 && words !== "" && headers.get("retry-after") !== null;
    if (!isInWords) this.wrong.push(`answered ${status}: ${JSON.stringify(body)}`);
    return false;
  }
}
