import { hostActor } from "../../shared/actor/mod.ts";
import { MeetingControllerActor } from "./meeting_controller.ts";

// The module Worker that hosts a share of the meetings, with a listener of its own.
hostActor(MeetingControllerActor);
