import { addMeeting } from "../../../../global/meetings/meeting_store.ts";
import { migrations } from "../../../../global/store/migrations.ts";
import type { GlobalTables } from "../../../../global/store/schema.ts";
import { type DatabaseLocation, openDatabase } from "../../../../shared/store/mod.ts";
import { textLines } from "../../../../shared/text_lines.ts";
import type { DatabaseKind } from "../../databases.ts";
import { startRedis } from "../redis_server.ts";

export interface Fight {
  /** Generations that were given, to all processes together. */
  readonly given: number;
  /** `meeting generation` that two got. */
  readonly twice: readonly string[];
  /** Meetings that nobody ever opened. */
  readonly never: number;
  /** How often Redis was killed, and came back empty or older than it was. */
  readonly losses: number;
}

const FIGHTERS = 4;

/**
 * Has four processes take `meetings` meetings from one another, while Redis is killed after every `lossEvery` openings,
 * and comes back from an old copy and empty by turns. Their terms are in a database of this kind.
 */
export async function fightForLeases(
  meetings: number,
  lossEvery: number,
  { create }: Pick<DatabaseKind, "create">,
): Promise<Fight> {
  await using server = await startRedis();
  await using database = await create();
  await addMeetings(database.location, meetings);
  const given = new Set<string>();
  const opened = new Set<string>();
  const twice: string[] = [];
  let losses = 0;
  let count = 0;
  let losing: Promise<void> = Promise.resolve();
  const lose = async () => {
    losses++;
    await server.kill();
    await server.start(losses % 2 === 0 ? "empty" : undefined);
  };
  const failed = Promise.withResolvers<never>();
  const next = (work: () => Promise<void>) => {
    losing = losing.then(work);
    losing.catch(failed.reject);
  };
  const note = (line: string) => {
    const [what, meeting = "", generation] = line.split(" ");
    const key = `${meeting} ${generation}`;
    if (given.has(key)) twice.push(key);
    given.add(key);
    if (what !== "acquired") return;
    opened.add(meeting);
    // The copy is half a period old when Redis comes back with it.
    if (++count % lossEvery === Math.floor(lossEvery / 2)) next(server.save);
    if (count % lossEvery === 0) next(lose);
  };
  // Beside one that failed, or without Redis, the others would go on for ever: they end with this function.
  await using running = new AsyncDisposableStack();
  const fought = Array.from({ length: FIGHTERS }, async (_, n) => {
    const process = running.use(fighter(server.url, database.location, `mc-${n}`, meetings));
    for await (const line of textLines(process.stdout)) note(line);
    const { success } = await process.status;
    if (!success) throw new Error("a fighter failed");
  });
  await Promise.race([Promise.all(fought), failed.promise]);
  await losing;
  return { given: given.size + twice.length, twice, never: meetings - opened.size, losses };
}

async function addMeetings(location: DatabaseLocation, meetings: number): Promise<void> {
  await using store = await openDatabase<GlobalTables>(location, migrations);
  const row = {
    org_id: "org-1",
    creator: "ann",
    display_name: "Weekly",
    max_participants: 10,
    settings: "{}",
    permission_changes: "{}",
    created_at: 1,
    ended_at: null,
    term: 0,
  };
  for (let n = 0; n < meetings; n++) {
    const meeting = { ...row, meeting_id: `m-${n}`, code: `code-${n}` };
    await addMeeting(store, meeting, { actor: "ann", address: "" });
  }
}

function fighter(
  url: string,
  location: DatabaseLocation,
  name: string,
  meetings: number,
): Deno.ChildProcess {
  const file = location.kind === "sqlite" ? location.path.replace(/[^/]*$/, "") : undefined;
  const hosts = [url, ...location.kind === "postgres" ? [location.url] : []].map((one) => new URL(one).host);
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--quiet",
      `--allow-net=${hosts.join(",")}`,
      ...file === undefined ? ["--allow-env"] : [`--allow-read=${file}`, `--allow-write=${file}`],
      new URL("./fighter.ts", import.meta.url).pathname,
      url,
      JSON.stringify(location),
      name,
      String(meetings),
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
