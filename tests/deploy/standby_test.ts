import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { cable } from "../cable.ts";
import { client } from "../global/support/client.ts";
import { deployment, wideLimits } from "../global/support/deployment.ts";
import { type PostgresServer, startPostgres } from "../store/postgres_server.ts";
import { askAllTheTime } from "./support/ask_all_the_time.ts";

interface Pair extends AsyncDisposable {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
}

/** What the primary has acknowledged, the standby has. */
async function startPair(): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const primary = stack.use(await startPostgres({ config: ["synchronous_standby_names = '*'"] }));
  const standby = stack.use(
    await startPostgres({ config: ["synchronous_standby_names = ''"], standbyOf: primary }),
  );
  const moved = stack.move();
  return { primary, standby, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

const env = {
  ...wideLimits,
  DT_LIMIT_REGISTRATIONS_PER_HOUR: "100000",
  DT_LIMIT_LOGINS_PER_SECOND: "10000",
  DT_LIMIT_LOGINS_BURST: "10000",
};
/** Both servers in one URL, the standby first. */
const urlOf = ({ primary, standby }: Pair) =>
  `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/postgres`;

for (const end of ["crashes", "hangs"] as const) {
  Deno.test(`standby › a primary that ${end}: 503 until the standby takes over, and all that was acknowledged is there`, async () => {
    await using pair = await startPair();
    await using running = await deployment({ databaseUrl: urlOf(pair), env });
    await using asking = await askAllTheTime(client(running));
    await asking.acknowledged(10);
    if (end === "crashes") await pair.primary.stop("immediate");
    else await pair.primary.freeze();
    await asking.refused(3);
    await pair.standby.promote();
    await asking.acknowledged(10);
    await asking.stop();
    await asking.check();
  });
}

Deno.test("standby › behind an address that moves, a standby answers what only reads; once promoted, everything", async () => {
  await using pair = await startPair();
  await using way = cable("127.0.0.1", pair.primary.port);
  const databaseUrl = `postgres://postgres@127.0.0.1:${way.port}/postgres`;
  await using running = await deployment({ databaseUrl, env });
  const { send, user, createMeeting } = client(running);
  const ann = await user("ann");
  const { code } = await createMeeting(ann);
  const read = async () => (await send("GET", `/api/v1/meetings/${code}`, { token: ann })).status;
  const write = async () => {
    const options = { token: ann, body: { display_name: "Another" } };
    const answers = await Promise.all([
      send("POST", "/api/v1/meetings", options),
      send("PATCH", `/api/v1/meetings/${code}`, options),
      send("POST", "/api/v1/auth/register", {
        body: {
          email: `${crypto.randomUUID()}@example.org`,
          password: "a password of mine",
          display_name: "New",
        },
      }),
    ]);
    return answers.map(({ status, headers }) => `${status} ${headers.get("retry-after")}`);
  };
  way.leadTo(pair.standby.port);
  while (await read() !== 200);
  for (let n = 0; n < 3; n++) {
    assertEquals([await read(), ...await write()], [200, "503 1", "503 1", "503 1"]);
  }
  await pair.primary.stop("immediate");
  await pair.standby.promote();
  while ((await write())[0] !== "201 null");
  assertEquals(await write(), ["201 null", "200 null", "201 null"]);
});

Deno.test("standby › a service does not start where nothing can be written, and says so in one line", async () => {
  await using pair = await startPair();
  const alone = await assertRejects(() => deployment({ databaseUrl: pair.standby.url, env }), Error);
  assertMatch(alone.message, /can't be used: cannot execute CREATE .* in a read-only transaction/);
  await pair.primary.stop("immediate");
  const both = await assertRejects(() => deployment({ databaseUrl: urlOf(pair), env }), Error);
  assertMatch(both.message, /can't be used: 127.0.0.1:\d+ can only be read; .*ECONNREFUSED/);
  assert(!both.message.includes("\n    at"));
});
