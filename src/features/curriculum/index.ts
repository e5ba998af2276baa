export { Picks } from "./Picks";
export { Life } from "./Life";
