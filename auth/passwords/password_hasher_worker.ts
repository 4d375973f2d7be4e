import { hostActor } from "../../shared/actor/mod.ts";
import { PasswordHasherActor } from "./password_hasher.ts";

hostActor(PasswordHasherActor);
