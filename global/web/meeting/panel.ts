/** What is open beside the stage. */
export type Panel = "people" | "chat";
