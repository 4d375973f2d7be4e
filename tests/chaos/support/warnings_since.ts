/** The lines of level `warning` and above that the services of an `up` have logged since a time. */
export async function warningsSince(dataDir: string, sinceMs: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(`${dataDir}/logs`)) {
    if (!name.endsWith(".log")) continue;
    const lines = (await Deno.readTextFile(`${dataDir}/logs/${name}`)).split("\n");
    found.push(...lines.filter((line) => line.startsWith("{") && isWarningSince(line, sinceMs)));
  }
  return found.sort();
}

function isWarningSince(line: string, sinceMs: number): boolean {
  const { time, level }: { time?: string; level?: string } = JSON.parse(line);
  return Date.parse(time ?? "") >= sinceMs && (level === "warning" || level === "error" || level === "fatal");
}
