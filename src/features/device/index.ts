export { NoWebGpu } from "./NoWebGpu";
export { canRun, checksOf, probeBrowser } from "./checks";
