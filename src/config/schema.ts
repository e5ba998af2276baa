// The config of a run, in one place to import from: schema, defaults, checks, differences, links, presets.
export * from "./tree";
export { shown, type FieldInfo, type FieldKind } from "./fields";
export { resolveConfig } from "./resolve";
export {
  FIELDS,
  configDifference,
  configFromQuery,
  configToQuery,
  defaultConfig,
  isRelevant,
  whyIdle,
  minimalConfig,
  runName,
  valueAt,
  withValue,
  type Difference,
  type Field,
} from "./describe";
export { PRESETS, preset, type Preset } from "./presets";
