// The list of keyboard shortcuts, made from the table in actions.ts.
import { Sheet } from "../ui/controls/Sheet";
import { actions, keyWords } from "./actions";

export function HelpPanel({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title="Shortcuts" place="centre" onClose={onClose}>
      <table>
        <tbody>
          {actions()
            .filter((action) => action.keys)
            .map((action) => (
              <tr key={action.id}>
                <td>{action.name}</td>
                <td className="n">
                  <kbd>{keyWords(action.keys ?? "")}</kbd>
                </td>
              </tr>
            ))}
          <tr>
            <td>On the heatmap: move by row and round, open a sample</td>
            <td className="n">
              <kbd>arrows</kbd> <kbd>Enter</kbd>
            </td>
          </tr>
          <tr>
            <td>On the strip: by step, by round</td>
            <td className="n">
              <kbd>arrows</kbd> <kbd>Page</kbd>
            </td>
          </tr>
        </tbody>
      </table>
    </Sheet>
  );
}
