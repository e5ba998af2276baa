export { Picks } from "./Picks";
