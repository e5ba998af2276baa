export { DevicePanel } from "./DevicePanel";
