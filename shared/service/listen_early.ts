/**
 * `--preload` of Deno, before a service's own modules: a stop while these are loaded is a clean one, since nothing is open
 * yet. From the first process of a container the system even keeps signals that it doesn't listen to. A command of an
 * operator, which has not done its work then, ends by the signal.
 */
import { listenEarly } from "./early_stop.ts";
import { ownArguments } from "./own_arguments.ts";

if (ownArguments().length === 0) listenEarly();
