export { AccountingPanel } from "./AccountingPanel";
