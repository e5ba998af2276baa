// Exports the two panels of this feature: the list of models, and asking the model.
export { AskPanel } from "./AskPanel";
export { ModelsPanel } from "./ModelsPanel";
