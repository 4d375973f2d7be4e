import { commonSettings, settings, text } from "../../shared/config/mod.ts";
import { program, StartError } from "../../shared/service/mod.ts";

/** A program that only starts, fails or stops as it is told. `program_test.ts` runs it as a process. */
const definition = settings({ service: "example", summary: "an example" }, {
  ...commonSettings({ port: 9000, dataDir: ".data/example" }),
  act: text("DT_ACT", { default: "run", help: "what to do" }),
});

await program(definition, async (settings, { stack, stopping }) => {
  const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  stack.defer(async () => {
    if (settings.act === "hang") await new Promise(() => {});
    if (settings.act === "lose late") Promise.reject(new Error("lost while stopping"));
    // An error is told of a turn later.
    await new Promise((resolve) => setTimeout(resolve));
    say(`taken down, stopping ${stopping.aborted}`);
  });
  if (settings.act === "refuse") throw new StartError("the port is\n taken");
  if (settings.act === "throw") throw new Error("a bug");
  if (settings.act === "reject") Promise.reject(new Error("a lost rejection of someone@example.org"));
  if (settings.act === "lose") {
    Promise.reject(Object.assign(new Error("a connection was lost"), { code: "ECONNRESET" }));
  }
  const alive = setInterval(() => {}, 60_000);
  stack.defer(() => clearInterval(alive));
  say("started");
  if (settings.act !== "refuse late") return;
  await new Promise((resolve) => stopping.addEventListener("abort", resolve));
  throw new StartError("the database went away");
});
