export { Interrupted } from "./Interrupted";
export { Needed } from "./Needed";
export { ProblemCard } from "./ProblemCard";
export { RunButtons } from "./RunButtons";
export { StatusBar } from "./StatusBar";
export { RunsPanel } from "./RunsPanel";
