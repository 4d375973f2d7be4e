/** Says when the program that started its task is gone. */
import { launcherGone } from "../../../shared/dev/up/launcher_gone.ts";
import { say } from "../../../shared/dev/say.ts";

Deno.addSignalListener("SIGTERM", () => say("got SIGTERM\n"));
setTimeout(() => say("watching\n"), 0);
await launcherGone(new AbortController().signal);
say("the launcher is gone\n");
Deno.exit(0);
