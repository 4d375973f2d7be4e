import { hostActor } from "../../../shared/actor/mod.ts";
import { CountingActor } from "./counting.ts";

hostActor(CountingActor);
