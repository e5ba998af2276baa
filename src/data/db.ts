// The database of the lab (IndexedDB): one module to import all of it from.
export { freeBytes, openLabDb, requireSpace } from "./db/open";
export type {
  AdapterRecord,
  CheckpointRecord,
  DatasetRecord,
  LabDb,
  PickRecord,
  RunRecord,
  RunStatus,
  ScoreRecord,
  Split,
  TuningRecord,
} from "./db/schema";
export {
  clearHidden,
  copyDataset,
  deleteDataset,
  findDataset,
  findReferenced,
  hideDataset,
  importDataset,
  listDatasets,
  readSamples,
  renameDataset,
  restoreDataset,
  type DatasetParts,
} from "./db/datasets";
export {
  appendEvents,
  createRun,
  deleteRun,
  findRun,
  listRuns,
  newestRun,
  readEvents,
  readNews,
  readPicks,
  readPicksOfSample,
  readScores,
  truncateEvents,
  updateRun,
} from "./db/runs";
export { unfinishedRunsOn } from "./db/unfinished";
export { BEAT_MS, beatRun, beats, claimRun, elsewhere } from "./db/owner";
export { loadCheckpoint, saveCheckpoint } from "./db/checkpoints";
export {
  clearTuning,
  deleteAdapter,
  listAdapters,
  loadAdapter,
  readSetting,
  readTuning,
  saveAdapter,
  saveSetting,
  saveTuning,
} from "./db/library";
