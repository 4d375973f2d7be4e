/** Checks a listener again and again while there is no descriptor to try it with, and prints the warnings of that. */
import process from "node:process";
import { Acceptor } from "../../../shared/http/mod.ts";

const warnings: string[] = [];
process.on("warning", ({ name }) => void warnings.push(name));
const acceptor = await Acceptor.listen({
  hostname: "127.0.0.1",
  port: 0,
  tls: null,
  handshakeMs: 0,
  onAccepted() {},
  onReady() {},
});
const held: Deno.FsFile[] = [];
try {
  for (;;) held.push(Deno.openSync("/dev/null"));
} catch {
  // There is none left.
}
for (let checks = 0; checks < 20; checks++) await acceptor.check();
for (const file of held) file.close();
acceptor.close();
// A warning is told a turn later.
await new Promise((resolve) => setTimeout(resolve));
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(warnings)}\n`));
