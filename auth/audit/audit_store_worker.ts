import { hostActor } from "../../shared/actor/mod.ts";
import { AuditStoreActor } from "./audit_store.ts";

hostActor(AuditStoreActor);
