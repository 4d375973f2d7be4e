/** A program whose modules are never loaded to the end. */
Deno.stdout.writeSync(new TextEncoder().encode("started\n"));
setInterval(() => {}, 60_000);
await new Promise(() => {});
