import { type Assignment, notificationFrame } from "../../shared/protocol/mod.ts";

const [head = "", tail = ""] = notificationFrame("layout.assigned", { assignments: [] }).split("[]");

/** Makes the notifications of one client's assignments. An assignment that was in the one before keeps its text. */
export class AssignedFrames {
  #assignments: readonly Assignment[] = [];
  #texts: readonly string[] = [];

  next(assignments: readonly Assignment[]): string {
    const textOf = (assignment: Assignment, index: number) => {
      const isTold = assignment === this.#assignments[index];
      return isTold ? this.#texts[index] : JSON.stringify(assignment);
    };
    this.#texts = assignments.map((one, index) => textOf(one, index) ?? "");
    this.#assignments = assignments;
    return `${head}[${this.#texts.join(",")}]${tail}`;
  }
}
