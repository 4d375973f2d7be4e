import { textLines } from "../../../../shared/text_lines.ts";
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
 * and comes back from an old copy and empty by turns.
 */
export async function fightForLeases(meetings: number, lossEvery: number): Promise<Fight> {
  await using server = await startRedis();
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
  const note = (line: string) => {
    const [what, meeting = "", generation] = line.split(" ");
    const key = `${meeting} ${generation}`;
    if (given.has(key)) twice.push(key);
    given.add(key);
    if (what !== "acquired") return;
    opened.add(meeting);
    // The copy is half a period old when Redis comes back with it.
    if (++count % lossEvery === Math.floor(lossEvery / 2)) losing = losing.then(server.save);
    if (count % lossEvery === 0) losing = losing.then(lose);
  };
  const fighters = Array.from({ length: FIGHTERS }, (_, n) => fighter(server.url, `mc-${n}`, meetings));
  await Promise.all(fighters.map(async (process) => {
    for await (const line of textLines(process.stdout)) note(line);
    const { success } = await process.status;
    if (!success) throw new Error("a fighter failed");
  }));
  await losing;
  return { given: given.size + twice.length, twice, never: meetings - opened.size, losses };
}

function fighter(url: string, name: string, meetings: number): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--quiet",
      `--allow-net=${new URL(url).host}`,
      new URL("./fighter.ts", import.meta.url).pathname,
      url,
      name,
      String(meetings),
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
