export { DevicePanel } from "./DevicePanel";
export { Missing } from "./Missing";
export { canRun, checksOf, probeBrowser } from "./checks";
