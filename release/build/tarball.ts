import { gzipSync } from 'fflate';

/** A file of a package. */
export type PackageFile = {
  /** The path below the package, with slashes. */
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly isExecutable?: boolean;
};

const BLOCK = 512;
/** The time of all files, in seconds: that of npm's own tarballs, 1985-10-26. Zips have no earlier year than 1980. */
const TIME = 499_162_500;
/** Where the fields of a header begin. */
const FIELD = { mode: 100, uid: 108, gid: 116, size: 124, time: 136, sum: 148, type: 156, magic: 257, prefix: 345 };

/**
 * Packs files as npm packs a package. The same files make the same bytes, whatever the order, the umask, the time, the
 * language and the version of Node. `npm pack` does not promise that: it compresses with the zlib of its Node.
 */
export function tarball(files: readonly PackageFile[]): Uint8Array {
  const sorted = files.toSorted((one, other) => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)));
  const twice = sorted.find(({ path }, index) => path === sorted[index + 1]?.path);
  if (twice) throw new Error(`two files of the package are called ${twice.path}`);
  const blocks = sorted.flatMap((file) => {
    const content = Buffer.from(file.content);
    return [headerOf(file, content.length), content, Buffer.alloc(-content.length & (BLOCK - 1))];
  });
  const archive = Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
  return gzipSync(new Uint8Array(archive), { level: 9, mtime: 0 });
}

/** Returns the header of an entry in the form of POSIX.1-1988, `ustar`. */
function headerOf({ path, isExecutable = false }: PackageFile, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const [prefix, name] = splitPath(`package/${path}`);
  header.write(name, 0, 'utf8');
  header.write(prefix, FIELD.prefix, 'utf8');
  const octal = (at: number, value: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  octal(FIELD.mode, isExecutable ? 0o755 : 0o644, 7);
  octal(FIELD.uid, 0, 7);
  octal(FIELD.gid, 0, 7);
  octal(FIELD.size, size, 11);
  octal(FIELD.time, TIME, 11);
  header.write('0', FIELD.type, 'latin1');
  header.write('ustar\x0000', FIELD.magic, 'latin1');
  // The sum of all bytes, with spaces in the place of the sum itself.
  header.fill(' ', FIELD.sum, FIELD.sum + 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, FIELD.sum, 'latin1');
  return header;
}

/** Splits a path of more than 100 bytes at a slash, as the header has 155 bytes for what comes before. */
function splitPath(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  const slash = path.indexOf('/', path.length - 101);
  if (slash < 0 || slash > 155) throw new Error(`the path ${path} is too long for a tarball`);
  return [path.slice(0, slash), path.slice(slash + 1)];
}
