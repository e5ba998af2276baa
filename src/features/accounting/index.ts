export { AccountingPanel } from "./AccountingPanel";
export { Bars } from "./Bars";
export { memoryRows, memoryTable } from "./accounting";
