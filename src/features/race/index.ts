// What the race offers to the rest of the page.
export { ArenaPanel } from "./ArenaPanel";
export { PilotPanel } from "./PilotPanel";
