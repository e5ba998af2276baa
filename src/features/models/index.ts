// Models and what can be asked of them: the two panels.
export { AskPanel } from "./AskPanel";
export { ModelsPanel } from "./ModelsPanel";
