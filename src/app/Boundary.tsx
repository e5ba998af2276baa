// The error boundary: an error while drawing the page shows one sentence and a reload button, never a blank page.
import { Component, type ReactNode } from "react";

export class Boundary extends Component<{ children: ReactNode }, { fault: Error | null }> {
  override state: { fault: Error | null } = { fault: null };

  static getDerivedStateFromError(fault: Error): { fault: Error } {
    return { fault };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    return (
      <main>
        <div className="message" role="alert">
          <h1>The page could not be shown.</h1>
          <p>Stored runs are safe. Reload the page; if it happens again, copy the details and report them.</p>
          <div className="acts">
            <button type="button" className="button main" onClick={() => location.reload()}>
              Reload
            </button>
            <button
              type="button"
              className="button"
              onClick={() => void navigator.clipboard.writeText(`${fault.message}\n${fault.stack ?? ""}`)}
            >
              Copy details
            </button>
          </div>
        </div>
      </main>
    );
  }
}
