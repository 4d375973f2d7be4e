import { TokenIssuerActor } from "../../../auth/tokens/token_issuer.ts";
import { hostActor } from "../../../shared/actor/mod.ts";
import { configureLogging } from "../../../shared/log/mod.ts";

configureLogging({ service: "auth", level: "info" });
hostActor(TokenIssuerActor);
