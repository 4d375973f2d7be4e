/** Runs small services under `up`'s supervision: the processes are its argument, as JSON. */
import { runServices } from "../../../shared/dev/up/run_services.ts";
import { complain, say } from "../../../shared/dev/say.ts";

const stop = new AbortController();
Deno.addSignalListener("SIGTERM", () => stop.abort());
Deno.addSignalListener("SIGINT", () => stop.abort());
/** Time in which all pauses are over at once, with `DT_HURRY`. */
const hurry = Deno.env.has("DT_HURRY")
  ? { pause: () => new Promise<void>((resolve) => setTimeout(resolve, 1)) }
  : {};
const [processes = "[]", logFolder = "."] = Deno.args;
Deno.exit(
  await runServices(JSON.parse(processes), {
    stop: stop.signal,
    logFolder,
    verbose: false,
    say: (line) => say(`${line}\n`),
    complain: (line) => complain(`${line}\n`),
    onReady: () => Promise.resolve(say("all ready\n")),
    startMs: 30_000,
    killAfterMs: 500,
    answerMs: 500,
    ...hurry,
  }),
);
