// The command palette (⌘K or Ctrl+K): a searchable list of every action.
import { actions, keyWords } from "./actions";
import { Chooser } from "./Chooser";

export function Palette({ onClose }: { onClose: () => void }) {
  const all = actions();
  return (
    <Chooser
      title="Commands"
      label="What do you want to do?"
      onClose={onClose}
      find={(words) => {
        const found = all.filter((action) => action.name.toLowerCase().includes(words));
        return {
          choices: found.map((action) => ({
            id: action.id,
            text: action.name,
            note: action.keys ? keyWords(action.keys) : undefined,
            act: action.act,
          })),
          note: found.length === 0 ? "No command has these words." : `${found.length} commands`,
        };
      }}
    />
  );
}
