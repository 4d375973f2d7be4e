import { hostActor } from "../../shared/actor/mod.ts";
import { configureLogging } from "../../shared/log/mod.ts";
import { TokenIssuerActor } from "./token_issuer.ts";

configureLogging({ service: "auth", level: "info" });
hostActor(TokenIssuerActor);
