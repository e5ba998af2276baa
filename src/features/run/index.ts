export { Interrupted } from "./Interrupted";
export { MissingDataset } from "./MissingDataset";
export { ProblemCard } from "./ProblemCard";
export { RunButtons } from "./RunButtons";
export { StatusBar } from "./StatusBar";
