export { SettingsPanel } from "./SettingsPanel";
export { DataPanel } from "./DataPanel";
