/**
 * Participants of running meetings, in a process that does nothing else: what it measures is theirs alone. The argument is
 * their tickets. For each line of standard input, a time in milliseconds, they ping for so long, and the times are printed
 * as a line of JSON. At the end of standard input it prints how many had lost their connection, and they leave.
 */
import { z } from "zod";
import { textLines } from "../../../shared/text_lines.ts";
import { pings } from "../siege/pings.ts";
import { Outsider } from "../support/outsider.ts";

const tickets = z.array(z.object({ signaling_url: z.string(), token: z.string() }));

async function print(value: unknown): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
}

const crowd: Outsider[] = [];
for (const ticket of tickets.parse(JSON.parse(Deno.args[0] ?? ""))) {
  crowd.push((await Outsider.join(ticket)).outsider);
}
await print("joined");
for await (const line of textLines(Deno.stdin.readable)) await print(await pings(crowd, Number(line)));
const lost = crowd.filter(({ isOpen }) => !isOpen).length;
await Promise.all(crowd.map((outsider) => outsider.leave()));
await print(lost);
