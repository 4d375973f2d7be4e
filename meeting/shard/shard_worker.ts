import { hostActor } from "../../shared/actor/mod.ts";
import { MeetingControllerActor } from "./meeting_controller.ts";

// The module Worker of one shard, which has a listener of its own.
hostActor(MeetingControllerActor);
