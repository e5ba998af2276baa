export { Picks } from "./Picks";
export { SampleHistory } from "./SampleHistory";
