export { Race } from "./Race";
export { Loss } from "./Loss";
export { Cost } from "./Cost";
export { strategyLabel as strategyName } from "../../curriculum/registry";
export { strategyOf } from "./pairs";
