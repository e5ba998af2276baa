export { Card } from "./Card";
export { useLater } from "./useLater";
