import { hostActor } from "../../../actor/mod.ts";
import { LiveStoreActor } from "./live_store_actor.ts";

hostActor(LiveStoreActor);
