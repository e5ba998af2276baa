export { BeforeAfter } from "./BeforeAfter";
export { Tokens } from "./Tokens";
