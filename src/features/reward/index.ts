export { Inspectors as default } from "./Inspectors";
