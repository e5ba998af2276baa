// All panels and dialogs that open over the page. The code of each is loaded when it is first opened.
import type { ComponentType } from "react";
import type { Panel } from "../store/lab";
import { showPanel } from "../store/lab";
import { AccountingPanel } from "../features/accounting";
import { DataPanel } from "../features/dataset";
import { DevicePanel } from "../features/device/DevicePanel";
import { AskPanel, ModelsPanel } from "../features/models";
import { ArenaPanel, PilotPanel } from "../features/race";
import { RunsPanel } from "../features/run/RunsPanel";
import { SettingsPanel } from "../features/setup";
import { WordList } from "../features/words";
import { Sheet } from "../ui/controls/Sheet";
import { HelpPanel } from "./HelpPanel";
import { Palette } from "./Palette";
import { SearchPanel } from "./SearchPanel";

const close = (): void => showPanel(null);

function Glossary({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title="Glossary" place="panel" onClose={onClose}>
      <WordList />
    </Sheet>
  );
}

const PANELS: Record<Panel, ComponentType<{ onClose: () => void }>> = {
  palette: Palette,
  help: HelpPanel,
  search: SearchPanel,
  accounting: AccountingPanel,
  device: DevicePanel,
  runs: RunsPanel,
  words: Glossary,
  settings: SettingsPanel,
  data: DataPanel,
  models: ModelsPanel,
  pilot: PilotPanel,
  arena: ArenaPanel,
  ask: AskPanel,
};

export default function Panels({ panel }: { panel: Panel }) {
  const Shown = PANELS[panel];
  return <Shown onClose={close} />;
}
