/**
 * Stands in a service's place, with its flags and its environment, and tries what it is told: `read:PATH`,
 * `write:PATH`, `connect:HOST:PORT`, `listen:HOST:PORT`, `run:PROGRAM`, `env:NAME`, `load:LIBRARY`. Prints what was
 * refused for lack of permission, a word a line; anything else that goes wrong was permitted.
 */
const encoder = new TextEncoder();

for (const attempt of Deno.args) {
  const [kind = ""] = attempt.split(":", 1);
  const what = attempt.slice(kind.length + 1);
  if (await isRefused(kind, what)) Deno.stdout.writeSync(encoder.encode(`${attempt}\n`));
}

async function isRefused(kind: string, what: string): Promise<boolean> {
  try {
    await tryOne(kind, what);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotCapable;
  }
}

async function tryOne(kind: string, what: string): Promise<void> {
  const colon = what.lastIndexOf(":");
  const address = { hostname: what.slice(0, colon), port: Number(what.slice(colon + 1)) };
  switch (kind) {
    case "read":
      await Deno.readTextFile(what);
      return;
    case "write":
      await Deno.writeTextFile(what, "x");
      return;
    case "connect":
      (await Deno.connect(address)).close();
      return;
    case "listen":
      Deno.listen(address).close();
      return;
    case "run":
      await new Deno.Command(what).output();
      return;
    case "env":
      Deno.env.get(what);
      return;
    case "load":
      Deno.dlopen(what, {}).close();
      return;
    default:
      throw new Error(`no such attempt: ${kind}`);
  }
}
