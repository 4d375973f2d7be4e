/** `deno task mutate [RULE …]`: breaks each rule of the actors in a copy, and prints how many tests notice. */
import { mutate } from "./mutate.ts";

const encoder = new TextEncoder();
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));

const { lines, unnoticed } = await mutate(Deno.args, say);
const noticed = lines.length - unnoticed.length;
say(`\n${noticed} of ${lines.length} broken copies were noticed`);
for (const one of unnoticed) say(`not noticed: ${one}`);
Deno.exit(unnoticed.length > 0 ? 1 : 0);
