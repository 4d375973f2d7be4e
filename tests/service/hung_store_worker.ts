import { hostActor } from "../../shared/actor/mod.ts";
import { HungStoreActor } from "./hung_store.ts";

hostActor(HungStoreActor);
