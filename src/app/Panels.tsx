// All panels and dialogs that open over the page. The code of each is loaded when it is first opened.
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

export default function Panels({ panel }: { panel: Panel }) {
  switch (panel) {
    case "palette":
      return <Palette onClose={close} />;
    case "help":
      return <HelpPanel onClose={close} />;
    case "search":
      return <SearchPanel onClose={close} />;
    case "accounting":
      return <AccountingPanel onClose={close} />;
    case "device":
      return <DevicePanel onClose={close} />;
    case "runs":
      return <RunsPanel onClose={close} />;
    case "words":
      return (
        <Sheet title="Glossary" place="panel" onClose={close}>
          <WordList />
        </Sheet>
      );
    case "settings":
      return <SettingsPanel onClose={close} />;
    case "data":
      return <DataPanel onClose={close} />;
    case "models":
      return <ModelsPanel onClose={close} />;
    case "pilot":
      return <PilotPanel onClose={close} />;
    case "arena":
      return <ArenaPanel onClose={close} />;
    case "ask":
      return <AskPanel onClose={close} />;
    default:
      return panel satisfies never;
  }
}
