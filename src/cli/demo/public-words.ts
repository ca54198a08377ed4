const BUNDLED = new Set(['wdbc', 'digits']);
const PATHS = new Set(['--dataset', '--out']);

/**
 * What a data set is called where others read it, in manifest and report: the names of files and folders are their owner's, and
 * may be those of patients.
 */
export function publicDatasetName(dataset: string): string {
  return BUNDLED.has(dataset) ? dataset : "one's own files";
}

/** A command line for others to read: paths are left out. */
export function publicCommandLine(args: readonly string[]): string {
  const words = args.map((word, index) => {
    const [option = '', value] = word.split('=', 2);
    if (PATHS.has(option) && value !== undefined) return `${option}=${publicPath(value)}`;
    return PATHS.has(args[index - 1] ?? '') ? publicPath(word) : word;
  });
  return ['consilium demo', ...words].join(' ');
}

function publicPath(path: string): string {
  return BUNDLED.has(path) ? path : '<path>';
}
