/** Loaded before every test file: what actors send one another is copied and frozen, so that sharing shows. */
import { isolateRuntime } from "../shared/actor/mod.ts";

isolateRuntime.separate(true);
