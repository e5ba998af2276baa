// What the race offers to the rest of the page.
export { PilotPanel } from "./PilotPanel";
