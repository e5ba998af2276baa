export { ProblemCard } from "./ProblemCard";
export { RunButtons } from "./RunButtons";
export { RunsPanel } from "./RunsPanel";
export { StatusBar } from "./StatusBar";
