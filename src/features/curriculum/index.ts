export { Heatmap } from "./Heatmap";
export { Ridgeline } from "./Ridgeline";
export { Picks } from "./Picks";
export { Life } from "./Life";
