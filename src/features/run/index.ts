export { Interrupted } from "./Interrupted";
export { ProblemCard } from "./ProblemCard";
export { RunButtons } from "./RunButtons";
export { StatusBar } from "./StatusBar";
export { RunsPanel } from "./RunsPanel";
export { bundle } from "./bundle";
