/** Says when the program that started its task is gone. */
import { findLauncher, launcherGone } from "../../../shared/dev/up/launcher_gone.ts";
import { say } from "../../../shared/dev/say.ts";

Deno.addSignalListener("SIGTERM", () => say("got SIGTERM\n"));
const { signal } = new AbortController();
const launcher = await findLauncher(signal);
say("watching\n");
await launcherGone(launcher, signal);
say("the launcher is gone\n");
Deno.exit(0);
