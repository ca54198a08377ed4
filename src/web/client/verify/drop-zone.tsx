import { useEffect, useId, useState } from 'preact/hooks';

export interface DropZoneProps {
  readonly isBusy: boolean;
  readonly onFile: (file: File) => void;
}

/** A file dropped anywhere on the page, or chosen with pointer or keyboard. */
export function DropZone({ isBusy, onFile }: DropZoneProps) {
  const id = useId();
  const isOver = useDrop(onFile);
  return (
    <div class={`drop-zone${isOver ? ' is-over' : ''}`}>
      <p id={`${id}-title`} class="drop-title">
        Drop an evidence bundle or a segment proof here
      </p>
      <label class="file-button" for={id}>
        Choose a file
      </label>
      <input
        id={id}
        class="file-input"
        type="file"
        accept=".car,.json,.proof"
        aria-describedby={`${id}-title ${id}-what`}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) onFile(file);
          currentTarget.value = '';
        }}
      />
      <p id={`${id}-what`} class="soft">
        What <code>consilium evidence</code> or <code>consilium audit prove</code> wrote, of any size
        {isBusy ? '; another file takes the place of the one that is being verified' : ''}.
      </p>
    </div>
  );
}

/** A drop beside the zone would have the browser leave the page for the file. @returns true while a file is held over the page */
function useDrop(onFile: (file: File) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    const listen = (type: 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void): void =>
      addEventListener(type, handle, { signal: leaving.signal });
    listen('dragover', (event) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    });
    listen('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) setOver(false);
    });
    listen('drop', (event) => {
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file === undefined) return;
      event.preventDefault();
      onFile(file);
    });
    return () => leaving.abort();
  }, [onFile]);
  return isOver;
}
