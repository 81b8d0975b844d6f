import worker, { EventOutbox as Real } from "split-events/worker";

export { EventPace } from "split-events/worker";
export default worker;

/** Its database refuses to write a body with the word `poison`. */
export class EventOutbox extends Real {
  override async keep(...given: Parameters<Real["keep"]>) {
    this.ctx.storage.sql.exec(`CREATE TRIGGER IF NOT EXISTS refuse BEFORE INSERT ON "split_events"
      WHEN instr(CAST(new.value AS TEXT), 'poison') > 0 BEGIN SELECT RAISE(ABORT, 'as the test says'); END`);
    return super.keep(...given);
  }
}
