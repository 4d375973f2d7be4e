/** Runs with AC's own flags and environment, and tells what it could do of what it is asked to try. */
const [own, other, otherSecret, ...hosts] = Deno.args;

async function attempt(work: () => unknown): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    return error instanceof Error ? error.name : "failed";
  }
}

const outcome: Record<string, unknown> = {
  "read own folder": await attempt(() => Deno.readTextFile(`${own}/master.key`)),
  "read another's folder": await attempt(() => Array.from(Deno.readDirSync(other ?? ""))),
  "read another's secret": await attempt(() => Deno.readTextFile(otherSecret ?? "")),
  "write to another's folder": await attempt(() => Deno.writeTextFile(`${other}/new`, "")),
  "read the password file": await attempt(() => Deno.readTextFile("/etc/passwd")),
  "run a program": await attempt(() => new Deno.Command("/bin/true").output()),
  "listen elsewhere": await attempt(() => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close()),
  "ask the system": await attempt(() => Deno.hostname()),
  environment: Object.keys(Deno.env.toObject()).sort(),
};
for (const host of hosts) outcome[`open ${host}`] = await attempt(() => fetch(`http://${host}/`));
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(outcome)));
