export { Race } from "./Race";
export { Loss } from "./Loss";
export { Cost } from "./Cost";
export { strategyName } from "./race";
export { strategyOf } from "./pairs";
