export { DataPanel } from "./DataPanel";
